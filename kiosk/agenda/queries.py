"""Reading the agenda: its items, the one that is on, and the day against its plan."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.agenda import rules
from kiosk.agenda.models import AgendaItem, AgendaMark
from kiosk.agenda.rules import OVER, ItemState, Step
from kiosk.agenda.timeline import Run, Slot, planned_start, spans, timeline
from kiosk.conference import queries as conferences
from kiosk.conference.plan.kinds import AgendaKind
from kiosk.core.errors import Refused


@dataclass(frozen=True)
class ItemRow:
    """An item as lists and papers show it."""

    id: int
    number: int
    title: str
    short_title: str
    kind: AgendaKind
    planned_minutes: int
    presenter: str
    state: ItemState
    skip_reason: str

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def facts(self) -> rules.Item:
        """What the rules need to know of it."""
        return rules.Item(id=self.id, number=self.number, title=self.short_title, state=self.state)


_rows = select(
    AgendaItem.id,
    AgendaItem.number,
    AgendaItem.title,
    AgendaItem.short_title,
    AgendaItem.kind,
    AgendaItem.planned_minutes,
    AgendaItem.presenter,
    AgendaItem.state,
    AgendaItem.skip_reason,
).order_by(AgendaItem.number)


def items(session: Session) -> list[ItemRow]:
    """The agenda in its order."""
    return [
        ItemRow(
            id=row.id,
            number=row.number,
            title=row.title,
            short_title=row.short_title,
            kind=AgendaKind(row.kind),
            planned_minutes=row.planned_minutes,
            presenter=row.presenter,
            state=ItemState(row.state),
            skip_reason=row.skip_reason,
        )
        for row in session.execute(_rows)
    ]


def item(session: Session, item_id: int) -> ItemRow:
    """One item. Refused with `agenda_item_unknown`."""
    found = next((row for row in items(session) if row.id == item_id), None)
    if found is None:
        raise Refused("agenda_item_unknown")
    return found


def current_item(session: Session) -> ItemRow | None:
    """The item that is on now."""
    return next((row for row in items(session) if row.state is ItemState.STARTED), None)


@dataclass(frozen=True)
class MarkRow:
    """One change of an item's state."""

    item_id: int
    what: Step
    at: datetime
    by: str
    reason: str


def marks(session: Session, *, item_id: int | None = None) -> list[MarkRow]:
    """What happened to the items, oldest first; of one item, or of all."""
    query = select(
        AgendaMark.item_id, AgendaMark.what, AgendaMark.at, AgendaMark.by, AgendaMark.reason
    ).order_by(AgendaMark.id)
    if item_id is not None:
        query = query.where(AgendaMark.item_id == item_id)
    return [
        MarkRow(item_id=row.item_id, what=Step(row.what), at=row.at, by=row.by, reason=row.reason)
        for row in session.execute(query)
    ]


@dataclass(frozen=True)
class ItemView:
    """An item with its times: what the plan said, and what happens."""

    id: int
    number: int
    title: str
    short_title: str
    kind: AgendaKind
    presenter: str
    state: ItemState
    skip_reason: str
    planned_minutes: int
    #: Planned start and end; None while the conference has no day and hour.
    planned_at: datetime | None
    planned_end: datetime | None
    #: Expected start and end of what is to come; what was, once it was; None for a skipped item.
    expected_at: datetime | None
    expected_end: datetime | None
    #: The first start, and the end; None until then.
    started_at: datetime | None
    ended_at: datetime | None
    #: Since when it has been on without a break; None while it is not on.
    on_since: datetime | None
    #: Full minutes that it was on, breaks left out.
    minutes_spent: int

    @property
    def is_current(self) -> bool:
        return self.state is ItemState.STARTED

    @property
    def is_waiting(self) -> bool:
        return self.state is ItemState.WAITING

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def minutes_over(self) -> int:
        """Full minutes beyond its planned ones; 0 while it keeps to them."""
        return max(self.minutes_spent - self.planned_minutes, 0)


@dataclass(frozen=True)
class AgendaView:
    """The whole agenda at one moment."""

    items: tuple[ItemView, ...]
    #: The one that is on now.
    current: ItemView | None
    #: The one that the secretary's one tap starts.
    next_item: ItemView | None
    opened_at: datetime | None
    ended_at: datetime | None
    planned_end: datetime | None
    expected_end: datetime | None
    #: Whole minutes behind the plan; below zero when ahead of it.
    minutes_late: int

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.ended_at is None

    @property
    def waiting(self) -> tuple[ItemView, ...]:
        """Items left open while others are on."""
        return tuple(item for item in self.items if item.is_waiting)

    @property
    def may_end(self) -> bool:
        """Every item has ended or was skipped."""
        return self.is_open and all(item.is_over for item in self.items)


def agenda(session: Session, now: datetime) -> AgendaView:
    """The agenda with its times as of `now`. Refused with `conference_missing`."""
    conference = conferences.conference(session)
    rows = items(session)
    history: dict[int, list[MarkRow]] = defaultdict(list)
    for mark in marks(session):
        history[mark.item_id].append(mark)
    runs = [_run(row, history[row.id]) for row in rows]
    times = timeline(
        runs,
        planned_from=planned_start(conference.day, conference.hour, opened_at=conference.opened_at),
        opened_at=conference.opened_at,
        now=now,
    )
    views = tuple(
        _view(row, run, slot) for row, run, slot in zip(rows, runs, times.slots, strict=True)
    )
    upcoming = rules.upcoming([row.facts for row in rows])
    return AgendaView(
        items=views,
        current=next((view for view in views if view.is_current), None),
        next_item=next((view for view in views if upcoming and view.id == upcoming.id), None),
        opened_at=conference.opened_at,
        ended_at=conference.ended_at,
        planned_end=times.planned_end,
        expected_end=times.expected_end,
        minutes_late=times.minutes_late,
    )


def _run(row: ItemRow, history: list[MarkRow]) -> Run:
    ended = history[-1].at if history and row.state is ItemState.ENDED else None
    return Run(
        planned_minutes=row.planned_minutes,
        state=row.state,
        spans=spans((mark.what, mark.at) for mark in history),
        ended_at=ended,
    )


def _view(row: ItemRow, run: Run, slot: Slot) -> ItemView:
    last = run.spans[-1] if run.spans else None
    return ItemView(
        id=row.id,
        number=row.number,
        title=row.title,
        short_title=row.short_title,
        kind=row.kind,
        presenter=row.presenter,
        state=row.state,
        skip_reason=row.skip_reason,
        planned_minutes=row.planned_minutes,
        planned_at=slot.planned_start,
        planned_end=slot.planned_end,
        expected_at=slot.expected_start,
        expected_end=slot.expected_end,
        started_at=run.spans[0][0] if run.spans else None,
        ended_at=run.ended_at,
        on_since=last[0] if last is not None and row.state is ItemState.STARTED else None,
        minutes_spent=slot.spent_minutes,
    )
