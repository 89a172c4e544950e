"""Reading rounds: where one stands, who is entitled, who drew a slip, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.ballot import queries
from kiosk.ballot.definition import Definition, Style, groups
from kiosk.ballot.keys import Lock
from kiosk.ballot.models import (
    BallotRound,
    Lowering,
    RoundTeller,
    RoundWitness,
    SlipMark,
)
from kiosk.ballot.outcome import Base, Counts, Disagreement, Kind, Outcome, Stood, Tie, decide
from kiosk.ballot.rules import OVER, RoundKind, State, Way
from kiosk.conference import queries as people
from kiosk.core.errors import Refused
from kiosk.core.names import sort_key
from kiosk.motions import queries as motions


@dataclass(frozen=True)
class OnBallot:
    """One candidate as the ballot prints it."""

    candidate: int
    delegate: int
    name: str
    #: Unlike every other on this ballot.
    printed: str
    title: str
    unit: str
    born: date | None


@dataclass(frozen=True)
class TellerSlot:
    """A teller at the laptop: slot of the code and how far the ceremony has come."""

    slot: int
    delegate_id: int
    name: str
    is_head: bool
    typed_at: datetime | None
    envelope_at: datetime | None


@dataclass(frozen=True)
class LoweringView:
    """A smaller board that the hall was asked for."""

    to: int
    question: queries.Question


@dataclass(frozen=True)
class RoundView:
    """A round with everything that its pages say."""

    id: int
    number: int
    kind: RoundKind
    way: Way
    type: Kind
    seats: int
    #: Members of the whole board, as the hall had decided when the round was prepared.
    board: int
    style: Style
    base: Base
    tie: Tie
    title: str
    conference: str
    candidates: tuple[OnBallot, ...]
    state: State
    slips_printed: int | None
    lock: Lock | None
    #: 64 hex digits; "" until the box is locked.
    fingerprint: str
    drawn_device_id: int | None
    compared_at: datetime | None
    locked_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    closed_head_id: int | None
    closed_witness_id: int | None
    present: int | None
    summoned: int | None
    slips_left: int | None
    slips_in_box: int | None
    slips_lost: int
    slips_refused: int
    sums_note: str
    cast: int | None
    set_fingerprint: str
    issued_note: str
    counts: Mapping[str, Any]
    votes: Mapping[str, Any]
    counted_at: datetime | None
    revealed: tuple[int, ...]
    declared_at: datetime | None
    put_away_at: datetime | None
    complaints: str
    #: Asked after this round, in their order.
    lowerings: tuple[LoweringView, ...]
    void_reason: str
    void_asked_by: str
    void_asked_reason: str
    voided_at: datetime | None
    issued: int
    tellers: tuple[TellerSlot, ...] = ()
    witnesses: tuple[tuple[int, str], ...] = ()

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def definition(self) -> Definition:
        """What the box is for, in bytes that everybody can make again."""
        return Definition(
            conference=self.conference,
            round=self.number,
            kind=self.type,
            seats=self.seats,
            style=self.style,
            candidates=tuple(each.printed for each in self.candidates),
        )

    @property
    def mark(self) -> bytes:
        """The fingerprint as bytes."""
        return bytes.fromhex(self.fingerprint)

    @property
    def groups(self) -> tuple[str, ...]:
        """The fingerprint as tellers read it out; empty before the box is locked."""
        return groups(self.mark) if self.fingerprint else ()

    @property
    def set_groups(self) -> tuple[str, ...]:
        return groups(bytes.fromhex(self.set_fingerprint)) if self.set_fingerprint else ()

    @property
    def may_issue(self) -> bool:
        """Slips (or ballot papers) are handed out now."""
        if self.way is Way.PAPER:
            return self.state is State.OPENED
        return self.way is Way.TABLET and self.state in {State.LOCKED, State.OPENED}

    @property
    def figures(self) -> Counts | None:
        """The figures of 2.4 once the ballots are counted."""
        if not self.counts:
            return None
        return Counts(
            summoned=self.counts["summoned"],
            present=self.counts["present"],
            issued=self.counts["issued"],
            collected=self.counts["collected"],
            valid=self.counts["valid"],
            invalid=self.counts["invalid"],
        )

    @property
    def stood(self) -> list[Stood]:
        """The candidates with their votes, by place; empty before the count."""
        if not self.votes:
            return []
        return [
            Stood(
                name=each.printed,
                born=each.born,
                votes=self.votes["votes"][place],
                no=self.votes["against"][place],
                order=sort_key(each.name),
            )
            for place, each in enumerate(self.candidates)
        ]

    def outcome(self) -> Outcome:
        """Who is elected, by the one engine, from the stored figures.

        Raises:
            Disagreement: the figures break an invariant of 2.4; nothing is announced then.
            ValueError: before the count.
        """
        figures = self.figures
        if figures is None:
            raise ValueError("nothing is counted yet")
        return decide(
            kind=self.type,
            seats=self.seats,
            base=self.base,
            tie=self.tie,
            counts=figures,
            candidates=self.stood,
        )

    @property
    def disagreement(self) -> Disagreement | None:
        """What breaks an invariant in the stored figures; None before the count too."""
        try:
            if self.figures is not None:
                self.outcome()
        except Disagreement as broken:
            return broken
        return None


def rounds(session: Session) -> list[RoundView]:
    """All rounds in their order, void ones too."""
    rows = session.execute(select(BallotRound.__table__).order_by(BallotRound.number)).all()
    if not rows:
        return []
    known = {motion.id: motion for motion in motions.motions(session)}
    asked = session.execute(select(Lowering.__table__).order_by(Lowering.motion_id)).all()
    issued = dict(
        session.execute(select(SlipMark.round_id, func.count()).group_by(SlipMark.round_id)).all()
    )
    tellers = session.execute(select(RoundTeller.__table__).order_by(RoundTeller.slot)).all()
    witnesses = session.execute(
        select(RoundWitness.__table__).order_by(RoundWitness.came_at, RoundWitness.delegate_id)
    ).all()
    # A handful of names, not the roster: this is read with every ballot that changes the turnout.
    ids = {each.delegate_id for each in (*tellers, *witnesses)}
    found = session.execute(
        select(people.ROSTER.c.id, people.ROSTER.c.name).where(people.ROSTER.c.id.in_(ids))
    )
    names = {row.id: row.name for row in found}
    return [
        _view(
            row,
            issued=issued.get(row.id, 0),
            lowerings=tuple(
                LoweringView(each.seats, queries.Question(known.get(each.motion_id)))
                for each in asked
                if each.round_id == row.id
            ),
            tellers=tuple(
                TellerSlot(
                    slot=each.slot,
                    delegate_id=each.delegate_id,
                    name=names[each.delegate_id],
                    is_head=each.is_head,
                    typed_at=each.typed_at,
                    envelope_at=each.envelope_at,
                )
                for each in tellers
                if each.round_id == row.id
            ),
            witnesses=tuple(
                (each.delegate_id, names[each.delegate_id])
                for each in witnesses
                if each.round_id == row.id
            ),
        )
        for row in rows
    ]


#: Columns that a view takes as they are.
_COPIED = (
    "id",
    "number",
    "seats",
    "board",
    "title",
    "conference",
    "slips_printed",
    "fingerprint",
    "drawn_device_id",
    "compared_at",
    "locked_at",
    "opened_at",
    "closed_at",
    "closed_head_id",
    "closed_witness_id",
    "present",
    "summoned",
    "slips_left",
    "slips_in_box",
    "slips_lost",
    "slips_refused",
    "sums_note",
    "cast",
    "set_fingerprint",
    "issued_note",
    "counts",
    "votes",
    "counted_at",
    "declared_at",
    "put_away_at",
    "complaints",
    "void_reason",
    "void_asked_by",
    "void_asked_reason",
    "voided_at",
)


def _view(row: Any, **more: Any) -> RoundView:
    return RoundView(
        **{name: getattr(row, name) for name in _COPIED},
        kind=RoundKind(row.kind),
        way=Way(row.way),
        type=Kind(row.type),
        state=State(row.state),
        style=Style(row.style),
        base=Base(row.base),
        tie=Tie(row.tie),
        candidates=tuple(
            OnBallot(**{**each, "born": each["born"] and date.fromisoformat(each["born"])})
            for each in row.candidates
        ),
        lock=Lock.of_json(row.lock) if row.lock else None,
        revealed=tuple(row.revealed),
        **more,
    )


@dataclass(frozen=True)
class Door:
    """What a voter's request needs of a round, in one row."""

    id: int
    number: int
    state: State
    #: 64 hex digits.
    fingerprint: str
    conference: str

    @property
    def mark(self) -> bytes:
        return bytes.fromhex(self.fingerprint)


def door(session: Session, number: int) -> Door | None:
    """The tablet round of this number whose box was locked; None where there is none."""
    row = session.execute(
        select(
            BallotRound.id, BallotRound.number, BallotRound.state, BallotRound.fingerprint
        ).where(
            BallotRound.number == number,
            BallotRound.way == Way.TABLET.value,
            BallotRound.fingerprint != "",
        )
    ).one_or_none()
    if row is None:
        return None
    return Door(row.id, row.number, State(row.state), row.fingerprint, people.code(session))


def exists(session: Session) -> bool:
    """Whether any round was ever prepared: from then on settings, list and rule are fixed."""
    return bool(session.scalar(select(func.count()).select_from(BallotRound)))


def ensure_no_lowering_open(session: Session) -> None:
    """Refused with `ballot_smaller_board_open`: the hall first says how many seats there are."""
    asked = [one.question for each in rounds(session) for one in each.lowerings]
    for question in (*asked, queries.election(session).stop_question):
        if question.is_open and question.motion is not None:
            raise Refused("ballot_smaller_board_open", number=question.motion.number)


def round_of(session: Session, number: int) -> RoundView:
    """One round. Refused with `ballot_round_unknown`."""
    found = next((each for each in rounds(session) if each.number == number), None)
    if found is None:
        raise Refused("ballot_round_unknown", number=number)
    return found


def running(session: Session) -> RoundView | None:
    """The round that is neither declared nor void."""
    return next((each for each in rounds(session) if not each.is_over), None)


def voting_round(session: Session) -> RoundView | None:
    """The round at which delegates vote on tablets now."""
    found = running(session)
    if found is None or found.way is not Way.TABLET or found.state is not State.OPENED:
        return None
    return found


def locked_round(session: Session) -> RoundView | None:
    """The round whose box is locked, before voting opens: tablets show its fingerprint."""
    found = running(session)
    return found if found is not None and found.state is State.LOCKED else None


def open_round(session: Session) -> RoundView | None:
    """The round that is voted on now, in whatever way: the wall shows its turnout."""
    found = running(session)
    return found if found is not None and found.state is State.OPENED else None


def shown_result(session: Session) -> RoundView | None:
    """The newest round whose figures are being read or whose result nobody has put away."""
    found = [
        each
        for each in rounds(session)
        if each.revealed and each.put_away_at is None and each.state is not State.VOIDED
    ]
    if not found:
        return None
    # While another round runs, the hall is not told the result of an earlier one again.
    now = running(session)
    return found[-1] if now is None or now.id == found[-1].id else None


def is_voting(session: Session) -> bool:
    """Cheap, for follow mode: asked with every drawing of the devices' list."""
    return bool(
        session.scalar(
            select(func.count()).where(
                BallotRound.state == State.OPENED.value, BallotRound.way == Way.TABLET.value
            )
        )
    )


def is_locked(session: Session) -> bool:
    """Whether a box is locked and waits for the opening of the voting."""
    return bool(session.scalar(select(func.count()).where(BallotRound.state == State.LOCKED.value)))


def finished_numbers(session: Session) -> list[int]:
    """Rounds whose box may go: opened or void."""
    return list(
        session.scalars(
            select(BallotRound.number).where(
                BallotRound.state.in_(
                    [State.COUNTED.value, State.DECLARED.value, State.VOIDED.value]
                )
            )
        )
    )
