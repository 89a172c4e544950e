"""What other rooms still have open before an item may start or the conference may end.

The agenda walks the day but may not import the rooms above it; so they register a check here (an
open motion, an election without its result), and the agenda asks them inside its own unit of work.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from kiosk.conference.plan.kinds import AgendaKind

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
