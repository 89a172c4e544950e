"""Reading what lies around a round: who is entitled, who drew, slips, typings, the opened box."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.ballot import judging, queries, rules
from kiosk.ballot.models import (
    BallotRound,
    OpenedBallot,
    PaperEntry,
    RollEntry,
    RoundHelper,
    SealedBallot,
    Slip,
    SlipMark,
    SlipSet,
)
from kiosk.ballot.round_events import RoundEvent
from kiosk.conference import queries as people
from kiosk.core import audit

# -- who is entitled, who drew a slip --------------------------------------------------------


@dataclass(frozen=True)
class RollRow:
    """A person on the list of those entitled."""

    delegate_id: int
    number: int
    name: str
    title: str
    unit: str
    seat: str | None
    added: bool
    reason: str
    witness: str
    #: When this person drew a slip; None until then.
    drew_at: datetime | None


def roll(session: Session, round_id: int) -> list[RollRow]:
    """Those entitled in a round, by unit and name, each with whether a slip was drawn."""
    rows = {
        row.delegate_id: row
        for row in session.execute(
            select(RollEntry.__table__).where(RollEntry.round_id == round_id)
        )
    }
    drew = dict(
        session.execute(
            select(SlipMark.delegate_id, SlipMark.at).where(SlipMark.round_id == round_id)
        ).all()
    )
    everyone = people.delegates(session) if rows else []
    names = {row.id: row.name for row in everyone}
    return [
        RollRow(
            delegate_id=person.id,
            number=person.number,
            name=person.name,
            title=person.title,
            unit=person.unit,
            seat=person.seat,
            added=rows[person.id].added,
            reason=rows[person.id].reason,
            witness=names.get(rows[person.id].witness_id, ""),
            drew_at=drew.get(person.id),
        )
        for person in everyone
        if person.id in rows
    ]


def roll_count(session: Session, round_id: int) -> int:
    """How many are entitled in a round."""
    query = select(func.count()).select_from(RollEntry).where(RollEntry.round_id == round_id)
    return session.scalar(query) or 0


def is_entitled(session: Session, round_id: int, delegate_id: int) -> bool:
    """Whether a person is on the list of those entitled."""
    return session.get(RollEntry, (round_id, delegate_id)) is not None


def entitled_now(session: Session, electorate: rules.Electorate) -> list[int]:
    """Delegates with the right flag (R3), present or not."""
    flag = rules.Electorate.VOTES
    return [
        row.id
        for row in people.delegates(session)
        if not row.is_guest and (row.votes if electorate is flag else row.elects)
    ]


def suggested_slips(session: Session) -> int:
    """Everyone who may elect and a tenth to spare, five at least."""
    found = queries.find_election(session)
    many = len(entitled_now(session, found.electorate)) if found is not None else 0
    return many + max(many // 10, 5)


def robbed(session: Session, number: int) -> int:
    """How many told the tellers that another had used their slip, by the book."""
    lines = audit.lines_of(session, RoundEvent.ROBBED)
    return sum(line.facts["round"] == number for line in lines)


def helpers(session: Session, round_id: int) -> list[str]:
    """Who helped a voter of the voter's own choice; never whom."""
    return list(
        session.scalars(
            select(RoundHelper.name)
            .where(RoundHelper.round_id == round_id)
            .order_by(RoundHelper.id)
        )
    )


# -- slips -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class SlipSetRow:
    """The slips in force of a round."""

    id: int
    round_number: int
    count: int
    printed_at: datetime


def slip_sets(session: Session) -> dict[int, SlipSetRow]:
    """Printed slips in force, by round."""
    rows = session.execute(
        select(SlipSet.id, SlipSet.round_number, SlipSet.count, SlipSet.printed_at).where(
            SlipSet.replaced_at.is_(None)
        )
    )
    return {row.round_number: SlipSetRow(*row) for row in rows}


def slip_hashes(session: Session, set_id: int) -> list[bytes]:
    """Keyed hashes of one set, in the order of the hash."""
    return list(session.scalars(select(Slip.hash).where(Slip.set_id == set_id).order_by(Slip.hash)))


def was_sealed(session: Session, round_id: int, ballot: bytes) -> bool:
    """Whether these very bytes lay in the box of a round that is opened."""
    return bool(
        session.scalar(
            select(func.count()).where(
                SealedBallot.round_id == round_id, SealedBallot.sealed == ballot
            )
        )
    )


@dataclass(frozen=True, repr=False)
class Opened:
    """Everything of an opened box, for the export."""

    secret: bytes
    sealed: tuple[bytes, ...]
    ballots: tuple[judging.Opened, ...]


def opened_box(session: Session, round_id: int) -> Opened | None:
    """The opened box of a tablet round; None before its opening."""
    secret = session.scalar(select(BallotRound.secret).where(BallotRound.id == round_id))
    if secret is None:
        return None
    rows = session.execute(
        select(OpenedBallot.marks, OpenedBallot.invalid)
        .where(OpenedBallot.round_id == round_id)
        .order_by(OpenedBallot.place)
    )
    return Opened(
        secret=secret,
        sealed=tuple(
            session.scalars(
                select(SealedBallot.sealed)
                .where(SealedBallot.round_id == round_id)
                .order_by(SealedBallot.sealed)
            )
        ),
        ballots=tuple(judging.Opened(row.marks, row.invalid) for row in rows),
    )


# -- paper -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class EntryRow:
    """One of two independent typings."""

    entry: int
    teller_id: int
    issued: int
    collected: int
    valid: int
    invalid: int
    votes: tuple[int, ...]
    against: tuple[int, ...]
    at: datetime


def paper_entries(session: Session, round_id: int) -> list[EntryRow]:
    """The typings of a round on paper, in their order."""
    rows = session.execute(
        select(PaperEntry.__table__)
        .where(PaperEntry.round_id == round_id)
        .order_by(PaperEntry.entry)
    )
    return [
        EntryRow(
            entry=row.entry,
            teller_id=row.teller_id,
            issued=row.issued,
            collected=row.collected,
            valid=row.valid,
            invalid=row.invalid,
            votes=tuple(row.votes["votes"]),
            against=tuple(row.votes["against"]),
            at=row.at,
        )
        for row in rows
    ]
