"""Planned against actual: when each item should be on, when it will be, and how late the day runs.

Rules, in a file of their own because they are about time only. Pure: *now* is passed in. Times are
zoned instants; only the seconds of running intervals count, so an item left waiting spends nothing
while others are on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kiosk.agenda.rules import OVER, ItemState, Step
from kiosk.core.clock import HALL, in_hall

#: One running interval; None while it runs.
Span = tuple[datetime, datetime | None]


@dataclass(frozen=True)
class Run:
    """What the timeline needs to know of an item."""

    planned_minutes: int
    state: ItemState
    #: Running intervals, oldest first.
    spans: tuple[Span, ...] = ()
    #: When it ended; later than its last interval if it ended while it waited.
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Slot:
    """One item's times. Planned ones never move; expected ones follow what really happened."""

    planned_start: datetime | None
    planned_end: datetime | None
    #: For an item that has begun: when it began. None for a skipped one.
    expected_start: datetime | None
    #: For an item that has ended: when it ended. None for a skipped one.
    expected_end: datetime | None
    #: Seconds it was on, the running interval included.
    spent: timedelta

    @property
    def spent_minutes(self) -> int:
        return whole_minutes(self.spent)


@dataclass(frozen=True)
class Timeline:
    """All items' times, and the day's."""

    slots: tuple[Slot, ...]
    planned_end: datetime | None
    expected_end: datetime | None

    @property
    def minutes_late(self) -> int:
        """Whole minutes behind the plan; below zero when ahead; 0 while there is nothing to say."""
        if self.planned_end is None or self.expected_end is None:
            return 0
        return whole_minutes(self.expected_end - self.planned_end)


def whole_minutes(length: timedelta) -> int:
    """Full minutes, towards zero: 59 seconds late is not late."""
    seconds = int(length.total_seconds())
    return seconds // 60 if seconds >= 0 else -(-seconds // 60)


def planned_start(
    day: date | None, hour: str | None, *, opened_at: datetime | None
) -> datetime | None:
    """When the plan begins: its day and hour; the opening itself where these are unknown.

    A conference opened on another day than the plan says (put off, or a rehearsal) is measured
    from its opening: "three days late" helps nobody in the hall. `hour` is "08:00" in the hall.
    """
    if day is None or hour is None:
        return opened_at
    if opened_at is not None and in_hall(opened_at).date() != day:
        return opened_at
    return datetime.combine(day, time.fromisoformat(hour), HALL).astimezone(UTC)


def spans(marks: Iterable[tuple[Step, datetime]]) -> tuple[Span, ...]:
    """Running intervals from an item's history, oldest mark first."""
    found: list[Span] = []
    begun: datetime | None = None
    for step, at in marks:
        if step in (Step.STARTED, Step.RESUMED):
            begun = at
        elif begun is not None:
            found.append((begun, max(at, begun)))  # the laptop's clock may have been set back
            begun = None
    if begun is not None:
        found.append((begun, None))
    return tuple(found)


def spent(run: Run, now: datetime) -> timedelta:
    """How long the item has been on."""
    return sum(
        (max((now if end is None else end) - begin, timedelta(0)) for begin, end in run.spans),
        timedelta(0),
    )


def timeline(
    runs: Sequence[Run],
    *,
    planned_from: datetime | None,
    opened_at: datetime | None,
    now: datetime,
) -> Timeline:
    """Planned and expected times of every item, in agenda order.

    What is left of the running item comes first, then the waiting and pending ones in their order,
    each with what is left of its planned minutes: an item never takes less than planned before it
    has ended, and one that runs over pushes the others. Before the opening the day begins as
    planned, or now if that hour has passed.
    """
    begins = now if opened_at is not None else _later(planned_from, now)
    expected = _expected(runs, begins=begins, now=now)
    slots: list[Slot] = []
    plan = planned_from
    for run, (start, end) in zip(runs, expected, strict=True):
        until = None if plan is None else plan + timedelta(minutes=run.planned_minutes)
        slots.append(
            Slot(
                planned_start=plan,
                planned_end=until,
                expected_start=start,
                expected_end=end,
                spent=spent(run, now),
            )
        )
        plan = until
    ends = [slot.expected_end for slot in slots if slot.expected_end is not None]
    if all(run.state in OVER for run in runs):
        day_ends = max(ends, default=opened_at)
    else:
        day_ends = max(ends, default=None)
    return Timeline(slots=tuple(slots), planned_end=plan, expected_end=day_ends)


def _later(planned: datetime | None, now: datetime) -> datetime | None:
    return None if planned is None else max(planned, now)


def _expected(
    runs: Sequence[Run], *, begins: datetime | None, now: datetime
) -> list[tuple[datetime | None, datetime | None]]:
    """Expected start and end of each item; the past is what it was."""
    found: list[tuple[datetime | None, datetime | None]] = [(None, None)] * len(runs)
    cursor = begins
    order = sorted(range(len(runs)), key=lambda at: runs[at].state is not ItemState.STARTED)
    for place in order:
        run = runs[place]
        first = run.spans[0][0] if run.spans else None
        if run.state is ItemState.SKIPPED:
            continue
        if run.state is ItemState.ENDED:
            found[place] = (first, run.ended_at)
            continue
        start = cursor
        if cursor is not None:
            left = timedelta(minutes=run.planned_minutes) - spent(run, now)
            cursor += max(left, timedelta(0))
        found[place] = (first or start, cursor)
    return found
