"""What other rooms still have open before the conference may end.

The agenda ends the conference but may not import the rooms above it; so they register a check here
(an open motion today), and the agenda asks them inside its own unit of work.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

#: Raises `Refused` while its room has something open.
Guard = Callable[[Session], None]

_before_ending: list[Guard] = []


def before_ending(guard: Guard) -> Guard:
    """Register a check, once per program."""
    if guard not in _before_ending:
        _before_ending.append(guard)
    return guard


def ensure_may_end(session: Session) -> None:
    """Ask every room; the first refusal stands."""
    for guard in _before_ending:
        guard(session)
