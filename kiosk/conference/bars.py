"""Who may not stand for the People's Inspection Board (R7): head, deputy head, chief accountant.

A title only suggests; a person decides, and who decided what and when is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kiosk.conference import queries
from kiosk.conference.models import Delegate
from kiosk.conference.preparation_events import PreparationEvent
from kiosk.conference.rules import Bar, suggested_bar
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused


@dataclass(frozen=True)
class BarRow:
    """A person whose title suggests a bar, or about whom somebody has decided."""

    delegate_id: int
    name: str
    title: str
    unit: str
    suggestion: Bar | None
    #: None while nobody has decided.
    decided: Bar | None
    decided_at: datetime | None
    decided_by: str


def bars(session: Session) -> list[BarRow]:
    """Everyone to decide about or decided on, in roster order; guests are no candidates anyway."""
    decisions = {
        row[0]: (None if row[1] is None else Bar(row[1]), row[2], row[3])
        for row in session.execute(
            select(Delegate.id, Delegate.bar, Delegate.bar_set_at, Delegate.bar_set_by)
        )
    }
    rows = []
    for person in queries.delegates(session):
        suggestion = suggested_bar(person.title)
        decided, at, by = decisions[person.id]
        if not person.is_guest and (suggestion is not None or decided is not None):
            rows.append(
                BarRow(
                    person.id, person.name, person.title, person.unit, suggestion, decided, at, by
                )
            )
    return rows


def barred(session: Session) -> dict[int, Bar]:
    """Who is barred, by a person's decision, and why; for the room that takes candidates (R7)."""
    rows = session.execute(
        select(Delegate.id, Delegate.bar).where(Delegate.bar.is_not(None), Delegate.bar != "")
    )
    return {delegate_id: Bar(bar) for delegate_id, bar in rows if bar}


def set_bar(*, delegate_id: int, bar: str, by: Actor, clock: Clock = utc_now) -> None:
    """Decide for one person. Refused: `bar_unknown`, `delegate_unknown`, `conference_ended`."""
    try:
        decided = Bar(bar)
    except ValueError as unknown:
        raise Refused("bar_unknown") from unknown
    at = clock()
    with unit_of_work() as session:
        if queries.conference(session).ended_at is not None:
            raise Refused("conference_ended")
        queries.delegate(session, delegate_id)
        session.execute(
            update(Delegate)
            .where(Delegate.id == delegate_id)
            .values(bar=decided.value, bar_set_at=at, bar_set_by=by.label)
        )
        audit.record(
            session,
            PreparationEvent.BAR_SET,
            by=by,
            clock=lambda: at,
            delegate=delegate_id,
            bar=decided.value or "none",
        )
        changed(session, "roster")
