"""Which invitations are out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.conference import queries as people
from kiosk.conference.queries import DelegateRow
from kiosk.documents.models import InvitationSent
from kiosk.documents.rules import Way


@dataclass(frozen=True)
class Sent:
    """How one invitation went out."""

    way: Way
    receiver: str
    at: datetime
    by: str


@dataclass(frozen=True)
class InvitationRow:
    """A person, and whether their invitation is out."""

    person: DelegateRow
    sent: Sent | None


@dataclass(frozen=True)
class InvitationList:
    """What the page shows, and the count of everyone."""

    rows: tuple[InvitationRow, ...]
    people: int
    sent: int
    #: People not invited yet, by unit; of everyone, whatever the page shows.
    open_by_unit: dict[int, int]


def sent_of(session: Session, delegate_id: int) -> Sent | None:
    """The record in force of one person."""
    return _sent(session).get(delegate_id)


def _sent(session: Session) -> dict[int, Sent]:
    rows = session.execute(
        select(
            InvitationSent.delegate_id,
            InvitationSent.way,
            InvitationSent.receiver,
            InvitationSent.at,
            InvitationSent.by_name,
        ).where(InvitationSent.taken_back_at.is_(None))
    )
    return {row[0]: Sent(Way(row[1]), row[2], row[3], row[4]) for row in rows}


def invitations(
    session: Session, *, unit_id: int | None = None, search: str = "", only_open: bool = False
) -> InvitationList:
    """By unit, then in Vietnamese order; `only_open` leaves those out that have gone."""
    sent = _sent(session)
    everyone = people.delegates(session)
    open_by_unit: dict[int, int] = {}
    for person in everyone:
        if person.id not in sent:
            open_by_unit[person.unit_id] = open_by_unit.get(person.unit_id, 0) + 1
    asked = (
        people.delegates(session, unit_id=unit_id, search=search)
        if unit_id is not None or search.strip()
        else everyone
    )
    return InvitationList(
        rows=tuple(
            InvitationRow(person=person, sent=sent.get(person.id))
            for person in asked
            if not (only_open and person.id in sent)
        ),
        people=len(everyone),
        sent=len(sent),
        open_by_unit=open_by_unit,
    )
