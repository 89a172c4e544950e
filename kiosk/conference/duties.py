"""The preparation checklist: what the plan asks each unit to do, who sees to it, and what is done.

Made from the plan at its import. A newer plan keeps owner, day and tick of every duty whose text
is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from kiosk.conference import rules
from kiosk.conference.models import Duty
from kiosk.conference.plan import model as plans
from kiosk.conference.preparation_events import PreparationEvent
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import fold, tidy

LONGEST_OWNER = 200


@dataclass(frozen=True)
class DutyRow:
    """One duty as the checklist shows it."""

    id: int
    unit: str
    text: str
    owner: str
    due: date | None
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True)
class Checklist:
    """All duties in the plan's order, and how many are done."""

    duties: tuple[DutyRow, ...]

    @property
    def done(self) -> int:
        return sum(1 for duty in self.duties if duty.done_at is not None)

    @property
    def units(self) -> list[tuple[str, list[DutyRow]]]:
        """The duties unit by unit, as the plan has them."""
        found: dict[str, list[DutyRow]] = {}
        for duty in self.duties:
            found.setdefault(duty.unit, []).append(duty)
        return list(found.items())


def checklist(session: Session) -> Checklist:
    """Everything that the plan asks for."""
    rows = session.execute(
        select(
            Duty.id, Duty.unit, Duty.text, Duty.owner, Duty.due, Duty.done_at, Duty.done_by
        ).order_by(Duty.position, Duty.id)
    )
    return Checklist(tuple(DutyRow(*row) for row in rows))


def duty(session: Session, duty_id: int) -> DutyRow:
    """One duty. Refused: `duty_unknown`."""
    found = next((row for row in checklist(session).duties if row.id == duty_id), None)
    if found is None:
        raise Refused("duty_unknown")
    return found


def lay_out(session: Session, said: Iterable[plans.Duty]) -> None:
    """Bring the checklist to what a plan says, inside the unit that takes the plan.

    A duty is the same when unit and text are, whatever the case and the marks; two of the same
    text in one plan are two.
    """
    stored: dict[tuple[str, str], list[int]] = {}
    for row in checklist(session).duties:
        stored.setdefault(_key(row.unit, row.text), []).append(row.id)
    position = 0
    for group in said:
        for text in group.items:
            position += 1
            values = {"unit": group.unit[:200], "text": text[:1000], "position": position}
            same = stored.get(_key(group.unit[:200], text[:1000]))
            if same:
                session.execute(update(Duty).where(Duty.id == same.pop(0)).values(**values))
            else:
                session.execute(insert(Duty).values(**values))
    gone = [duty_id for ids in stored.values() for duty_id in ids]
    if gone:
        session.execute(delete(Duty).where(Duty.id.in_(gone)))
    changed(session, "duties")


def _key(unit: str, text: str) -> tuple[str, str]:
    return fold(unit), fold(text)


def assign(*, duty_id: int, owner: str, due: str, by: Actor, clock: Clock = utc_now) -> None:
    """Say who sees to a duty, and by when.

    Raises:
        Refused: `duty_unknown`, `text_too_long`, `day_wrong`.
    """
    owner = rules.short_text(tidy(owner), field="owner", most=LONGEST_OWNER)
    day = rules.day_of(due)
    with unit_of_work() as session:
        duty(session, duty_id)
        session.execute(update(Duty).where(Duty.id == duty_id).values(owner=owner, due=day))
        audit.record(
            session,
            PreparationEvent.DUTY_ASSIGNED,
            by=by,
            clock=clock,
            duty=duty_id,
            owner=owner,
            day=day.isoformat() if day else None,
        )
        changed(session, "duties")


def set_done(*, duty_id: int, done: bool, by: Actor, clock: Clock = utc_now) -> None:
    """Tick a duty off, or open it again; a second press of the same changes nothing.

    Raises:
        Refused: `duty_unknown`.
    """
    at = clock()
    with unit_of_work() as session:
        if (duty(session, duty_id).done_at is not None) == done:
            return
        session.execute(
            update(Duty)
            .where(Duty.id == duty_id)
            .values(done_at=at if done else None, done_by=by.label if done else "")
        )
        audit.record(
            session,
            PreparationEvent.DUTY_DONE if done else PreparationEvent.DUTY_OPENED_AGAIN,
            by=by,
            clock=lambda: at,
            duty=duty_id,
        )
        changed(session, "duties")
