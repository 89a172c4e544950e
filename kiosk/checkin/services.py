"""Acts at the door beside the scan: an entry by hand, taking back; and the base of the quorum.

A scan itself stands in `gate.py`, how a stay begins and ends in `stays.py`; what only the desk does
in `desk.py` and `paper.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, Table, insert, select, update
from sqlalchemy.orm import Session

from kiosk.checkin import queries, rules, stays
from kiosk.checkin.events import CheckinEvent
from kiosk.checkin.gate import Answer, scan
from kiosk.checkin.models import QuorumBase, Stay, StayUndo
from kiosk.conference import queries as people
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy

__all__ = (
    "Answer",
    "admit_by_hand",
    "ensure_entitled",
    "fix_base",
    "fix_base_from_roster",
    "leave_by_hand",
    "scan",
    "undo",
    "undo_leaving",
)

_stay = cast("Table", Stay.__table__)

# -- by hand ---------------------------------------------------------------------------------


def admit_by_hand(*, delegate_id: int, reason: str, by: Actor, clock: Clock = utc_now) -> int:
    """Record someone as present without a badge; the book keeps who did it and why."""
    reason = tidy(reason)
    rules.ensure_reason(reason)
    with unit_of_work() as session:
        person = people.delegate(session, delegate_id)
        if not stays.doors_open(session):
            raise Refused("conference_ended")
        ensure_entitled(session, person)
        if stays.stay_now(session, delegate_id) is not None:
            raise Refused("already_inside", name=person.name)
        stay_id = stays.enter(session, delegate_id, at=clock(), way="hand", by=by, reason=reason)
        changed(session, "scans")
        audit.record(
            session,
            CheckinEvent.ADMITTED_BY_HAND,
            by=by,
            clock=clock,
            delegate=delegate_id,
            reason=reason,
        )
        return stay_id


def leave_by_hand(*, delegate_id: int, reason: str, by: Actor, clock: Clock = utc_now) -> int:
    """Record that someone has left whom no gate let out: it is cut off, or the badge is not here.

    Taking the entry back instead would say that the person never came.

    Raises:
        Refused: `reason_missing`, `reason_too_long`, `delegate_unknown`, `not_inside`,
            `conference_ended`.
    """
    reason = tidy(reason)
    rules.ensure_reason(reason)
    with unit_of_work() as session:
        person = people.delegate(session, delegate_id)
        if not stays.doors_open(session):
            raise Refused("conference_ended")
        stay = stays.stay_now(session, delegate_id)
        if stay is None:
            raise Refused("not_inside", name=person.name)
        stays.leave(session, stay, at=clock(), device_id=None)
        audit.record(
            session,
            CheckinEvent.LEFT_BY_HAND,
            by=by,
            clock=clock,
            delegate=delegate_id,
            reason=reason,
        )
        return int(stay.id)


def ensure_entitled(session: Session, person: people.DelegateRow) -> None:
    """Entitled before duplicate. Refused: `has_a_substitute`, `substitution_ended_already`."""
    sits_in = queries.substitute_of(session, person.id)
    if sits_in is not None:
        raise Refused("has_a_substitute", name=person.name, substitute=sits_in.name)
    if queries.has_ended_substitution(session, person.id):
        raise Refused("substitution_ended_already", name=person.name)


def undo(
    *,
    stay_id: int,
    reason: str,
    by: Actor,
    device_id: int | None = None,
    within_minutes: int | None = None,
    clock: Clock = utc_now,
) -> int:
    """Take back a check-in that was wrong; the row stays, with its reason. Returns the delegate.

    A gate (`device_id` given) takes back only what it recorded itself, within a few minutes.

    Raises:
        Refused: `reason_missing`, `reason_too_long`, `stay_unknown`, `stay_already_undone`,
            `undo_not_yours`, `undo_too_late`, `conference_ended`.
    """
    reason = tidy(reason)
    rules.ensure_reason(reason)
    with unit_of_work() as session:
        stay = _stay_to_undo(session, stay_id)
        if device_id is not None and stay.device_id != device_id:
            raise Refused("undo_not_yours")
        _ensure_in_time(stay.entered_at, within_minutes, clock)
        session.execute(
            update(_stay).where(_stay.c.id == stay_id).values(undone_at=clock(), undo_reason=reason)
        )
        _note_undo(
            session, stay, what="entry", was_at=stay.entered_at, reason=reason, by=by, clock=clock
        )
        return int(stay.delegate_id)


def undo_leaving(
    *,
    stay_id: int,
    reason: str,
    by: Actor,
    device_id: int | None = None,
    within_minutes: int | None = None,
    clock: Clock = utc_now,
) -> int:
    """Take back a leaving that was wrong: the stay is open again. Returns the delegate.

    A gate (`device_id` given) takes back only what it recorded itself, within a few minutes.

    Raises:
        Refused: `reason_missing`, `reason_too_long`, `stay_unknown`, `stay_already_undone`,
            `stay_not_left`, `returned_since`, `undo_not_yours`, `undo_too_late`,
            `conference_ended`.
    """
    reason = tidy(reason)
    rules.ensure_reason(reason)
    with unit_of_work() as session:
        stay = _stay_to_undo(session, stay_id)
        if stay.left_at is None:
            raise Refused("stay_not_left")
        if device_id is not None and stay.left_device_id != device_id:
            raise Refused("undo_not_yours")
        _ensure_in_time(stay.left_at, within_minutes, clock)
        if _came_back_since(session, stay):
            raise Refused("returned_since")
        session.execute(
            update(_stay).where(_stay.c.id == stay_id).values(left_at=None, left_device_id=None)
        )
        _note_undo(
            session, stay, what="leaving", was_at=stay.left_at, reason=reason, by=by, clock=clock
        )
        return int(stay.delegate_id)


def _came_back_since(session: Session, stay: Row[*tuple[Any, ...]]) -> bool:
    """Whether a newer stay holds, be it over or not: opened again, an older one would put into the
    hall somebody who has come and gone since."""
    newer = select(_stay.c.id).where(
        _stay.c.delegate_id == stay.delegate_id,
        _stay.c.id > stay.id,
        _stay.c.undone_at.is_(None),
    )
    return session.execute(newer.limit(1)).first() is not None


def _stay_to_undo(session: Session, stay_id: int) -> Row[*tuple[Any, ...]]:
    stay = session.execute(select(_stay).where(_stay.c.id == stay_id)).one_or_none()
    if stay is None:
        raise Refused("stay_unknown")
    if stay.undone_at is not None:
        raise Refused("stay_already_undone")
    if not stays.doors_open(session):
        raise Refused("conference_ended")
    return stay


def _ensure_in_time(since: datetime, within_minutes: int | None, clock: Clock) -> None:
    if within_minutes is not None and clock() - since > timedelta(minutes=within_minutes):
        raise Refused("undo_too_late", minutes=within_minutes)


def _note_undo(
    session: Session,
    stay: Row[*tuple[Any, ...]],
    *,
    what: str,
    was_at: datetime,
    reason: str,
    by: Actor,
    clock: Clock,
) -> None:
    """Who took what back and why: for the secretary's page, and for the book."""
    session.execute(
        insert(StayUndo).values(
            stay_id=stay.id,
            what=what,
            was_at=was_at,
            reason=reason,
            at=clock(),
            by=by.label,
            by_name=by.name[:80],
        )
    )
    audit.record(
        session,
        CheckinEvent.UNDONE if what == "entry" else CheckinEvent.LEAVING_UNDONE,
        by=by,
        clock=clock,
        delegate=stay.delegate_id,
        stay=stay.id,
        reason=reason,
    )
    changed(session, "presence", "scans")


# -- the base of the quorum (R1) -------------------------------------------------------------

KINDS = ("delegates", "all_staff")


def fix_base(*, count: int, kind: str, reason: str, by: Actor, clock: Clock = utc_now) -> None:
    """Fix the number convened, or correct it with a reason, until the opening.

    Raises:
        Refused: `base_out_of_range`, `base_kind_unknown`, `reason_missing`,
            `base_under_present`, `conference_already_open`.
    """
    reason = tidy(reason)[:200]
    if kind not in KINDS:
        raise Refused("base_kind_unknown")
    with unit_of_work() as session:
        if people.conference(session).opened_at is not None:
            raise Refused("conference_already_open")
        from_roster = people.roster_count(session).convened
        before = queries.base_in_force(session)
        rules.ensure_base(
            count, reason=reason, is_correction=before is not None or count != from_roster
        )
        present = queries.presence(session).present
        if count < present:
            raise Refused("base_under_present", count=count, present=present)
        _fix(session, count=count, kind=kind, reason=reason, by=by, clock=clock)


def fix_base_from_roster(session: Session, *, by: Actor, clock: Clock = utc_now) -> None:
    """At the opening: the roster's number becomes the base, unless one was fixed by hand.

    A base that was fixed as the roster's own number and has been overtaken by a later import is
    not quietly kept: eight of thirty-two would open what needs twenty-two (R1).

    Raises:
        Refused: `base_differs_from_roster`.
    """
    count = people.roster_count(session).convened
    fixed = queries.base_in_force(session)
    if fixed is None:
        _fix(session, count=count, kind="delegates", reason="", by=by, clock=clock)
    elif fixed.count != count and (not fixed.reason or fixed.roster != count):
        raise Refused("base_differs_from_roster", count=fixed.count, roster=count)


def _fix(session: Session, *, count: int, kind: str, reason: str, by: Actor, clock: Clock) -> None:
    if people.conference(session).opened_at is not None:
        raise Refused("conference_already_open")
    session.execute(
        insert(QuorumBase).values(
            count=count,
            roster=people.roster_count(session).convened,
            kind=kind,
            reason=reason,
            at=clock(),
            by=by.label,
        )
    )
    audit.record(
        session, CheckinEvent.BASE_FIXED, by=by, clock=clock, count=count, base=kind, reason=reason
    )
    changed(session, "presence")
