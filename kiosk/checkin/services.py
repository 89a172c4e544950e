"""Acts at the door: a scan, an entry by hand, an undo; and the base of the quorum.

A scan is the hottest act of the day, so it uses Core statements only (design 2.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from kiosk.checkin import queries, rules
from kiosk.checkin.events import CheckinEvent
from kiosk.checkin.models import QuorumBase, Scan, Stay
from kiosk.checkin.rules import BadgeFacts, Outcome
from kiosk.conference import badge_code
from kiosk.conference import queries as people
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy
from kiosk.devices import queries as devices

_SCAN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")

#: A scanner that reads garbage all day must not fill the disk with it.
LONGEST_CODE = 256


@dataclass(frozen=True)
class Answer:
    """What the gate shows. The same scan always brings the same `outcome` back."""

    outcome: Outcome
    scan_id: str
    #: The server's clock when the scan was answered first.
    at: datetime
    name: str = ""
    title: str = ""
    unit: str = ""
    number: int | None = None
    seat: str | None = None
    #: Last four digits of an unusable code, for the desk.
    ending: str = ""
    #: For `already`: when and where this person came in.
    entered_at: datetime | None = None
    entered_gate: str = ""
    stay_id: int | None = None
    #: Answered before: the page sent the scan again, or the badge lay on the scanner.
    repeated: bool = False
    #: The stay that this scan began does not hold any more (undone, or left).
    no_longer: bool = False


def scan(
    *,
    code: str,
    scan_id: str,
    device_id: int | None,
    key: bytes,
    by: Actor,
    repeat_seconds: int = 10,
    clock: Clock = utc_now,
) -> Answer:
    """Answer one scan and store it, durably, before the gate says a word.

    The same `scan_id` gives the same outcome for ever. The same badge at the same gate within
    `repeat_seconds` is one arrival and gets the first answer again. Two gates at once admit one.

    Raises:
        Refused: `scan_id_wrong`; a refused badge is an answer, not an error.
    """
    if not _SCAN_ID.fullmatch(scan_id):
        raise Refused("scan_id_wrong")
    readable = badge_code.clean(code[:LONGEST_CODE]) if len(code) <= LONGEST_CODE else None
    digest = badge_code.stored_hash(key, readable) if readable else None
    ending = readable[-4:] if readable else ""
    with unit_of_work() as session:
        earlier = session.connection().execute(_by_scan_id, {"scan_id": scan_id}).one_or_none()
        if earlier is not None:
            return _again(session, earlier)
        now = clock()
        holder = people.badge_holder(session, digest) if digest else None
        if holder is not None and not holder.revoked:
            repeat = _repeat_of(session, device_id, holder.delegate_id, now, repeat_seconds)
            if repeat is not None:
                # Stored under its own id, too: sent again later it must say the same for ever.
                _store(session, scan_id, now, device_id, like=repeat)
                return _again(session, repeat, scan_id=scan_id)
        stay = _stay_now(session, holder.delegate_id) if holder else None
        facts = BadgeFacts(
            readable=readable is not None,
            known=holder is not None,
            revoked=holder is not None and holder.revoked,
            standing=holder.standing if holder else "delegate",
            inside=stay is not None,
            was_inside=holder is not None
            and stay is None
            and _was_inside(session, holder.delegate_id),
            doors_open=_doors_open(session),
        )
        outcome = rules.judge(facts)
        stay_id = stay.id if stay is not None else None
        if outcome in rules.ENTERS and holder is not None:
            stay_id = _enter(session, holder.delegate_id, at=now, way="badge", device_id=device_id)
        session.connection().execute(
            _new_scan,
            {
                "scan_id": scan_id,
                "at": now,
                "device_id": device_id,
                "outcome": outcome.value,
                "delegate_id": holder.delegate_id if holder else None,
                "stay_id": stay_id,
                "repeat_of": None,
                "ending": ending,
            },
        )
        _write_down(session, outcome, holder, ending=ending, by=by, now=now)
        return Answer(
            outcome=outcome,
            scan_id=scan_id,
            at=now,
            name=holder.name if holder else "",
            title=holder.title if holder else "",
            unit=holder.unit if holder else "",
            number=holder.number if holder else None,
            seat=holder.seat if holder else None,
            ending=ending,
            entered_at=stay.entered_at if stay is not None else None,
            entered_gate=_gate(session, stay.device_id) if stay is not None else "",
            stay_id=stay_id,
        )


_scan = cast("Table", Scan.__table__)
_stay = cast("Table", Stay.__table__)
# Statements of the hot path are built once; the ORM's session would build each anew.
_new_scan = insert(_scan)
_new_stay = insert(_stay).returning(_stay.c.id)
_by_scan_id = select(_scan).where(_scan.c.scan_id == bindparam("scan_id"))
_latest_here = (
    select(_scan)
    .where(
        _scan.c.device_id == bindparam("device"),
        _scan.c.delegate_id == bindparam("delegate"),
        _scan.c.repeat_of.is_(None),
    )
    .order_by(_scan.c.id.desc())
    .limit(1)
)
_open_stay = select(_stay.c.id, _stay.c.entered_at, _stay.c.device_id).where(
    _stay.c.delegate_id == bindparam("delegate"),
    _stay.c.left_at.is_(None),
    _stay.c.undone_at.is_(None),
)
_past_stay = (
    select(_stay.c.id)
    .where(_stay.c.delegate_id == bindparam("delegate"), _stay.c.undone_at.is_(None))
    .limit(1)
)


def _repeat_of(
    session: Session, device_id: int | None, delegate_id: int, now: datetime, seconds: int
) -> Row[*tuple[Any, ...]] | None:
    """The scan that this one repeats: same badge, same gate, a moment ago, and still true."""
    row = (
        session.connection()
        .execute(_latest_here, {"device": device_id, "delegate": delegate_id})
        .one_or_none()
    )
    if row is None or not timedelta(0) <= now - row.at < timedelta(seconds=seconds):
        return None
    if row.outcome == Outcome.REVOKED:
        # The desk has just replaced the badge; the new one is no repeat of the old one.
        return None
    if row.stay_id is not None:
        # Undone meanwhile, or in by another gate since: the old answer is not true any more.
        stay = _stay_now(session, delegate_id)
        if stay is None or stay.id != row.stay_id:
            return None
    return row


def _store(
    session: Session,
    scan_id: str,
    now: datetime,
    device_id: int | None,
    *,
    like: Row[*tuple[Any, ...]],
) -> None:
    session.connection().execute(
        _new_scan,
        {
            "scan_id": scan_id,
            "at": now,
            "device_id": device_id,
            "outcome": like.outcome,
            "delegate_id": like.delegate_id,
            "stay_id": like.stay_id,
            "repeat_of": like.id,
            "ending": like.ending,
        },
    )


def _again(session: Session, row: Row[*tuple[Any, ...]], *, scan_id: str | None = None) -> Answer:
    """The first answer once more, and beside it whether it still holds."""
    holder = people.person(session, row.delegate_id) if row.delegate_id else None
    outcome = Outcome(row.outcome)
    stay = None
    if row.stay_id is not None:
        stay = session.execute(select(_stay).where(_stay.c.id == row.stay_id)).one()
    met = stay if outcome is Outcome.ALREADY else None
    return Answer(
        outcome=outcome,
        scan_id=scan_id or row.scan_id,
        at=stay.entered_at if stay is not None and outcome in rules.ENTERS else row.at,
        name=holder.name if holder else "",
        title=holder.title if holder else "",
        unit=holder.unit if holder else "",
        number=holder.number if holder else None,
        seat=holder.seat if holder else None,
        ending=row.ending,
        entered_at=met.entered_at if met is not None else None,
        entered_gate=_gate(session, met.device_id) if met is not None else "",
        stay_id=row.stay_id,
        repeated=True,
        no_longer=stay is not None and (stay.undone_at is not None or stay.left_at is not None),
    )


def _stay_now(session: Session, delegate_id: int) -> Row[*tuple[Any, ...]] | None:
    return session.connection().execute(_open_stay, {"delegate": delegate_id}).one_or_none()


def _was_inside(session: Session, delegate_id: int) -> bool:
    return session.connection().execute(_past_stay, {"delegate": delegate_id}).first() is not None


def _doors_open(session: Session) -> bool:
    return not people.has_ended(session)


def _gate(session: Session, device_id: int | None) -> str:
    return devices.device_named(session, device_id) if device_id is not None else ""


def _enter(
    session: Session, delegate_id: int, *, at: datetime, way: str, device_id: int | None
) -> int:
    with refusing("busy"):
        stay_id = (
            session.connection()
            .execute(
                _new_stay,
                {"delegate_id": delegate_id, "entered_at": at, "way": way, "device_id": device_id},
            )
            .scalar_one()
        )
    changed(session, "presence")
    return int(stay_id)


def _write_down(
    session: Session,
    outcome: Outcome,
    holder: people.Scanned | None,
    *,
    ending: str,
    by: Actor,
    now: datetime,
) -> None:
    changed(session, "scans")
    if outcome in rules.ENTERS and holder is not None:
        audit.record(
            session,
            CheckinEvent.ENTERED,
            by=by,
            clock=lambda: now,
            delegate=holder.delegate_id,
            outcome=outcome.value,
        )
    elif outcome is not Outcome.ALREADY:
        audit.record(
            session,
            CheckinEvent.TURNED_AWAY,
            by=by,
            clock=lambda: now,
            outcome=outcome.value,
            delegate=holder.delegate_id if holder else None,
            ending=ending,
        )


# -- by hand ---------------------------------------------------------------------------------


def admit_by_hand(*, delegate_id: int, reason: str, by: Actor, clock: Clock = utc_now) -> int:
    """Record someone as present without a badge; the book keeps who did it and why."""
    reason = tidy(reason)
    rules.ensure_reason(reason)
    with unit_of_work() as session:
        person = people.delegate(session, delegate_id)
        if not _doors_open(session):
            raise Refused("conference_ended")
        if _stay_now(session, delegate_id) is not None:
            raise Refused("already_inside", name=person.name)
        stay_id = _enter(session, delegate_id, at=clock(), way="hand", device_id=None)
        audit.record(
            session,
            CheckinEvent.ADMITTED_BY_HAND,
            by=by,
            clock=clock,
            delegate=delegate_id,
            reason=reason,
        )
        return stay_id


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
        Refused: `reason_missing`, `stay_unknown`, `stay_already_undone`, `undo_not_yours`,
            `undo_too_late`, `conference_ended`.
    """
    reason = tidy(reason)
    rules.ensure_reason(reason)
    with unit_of_work() as session:
        stay = session.execute(select(_stay).where(_stay.c.id == stay_id)).one_or_none()
        if stay is None:
            raise Refused("stay_unknown")
        if stay.undone_at is not None:
            raise Refused("stay_already_undone")
        if not _doors_open(session):
            raise Refused("conference_ended")
        if device_id is not None and stay.device_id != device_id:
            raise Refused("undo_not_yours")
        if within_minutes is not None and clock() - stay.entered_at > timedelta(
            minutes=within_minutes
        ):
            raise Refused("undo_too_late", minutes=within_minutes)
        session.execute(
            update(_stay).where(_stay.c.id == stay_id).values(undone_at=clock(), undo_reason=reason)
        )
        audit.record(
            session,
            CheckinEvent.UNDONE,
            by=by,
            clock=clock,
            delegate=stay.delegate_id,
            stay=stay_id,
            reason=reason,
        )
        changed(session, "presence", "scans")
        return int(stay.delegate_id)


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
