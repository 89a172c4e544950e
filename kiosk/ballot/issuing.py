"""Handing out slips (5.1): a badge is scanned, a person draws from the bag.

No slip is read here, on no page and in no request: which one was drawn, no machine knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, insert, select

from kiosk.ballot import identity, queries, roll_queries, round_queries
from kiosk.ballot.models import RollEntry, RoundHelper, SlipMark
from kiosk.ballot.round_events import RoundEvent
from kiosk.ballot.rules import Electorate, State
from kiosk.checkin import queries as presences
from kiosk.checkin.rules import ensure_reason
from kiosk.conference import queries as people
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy

#: A teller who scanned the wrong badge notices at once.
UNDO_WITHIN = timedelta(minutes=2)


#: From the first ballot until the result is declared.
_USED = frozenset({State.OPENED, State.CLOSED, State.SEALED, State.COUNTED})


class Answer(StrEnum):
    """What the issuing teller is told; exactly one per scan."""

    ISSUED = "issued"
    ALREADY = "already"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    REVOKED = "revoked"
    NOT_ENTITLED = "not_entitled"
    ABSENT = "absent"
    CLOSED = "closed"
    NOT_HERE = "not_here"


@dataclass(frozen=True)
class Issue:
    """The answer to one badge."""

    answer: Answer
    round_number: int | None = None
    delegate_id: int | None = None
    name: str = ""
    title: str = ""
    unit: str = ""
    seat: str = ""
    #: When the slip was drawn.
    at: datetime | None = None
    #: How many have drawn one now, and how many are entitled.
    issued: int = 0
    entitled: int = 0


def issue(*, badge: str, key: bytes, by: Actor, clock: Clock = utc_now) -> Issue:
    """Mark that the person behind this badge draws a slip now.

    A refusal is an answer, as at the gate: never an error. Order of the questions: is anything
    issued now, is the badge in force, is the person on the list, in the hall, and without a slip.
    """
    at = clock()
    with unit_of_work() as session:
        found = round_queries.running(session)
        if found is None or not found.may_issue:
            return Issue(Answer.CLOSED)
        try:
            person = identity.scanned(session, badge, key=key)
        except Refused as refused:
            kind = Answer.UNREADABLE if "unreadable" in refused.code else Answer.UNKNOWN
            return Issue(kind, round_number=found.number)
        entitled = roll_queries.roll_count(session, found.id)

        def said(answer: Answer, *, drew: datetime | None = None, more: int = 0) -> Issue:
            return Issue(
                answer,
                round_number=found.number,
                delegate_id=person.delegate_id,
                name=person.name,
                title=person.title,
                unit=person.unit,
                seat=person.seat or "",
                at=drew,
                issued=found.issued + more,
                entitled=entitled,
            )

        if not roll_queries.is_entitled(session, found.id, person.delegate_id):
            return said(Answer.NOT_ENTITLED)
        drew = session.scalar(
            select(SlipMark.at).where(
                SlipMark.round_id == found.id, SlipMark.delegate_id == person.delegate_id
            )
        )
        if drew is not None:
            return said(Answer.ALREADY, drew=drew)
        stays = presences.stays_of(session, person.delegate_id)
        if not any(stay.left_at is None and stay.undone_at is None for stay in stays):
            return said(Answer.ABSENT)
        session.execute(
            insert(SlipMark).values(
                round_id=found.id, delegate_id=person.delegate_id, at=at, by=by.label
            )
        )
        audit.record(
            session,
            RoundEvent.ISSUED,
            by=by,
            clock=lambda: at,
            round=found.number,
            delegate=person.delegate_id,
        )
        changed(session, "turnout")
        return said(Answer.ISSUED, drew=at, more=1)


def undo_issue(*, delegate_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """The badge was scanned, but the person drew no slip: within two minutes, by who scanned it.

    Raises:
        Refused: `ballot_not_open`, `ballot_not_drawn`, `ballot_undo_late`, `delegate_unknown`.
    """
    at = clock()
    with unit_of_work() as session:
        found = round_queries.running(session)
        if found is None or not found.may_issue:
            raise Refused("ballot_not_open")
        person = people.delegate(session, delegate_id)
        mark = session.execute(
            select(SlipMark.at, SlipMark.by).where(
                SlipMark.round_id == found.id, SlipMark.delegate_id == delegate_id
            )
        ).one_or_none()
        if mark is None:
            raise Refused("ballot_not_drawn", name=person.name)
        if mark.by != by.label or at - mark.at > UNDO_WITHIN:
            raise Refused("ballot_undo_late")
        session.execute(
            delete(SlipMark).where(
                SlipMark.round_id == found.id, SlipMark.delegate_id == delegate_id
            )
        )
        audit.record(
            session,
            RoundEvent.ISSUE_UNDONE,
            by=by,
            clock=lambda: at,
            round=found.number,
            delegate=delegate_id,
        )
        changed(session, "turnout")


def add_to_roll(
    *,
    number: int,
    delegate_id: int,
    witness_badge: str,
    reason: str,
    key: bytes,
    by: Actor,
    clock: Clock = utc_now,
) -> None:
    """Put somebody on the list after it was fixed: the desk and a witness, with a reason, in D6.

    Raises:
        Refused: `ballot_round_unknown`, `ballot_wrong_moment`, `ballot_entitled_already`,
            `ballot_may_not_elect`, `ballot_not_a_witness`, `ballot_badge_unreadable`,
            `ballot_badge_unknown`, `reason_missing`, `reason_too_long`, `delegate_unknown`.
    """
    reason = tidy(reason)
    ensure_reason(reason)
    at = clock()
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        if not found.may_issue:
            raise Refused("ballot_wrong_moment", number=number, state=found.state.value)
        person = people.delegate(session, delegate_id)
        witness = identity.scanned(session, witness_badge, key=key)
        if all(
            row.delegate_id != witness.delegate_id for row in queries.committee(session).witnesses
        ):
            raise Refused("ballot_not_a_witness", name=witness.name)
        wanted = queries.election(session).electorate
        if not (person.votes if wanted is Electorate.VOTES else person.elects):
            raise Refused("ballot_may_not_elect", name=person.name)
        if roll_queries.is_entitled(session, found.id, delegate_id):
            raise Refused("ballot_entitled_already", name=person.name)
        session.execute(
            insert(RollEntry).values(
                round_id=found.id,
                delegate_id=delegate_id,
                added=True,
                reason=reason,
                witness_id=witness.delegate_id,
                by=by.label,
            )
        )
        audit.record(
            session,
            RoundEvent.ADDED,
            by=by,
            clock=lambda: at,
            round=number,
            delegate=delegate_id,
            witness=witness.delegate_id,
            reason=reason,
        )
        changed(session, "turnout", "ballot")


def record_robbed(*, number: int, by: Actor, clock: Clock = utc_now) -> None:
    """Somebody holds a slip that another has used: one more for D6, without person or slip.

    Raises:
        Refused: `ballot_round_unknown`, `ballot_wrong_moment`.
    """
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        if found.state not in _USED:
            raise Refused("ballot_wrong_moment", number=number, state=found.state.value)
        audit.record(session, RoundEvent.ROBBED, by=by, clock=clock, round=number)
        changed(session, "ballot")


def record_helper(*, number: int, name: str, by: Actor, clock: Clock = utc_now) -> None:
    """Somebody helps a voter of the voter's own choice: the helper is written down, nobody else.

    Raises:
        Refused: `ballot_round_unknown`, `ballot_wrong_moment`, `ballot_helper_missing`.
    """
    name = tidy(name)[:120]
    if len(name) < 3:
        raise Refused("ballot_helper_missing")
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        if not found.may_issue:
            raise Refused("ballot_wrong_moment", number=number, state=found.state.value)
        session.execute(insert(RoundHelper).values(round_id=found.id, name=name, by=by.label))
        # No name in the book: the helped person may be known from the moment.
        audit.record(session, RoundEvent.HELPED, by=by, clock=clock, round=number)
        changed(session, "ballot")
