"""Acts on papers: invitations printed, sent, and a wrong tick taken back."""

from __future__ import annotations

from sqlalchemy import insert, update

from kiosk.conference import queries as people
from kiosk.conference.rules import short_text
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, hhmm, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy
from kiosk.documents import queries, rules
from kiosk.documents.events import DocumentEvent
from kiosk.documents.models import InvitationSent

LONGEST_RECEIVER = 120
#: What live pages follow.
FACT = "invitations"


def note_printed(*, count: int, by: Actor, clock: Clock = utc_now) -> None:
    """Letters with working codes have left the program: the book says who made them."""
    with unit_of_work() as session:
        audit.record(session, DocumentEvent.INVITATIONS_PRINTED, by=by, clock=clock, count=count)


def mark_sent(
    *, delegate_id: int, way: str, receiver: str, by: Actor, clock: Clock = utc_now
) -> None:
    """Record that a person's invitation has gone out; the same once more changes nothing.

    Raises:
        Refused: `delegate_unknown`, `invitation_way_unknown`, `text_too_long`;
            `invitation_sent_already` where it is recorded in another way.
    """
    how = rules.way_of(way)
    receiver = short_text(tidy(receiver), field="receiver", most=LONGEST_RECEIVER)
    at = clock()
    with unit_of_work() as session:
        person = people.delegate(session, delegate_id)
        before = queries.sent_of(session, delegate_id)
        if before is not None:
            if (before.way, before.receiver) == (how, receiver):
                return
            raise Refused(
                "invitation_sent_already", name=person.name, by=before.by, at=hhmm(before.at)
            )
        with refusing("invitation_sent_already", name=person.name, by=by.name, at=hhmm(at)):
            session.execute(
                insert(InvitationSent).values(
                    delegate_id=delegate_id,
                    way=how.value,
                    receiver=receiver,
                    at=at,
                    by=by.label,
                    by_name=by.name,
                )
            )
        audit.record(
            session,
            DocumentEvent.INVITATION_SENT,
            by=by,
            clock=lambda: at,
            delegate=delegate_id,
            way=how.value,
            receiver=receiver,
        )
        changed(session, FACT)


def mark_unit_sent(
    *, unit_id: int, way: str, receiver: str, by: Actor, clock: Clock = utc_now
) -> int:
    """Record everyone of a unit whose invitation is still here; returns how many. In one unit.

    Raises:
        Refused: `unit_unknown`, `invitation_way_unknown`, `text_too_long`.
    """
    how = rules.way_of(way)
    receiver = short_text(tidy(receiver), field="receiver", most=LONGEST_RECEIVER)
    at = clock()
    with unit_of_work() as session:
        if all(unit.id != unit_id for unit in people.units(session)):
            raise Refused("unit_unknown")
        open_rows = queries.invitations(session, unit_id=unit_id, only_open=True).rows
        ids = [row.person.id for row in open_rows]
        if not ids:
            return 0
        session.execute(
            insert(InvitationSent),
            [
                {
                    "delegate_id": delegate_id,
                    "way": how.value,
                    "receiver": receiver,
                    "at": at,
                    "by": by.label,
                    "by_name": by.name,
                }
                for delegate_id in ids
            ],
        )
        audit.record(
            session,
            DocumentEvent.UNIT_INVITATIONS_SENT,
            by=by,
            clock=lambda: at,
            unit=unit_id,
            people=len(ids),
            way=how.value,
            receiver=receiver,
            delegates=ids,
        )
        changed(session, FACT)
        return len(ids)


def take_back(*, delegate_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """A tick that was wrong; nothing happens where there is none. Refused: `delegate_unknown`."""
    at = clock()
    with unit_of_work() as session:
        people.delegate(session, delegate_id)
        if queries.sent_of(session, delegate_id) is None:
            return
        session.execute(
            update(InvitationSent)
            .where(
                InvitationSent.delegate_id == delegate_id, InvitationSent.taken_back_at.is_(None)
            )
            .values(taken_back_at=at)
        )
        audit.record(
            session,
            DocumentEvent.INVITATION_TAKEN_BACK,
            by=by,
            clock=lambda: at,
            delegate=delegate_id,
        )
        changed(session, FACT)
