"""Acts on the agenda: lay it out, open the conference, walk its items, end the conference.

Every act looks at the state inside its own unit of work; a page may be a minute old, and two
secretaries may press at once. Whoever comes second finds the act done (quiet) or learns what
happened instead (refused).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from kiosk.agenda import guards, papers, queries, rules, wall
from kiosk.agenda.events import AgendaEvent
from kiosk.agenda.models import AgendaItem, AgendaMark
from kiosk.agenda.rules import LEADS_TO, Draft, ItemState, Step
from kiosk.checkin import queries as presences
from kiosk.checkin.rules import ensure_quorum
from kiosk.checkin.services import fix_base_from_roster
from kiosk.conference import queries as conferences
from kiosk.conference.plan.model import AgendaItem as Planned
from kiosk.conference.services import ensure_draft, note_ending, note_opening
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy

# -- the draft -------------------------------------------------------------------------------


def lay_out(
    session: Session, items: Iterable[Planned], *, by: Actor, clock: Clock = utc_now
) -> None:
    """Replace the draft by these items, inside the unit that takes the plan.

    Minutes are the usual ones of each kind; the secretary edits them afterwards.

    Notes and attachments of an item go over to the new item of the same title.

    Raises:
        Refused: `conference_already_open`, `agenda_too_long`, `agenda_item_has_papers`, or what
            `rules.checked` refuses.
    """
    ensure_draft(session)
    before = queries.items(session)
    fresh = [rules.checked(Draft(title=item.title, kind=item.kind)) for item in items]
    rules.ensure_count(len(fresh))
    # Before the opening no item has a history and no motion stands on one.
    session.execute(delete(AgendaItem))
    if fresh:
        session.execute(
            insert(AgendaItem),
            [{"number": number, **_values(item)} for number, item in enumerate(fresh, start=1)],
        )
    papers.carry_over(session, before)
    audit.record(session, AgendaEvent.LAID_OUT, by=by, clock=clock, items=len(fresh))
    changed(session, "agenda")


def add_item(draft: Draft, *, by: Actor, clock: Clock = utc_now) -> int:
    """Add an item at the end of the draft; returns its id."""
    item = rules.checked(draft)
    with unit_of_work() as session:
        ensure_draft(session)
        number = len(queries.items(session)) + 1
        rules.ensure_count(number)
        item_id = session.scalars(
            insert(AgendaItem).values(number=number, **_values(item)).returning(AgendaItem.id)
        ).one()
        audit.record(
            session, AgendaEvent.ITEM_ADDED, by=by, clock=clock, item=item_id, number=number
        )
        changed(session, "agenda")
    return item_id


def edit_item(item_id: int, draft: Draft, *, by: Actor, clock: Clock = utc_now) -> None:
    """Correct title, kind, minutes or presenter, before the opening."""
    item = rules.checked(draft)
    with unit_of_work() as session:
        ensure_draft(session)
        found = queries.item(session, item_id)
        session.execute(update(AgendaItem).where(AgendaItem.id == item_id).values(**_values(item)))
        audit.record(
            session,
            AgendaEvent.ITEM_EDITED,
            by=by,
            clock=clock,
            item=item_id,
            number=found.number,
            kind=item.kind.value,
            minutes=item.planned_minutes,
        )
        changed(session, "agenda")


def move_item(item_id: int, *, up: bool, by: Actor, clock: Clock = utc_now) -> None:
    """Change places with the item above or below; quiet at the end of the list."""
    with unit_of_work() as session:
        ensure_draft(session)
        found = queries.item(session, item_id)
        order = [row.id for row in queries.items(session)]
        place = order.index(item_id)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(order):
            return
        order[place], order[other] = order[other], order[place]
        _renumber(session, order)
        audit.record(
            session,
            AgendaEvent.ITEM_MOVED,
            by=by,
            clock=clock,
            item=item_id,
            was=found.number,
            number=other + 1,
        )
        changed(session, "agenda")


def remove_item(item_id: int, *, by: Actor, clock: Clock = utc_now) -> None:
    """Take an item off the draft; the ones below move up.

    Raises:
        Refused: `conference_already_open`, `agenda_item_unknown`, `agenda_item_has_papers`.
    """
    with unit_of_work() as session:
        ensure_draft(session)
        found = queries.item(session, item_id)
        papers.ensure_none(session, [found])
        session.execute(delete(AgendaItem).where(AgendaItem.id == item_id))
        _renumber(session, [row.id for row in queries.items(session)])
        audit.record(
            session, AgendaEvent.ITEM_REMOVED, by=by, clock=clock, item=item_id, was=found.number
        )
        changed(session, "agenda")


def _values(item: rules.Checked) -> dict[str, object]:
    return {
        "title": item.title,
        "short_title": item.short_title,
        "kind": item.kind.value,
        "planned_minutes": item.planned_minutes,
        "presenter": item.presenter,
    }


def _renumber(session: Session, order: Sequence[int]) -> None:
    # Numbers are unique at every step, so they step aside below zero first.
    session.execute(update(AgendaItem).values(number=-AgendaItem.number))
    for number, item_id in enumerate(order, start=1):
        session.execute(update(AgendaItem).where(AgendaItem.id == item_id).values(number=number))


# -- the conference --------------------------------------------------------------------------


def open_conference(*, by: Actor, clock: Clock = utc_now) -> None:
    """Open the conference: an agenda, a fixed base and two thirds present (R1). Quiet when open.

    Raises:
        Refused: `agenda_empty`, `quorum_not_met` with how many are missing, `conference_ended`.
    """
    with unit_of_work() as session:
        conference = conferences.conference(session)
        if conference.ended_at is not None:
            raise Refused("conference_ended")
        if conference.opened_at is not None:
            return
        if not queries.items(session):
            raise Refused("agenda_empty")
        fix_base_from_roster(session, by=by, clock=clock)
        # Counted in this unit: whoever scans in or out meanwhile is before or after the opening.
        presence = presences.presence(session)
        ensure_quorum(presence.attendance)
        at = clock()
        wall.come_back(session, by=by, at=at)
        note_opening(
            session,
            at=at,
            by=by,
            present=presence.present,
            convened=presence.convened,
            guests=presence.guests,
        )
        changed(session, "agenda", "conference")


def end_conference(*, by: Actor, clock: Clock = utc_now) -> None:
    """End the conference once every item has ended or was skipped. Quiet when it has ended.

    Raises:
        Refused: `conference_not_open`, `agenda_items_open` with their numbers, or what another
            room still has open (`motion_still_open`).
    """
    with unit_of_work() as session:
        conference = conferences.conference(session)
        if conference.ended_at is not None:
            return
        if conference.opened_at is None:
            raise Refused("conference_not_open")
        rules.ensure_all_over([row.facts for row in queries.items(session)])
        guards.ensure_may_end(session)
        at = clock()
        wall.come_back(session, by=by, at=at)
        note_ending(session, at=at, by=by)
        changed(session, "agenda", "conference")


def ensure_running_conference(session: Session) -> None:
    """Between opening and ending. Refused: `conference_not_open`, `conference_ended`."""
    conference = conferences.conference(session)
    if conference.opened_at is None:
        raise Refused("conference_not_open")
    if conference.ended_at is not None:
        raise Refused("conference_ended")


# -- the items -------------------------------------------------------------------------------


def start_item(item_id: int, *, by: Actor, clock: Clock = utc_now) -> None:
    """Start a pending item or resume a waiting one.

    Raises:
        Refused: `conference_not_open`, `conference_ended`, `agenda_item_unknown`,
            `another_item_is_running`, `agenda_item_ended`, `agenda_item_skipped`.
    """
    with unit_of_work() as session:
        ensure_running_conference(session)
        item = queries.item(session, item_id).facts
        now_on = rules.running([row.facts for row in queries.items(session)])
        step = rules.start(item, now_on=now_on)
        if step is not None:
            _take(session, item, step, by=by, at=clock())


def leave_waiting(item_id: int, *, by: Actor, clock: Clock = utc_now) -> None:
    """Leave the running item open, to be resumed or ended later (design 3).

    Raises:
        Refused: as `start_item`, and `agenda_item_not_started`.
    """
    with unit_of_work() as session:
        ensure_running_conference(session)
        item = queries.item(session, item_id).facts
        step = rules.leave_waiting(item)
        if step is not None:
            _take(session, item, step, by=by, at=clock())


def end_item(item_id: int, *, by: Actor, clock: Clock = utc_now) -> None:
    """End an item that is on or waits.

    Raises:
        Refused: as `start_item`, and `agenda_item_not_started`.
    """
    with unit_of_work() as session:
        ensure_running_conference(session)
        item = queries.item(session, item_id).facts
        step = rules.end(item)
        if step is not None:
            _take(session, item, step, by=by, at=clock())


def skip_item(item_id: int, *, reason: str, by: Actor, clock: Clock = utc_now) -> None:
    """Skip an item that has not begun; the reason stands in the minutes.

    Raises:
        Refused: as `start_item`, and `agenda_item_has_begun`, `reason_missing`, `reason_too_long`.
    """
    reason = tidy(reason)
    with unit_of_work() as session:
        ensure_running_conference(session)
        item = queries.item(session, item_id).facts
        step = rules.skip(item, reason=reason)
        if step is not None:
            _take(session, item, step, by=by, at=clock(), reason=reason)


def reopen_item(item_id: int, *, reason: str, by: Actor, clock: Clock = utc_now) -> None:
    """Take back a mistaken end or skip; the item waits until it is resumed.

    Raises:
        Refused: `conference_not_open`, `conference_ended`, `agenda_item_unknown`,
            `agenda_item_not_over`, `reason_missing`, `reason_too_long`.
    """
    reason = tidy(reason)
    with unit_of_work() as session:
        ensure_running_conference(session)
        item = queries.item(session, item_id).facts
        step = rules.reopen(item, reason=reason)
        _take(session, item, step, by=by, at=clock(), reason=reason)


def next_item(*, seen: int | None, by: Actor, clock: Clock = utc_now) -> int | None:
    """The secretary's one tap: end what is on and start the next, in one unit.

    `seen` is the id of the item that the page showed as on, None when it showed none; so a double
    tap, or two secretaries at once, never run past an item. Returns the item that is on now; None
    when the last one was ended.

    Raises:
        Refused: `conference_not_open`, `conference_ended`, `agenda_item_unknown`,
            `agenda_moved_on` with what is on instead, `agenda_none_running`, `agenda_no_next`.
    """
    with unit_of_work() as session:
        ensure_running_conference(session)
        items = [row.facts for row in queries.items(session)]
        latest = [(mark.item_id, mark.what) for mark in queries.marks(session)[-2:]]
        move = rules.advance(items, seen=seen, latest=latest)
        if move is None:
            now_on = rules.running(items)
            return now_on.id if now_on is not None else None
        over, first = move
        at = clock()
        if over is not None:
            _take(session, over, Step.ENDED, by=by, at=at)
        if first is None:
            return None
        _take(session, first, Step.STARTED, by=by, at=at)
        return first.id


_EVENTS = {
    Step.STARTED: AgendaEvent.ITEM_STARTED,
    Step.LEFT_WAITING: AgendaEvent.ITEM_LEFT_WAITING,
    Step.RESUMED: AgendaEvent.ITEM_RESUMED,
    Step.ENDED: AgendaEvent.ITEM_ENDED,
    Step.SKIPPED: AgendaEvent.ITEM_SKIPPED,
    Step.REOPENED: AgendaEvent.ITEM_REOPENED,
}


def _take(
    session: Session, item: rules.Item, step: Step, *, by: Actor, at: datetime, reason: str = ""
) -> None:
    """Write one step: the state, its mark and the line in the book."""
    state = LEADS_TO[step]
    if state is ItemState.STARTED:
        guards.ensure_may_start(session, queries.item(session, item.id).kind)
        wall.come_back(session, by=by, at=at, only_from_break=True)
    now_on = rules.running([row.facts for row in queries.items(session)]) or item
    with refusing("another_item_is_running", number=now_on.number, title=now_on.title):
        session.execute(
            update(AgendaItem)
            .where(AgendaItem.id == item.id)
            .values(state=state.value, skip_reason=reason if state is ItemState.SKIPPED else "")
        )
    session.execute(
        insert(AgendaMark).values(
            item_id=item.id, what=step.value, at=at, by=by.label, reason=reason
        )
    )
    facts = {"reason": reason} if reason else {}
    audit.record(
        session,
        _EVENTS[step],
        by=by,
        clock=lambda: at,
        item=item.id,
        number=item.number,
        **facts,
    )
    changed(session, "agenda")
    if state is ItemState.STARTED:
        guards.started(session, queries.item(session, item.id), by=by, at=at)
