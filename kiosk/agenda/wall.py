"""What the wall is used for: the conference, other slides, or a break.

The projector's face only reads; so the one row of its state lives here. What the hall must see
brings the wall back by itself: the opening, a motion, the end (`come_back`); and an item that is
started ends a break.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from kiosk.agenda import rules
from kiosk.agenda.events import AgendaEvent
from kiosk.agenda.models import WallState
from kiosk.agenda.rules import WallMode
from kiosk.conference import queries as conferences
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused


@dataclass(frozen=True)
class WallRow:
    """The wall's state now."""

    mode: WallMode = WallMode.LIVE
    #: The announced end of a break.
    until: datetime | None = None
    since: datetime | None = None

    @property
    def is_aside(self) -> bool:
        return self.mode is WallMode.ASIDE

    @property
    def is_break(self) -> bool:
        return self.mode is WallMode.BREAK


def wall_state(session: Session) -> WallRow:
    """What the wall is used for; live while nobody has said otherwise."""
    found = session.get(WallState, 1)
    if found is None:
        return WallRow()
    return WallRow(mode=WallMode(found.mode), until=found.until, since=found.since)


def step_aside(*, by: Actor, clock: Clock = utc_now) -> None:
    """Leave the wall to other slides; quiet when it is aside already."""
    with unit_of_work() as session:
        if wall_state(session).is_aside:
            return
        at = clock()
        _set(session, WallMode.ASIDE, by=by, at=at)
        audit.record(session, AgendaEvent.WALL_ASIDE, by=by, clock=lambda: at)


def take_back(*, by: Actor, clock: Clock = utc_now) -> None:
    """Show the conference again; quiet when it is shown."""
    with unit_of_work() as session:
        come_back(session, by=by, at=clock())


def call_break(*, until: datetime, by: Actor, clock: Clock = utc_now) -> None:
    """Break until an hour, which the wall shows; another hour moves it.

    Raises:
        Refused: `conference_not_open`, `conference_ended`, `break_time_wrong`.
    """
    with unit_of_work() as session:
        conference = conferences.conference(session)
        if conference.opened_at is None:
            raise Refused("conference_not_open")
        if conference.ended_at is not None:
            raise Refused("conference_ended")
        at = clock()
        until = rules.ensure_break(until=until, now=at)
        now = wall_state(session)
        if now.is_break and now.until == until:
            return
        _set(session, WallMode.BREAK, by=by, at=at, until=until)
        audit.record(
            session, AgendaEvent.BREAK_CALLED, by=by, clock=lambda: at, until=until.isoformat()
        )


def come_back(session: Session, *, by: Actor, at: datetime, only_from_break: bool = False) -> None:
    """Bring the conference back to the wall, inside the act that the hall must see."""
    now = wall_state(session)
    if now.mode is WallMode.LIVE or (only_from_break and not now.is_break):
        return
    _set(session, WallMode.LIVE, by=by, at=at)
    event = AgendaEvent.BREAK_ENDED if now.is_break else AgendaEvent.WALL_BACK
    audit.record(session, event, by=by, clock=lambda: at)


def _set(
    session: Session, mode: WallMode, *, by: Actor, at: datetime, until: datetime | None = None
) -> None:
    values = {"mode": mode.value, "until": until, "since": at, "by": by.label}
    if session.get(WallState, 1) is None:
        session.execute(insert(WallState).values(id=1, **values))
    else:
        session.execute(update(WallState).where(WallState.id == 1).values(**values))
    session.expire_all()
    changed(session, "agenda")
