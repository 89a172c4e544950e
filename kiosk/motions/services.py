"""Acts on motions: open, record the count, correct it, withdraw, take the result off the wall."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from kiosk.agenda import queries as agendas
from kiosk.agenda import wall
from kiosk.agenda.guards import before_ending
from kiosk.agenda.services import ensure_running_conference
from kiosk.checkin import queries as presences
from kiosk.checkin.rules import ensure_reason
from kiosk.conference import queries as conferences
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy
from kiosk.motions import queries, rules
from kiosk.motions.events import MotionEvent
from kiosk.motions.models import Motion, MotionCount
from kiosk.motions.queries import CountView, MotionView
from kiosk.motions.rules import Count, MotionState

before_ending(queries.ensure_none_open)


def open_motion(
    *, text: str, by: Actor, agenda_item_id: int | None = None, clock: Clock = utc_now
) -> int:
    """Put a question to the hall; returns the motion's id.

    It belongs to the item that is on, unless another is named. Earlier results leave the wall, and
    a wall that had stepped aside comes back: the hall must see what it votes on. The same text
    again while it is open is quiet (a double tap).

    Raises:
        Refused: `motion_text_wrong`, `motion_already_open` with its text, `conference_not_open`,
            `conference_ended`, `agenda_item_unknown`.
    """
    text = rules.ensure_text(text)
    with unit_of_work() as session:
        ensure_running_conference(session)
        if agenda_item_id is None:
            current = agendas.current_item(session)
            agenda_item_id = current.id if current is not None else None
        else:
            agendas.item(session, agenda_item_id)
        now_open = queries.open_motion_now(session)
        if now_open is not None:
            if (now_open.text, now_open.agenda_item_id) == (text, agenda_item_id):
                return now_open.id
            raise Refused("motion_already_open", number=now_open.number, text=now_open.text)
        at = clock()
        wall.come_back(session, by=by, at=at)
        # An old result must not come back to the wall when this motion is withdrawn.
        session.execute(
            update(Motion)
            .where(Motion.state == MotionState.CLOSED, Motion.put_away_at.is_(None))
            .values(put_away_at=at)
        )
        number = len(queries.motions(session)) + 1
        with refusing("motion_already_open", number=number, text=text):
            motion_id = session.scalars(
                insert(Motion)
                .values(
                    number=number,
                    agenda_item_id=agenda_item_id,
                    text=text,
                    state=MotionState.OPEN,
                    opened_at=at,
                    opened_by=by.label,
                )
                .returning(Motion.id)
            ).one()
        audit.record(
            session,
            MotionEvent.OPENED,
            by=by,
            clock=lambda: at,
            motion=motion_id,
            number=number,
            item=agenda_item_id,
            text=text,
        )
        changed(session, "motions")
    return motion_id


def record_count(
    motion_id: int,
    *,
    in_favour: int,
    against: int,
    other: int,
    by: Actor,
    counted_present: int | None = None,
    reason: str = "",
    all_minus: bool = False,
    clock: Clock = utc_now,
) -> CountView:
    """Record the hands and close the motion; returns the outcome.

    Presence is taken at this moment from the check-in (R25), or was counted in the hall, with a
    reason; both are kept. `all_minus` says that for was filled in as what remains of those present;
    it is refused where that is no longer so. The same figures again are quiet.

    Raises:
        Refused: `motion_unknown`, `motion_withdrawn`, `motion_already_counted` with the figures,
            `conference_not_open`, `conference_ended`, `motion_minus_moved`, or what `rules.taken`
            refuses.
    """
    reason = tidy(reason)
    with unit_of_work() as session:
        found = queries.motion(session, motion_id)
        _ensure_not_withdrawn(found)
        if found.result is not None:
            return _same_or_refused(
                found, found.result, (in_favour, against, other), counted_present
            )
        ensure_running_conference(session)
        count = rules.taken(
            in_favour=in_favour,
            against=against,
            other=other,
            # Taken inside the unit, at the moment of the vote.
            present_checkin=presences.presence(session).votes,
            counted_present=counted_present,
            may_vote=_may_vote(session),
            reason=reason,
        )
        if all_minus:
            rules.ensure_minus_holds(count)
        at = clock()
        session.execute(
            update(Motion)
            .where(Motion.id == motion_id)
            .values(state=MotionState.CLOSED, closed_at=at)
        )
        outcome = _store(
            session, found, count, number=1, reason=reason, by=by, at=at, all_minus=all_minus
        )
        _write_down(session, MotionEvent.COUNTED, found, outcome, by=by)
    return outcome


def correct_count(
    motion_id: int,
    *,
    in_favour: int,
    against: int,
    other: int,
    reason: str,
    by: Actor,
    counted_present: int | None = None,
    seen: int | None = None,
    clock: Clock = utc_now,
) -> CountView:
    """Replace a count by a new one with a reason; the old one stays to be read.

    Measured against the presence of the vote, not of the correction: the check-in's figure that was
    kept then, or heads counted in the hall. `seen` is the number of the count that the page showed;
    when another correction came between, this one is refused. A slip may still be corrected after
    the conference has ended; the seal is what closes the papers.

    Raises:
        Refused: `motion_unknown`, `motion_withdrawn`, `motion_not_counted`, `motion_count_changed`
            with the figures, or what `rules.taken` refuses.
    """
    reason = tidy(reason)
    with unit_of_work() as session:
        found = queries.motion(session, motion_id)
        _ensure_not_withdrawn(found)
        before = found.result
        if before is None:
            raise Refused("motion_not_counted", number=found.number)
        count = rules.taken(
            in_favour=in_favour,
            against=against,
            other=other,
            present_checkin=before.count.present_checkin,
            counted_present=counted_present,
            may_vote=_may_vote(session),
            reason=reason,
            is_correction=True,
        )
        if before.count == count and before.is_correction and before.reason == reason:
            return before
        if seen is not None and seen != before.number:
            raise Refused("motion_count_changed", **_hands(before.count))
        outcome = _store(
            session, found, count, number=before.number + 1, reason=reason, by=by, at=clock()
        )
        _write_down(session, MotionEvent.CORRECTED, found, outcome, by=by)
    return outcome


def withdraw_motion(motion_id: int, *, reason: str, by: Actor, clock: Clock = utc_now) -> None:
    """Take a question back before it was counted; quiet when it is withdrawn already.

    Raises:
        Refused: `motion_unknown`, `motion_already_counted`, `reason_missing`, `reason_too_long`.
    """
    reason = tidy(reason)
    with unit_of_work() as session:
        found = queries.motion(session, motion_id)
        if found.state is MotionState.WITHDRAWN:
            return
        if found.result is not None:
            raise Refused(
                "motion_already_counted", number=found.number, **_hands(found.result.count)
            )
        ensure_reason(reason)
        at = clock()
        session.execute(
            update(Motion)
            .where(Motion.id == motion_id)
            .values(state=MotionState.WITHDRAWN, closed_at=at, withdraw_reason=reason)
        )
        audit.record(
            session,
            MotionEvent.WITHDRAWN,
            by=by,
            clock=lambda: at,
            motion=motion_id,
            number=found.number,
            reason=reason,
        )
        changed(session, "motions")


def put_away(motion_id: int, *, by: Actor, clock: Clock = utc_now) -> None:
    """Take a result off the wall; quiet when it is off already.

    Raises:
        Refused: `motion_unknown`, `motion_still_open`.
    """
    with unit_of_work() as session:
        found = queries.motion(session, motion_id)
        if found.is_open:
            raise Refused("motion_still_open", number=found.number, text=found.text)
        if not found.is_shown:
            return
        at = clock()
        session.execute(update(Motion).where(Motion.id == motion_id).values(put_away_at=at))
        audit.record(
            session,
            MotionEvent.PUT_AWAY,
            by=by,
            clock=lambda: at,
            motion=motion_id,
            number=found.number,
        )
        changed(session, "motions")


def _may_vote(session: Session) -> int:
    """Everyone on the roster who may vote by hand (R3, second flag)."""
    return conferences.roster_count(session).votes


def _ensure_not_withdrawn(found: MotionView) -> None:
    if found.state is MotionState.WITHDRAWN:
        raise Refused("motion_withdrawn", number=found.number)


def _same_or_refused(
    found: MotionView,
    result: CountView,
    hands: tuple[int, int, int],
    counted_present: int | None,
) -> CountView:
    """A second tap brings the outcome again; other figures are no second tap."""
    count = result.count
    same_base = counted_present == (count.present if result.counted_in_hall else None)
    if hands == (count.in_favour, count.against, count.other) and same_base:
        return result
    raise Refused("motion_already_counted", number=found.number, **_hands(count))


def _hands(count: Count) -> dict[str, int]:
    return {"in_favour": count.in_favour, "against": count.against, "other": count.other}


def _store(
    session: Session,
    found: MotionView,
    count: Count,
    *,
    number: int,
    reason: str,
    by: Actor,
    at: datetime,
    all_minus: bool = False,
) -> CountView:
    with refusing("motion_count_changed", **_hands(count)):
        session.execute(
            insert(MotionCount).values(
                motion_id=found.id,
                number=number,
                **_hands(count),
                present=count.present,
                present_source=count.source.value,
                present_checkin=count.present_checkin,
                reason=reason,
                at=at,
                by=by.label,
                adopted=count.is_adopted,
                all_minus=all_minus,
            )
        )
    return CountView(
        number=number,
        count=count,
        reason=reason,
        at=at,
        by=by.label,
        is_adopted=count.is_adopted,
        all_minus=all_minus,
    )


def _write_down(
    session: Session, event: MotionEvent, found: MotionView, outcome: CountView, *, by: Actor
) -> None:
    audit.record(
        session,
        event,
        by=by,
        clock=lambda: outcome.at,
        motion=found.id,
        number=found.number,
        count=outcome.number,
        **_hands(outcome.count),
        present=outcome.count.present,
        present_source=outcome.count.source.value,
        present_checkin=outcome.count.present_checkin,
        adopted=outcome.is_adopted,
        all_minus=outcome.all_minus,
        reason=outcome.reason,
    )
    changed(session, "motions")
