"""One scan at a gate, in or out: the hottest act of the day, so Core statements only (design 2.1).

```
code ─ readable? ─ known? ─ in force? ─ doors open? ─ entitled? ┬ in:  inside? → already
  no → unreadable  unknown   revoked    refused      refused    │      else → admitted, returned,
                                       (ended)     (replaced)   │             guest
                                                                └ out: inside? → left
                                                                       else → refused (not_inside)
```
The badge of nobody, for trying a scanner, is answered before all this: refused (test).

A scan that a cut-off gate sends late brings the gate's claimed time. What it claims never becomes a
recorded time; it only tells two things: whether two late scans were one arrival, and whether
something newer is known: the person was seen elsewhere since, or the desk has taken back what such
a scan would record. If so the late scan changes nothing (`refused`, `overtaken`): the newer fact is
the true one, and the secretary sees both. A claim that no clock can mean (`rules.claim_of`) does
not make a late scan a fresh one: it changes nothing where anything is known about the person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Row,
    Table,
    bindparam,
    exists,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from kiosk.checkin import rules, stays
from kiosk.checkin.events import CheckinEvent
from kiosk.checkin.late import overtaken
from kiosk.checkin.models import Scan, Stay, Substitution
from kiosk.checkin.rules import BadgeFacts, Detail, Outcome
from kiosk.conference import badge_code
from kiosk.conference import queries as people
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused
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
    #: What this scan recorded does not hold any more (undone, or left since).
    no_longer: bool = False
    #: Why the answer is `refused`: one of `rules.Detail`.
    detail: str = ""
    #: When the gate says that it read the badge, where it was cut off then.
    claimed_at: datetime | None = None
    #: For `replaced`: who sits in.
    substitute: str = ""


def scan(
    *,
    code: str,
    scan_id: str,
    device_id: int | None,
    key: bytes,
    by: Actor,
    claimed: str = "",
    shown: str = "",
    repeat_seconds: int = 10,
    clock: Clock = utc_now,
) -> Answer:
    """Answer one scan and store it, durably, before the gate says a word.

    The same `scan_id` gives the same outcome for ever. The same badge at the same gate, in the
    same direction, within `repeat_seconds` is one arrival and gets the first answer again. Two
    gates at once admit one.

    `claimed` is when a cut-off gate read the badge (ISO 8601), and `shown` the direction that its
    page showed then; both are empty for a scan that comes at once.

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
        claim = rules.claim_of(claimed, now=now)
        # Late scans keep the direction that the guard saw (lessons 5); others follow the server.
        late = rules.claims_lateness(claimed) and shown in ("in", "out")
        holder = people.badge_holder(session, digest) if digest else None
        hall = _hall(session, device_id, holder.delegate_id if holder else None)
        direction = shown if late else hall.direction or "in"
        stay = hall if hall.id is not None else None
        sits_in, no_place = _place(session, holder.delegate_id) if holder else (None, False)
        facts = BadgeFacts(
            readable=readable is not None,
            known=holder is not None,
            revoked=holder is not None and holder.revoked,
            standing=holder.standing if holder else "delegate",
            inside=stay is not None,
            was_inside=bool(hall.was_inside),
            doors_open=hall.ended_at is None,
            replaced=sits_in is not None,
            no_place=no_place,
            direction=direction,
            overtaken=late
            and holder is not None
            and overtaken(session, holder.delegate_id, stay, direction, claim),
            test=badge_code.is_test(code),
        )
        outcome, detail = rules.judge(facts)
        if holder is not None and not holder.revoked:
            repeat = _latest(session, device_id, holder.delegate_id)
            if repeat is not None and _repeats(
                repeat,
                stay,
                (outcome, detail),
                direction=direction,
                seen=claim or now,
                seconds=repeat_seconds,
            ):
                # Stored under its own id, too: sent again later it must say the same for ever.
                _store_repeat(session, scan_id, now, device_id, claim=claim, like=repeat)
                return _again(session, repeat, scan_id=scan_id)
        stay_id = stay.id if stay is not None else None
        if outcome in rules.ENTERS and holder is not None:
            stay_id = stays.enter(
                session,
                holder.delegate_id,
                at=now,
                way="badge",
                device_id=device_id,
                claimed_at=claim,
            )
        elif outcome is Outcome.LEFT and stay is not None:
            stays.leave(session, stay, at=now, device_id=device_id)
        session.connection().execute(
            _new_scan,
            {
                "scan_id": scan_id,
                "at": now,
                "claimed_at": claim,
                "direction": direction,
                "device_id": device_id,
                "outcome": outcome.value,
                "detail": detail,
                "delegate_id": holder.delegate_id if holder else None,
                "stay_id": stay_id,
                "repeat_of": None,
                "ending": ending,
            },
        )
        _write_down(session, outcome, detail, holder, ending=ending, claim=claim, by=by, now=now)
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
            detail=detail,
            claimed_at=claim,
            substitute=people.person(session, sits_in).name if sits_in else "",
        )


_scan = cast("Table", Scan.__table__)
_stay = cast("Table", Stay.__table__)
_substitution = cast("Table", Substitution.__table__)
# Statements of the hot path are built once; the ORM's session would build each anew.
_new_scan = insert(_scan)
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
#: All that the judging of a scan asks of the hall, in one row: a statement costs more than a join.
_now = (
    select(
        people.ENDED_AT.label("ended_at"),
        devices.DIRECTION.label("direction"),
        exists()
        .where(_stay.c.delegate_id == bindparam("delegate"), _stay.c.undone_at.is_(None))
        .label("was_inside"),
        *stays.OPEN_STAY.selected_columns,
    )
    .select_from(select(literal(1)).subquery())
    .outerjoin(_stay, cast("ColumnElement[bool]", stays.OPEN_STAY.whereclause))
)
_places = select(
    _substitution.c.replaced_id, _substitution.c.substitute_id, _substitution.c.ended_at
).where(
    or_(
        _substitution.c.replaced_id == bindparam("delegate"),
        _substitution.c.substitute_id == bindparam("delegate"),
    )
)


def _latest(
    session: Session, device_id: int | None, delegate_id: int
) -> Row[*tuple[Any, ...]] | None:
    return (
        session.connection()
        .execute(_latest_here, {"device": device_id, "delegate": delegate_id})
        .one_or_none()
    )


def _store_repeat(
    session: Session,
    scan_id: str,
    now: datetime,
    device_id: int | None,
    *,
    claim: datetime | None,
    like: Row[*tuple[Any, ...]],
) -> None:
    session.connection().execute(
        _new_scan,
        {
            "scan_id": scan_id,
            "at": now,
            "claimed_at": claim,
            "direction": like.direction,
            "device_id": device_id,
            "outcome": like.outcome,
            "detail": like.detail,
            "delegate_id": like.delegate_id,
            "stay_id": like.stay_id,
            "repeat_of": like.id,
            "ending": like.ending,
        },
    )


def _repeats(
    row: Row[*tuple[Any, ...]],
    stay: Row[*tuple[Any, ...]] | None,
    judged: tuple[Outcome, str],
    *,
    direction: str,
    seen: datetime,
    seconds: int,
) -> bool:
    """Whether the new scan is the old one again: same badge, gate and way, a moment ago, and the
    first answer is still true."""
    if row.direction != direction:
        return False
    if not timedelta(0) <= seen - (row.claimed_at or row.at) < timedelta(seconds=seconds):
        return False
    if row.outcome == Outcome.REVOKED:
        # The desk has just replaced the badge; the new one is no repeat of the old one.
        return False
    if row.outcome == Outcome.REFUSED:
        return (Outcome.REFUSED, row.detail) == judged
    if row.outcome == Outcome.LEFT:
        return stay is None  # back inside, or the leaving undone: it is no repeat
    # Undone meanwhile, or in by another gate since: the old answer is not true any more.
    return row.stay_id is None or (stay is not None and stay.id == row.stay_id)


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
        no_longer=stay is not None and _no_longer(outcome, stay),
        detail=row.detail,
        claimed_at=row.claimed_at,
        substitute=_who_sits_in(session, row.delegate_id) if row.detail == Detail.REPLACED else "",
    )


def _who_sits_in(session: Session, delegate_id: int) -> str:
    sits_in, _ = _place(session, delegate_id)
    return people.person(session, sits_in).name if sits_in else ""


def _no_longer(outcome: Outcome, stay: Row[*tuple[Any, ...]]) -> bool:
    if stay.undone_at is not None:
        return True
    if outcome is Outcome.LEFT:
        return stay.left_at is None
    return stay.left_at is not None and outcome is not Outcome.REFUSED


def _hall(
    session: Session, device_id: int | None, delegate_id: int | None
) -> Row[*tuple[Any, ...]]:
    """`ended_at`, `direction` of the gate, `was_inside`, and the person's open stay, if any."""
    return session.connection().execute(_now, {"device": device_id, "delegate": delegate_id}).one()


def _gate(session: Session, device_id: int | None) -> str:
    return devices.device_named(session, device_id) if device_id is not None else ""


def _place(session: Session, delegate_id: int) -> tuple[int | None, bool]:
    """Who sits in for this person, and whether this person was a substitute and is none now."""
    sits_in, sat_in, holds_one = None, False, False
    for link in session.connection().execute(_places, {"delegate": delegate_id}):
        in_force = link.ended_at is None
        if link.replaced_id == delegate_id:
            sits_in = link.substitute_id if in_force else sits_in
        else:
            sat_in, holds_one = True, holds_one or in_force
    return sits_in, sat_in and not holds_one


def _write_down(
    session: Session,
    outcome: Outcome,
    detail: str,
    holder: people.Scanned | None,
    *,
    ending: str,
    claim: datetime | None,
    by: Actor,
    now: datetime,
) -> None:
    changed(session, "scans")
    facts: dict[str, Any] = {"claimed_at": claim.isoformat()} if claim is not None else {}
    if outcome in rules.ENTERS and holder is not None:
        facts |= {"delegate": holder.delegate_id, "outcome": outcome.value}
        event = CheckinEvent.ENTERED
    elif outcome is Outcome.LEFT and holder is not None:
        facts |= {"delegate": holder.delegate_id}
        event = CheckinEvent.LEFT
    elif outcome is not Outcome.ALREADY:
        facts |= {
            "outcome": outcome.value,
            "delegate": holder.delegate_id if holder else None,
            "ending": ending,
        }
        if detail:
            facts["detail"] = detail
        event = CheckinEvent.TURNED_AWAY
    else:
        return
    audit.record(session, event, by=by, clock=lambda: now, **facts)
