"""What only the reception desk does: absences, people who walk in, substitutes.

Everything is one unit and one line of the book. A substitution never rewrites the past: it is
refused for someone who has been in the hall, and can be ended only while the substitute has not.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from kiosk.checkin import rules, stays
from kiosk.checkin.events import CheckinEvent
from kiosk.checkin.models import Absence, Substitution
from kiosk.checkin.rules import AbsenceKind, Passing
from kiosk.checkin.services import ensure_entitled
from kiosk.conference import finding, newcomers
from kiosk.conference import queries as people
from kiosk.conference.roster.standing import Flags
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy

_absence = cast("Table", Absence.__table__)
_substitution = cast("Table", Substitution.__table__)

#: What the book and the person's page say about people recorded while they were added.
ON_ARRIVAL = "Ghi khi thêm ở bàn đón tiếp"


@dataclass(frozen=True)
class Newcomer:
    """What a form of the desk says about a person who is not on the roster."""

    name: str
    title: str = ""
    address_form: str = ""
    #: A unit of the list; None where `unit` names a new one.
    unit_id: int | None = None
    unit: str = ""
    #: The desk has looked: another person of the same name.
    another_person: bool = False


# -- absences --------------------------------------------------------------------------------


def record_absence(
    *, delegate_id: int, kind: str, reason: str, by: Actor, clock: Clock = utc_now
) -> None:
    """Record that somebody is absent, with or without reason; a newer record replaces the older.

    Raises:
        Refused: `absence_kind_unknown`, `absence_reason_missing`, `reason_too_long`,
            `delegate_unknown`, `absent_is_present`, `has_a_substitute`, `conference_ended`.
    """
    reason = tidy(reason)
    found = rules.absence_of(kind, reason)
    with unit_of_work() as session:
        person = people.delegate(session, delegate_id)
        _ensure_open(session)
        ensure_entitled(session, person)
        if stays.was_inside(session, delegate_id):
            raise Refused("absent_is_present", name=person.name)
        _set_absence(session, delegate_id, found, reason, by=by, clock=clock)
        audit.record(
            session,
            CheckinEvent.ABSENCE_RECORDED,
            by=by,
            clock=clock,
            delegate=delegate_id,
            kind=found.value,
            reason=reason,
        )


def withdraw_absence(*, delegate_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """Take a recorded absence back: the person is expected again.

    Raises:
        Refused: `absence_unknown`, `has_a_substitute`, `conference_ended`, `delegate_unknown`.
    """
    with unit_of_work() as session:
        person = people.delegate(session, delegate_id)
        _ensure_open(session)
        ensure_entitled(session, person)
        if not _end_absence(session, delegate_id, clock):
            raise Refused("absence_unknown")
        audit.record(
            session, CheckinEvent.ABSENCE_WITHDRAWN, by=by, clock=clock, delegate=delegate_id
        )


def _set_absence(
    session: Session, delegate_id: int, kind: AbsenceKind, reason: str, *, by: Actor, clock: Clock
) -> None:
    _end_absence(session, delegate_id, clock)
    session.execute(
        insert(_absence).values(
            delegate_id=delegate_id,
            kind=kind.value,
            reason=reason,
            at=clock(),
            by=by.label,
            by_name=by.name[:80],
        )
    )
    changed(session, "absences")


def _end_absence(session: Session, delegate_id: int, clock: Clock) -> bool:
    in_force = session.scalar(
        select(_absence.c.id).where(
            _absence.c.delegate_id == delegate_id, _absence.c.replaced_at.is_(None)
        )
    )
    if in_force is None:
        return False
    session.execute(update(_absence).where(_absence.c.id == in_force).values(replaced_at=clock()))
    changed(session, "absences")
    return True


# -- people who walk in ----------------------------------------------------------------------


def walk_in(
    newcomer: Newcomer,
    *,
    standing: str,
    asked: Passing,
    admit: bool,
    may_add_delegates: bool,
    key: bytes,
    by: Actor,
    clock: Clock = utc_now,
) -> int:
    """Add a person who is on no list, with a badge, and record them as present when `admit`.

    Returns the new person's id. Only a secretary adds delegates (`may_add_delegates`); from the
    opening on a new delegate never counts for the quorum, whose base is fixed then (R1).

    Raises:
        Refused: `delegate_by_secretary`, `person_here_already`, `name_missing`, `unit_missing`,
            `unit_unknown`, `standing_unknown`, `text_too_long`, `conference_ended`.
    """
    if standing != "guest" and not may_add_delegates:
        raise Refused("delegate_by_secretary")
    with unit_of_work() as session:
        meeting = people.conference(session)
        _ensure_open(session)
        flags = rules.walk_in_flags(
            standing=standing, asked=asked, opened=meeting.opened_at is not None
        )
        delegate_id = _add(session, newcomer, standing=standing, flags=flags, key=key, clock=clock)
        if admit:
            stays.enter(session, delegate_id, at=clock(), way="hand", by=by, reason=ON_ARRIVAL)
            changed(session, "scans")
        audit.record(
            session,
            CheckinEvent.WALKED_IN,
            by=by,
            clock=clock,
            delegate=delegate_id,
            standing=standing,
            admitted=admit,
            **asdict(flags),
        )
        return delegate_id


def _add(
    session: Session,
    newcomer: Newcomer,
    *,
    standing: str,
    flags: Passing,
    key: bytes,
    clock: Clock,
) -> int:
    same = None if newcomer.another_person else finding.namesake(session, newcomer.name)
    if same is not None:
        raise Refused("person_here_already", name=same.name, unit=same.unit)
    if newcomer.unit_id is None:
        unit_id = newcomers.unit_named(session, newcomer.unit)
    else:
        unit_id = newcomer.unit_id
    return newcomers.add_person(
        session,
        name=newcomer.name,
        unit_id=unit_id,
        title=newcomer.title,
        address_form=newcomer.address_form,
        standing=standing,
        flags=Flags(**asdict(flags)),
        key=key,
        at=clock(),
    )


# -- substitutes -----------------------------------------------------------------------------


def substitute(
    newcomer: Newcomer,
    *,
    replaced_id: int,
    passes: Passing,
    admit: bool,
    key: bytes,
    by: Actor,
    clock: Clock = utc_now,
) -> int:
    """Seat somebody in for a person of the roster; returns the substitute's id.

    The replaced person is marked absent with the reason "có người dự thay" and cannot be admitted
    while this holds. Which flags pass on is a setting of the form (`rules.passed_on`); the number
    convened stays what it was.

    Raises:
        Refused: `delegate_unknown`, `guest_needs_no_substitute`, `has_a_substitute`,
            `is_a_substitute`, `replaced_was_inside`, and what `walk_in` refuses about the person.
    """
    with unit_of_work() as session:
        person = people.delegate(session, replaced_id)
        _ensure_open(session)
        if person.is_guest:
            raise Refused("guest_needs_no_substitute", name=person.name)
        ensure_entitled(session, person)
        if _sat_in(session, replaced_id):
            raise Refused("is_a_substitute", name=person.name)
        if stays.was_inside(session, replaced_id):
            raise Refused("replaced_was_inside", name=person.name)
        own = Passing(person.counts_for_quorum, person.votes, person.elects)
        flags, kept = rules.passed_on(own, passes)
        if newcomer.unit_id is None and not tidy(newcomer.unit):
            newcomer = Newcomer(**{**asdict(newcomer), "unit_id": person.unit_id})
        substitute_id = _add(
            session, newcomer, standing="delegate", flags=flags, key=key, clock=clock
        )
        newcomers.set_flags(session, replaced_id, Flags(**asdict(kept)))
        with refusing("busy"):
            session.execute(
                insert(_substitution).values(
                    replaced_id=replaced_id,
                    substitute_id=substitute_id,
                    at=clock(),
                    by=by.label,
                    by_name=by.name[:80],
                    end_reason="",
                    **asdict(flags),
                )
            )
        _set_absence(
            session,
            replaced_id,
            AbsenceKind.WITH_REASON,
            rules.REPLACED_REASON,
            by=by,
            clock=clock,
        )
        if admit:
            stays.enter(session, substitute_id, at=clock(), way="hand", by=by, reason=ON_ARRIVAL)
            changed(session, "scans")
        audit.record(
            session,
            CheckinEvent.SUBSTITUTED,
            by=by,
            clock=clock,
            delegate=replaced_id,
            substitute=substitute_id,
            admitted=admit,
            **asdict(flags),
        )
        return substitute_id


def end_substitution(
    *, substitution_id: int, reason: str, by: Actor, clock: Clock = utc_now
) -> int:
    """The replaced person comes after all; returns their id.

    Their flags come back, the recorded absence is withdrawn, and the substitute's badge opens no
    gate any more.

    Raises:
        Refused: `reason_missing`, `reason_too_long`, `substitution_unknown`,
            `substitute_was_inside`, `conference_ended`.
    """
    reason = tidy(reason)
    rules.ensure_reason(reason)
    with unit_of_work() as session:
        link = session.execute(
            select(_substitution).where(
                _substitution.c.id == substitution_id, _substitution.c.ended_at.is_(None)
            )
        ).one_or_none()
        if link is None:
            raise Refused("substitution_unknown")
        _ensure_open(session)
        sat_in = people.delegate(session, link.substitute_id)
        if stays.was_inside(session, link.substitute_id):
            raise Refused("substitute_was_inside", name=sat_in.name)
        replaced = people.delegate(session, link.replaced_id)
        session.execute(
            update(_substitution)
            .where(_substitution.c.id == substitution_id)
            .values(ended_at=clock(), end_reason=reason)
        )
        newcomers.set_flags(
            session,
            replaced.id,
            Flags(
                counts_for_quorum=replaced.counts_for_quorum or link.counts_for_quorum,
                votes=replaced.votes,
                elects=replaced.elects,
            ),
        )
        nothing = Flags(counts_for_quorum=False, votes=False, elects=False)
        newcomers.set_flags(session, sat_in.id, nothing)
        newcomers.revoke_badge(session, sat_in.id, reason="Thôi dự thay", at=clock())
        _end_absence(session, replaced.id, clock)
        audit.record(
            session,
            CheckinEvent.SUBSTITUTION_ENDED,
            by=by,
            clock=clock,
            delegate=replaced.id,
            substitute=sat_in.id,
            reason=reason,
        )
        return replaced.id


def _sat_in(session: Session, delegate_id: int) -> bool:
    """Whether the person is, or was, on the roster only as somebody's substitute."""
    found = session.scalar(
        select(_substitution.c.id).where(_substitution.c.substitute_id == delegate_id).limit(1)
    )
    return found is not None


def _ensure_open(session: Session) -> None:
    if not stays.doors_open(session):
        raise Refused("conference_ended")
