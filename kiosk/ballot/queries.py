"""Reading the election: its settings, who stands, and what the hall has adopted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.ballot import rules
from kiosk.ballot.models import Candidate, Election
from kiosk.ballot.rules import Base, Electorate, Source, Style, Tie
from kiosk.conference import bars, committees
from kiosk.conference import queries as people
from kiosk.conference.committees import Committee, MemberRow
from kiosk.core.errors import Refused
from kiosk.motions import queries as motions
from kiosk.motions.queries import MotionView
from kiosk.motions.rules import MotionState


@dataclass(frozen=True)
class Question:
    """Something that the hall decides by hands before the election."""

    #: The newest motion about it; None while it has not been put to the hall.
    motion: MotionView | None

    @property
    def is_open(self) -> bool:
        return self.motion is not None and self.motion.is_open

    @property
    def is_adopted(self) -> bool:
        result = self.motion.result if self.motion is not None else None
        return result is not None and result.is_adopted

    @property
    def is_fixed(self) -> bool:
        """Being voted on, or adopted: what it is about must not change any more."""
        return self.is_open or self.is_adopted

    @property
    def was_rejected(self) -> bool:
        result = self.motion.result if self.motion is not None else None
        return result is not None and not result.is_adopted

    @property
    def was_withdrawn(self) -> bool:
        return self.motion is not None and self.motion.state is MotionState.WITHDRAWN


@dataclass(frozen=True)
class ElectionView:
    """The election and what the hall has said about it."""

    title: str
    term: str
    seats: int
    seats_reason: str
    style: Style
    base: Base
    tie: Tie
    electorate: Electorate
    camera: bool
    rule_sha256: str
    seats_question: Question
    list_question: Question
    rule_question: Question
    #: Whether to vote no further; asked only after a round that left seats empty.
    stop_question: Question

    @property
    def is_ready(self) -> bool:
        """Number, list and rule are adopted: rounds may begin (R8, R9)."""
        return all(
            question.is_adopted
            for question in (self.seats_question, self.list_question, self.rule_question)
        )


@dataclass(frozen=True)
class CandidateRow:
    """A person who was nominated."""

    id: int
    delegate_id: int
    name: str
    address_form: str | None
    title: str
    unit: str
    source: Source
    born: date | None
    consent_at: datetime | None
    withdrawn_at: datetime | None
    withdraw_reason: str

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None


def find_election(session: Session) -> ElectionView | None:
    """The one election; None before it is set up."""
    row = session.execute(select(Election.__table__)).one_or_none()
    if row is None:
        return None
    known = {motion.id: motion for motion in motions.motions(session)}
    return ElectionView(
        title=row.title,
        term=row.term,
        seats=row.seats,
        seats_reason=row.seats_reason,
        style=Style(row.style),
        base=Base(row.base),
        tie=Tie(row.tie),
        electorate=Electorate(row.electorate),
        camera=row.camera,
        rule_sha256=row.rule_sha256,
        seats_question=Question(known.get(row.seats_motion_id)),
        list_question=Question(known.get(row.slate_motion_id)),
        rule_question=Question(known.get(row.rule_motion_id)),
        stop_question=Question(known.get(row.stop_motion_id)),
    )


def election(session: Session) -> ElectionView:
    """The one election. Refused with `ballot_not_prepared`."""
    found = find_election(session)
    if found is None:
        raise Refused("ballot_not_prepared")
    return found


def candidates(session: Session, *, standing_only: bool = False) -> list[CandidateRow]:
    """Nominated people in Vietnamese order by given name."""
    rows = session.execute(select(Candidate.__table__)).all()
    if not rows:
        return []
    known = {row.id: row for row in people.delegates(session)}
    found = [
        CandidateRow(
            id=row.id,
            delegate_id=row.delegate_id,
            name=known[row.delegate_id].name,
            address_form=known[row.delegate_id].address_form,
            title=known[row.delegate_id].title,
            unit=known[row.delegate_id].unit,
            source=Source(row.source),
            born=row.born,
            consent_at=row.consent_at,
            withdrawn_at=row.withdrawn_at,
            withdraw_reason=row.withdraw_reason,
        )
        for row in rows
    ]
    by_id = {each.id: each for each in found}
    ordered = [by_id[key] for key in rules.ballot_order({each.id: each.name for each in found})]
    return [each for each in ordered if each.stands or not standing_only]


def candidate(session: Session, candidate_id: int) -> CandidateRow:
    """One nominated person. Refused with `ballot_candidate_unknown`."""
    found = next((each for each in candidates(session) if each.id == candidate_id), None)
    if found is None:
        raise Refused("ballot_candidate_unknown")
    return found


def may_be_nominated(
    session: Session, search: str, *, most: int
) -> tuple[list[people.DelegateRow], int]:
    """People by any part of the name who may stand (R7), and how many more there are."""
    if not search.strip():
        return [], 0
    barred = bars.barred(session)
    listed = {each.delegate_id for each in candidates(session)}
    found = [
        row
        for row in people.delegates(session, search=search)
        if not row.is_guest and row.id not in barred and row.id not in listed
    ]
    return found[:most], max(len(found) - most, 0)


@dataclass(frozen=True)
class CommitteeView:
    """Who counts, and who watches."""

    tellers: Sequence[MemberRow]
    witnesses: Sequence[MemberRow]
    #: What is wrong with it (R11, R12); None when a round may begin.
    refusal: Refused | None

    @property
    def head(self) -> MemberRow | None:
        return next((row for row in self.tellers if row.is_head), None)

    @property
    def needed(self) -> int:
        """Codes that open the box."""
        return rules.needed_of(len(self.tellers))


def committee(session: Session) -> CommitteeView:
    """Tellers and witnesses of the conference, and whether they may count this election."""
    tellers = committees.members(session, Committee.TELLERS)
    witnesses = committees.members(session, Committee.WITNESSES)
    head = next((row.delegate_id for row in tellers if row.is_head), None)
    refusal = None
    try:
        rules.ensure_committee(
            tellers={row.delegate_id: row.name for row in tellers},
            head=head,
            witnesses={row.delegate_id: row.name for row in witnesses},
            candidates={each.delegate_id for each in candidates(session, standing_only=True)},
        )
    except Refused as wrong:
        refusal = wrong
    return CommitteeView(tellers=tellers, witnesses=witnesses, refusal=refusal)
