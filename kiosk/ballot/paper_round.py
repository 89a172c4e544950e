"""A whole round on paper or by hands (R15): two tellers type what was counted, independently.

The same outcome engine, the same report. Nothing is taken while the two entries differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from kiosk.ballot import identity, judging, queries, roll_queries, round_queries
from kiosk.ballot.judging import Difference, Typed
from kiosk.ballot.models import BallotRound, PaperEntry
from kiosk.ballot.outcome import ensure_agreement
from kiosk.ballot.roll_queries import EntryRow
from kiosk.ballot.round_events import RoundEvent
from kiosk.ballot.round_queries import RoundView
from kiosk.ballot.rounds import ensure_state
from kiosk.ballot.rules import State, Way
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy


@dataclass(frozen=True)
class Comparison:
    """Both entries side by side."""

    entries: Sequence[EntryRow]
    differences: Sequence[Difference]

    @property
    def agree(self) -> bool:
        return len(self.entries) == 2 and not self.differences

    @property
    def keys(self) -> frozenset[tuple[str, int | None]]:
        """Fields that differ, for marking them."""
        return frozenset((each.field, each.place) for each in self.differences)


def typed_of(row: EntryRow) -> Typed:
    return Typed(
        issued=row.issued,
        collected=row.collected,
        valid=row.valid,
        invalid=row.invalid,
        votes=row.votes,
        against=row.against,
    )


def comparison(session: Session, round_id: int) -> Comparison:
    """The two typings and where they differ."""
    entries = roll_queries.paper_entries(session, round_id)
    found: list[Difference] = []
    if len(entries) == 2:
        found = judging.differences(typed_of(entries[0]), typed_of(entries[1]))
    return Comparison(entries=entries, differences=found)


def type_entry(
    *,
    number: int,
    badge: str,
    typed: Typed,
    note: str = "",
    key: bytes,
    by: Actor,
    clock: Clock = utc_now,
) -> int:
    """One teller types the counts; returns which entry it is, 1 or 2.

    What breaks an invariant of 2.4 is refused before it is stored. By hands, nothing is issued or
    collected: everyone who raised hands or could have done so is `present`. On paper, another
    number of ballots issued than the list of signatures has is taken only with words, for D6.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_badge_unreadable`, `ballot_badge_unknown`,
            `ballot_not_a_teller`, `ballot_typed_by_same`, `ballot_typed_twice`,
            `ballot_issued_needs_words`, or the invariant.
    """
    at = clock()
    note = tidy(note)[:400]
    with unit_of_work() as session:
        found = _on_paper(session, number)
        person = identity.scanned(session, badge, key=key)
        if all(row.delegate_id != person.delegate_id for row in queries.committee(session).tellers):
            raise Refused("ballot_not_a_teller", name=person.name)
        entries = roll_queries.paper_entries(session, found.id)
        if len(entries) == 2:
            raise Refused("ballot_typed_twice")
        if any(each.teller_id == person.delegate_id for each in entries):
            raise Refused("ballot_typed_by_same")
        _ensure_agrees(found, typed)
        _ensure_issued_explained(found, typed, note)
        entry = len(entries) + 1
        with refusing("ballot_typed_twice"):
            session.execute(
                insert(PaperEntry).values(
                    round_id=found.id,
                    entry=entry,
                    teller_id=person.delegate_id,
                    issued=typed.issued,
                    collected=typed.collected,
                    valid=typed.valid,
                    invalid=typed.invalid,
                    votes={
                        "votes": list(typed.votes),
                        "against": list(typed.against or (0,) * len(typed.votes)),
                    },
                    at=at,
                )
            )
        audit.record(
            session,
            RoundEvent.TYPED,
            by=by,
            clock=lambda: at,
            round=number,
            entry=entry,
            delegate=person.delegate_id,
            note=note,
        )
        if note and note not in found.issued_note:
            both = "; ".join(each for each in (found.issued_note, note) if each)
            session.execute(
                update(BallotRound).where(BallotRound.id == found.id).values(issued_note=both[:400])
            )
        changed(session, "ballot")
    return entry


def drop_entries(*, number: int, by: Actor, clock: Clock = utc_now) -> None:
    """Forget both entries, to count and type again; the book keeps that it happened.

    Raises:
        Refused: `ballot_wrong_moment`.
    """
    with unit_of_work() as session:
        found = _on_paper(session, number)
        kept: list[Mapping[str, object]] = [
            {"entry": each.entry, "collected": each.collected, "valid": each.valid}
            for each in roll_queries.paper_entries(session, found.id)
        ]
        session.execute(delete(PaperEntry).where(PaperEntry.round_id == found.id))
        session.execute(
            update(BallotRound).where(BallotRound.id == found.id).values(issued_note="")
        )
        audit.record(
            session, RoundEvent.PAPER_DROPPED, by=by, clock=clock, round=number, dropped=kept
        )
        changed(session, "ballot")


def take(*, number: int, by: Actor, clock: Clock = utc_now) -> None:
    """Take what both have typed alike as the count of the round.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_entries_differ`, `ballot_issued_needs_words`, or the
            broken invariant.
    """
    at = clock()
    with unit_of_work() as session:
        found = _on_paper(session, number)
        both = comparison(session, found.id)
        if not both.agree:
            raise Refused("ballot_entries_differ")
        typed = typed_of(both.entries[0])
        _ensure_agrees(found, typed)
        # Somebody may have been taken off the list since: asked again, with what was written.
        _ensure_issued_explained(found, typed, found.issued_note)
        counts = {
            "summoned": found.summoned or 0,
            "present": found.present or 0,
            "issued": typed.issued,
            "collected": typed.collected,
            "valid": typed.valid,
            "invalid": typed.invalid,
        }
        tally = typed.tally()
        session.execute(
            update(BallotRound)
            .where(BallotRound.id == found.id)
            .values(
                state=State.COUNTED.value,
                counts={**counts, "reasons": {}},
                votes={"votes": list(tally.votes), "against": list(tally.against)},
                counted_at=at,
            )
        )
        audit.record(
            session, RoundEvent.PAPER_COUNTED, by=by, clock=lambda: at, round=number, **counts
        )
        changed(session, "ballot")


def _on_paper(session: Session, number: int) -> RoundView:
    found = round_queries.round_of(session, number)
    ensure_state(found, State.CLOSED)
    if found.way is Way.TABLET:
        raise Refused("ballot_wrong_moment", number=number, state=found.state.value)
    return found


def _ensure_issued_explained(found: RoundView, typed: Typed, note: str) -> None:
    """Refused with `ballot_issued_needs_words`: the list says who got a ballot (R15, 2.4)."""
    if found.way is Way.PAPER and typed.issued != found.issued and len(note) < 3:
        raise Refused("ballot_issued_needs_words", typed=typed.issued, listed=found.issued)


def _ensure_agrees(found: RoundView, typed: Typed) -> None:
    counts = typed.counts(summoned=found.summoned or 0, present=found.present or 0)
    ensure_agreement(
        kind=found.type,
        seats=found.seats,
        counts=counts,
        candidates=typed.tally().stood(found.definition),
    )
