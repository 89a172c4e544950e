"""The agenda's rules: what may happen to an item, in which order, and what a draft may say.

An item goes pending → started → ended. Aside, it may be left waiting and resumed (item 5 while the
tellers count, design 3), or be skipped with a reason. An act that finds its item already where it
wants it is quiet: it returns no step, so a double tap does nothing. Everything else is refused with
the name of what stands in the way. A slip of the hand is taken back by reopening, with a reason.

    pending ──start──▶ started ──end──▶ ended ───┐
       │                │    ▲            ▲      │ reopen (reason)
       │              leave resume        │      │
       │                ▼    │            │      │
       │               waiting ────end────┘ ◀────┤
       └──skip (reason)──▶ skipped ──────────────┘
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NoReturn

from kiosk.checkin.rules import ensure_reason
from kiosk.conference.plan import kinds
from kiosk.conference.plan.kinds import AgendaKind, short_title
from kiosk.core.errors import Refused
from kiosk.core.names import tidy


class ItemState(StrEnum):
    """Where an item stands."""

    PENDING = "pending"
    STARTED = "started"
    WAITING = "waiting"
    ENDED = "ended"
    SKIPPED = "skipped"


class Step(StrEnum):
    """What happened to an item, as its history keeps it."""

    STARTED = "started"
    LEFT_WAITING = "left_waiting"
    RESUMED = "resumed"
    ENDED = "ended"
    SKIPPED = "skipped"
    REOPENED = "reopened"


#: Where a step leaves its item.
LEADS_TO: dict[Step, ItemState] = {
    Step.STARTED: ItemState.STARTED,
    Step.LEFT_WAITING: ItemState.WAITING,
    Step.RESUMED: ItemState.STARTED,
    Step.ENDED: ItemState.ENDED,
    Step.SKIPPED: ItemState.SKIPPED,
    # Not straight to *started*: another item may be on.
    Step.REOPENED: ItemState.WAITING,
}

#: States in which nothing more is to be done for an item.
OVER = frozenset({ItemState.ENDED, ItemState.SKIPPED})


@dataclass(frozen=True)
class Item:
    """What the rules need to know of an item."""

    id: int
    number: int
    #: The short title, for the refusal's sentence.
    title: str
    state: ItemState


def running(items: Sequence[Item]) -> Item | None:
    """The item that is on now; there is at most one."""
    return next((item for item in items if item.state is ItemState.STARTED), None)


def start(item: Item, *, now_on: Item | None) -> Step | None:
    """Start a pending item or resume a waiting one; quiet when it is on already.

    Raises:
        Refused: `another_item_is_running`, `agenda_item_ended`, `agenda_item_skipped`.
    """
    if item.state is ItemState.STARTED:
        return None
    if item.state in OVER:
        _over(item)
    if now_on is not None:
        raise Refused("another_item_is_running", number=now_on.number, title=now_on.title)
    return Step.RESUMED if item.state is ItemState.WAITING else Step.STARTED


def leave_waiting(item: Item) -> Step | None:
    """Leave the running item open and go on with others; quiet when it already waits."""
    if item.state is ItemState.WAITING:
        return None
    if item.state is ItemState.PENDING:
        raise Refused("agenda_item_not_started", number=item.number, title=item.title)
    if item.state in OVER:
        _over(item)
    return Step.LEFT_WAITING


def end(item: Item) -> Step | None:
    """End an item that is on or waits; quiet when it has ended."""
    if item.state is ItemState.ENDED:
        return None
    if item.state is ItemState.PENDING:
        raise Refused("agenda_item_not_started", number=item.number, title=item.title)
    if item.state is ItemState.SKIPPED:
        _over(item)
    return Step.ENDED


def skip(item: Item, *, reason: str) -> Step | None:
    """Skip an item that has not begun, with a reason; quiet when it is skipped already."""
    if item.state is ItemState.SKIPPED:
        return None
    if item.state is ItemState.ENDED:
        _over(item)
    if item.state is not ItemState.PENDING:
        raise Refused("agenda_item_has_begun", number=item.number, title=item.title)
    ensure_reason(reason)
    return Step.SKIPPED


def reopen(item: Item, *, reason: str) -> Step:
    """Take back an end or a skip, with a reason; the item then waits until it is resumed."""
    if item.state not in OVER:
        raise Refused("agenda_item_not_over", number=item.number, title=item.title)
    ensure_reason(reason)
    return Step.REOPENED


def _over(item: Item) -> NoReturn:
    code = "agenda_item_ended" if item.state is ItemState.ENDED else "agenda_item_skipped"
    raise Refused(code, number=item.number, title=item.title)


def following(items: Sequence[Item], *, after: Item | None) -> Item | None:
    """The next item to start: the first pending one after `after`, else the first pending of all.

    An item left waiting is never the next by itself: only the secretary knows when its turn is.
    """
    pending = [item for item in items if item.state is ItemState.PENDING]
    later = [item for item in pending if after is not None and item.number > after.number]
    return next(iter(later or pending), None)


def upcoming(items: Sequence[Item]) -> Item | None:
    """What the one tap would start at this moment."""
    return following(items, after=running(items) or _last_over(items))


def advance(
    items: Sequence[Item], *, seen: int | None, latest: Sequence[tuple[int, Step]]
) -> tuple[Item | None, Item | None] | None:
    """What the secretary's one tap does: (item to end, item to start); None when already done.

    `seen` is the id of the item that was on when the tap was made, None when none was; `latest` are
    the newest steps, oldest first, as (id, step). A second tap of the same kind finds its wish
    fulfilled by those steps and is quiet; it never runs past an item.

    Raises:
        Refused: `agenda_item_unknown`, `agenda_moved_on`, `agenda_none_running`, `agenda_no_next`.
    """
    now_on = running(items)
    if now_on is not None and now_on.id == seen:
        return now_on, upcoming(items)
    if seen is not None and all(item.id != seen for item in items):
        raise Refused("agenda_item_unknown")
    if _already_advanced(items, seen=seen, now_on=now_on, latest=latest):
        return None
    if now_on is not None:
        raise Refused("agenda_moved_on", number=now_on.number, title=now_on.title)
    if seen is not None:
        raise Refused("agenda_none_running")
    first = upcoming(items)
    if first is None:
        raise Refused("agenda_no_next")
    return None, first


def _already_advanced(
    items: Sequence[Item],
    *,
    seen: int | None,
    now_on: Item | None,
    latest: Sequence[tuple[int, Step]],
) -> bool:
    """Whether the newest steps are exactly what this tap asks for."""
    wish: list[tuple[int, Step]] = []
    if seen is not None:
        wish.append((seen, Step.ENDED))
    if now_on is not None:
        wish.append((now_on.id, Step.STARTED))
    if not wish or list(latest[-len(wish) :]) != wish:
        return False
    before = [replace(item, state=ItemState.PENDING) if item == now_on else item for item in items]
    left = next((item for item in items if item.id == seen), None) or _last_over(before)
    upcoming_then = following(before, after=left)
    return (upcoming_then.id if upcoming_then else None) == (now_on.id if now_on else None)


def _last_over(items: Sequence[Item]) -> Item | None:
    return next((item for item in reversed(items) if item.state in OVER), None)


def ensure_all_over(items: Sequence[Item]) -> None:
    """The conference ends when every item has ended or was skipped (lessons 33)."""
    left = [str(item.number) for item in items if item.state not in OVER]
    if left:
        raise Refused("agenda_items_open", numbers=", ".join(left))


# -- the draft -------------------------------------------------------------------------------

#: More than any plan has; a page of a thousand items is a mistake in a file.
MOST_ITEMS = 60
TITLE_MOST = 500
SHORT_TITLE_LETTERS = kinds.SHORT_TITLE_LETTERS
PRESENTER_MOST = 200
MINUTES_LEAST = 1
MINUTES_MOST = 600

#: Minutes that a plan without times is laid out with: about half a day for the usual nine items.
DEFAULT_MINUTES: dict[AgendaKind, int] = {
    AgendaKind.OPENING: 15,
    AgendaKind.REPORT: 20,
    AgendaKind.DISCLOSURE: 25,
    AgendaKind.ELECTION: 35,
    AgendaKind.SPEECH: 15,
    AgendaKind.EMULATION: 10,
    AgendaKind.PLEDGE: 15,
    AgendaKind.RESOLUTION: 10,
    AgendaKind.OTHER: 15,
}


@dataclass(frozen=True)
class Draft:
    """An item as a plan or a form gives it; what is left out is filled in by `checked`."""

    title: str
    kind: str
    #: None: the usual minutes of its kind.
    planned_minutes: int | None = None
    presenter: str = ""
    #: Empty: made from the title.
    short_title: str = ""


@dataclass(frozen=True)
class Checked:
    """A draft that may be stored."""

    title: str
    short_title: str
    kind: AgendaKind
    planned_minutes: int
    presenter: str


def checked(draft: Draft) -> Checked:
    """The draft tidied and filled in.

    Raises:
        Refused: `agenda_title_wrong`, `agenda_short_title_wrong`, `agenda_kind_unknown`,
            `agenda_minutes_wrong`, `agenda_presenter_too_long`.
    """
    title = tidy(draft.title)
    if not 2 <= len(title) <= TITLE_MOST or not any(sign.isalnum() for sign in title):
        raise Refused("agenda_title_wrong", most=TITLE_MOST)
    if draft.kind not in set(AgendaKind):
        raise Refused("agenda_kind_unknown", kind=tidy(draft.kind)[:20])
    kind = AgendaKind(draft.kind)
    short = tidy(draft.short_title)
    if len(short) > SHORT_TITLE_LETTERS:
        raise Refused("agenda_short_title_wrong", most=SHORT_TITLE_LETTERS)
    minutes = DEFAULT_MINUTES[kind] if draft.planned_minutes is None else draft.planned_minutes
    if not MINUTES_LEAST <= minutes <= MINUTES_MOST:
        raise Refused("agenda_minutes_wrong", least=MINUTES_LEAST, most=MINUTES_MOST)
    presenter = tidy(draft.presenter)
    if len(presenter) > PRESENTER_MOST:
        raise Refused("agenda_presenter_too_long", most=PRESENTER_MOST)
    return Checked(
        title=title,
        short_title=short or short_title(title, kind)[:SHORT_TITLE_LETTERS] or title[:1],
        kind=kind,
        planned_minutes=minutes,
        presenter=presenter,
    )


def ensure_count(items: int) -> None:
    """An agenda stays short enough to be walked in one day."""
    if items > MOST_ITEMS:
        raise Refused("agenda_too_long", most=MOST_ITEMS)


# -- the wall --------------------------------------------------------------------------------


class WallMode(StrEnum):
    """What the wall is used for."""

    LIVE = "live"
    #: Black, so that the technician can show other slides.
    ASIDE = "aside"
    BREAK = "break"


#: A break of a morning's conference; longer is another day.
BREAK_MOST = timedelta(hours=4)


def ensure_break(*, until: datetime, now: datetime) -> datetime:
    """The end of a break, to the minute. Refused: `break_time_wrong`."""
    until = until.replace(second=0, microsecond=0)
    if not now < until <= now + BREAK_MOST:
        raise Refused("break_time_wrong", hours=BREAK_MOST // timedelta(hours=1))
    return until
