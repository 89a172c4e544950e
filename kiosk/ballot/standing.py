"""The election over all its rounds: who is elected, and what the outcome calls for next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from kiosk.ballot import queries
from kiosk.ballot.round_queries import RoundView, rounds
from kiosk.ballot.rules import RoundKind, State
from kiosk.core.names import tidy


@dataclass(frozen=True)
class Seated:
    """Somebody who is elected, and in which round."""

    delegate_id: int
    name: str
    title: str
    unit: str
    round_number: int
    votes: int


@dataclass(frozen=True)
class Standing:
    """The election over all its declared rounds."""

    seats: int
    elected: tuple[Seated, ...]
    #: The last declared round, whose outcome says what comes next.
    last: RoundView | None
    #: Whom a further round would be among, by candidate; empty where none is called for.
    again: tuple[int, ...] = ()
    again_kind: RoundKind | None = None
    open_seats: int = 0
    rounds: Sequence[RoundView] = field(default=())
    #: The hall votes no further and leaves seats empty.
    is_stopped: bool = False

    @property
    def is_complete(self) -> bool:
        """Every seat is filled, or the hall has lowered their number (R13)."""
        return self.last is not None and self.open_seats == 0


def standing(session: Session) -> Standing | None:
    """Where the election stands; None before it is set up."""
    found = queries.find_election(session)
    if found is None:
        return None
    every = rounds(session)
    declared = [each for each in every if each.state is State.DECLARED]
    elected: list[Seated] = []
    for each in declared:
        winners = set(each.outcome().elected)
        elected += [
            Seated(
                delegate_id=one.delegate,
                name=one.name,
                title=one.title,
                unit=one.unit,
                round_number=each.number,
                votes=each.votes["votes"][place],
            )
            for place, one in enumerate(each.candidates)
            if one.printed in winners
        ]
    last = declared[-1] if declared else None
    seats = _seats(found.seats, every)
    open_seats = seats - len(elected)
    again: tuple[int, ...] = ()
    kind: RoundKind | None = None
    if last is not None and open_seats > 0:
        outcome = last.outcome()
        kind = RoundKind.TIE if outcome.tied else RoundKind.SHORTAGE
        wanted = set(outcome.second_round.candidates) if outcome.second_round else set()
        again = tuple(each.candidate for each in last.candidates if each.printed in wanted)
    return Standing(
        seats=seats,
        elected=tuple(elected),
        last=last,
        again=again,
        again_kind=kind,
        open_seats=max(open_seats, 0),
        rounds=every,
        is_stopped=found.stop_question.is_adopted,
    )


def _seats(first: int, every: Sequence[RoundView]) -> int:
    """Members of the board: as the newest round that stands was prepared for, and what the hall
    has lowered since. What a later round was prepared on is fixed, whatever is corrected after."""
    held = [each for each in every if each.state is not State.VOIDED]
    if not held:
        return first
    lowered = [each.to for each in held[-1].lowerings if each.question.is_adopted]
    return min([held[-1].board, *lowered])


def printed_names(rows: Sequence[queries.CandidateRow]) -> list[str]:
    """A name for each candidate that no other on this ballot has: with title and unit, if need be.

    What is printed is what is fingerprinted, so it is tidy.
    """
    names = [tidy(row.name) for row in rows]
    printed = []
    for row, name in zip(rows, names, strict=True):
        if names.count(name) > 1:
            more = ", ".join(part for part in (tidy(row.title), tidy(row.unit)) if part)
            printed.append(f"{name} ({more or row.delegate_id})")
        else:
            printed.append(name)
    seen: dict[str, int] = {}
    for place, name in enumerate(printed):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            printed[place] = f"{name} {seen[name]}"
    return printed
