"""What rooms above the agenda have to say when an item begins, or the conference ends.

The agenda may not import the rooms above it; so they register here, and the agenda asks them inside
its own unit of work: a check before an item starts or the conference ends (an open motion, an
election without its result, an open signing), and what opens by itself with the item that it
belongs to (the signing of the pledge).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from kiosk.agenda.queries import ItemRow
from kiosk.conference.plan.kinds import AgendaKind
from kiosk.core.access import Actor

#: Raises `Refused` while its room has something open.
Guard = Callable[[Session], None]

#: Raises `Refused` while an item of this kind must wait for its room.
StartGuard = Callable[[Session, AgendaKind], None]

_before_ending: list[Guard] = []
_before_starting: list[StartGuard] = []


def before_ending(guard: Guard) -> Guard:
    """Register a check, once per program."""
    if guard not in _before_ending:
        _before_ending.append(guard)
    return guard


def ensure_may_end(session: Session) -> None:
    """Ask every room; the first refusal stands."""
    for guard in _before_ending:
        guard(session)


def before_starting(guard: StartGuard) -> StartGuard:
    """Register a check for items that start, once per program."""
    if guard not in _before_starting:
        _before_starting.append(guard)
    return guard


def ensure_may_start(session: Session, kind: AgendaKind) -> None:
    """Ask every room; the first refusal stands."""
    for guard in _before_starting:
        guard(session, kind)


class Opening(Protocol):
    """What a room does when an item begins or goes on. It must not refuse: the agenda goes on."""

    def __call__(self, session: Session, item: ItemRow, *, by: Actor, at: datetime) -> None: ...


_on_start: list[Opening] = []


def on_start(opening: Opening) -> Opening:
    """Register what opens with an item, once per program."""
    if opening not in _on_start:
        _on_start.append(opening)
    return opening


def started(session: Session, item: ItemRow, *, by: Actor, at: datetime) -> None:
    """Tell every room that this item is on now."""
    for opening in _on_start:
        opening(session, item, by=by, at=at)
