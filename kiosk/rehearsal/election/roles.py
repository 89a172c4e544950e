"""Who stands, who counts, who witnesses, and everybody's badge."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiosk import config
from kiosk.conference import badge_code
from kiosk.conference.rules import suggested_bar
from kiosk.core import keys
from kiosk.core.errors import Refused
from kiosk.rehearsal import facts
from kiosk.rehearsal.stored import Badge
from kiosk.rehearsal.walk import Walk

#: Seats of the board, and candidates where the hall has enough who may stand.
SEATS, CANDIDATES = 3, 5
WITNESSES = 2


@dataclass(frozen=True)
class Roles:
    """People by their numbers in the database."""

    #: In the order in which they come to the laptop; the head is not the first.
    tellers: tuple[int, ...]
    head: int
    witnesses: tuple[int, ...]
    candidates: tuple[int, ...]
    #: Head of the office, whom the secretary bars; somebody who is only invited.
    barred: int
    guest: int
    #: The digits on everybody's badge, and on those that were replaced.
    badges: dict[int, str]
    old_badges: tuple[str, ...]


def choose(walk: Walk) -> Roles:
    """The tellers are those whom the hall approved; candidates and witnesses are others who came.

    Raises:
        Refused: `rehearsal_stuck` in a hall that is too small for an election.
    """
    with facts.reading(walk.settings.instance / config.DATABASE) as source:
        people = facts.people_of(source)
        badges = facts.badges_of(source)
        titles = dict(_titles(source))
    in_force, old = _digits(walk, badges)
    tellers = [(each, leads) for body, each, leads in walk.noted.bodies if body == "tellers"]
    taken = {each for each, _ in tellers}
    here = [
        person.id
        for person in people
        if person.standing == "delegate" and walk.gates.whereabouts.get(person.id)
    ]
    # Whoever leads may have stayed away; then the secretary bars somebody else.
    leaders = (each for each in here if suggested_bar(titles[each]) is not None)
    barred = next(leaders, next(each for each in here if each not in taken))
    free = [each for each in here if each not in taken and each != barred]
    witnesses = free[-WITNESSES:]
    # Whose title bars nobody comes first; a small hall has few of them.
    # In the smallest hall somebody stands who has stayed at home.
    away = [
        person.id
        for person in people
        if person.standing == "delegate" and person.id not in here and person.id != barred
    ]
    may_stand = sorted(free[:-WITNESSES], key=lambda each: suggested_bar(titles[each]) is not None)
    may_stand += away[: max(0, SEATS - len(may_stand))]
    if len(may_stand) < SEATS:
        raise Refused("rehearsal_stuck", step="candidates", status=0)
    return Roles(
        tellers=tuple(each for each, _ in tellers),
        head=next(each for each, leads in tellers if leads),
        witnesses=tuple(witnesses),
        candidates=tuple(may_stand[:CANDIDATES]),
        barred=barred,
        guest=next(person.id for person in people if person.standing == "guest"),
        badges=in_force,
        old_badges=old,
    )


def with_new_badges(walk: Walk, roles: Roles) -> Roles:
    """The same people with the badges that they have now: somebody lost one meanwhile."""
    with facts.reading(walk.settings.instance / config.DATABASE) as source:
        in_force, old = _digits(walk, facts.badges_of(source))
    return replace(roles, badges=in_force, old_badges=old)


def _digits(walk: Walk, badges: Sequence[Badge]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Everybody's digits, and those of badges that were replaced."""
    key = keys.load(walk.settings.instance).badge
    every = [
        (
            badge,
            badge_code.derive(
                key, delegate_id=badge.delegate_id, issue=badge.issue, attempt=badge.attempt
            ),
        )
        for badge in badges
    ]
    return (
        {badge.delegate_id: code for badge, code in every if not badge.revoked},
        tuple(code for badge, code in every if badge.revoked),
    )


def _titles(source: sqlite3.Connection) -> list[tuple[int, str]]:
    return list(source.execute("SELECT id, title FROM delegate"))


def entitled(walk: Walk) -> tuple[list[int], list[int], list[int]]:
    """Delegates by numbers: electors in the hall, electors elsewhere, others in the hall."""
    with facts.reading(walk.settings.instance / config.DATABASE) as source:
        people = facts.people_of(source)
        replaced = {
            who
            for (who,) in source.execute(
                "SELECT replaced_id FROM substitution WHERE ended_at IS NULL"
            )
        }
    inside = walk.gates.whereabouts
    electors = [each.id for each in people if each.elects and each.id not in replaced]
    return (
        [each for each in electors if inside.get(each)],
        [each for each in electors if not inside.get(each)],
        [each.id for each in people if not each.elects and inside.get(each.id)],
    )
