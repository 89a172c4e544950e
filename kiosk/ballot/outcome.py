"""Who is elected (R13; domain.md 2.2 to 2.4): whole numbers, one function, no doubt left unsaid.

`decide` serves the sealed ballots and counts typed from paper alike. It never breaks a tie in
silence and never fills a seat that nobody has won: it stops, and says who goes into which further
round. `kiosk/closing/recount.py` is a second implementation, written apart from this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kiosk.core.errors import Refused
from kiosk.core.names import sort_key

#: Fewest members of the board (Đ.60(1), R6); lowering the number never goes below.
BOARD_LEAST = 3


class Kind(StrEnum):
    """The two ballots of Vietnamese meetings (domain.md 2.1)."""

    #: With surplus: more candidates than seats, at most N names.
    A = "A"
    #: No surplus: agree or disagree, name by name.
    B = "B"


class Base(StrEnum):
    """What a majority is a majority of (domain.md 2.2); a setting, default present (Đ.51)."""

    PRESENT = "present"
    COLLECTED = "collected"
    VALID = "valid"
    SUMMONED = "summoned"


class Tie(StrEnum):
    """Who wins a tie at the last seat (domain.md 2.2)."""

    #: The hall votes again among the tied.
    SECOND_ROUND = "second_round"
    #: The older; where birth dates do not decide, the hall votes again.
    OLDER = "older"


class Reason(StrEnum):
    """Why somebody is elected or not."""

    ELECTED = "elected"
    #: No majority of the base.
    BELOW_THRESHOLD = "below_threshold"
    #: A majority, but every seat went to somebody with more votes (or older, where that decides).
    OUTRANKED = "outranked"
    #: A majority, and as many votes as another for the last seat.
    TIED_LAST_SEAT = "tied_last_seat"


#: What must always hold (domain.md 2.4), by the code of its refusal.
INVARIANTS = {
    "ballot_no_seat": "seats >= 1",
    "ballot_no_candidate": "candidates >= 1",
    "ballot_same_name_twice": "names are distinct",
    "ballot_number_negative": "every count >= 0",
    "ballot_issued_over_present": "issued <= present",
    "ballot_collected_over_issued": "collected <= issued",
    "ballot_valid_and_invalid_not_collected": "valid + invalid = collected",
    "ballot_votes_over_valid": "votes of each <= valid",
    "ballot_votes_over_valid_times_seats": "sum of votes <= valid * seats",
    "ballot_yes_and_no_over_valid": "yes + no + not_counted = valid",
}


class Disagreement(Refused):
    """Counts that cannot all be true. The code names the invariant; the facts are the figures."""

    @property
    def invariant(self) -> str:
        """The formula that is broken, in the words of the file of counts."""
        return INVARIANTS[self.code]


@dataclass(frozen=True)
class Counts:
    """The figures of one round (R14). Whole numbers of people or of ballots."""

    #: Delegates summoned (triệu tập).
    summoned: int
    #: The electorate of the round: may elect, and were present while the voting was open.
    present: int
    #: Ballots or slips handed out (phát ra).
    issued: int
    #: Ballots in the box (thu về).
    collected: int
    valid: int
    invalid: int

    @property
    def not_collected(self) -> int:
        return self.issued - self.collected

    def of(self, base: Base) -> int:
        """The number that a majority is measured against."""
        return int(getattr(self, base.value))


@dataclass(frozen=True)
class Stood:
    """One candidate and the votes. Kind A: `votes`. Kind B: `yes` and `no`; `votes` is then `yes`.

    `order` puts the person into a list where the name alone does not (the roster's own sort key).
    """

    name: str
    born: date | None = None
    votes: int = 0
    no: int = 0
    order: str = ""

    @classmethod
    def asked(
        cls, name: str, *, yes: int, no: int, born: date | None = None, order: str = ""
    ) -> Stood:
        """A candidate of kind B."""
        return cls(name=name, born=born, votes=yes, no=no, order=order)

    @property
    def yes(self) -> int:
        return self.votes

    def not_counted(self, valid: int) -> int:
        """Valid ballots of kind B that say nothing about this person, or both."""
        return valid - self.yes - self.no

    @property
    def rank(self) -> tuple[int, str, str]:
        """Most votes first, then Vietnamese order by given name."""
        return (-self.votes, self.order or sort_key(self.name), self.name)


@dataclass(frozen=True)
class SecondRound:
    """Whom the hall votes on again, and for how many seats."""

    candidates: tuple[str, ...]
    seats: int


@dataclass(frozen=True)
class Outcome:
    """What the hall is told. Names stand by votes, then in Vietnamese order."""

    #: The least number of votes that elects.
    threshold: int
    elected: tuple[str, ...]
    #: Those who share the last seats and could not all have one.
    tied: tuple[str, ...]
    #: Seats that nobody has won yet.
    open_seats: int
    second_round: SecondRound | None
    reasons: Mapping[str, Reason]

    def as_json(self) -> dict[str, Any]:
        """The output of `kiosk ballot decide --json`."""
        again = self.second_round
        return {
            "threshold": self.threshold,
            "elected": list(self.elected),
            "tied": list(self.tied),
            "open_seats": self.open_seats,
            "second_round": again and {"candidates": list(again.candidates), "seats": again.seats},
            "reasons": {name: reason.value for name, reason in self.reasons.items()},
        }


def threshold(counts: Counts, base: Base) -> int:
    """The least number of votes that is more than half: 57 → 29, 58 → 30."""
    return counts.of(base) // 2 + 1


def decide(
    *,
    kind: Kind,
    seats: int,
    base: Base,
    tie: Tie,
    counts: Counts,
    candidates: Sequence[Stood],
) -> Outcome:
    """Elected is who has 2·votes > base, from most votes down, as far as there are seats (R13).

    A tie at the last seat goes to a second round among the tied for the seats that they share,
    or, by setting, to the older ones as far as birth dates decide. Too few elected: a second round
    of all who are not, for the open seats. Neither happens by itself; the outcome says it.

    Raises:
        Disagreement: when the counts break an invariant of domain.md 2.4.
    """
    ensure_agreement(kind=kind, seats=seats, counts=counts, candidates=candidates)
    least = threshold(counts, base)
    ranked = sorted(candidates, key=lambda one: one.rank)
    passed = [one for one in ranked if one.votes >= least]
    elected, tied = _seated(passed, seats, tie)
    open_seats = seats - len(elected)
    if tied:
        again = tied
    elif open_seats:
        again = [one for one in ranked if one not in elected]
    else:
        again = []

    def reason(one: Stood) -> Reason:
        if one in elected:
            return Reason.ELECTED
        if one in tied:
            return Reason.TIED_LAST_SEAT
        return Reason.OUTRANKED if one.votes >= least else Reason.BELOW_THRESHOLD

    return Outcome(
        threshold=least,
        elected=_names(one for one in ranked if one in elected),
        tied=_names(tied),
        open_seats=open_seats,
        second_round=SecondRound(_names(again), open_seats) if again else None,
        reasons={one.name: reason(one) for one in ranked},
    )


def _names(people: Any) -> tuple[str, ...]:
    return tuple(one.name for one in people)


def _seated(passed: list[Stood], seats: int, tie: Tie) -> tuple[list[Stood], list[Stood]]:
    """Who has a seat, and who ties for the last ones. `passed` is ranked."""
    if len(passed) <= seats:
        return passed, []
    last = passed[seats - 1].votes
    if passed[seats].votes < last:
        return passed[:seats], []
    sure = [one for one in passed if one.votes > last]
    level = [one for one in passed if one.votes == last]
    if tie is Tie.OLDER:
        older, level = _by_age(level, seats - len(sure))
        sure += older
    return sure, level


def _by_age(level: list[Stood], seats: int) -> tuple[list[Stood], list[Stood]]:
    """The older ones who are sure of a seat, and those whom age does not part.

    One missing birth date among them decides nothing for anybody: the one without a date may be
    the oldest. Equal dates matter only where they stand across the last seat.
    """
    dates = sorted(one.born for one in level if one.born is not None)
    if len(dates) < len(level):
        return [], level
    last = dates[seats - 1]
    if dates[seats] != last:
        return [one for one in level if one.born is not None and one.born <= last], []
    older = [one for one in level if one.born is not None and one.born < last]
    return older, [one for one in level if one.born == last]


# -- what must always agree (domain.md 2.4) -------------------------------------------------------


def ensure_agreement(
    *, kind: Kind, seats: int, counts: Counts, candidates: Sequence[Stood]
) -> None:
    """Every invariant of domain.md 2.4, the first broken one by name.

    Raises:
        Disagreement: with the figures that disagree.
    """
    _ensure_stood(seats, candidates)
    numbers = [
        ("summoned", counts.summoned),
        ("present", counts.present),
        ("issued", counts.issued),
        ("collected", counts.collected),
        ("valid", counts.valid),
        ("invalid", counts.invalid),
        *((one.name, min(one.votes, one.no)) for one in candidates),
    ]
    for name, number in numbers:
        if number < 0:
            raise Disagreement("ballot_number_negative", field=name, number=number)
    if counts.issued > counts.present:
        raise Disagreement(
            "ballot_issued_over_present", issued=counts.issued, present=counts.present
        )
    if counts.collected > counts.issued:
        raise Disagreement(
            "ballot_collected_over_issued", collected=counts.collected, issued=counts.issued
        )
    if counts.valid + counts.invalid != counts.collected:
        raise Disagreement(
            "ballot_valid_and_invalid_not_collected",
            valid=counts.valid,
            invalid=counts.invalid,
            collected=counts.collected,
        )
    for one in candidates:
        if kind is Kind.B and one.yes + one.no > counts.valid:
            raise Disagreement(
                "ballot_yes_and_no_over_valid",
                name=one.name,
                yes=one.yes,
                no=one.no,
                valid=counts.valid,
            )
        if one.votes > counts.valid:
            raise Disagreement(
                "ballot_votes_over_valid", name=one.name, votes=one.votes, valid=counts.valid
            )
    total = sum(one.votes for one in candidates)
    if kind is Kind.A and total > counts.valid * seats:
        raise Disagreement(
            "ballot_votes_over_valid_times_seats", total=total, valid=counts.valid, seats=seats
        )


def _ensure_stood(seats: int, candidates: Sequence[Stood]) -> None:
    if seats < 1:
        raise Disagreement("ballot_no_seat", seats=seats)
    if not candidates:
        raise Disagreement("ballot_no_candidate")
    seen: set[str] = set()
    for one in candidates:
        if one.name in seen:
            # Votes of two people under one name could not be told apart in any list.
            raise Disagreement("ballot_same_name_twice", name=one.name)
        seen.add(one.name)


def ensure_can_lower(*, seats: int, to: int, elected: int) -> None:
    """The conference may vote by hand to have a smaller board: still three, and all the elected.

    `seats` and `elected` count the whole board over all rounds.

    Raises:
        Refused: `ballot_lower_wrong`.
    """
    if not max(BOARD_LEAST, elected) <= to < seats:
        raise Refused(
            "ballot_lower_wrong", least=max(BOARD_LEAST, elected), most=seats - 1, seats=seats
        )
