"""The crowd of a rehearsed day, drawn from one seed without a server: who comes when, who leaves.

The same people and the same seed give the same crowd; only who wins a race differs.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiosk.checkin.rules import quorum_needed
from kiosk.conference import badge_code
from kiosk.rehearsal.stored import Badge, Person
from kiosk.rehearsal.told import Scene

#: Badges that the desk replaces before the day.
REPLACED = 3
#: People who go out while the agenda runs; so many are in the smallest hall.
LEAVERS = 4
#: Late-comers who meet a gate that is cut off, or the paper list; guests stand in where the hall is
#: too small.
AT_THE_CUT = 6
#: Late-comers at least, where the hall has them.
LATE = 8


@dataclass(frozen=True, slots=True)
class Shot:
    """One scan of a visit."""

    scene: Scene
    code: str
    delegate_id: int | None = None
    #: 0: at the gate where the visit began; 1: at the next one.
    aside: int = 0

    def at(self, scene: Scene) -> Shot:
        """The same badge in another scene."""
        return replace(self, scene=scene)


@dataclass(frozen=True, slots=True)
class Visit:
    """What one person does at the gates, in order."""

    shots: tuple[Shot, ...]


@dataclass(frozen=True)
class Crowd:
    """The arrivals of a whole day."""

    #: All guests who were invited: they come first.
    guests: tuple[Visit, ...]
    #: Everyone up to one below the quorum, and all kinds of trouble.
    early: tuple[Visit, ...]
    #: Badges that come to two gates at the same instant, while the early ones stream in.
    races: tuple[Shot, ...]
    #: Who brings the quorum, and more.
    rest: tuple[Visit, ...]
    #: Delegates who come while the agenda runs; at least two.
    late: tuple[Shot, ...]
    #: Of those in the hall at the opening: who goes out later.
    leavers: tuple[Shot, ...]
    #: Somebody who never comes and for whom the desk seats a substitute.
    replaced: Shot
    #: Delegates who never come and say so.
    missing: tuple[int, ...]
    #: Somebody who only comes when everything is over.
    absent: Shot

    @property
    def by_hand(self) -> Shot:
        """A late-comer without a badge."""
        return self.late[0]

    @property
    def taken_back(self) -> Shot:
        """A late-comer whose entry is taken back once."""
        return self.late[-1]

    @property
    def at_the_cut(self) -> tuple[Shot, ...]:
        """Late-comers who meet the gate that is cut off."""
        return self.late[1:-1][:AT_THE_CUT]

    @property
    def walking(self) -> tuple[Shot, ...]:
        """All other late-comers."""
        return self.late[1:-1][AT_THE_CUT:]


def reissued_of(people: Sequence[Person], seed: int) -> tuple[int, ...]:
    """Delegates whose badge is lost before the day; all of them will come."""
    return tuple(_order(people, seed)[:REPLACED])


def _order(people: Sequence[Person], seed: int) -> list[int]:
    """The delegates in the seeded order of their arrival."""
    ids = [person.id for person in people if person.standing == "delegate"]
    random.Random(seed).shuffle(ids)  # noqa: S311 (a rehearsal, no secret)
    return ids


def crowd_of(people: Sequence[Person], badges: Sequence[Badge], *, key: bytes, seed: int) -> Crowd:
    """Draw the arrivals of the day: about 93 of 100 delegates, all guests, and trouble.

    `badges` are all badges after the replacing, old ones too; `key` derives their digits.
    """
    dice = random.Random(f"{seed}/crowd")  # noqa: S311 (a rehearsal, no secret)
    codes = {
        (badge.delegate_id, badge.revoked): badge_code.derive(
            key, delegate_id=badge.delegate_id, issue=badge.issue, attempt=badge.attempt
        )
        for badge in badges
    }
    order = _order(people, seed)
    needed = quorum_needed(len(order))
    coming = order[: max(round(0.93 * len(order)), needed + 2)]
    spare = len(coming) - needed
    late_count = min(max(LATE, len(coming) // 40), spare // 2 + 2, spare)
    # The replaced badges stand first in the order, so their owners are among the early.
    early, later = coming[: needed - 1], coming[needed - 1 :]
    rest, late = later[:-late_count], later[-late_count:]
    raced = early[REPLACED : REPLACED + max(1, min(20, len(early) // 25))]
    plain = early[REPLACED + len(raced) :]
    never = order[len(coming) :]

    def shot(scene: Scene, delegate: int, *, aside: int = 0, old: bool = False) -> Shot:
        return Shot(scene, codes[delegate, old], delegate, aside)

    def arrival(delegate: int) -> Visit:
        return Visit(_with_habits(shot(Scene.ARRIVAL, delegate), dice))

    visits = [arrival(delegate) for delegate in plain]
    visits += [
        Visit(
            (
                shot(Scene.OLD_BADGE, each, old=True),
                shot(Scene.NEW_BADGE, each),
                shot(Scene.OLD_BADGE, each, aside=1, old=True),
            )
        )
        for each in early[:REPLACED]
    ]
    visits += [Visit((each,)) for each in _troubles(set(codes.values()), len(order), dice)]
    # Played once at least, in the smallest hall too.
    first = rest[0]
    always = Visit(
        (
            shot(Scene.ARRIVAL, first),
            shot(Scene.SAME_GATE, first),
            shot(Scene.SENT_AGAIN, first),
            shot(Scene.OTHER_GATE, first, aside=1),
        )
    )
    dice.shuffle(visits)
    return Crowd(
        guests=tuple(
            Visit((shot(Scene.GUEST, person.id),))
            for person in people
            if person.standing == "guest"
        ),
        early=tuple(visits),
        races=tuple(shot(Scene.RACE, delegate) for delegate in raced),
        rest=(always, *(arrival(delegate) for delegate in rest[1:])),
        late=tuple(shot(Scene.LATE_COMER, delegate) for delegate in late),
        leavers=tuple(shot(Scene.LEAVES, each) for each in dice.sample([*early, *rest], LEAVERS)),
        replaced=shot(Scene.REPLACED, never[0]),
        missing=tuple(never[1:]),
        absent=shot(Scene.TOO_LATE, never[-1]),
    )


def _with_habits(arrival: Shot, dice: random.Random) -> tuple[Shot, ...]:
    """Every few people lay the badge down twice, or walk on to the next gate."""
    luck = dice.random()
    if luck < 0.04:
        return arrival, arrival.at(Scene.SAME_GATE)
    if luck < 0.08:
        return arrival, replace(arrival, scene=Scene.OTHER_GATE, aside=1)
    if luck < 0.10:
        return arrival, arrival.at(Scene.SENT_AGAIN)
    return (arrival,)


def _troubles(real: set[str], delegates: int, dice: random.Random) -> list[Shot]:
    """Codes that nobody has, and scans that are no code at all."""
    forged: list[str] = []
    while len(forged) < max(3, delegates // 50):
        body = f"{dice.randrange(10**12):012d}"
        code = body + badge_code.check_digits(body)
        if code not in real:
            forged.append(code)
    right = forged[0]
    wrong_check = right[:-2] + f"{(int(right[-2:]) + 1) % 97:02d}"
    unreadable = ["", "?", "Tôi là ai", "1" * 13, wrong_check, "<script>", "9" * 1_000_000]
    return [Shot(Scene.FORGED, code) for code in forged] + [
        Shot(Scene.UNREADABLE, code) for code in unreadable
    ]
