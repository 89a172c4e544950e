"""The law and custom of the election that could be disputed in the hall (R3, R6-R9, R11, R12, R25).

Counting and outcome are `outcome.py`'s. Whole people only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from kiosk.ballot.definition import Style
from kiosk.ballot.keys import TELLERS, needed_of
from kiosk.ballot.outcome import BOARD_LEAST, Base, Kind, Tie
from kiosk.core.errors import Refused
from kiosk.core.names import sort_key, tidy

__all__ = ("Base", "Kind", "Style", "Tie", "needed_of")

Word = TypeVar("Word", bound=StrEnum)

SEATS_LEAST = BOARD_LEAST
SEATS_MOST = 9
WITNESSES = 2


class Electorate(StrEnum):
    """Who elects the board (R3)."""

    ELECTS = "elects"
    VOTES = "votes"


class Source(StrEnum):
    """Who brought a candidate forward."""

    COMMITTEE = "committee"
    HALL = "hall"
    SELF = "self"


class RoundKind(StrEnum):
    """Why a round is held."""

    FIRST = "first"
    TIE = "tie"
    SHORTAGE = "shortage"
    AGAIN = "again"


class Way(StrEnum):
    """How a round is voted: a whole round in one way, never mixed (R15)."""

    TABLET = "tablet"
    PAPER = "paper"
    HANDS = "hands"


class State(StrEnum):
    """Where a round stands. A paper round goes prepared, opened, closed, counted, declared."""

    PREPARED = "prepared"
    #: The box is locked and its fingerprint compared; nobody votes yet.
    LOCKED = "locked"
    OPENED = "opened"
    CLOSED = "closed"
    #: The sums by hand and the fingerprint of the sealed set are written down.
    SEALED = "sealed"
    COUNTED = "counted"
    DECLARED = "declared"
    VOIDED = "voided"


#: Rounds that no act changes any more.
OVER = frozenset({State.DECLARED, State.VOIDED})


def one_of(kind: type[Word], text: str, *, field: str) -> Word:
    """A word of a form. Refused: `field_wrong`."""
    try:
        return kind(text)
    except ValueError as unknown:
        raise Refused("field_wrong", field=field) from unknown


def ensure_seats(seats: int, reason: str) -> str:
    """R6: three to nine; more with a reason of at least three letters. Returns the reason, tidied.

    Raises:
        Refused: `ballot_seats_few`, `ballot_seats_many`.
    """
    reason = tidy(reason)[:200]
    if seats < SEATS_LEAST:
        raise Refused("ballot_seats_few", least=SEATS_LEAST)
    if seats > SEATS_MOST and len(reason) < 3:
        raise Refused("ballot_seats_many", most=SEATS_MOST)
    return reason if seats > SEATS_MOST else ""


def ensure_may_stand(*, name: str, is_guest: bool, bar: str) -> None:
    """R7: of the roster, no guest, and not barred.

    `bar` is what the secretary decided: head, deputy_head, chief_accountant or "".

    Raises:
        Refused: `ballot_guest_no_candidate`, `ballot_candidate_barred`.
    """
    if is_guest:
        raise Refused("ballot_guest_no_candidate", name=name)
    if bar:
        raise Refused("ballot_candidate_barred", name=name)


def birth_of(text: str) -> date | None:
    """`05/03/1984` or `1984-03-05`; None for an empty field. Refused: `field_wrong`."""
    text = text.strip()[:20]
    if not text:
        return None
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
        if 1930 <= found.year <= 2015:
            return found
    raise Refused("field_wrong", field="born")


@dataclass(frozen=True)
class Nominee:
    """A candidate as the rules of the list need it."""

    name: str
    has_consent: bool
    born: date | None


def ensure_list_complete(nominees: Sequence[Nominee], *, seats: int, tie: Tie) -> None:
    """The list that may be put to the hall (R7, R8): consent of everyone, enough of them.

    Raises:
        Refused: `ballot_candidates_few`, `ballot_consent_missing`, `ballot_birth_missing`.
    """
    if len(nominees) < seats:
        raise Refused("ballot_candidates_few", candidates=len(nominees), seats=seats)
    silent = [each.name for each in nominees if not each.has_consent]
    if silent:
        raise Refused("ballot_consent_missing", names=", ".join(silent))
    undated = [each.name for each in nominees if each.born is None]
    if tie is Tie.OLDER and undated:
        raise Refused("ballot_birth_missing", names=", ".join(undated))


def ballot_type(candidates: int, seats: int) -> Kind:
    """A with surplus, B without (domain 2.1)."""
    return Kind.A if candidates > seats else Kind.B


def ballot_order(names: Mapping[int, str]) -> list[int]:
    """Candidates as a ballot lists them: Vietnamese order by given name."""
    return sorted(names, key=lambda number: (sort_key(names[number]), number))


def ensure_committee(
    *,
    tellers: Mapping[int, str],
    head: int | None,
    witnesses: Mapping[int, str],
    candidates: set[int],
) -> None:
    """R11, R12: three or five tellers with a head, two witnesses, and none of them a candidate.

    `tellers` and `witnesses` are names by delegate.

    Raises:
        Refused: `ballot_tellers_number`, `ballot_tellers_head`, `ballot_witnesses_number`,
            `ballot_teller_stands`, `ballot_two_duties`.
    """
    if len(tellers) not in TELLERS:
        raise Refused("ballot_tellers_number", tellers=len(tellers))
    if head is None or head not in tellers:
        raise Refused("ballot_tellers_head")
    if len(witnesses) < WITNESSES:
        raise Refused("ballot_witnesses_number", witnesses=len(witnesses), needed=WITNESSES)
    both = {**tellers, **witnesses}
    standing = [name for delegate, name in both.items() if delegate in candidates]
    if standing:
        raise Refused("ballot_teller_stands", names=", ".join(standing))
    doubled = [name for delegate, name in tellers.items() if delegate in witnesses]
    if doubled:
        raise Refused("ballot_two_duties", names=", ".join(doubled))


@dataclass(frozen=True)
class StaySpan:
    """One person's time in the hall; `left_at` is None while it lasts."""

    delegate_id: int
    entered_at: datetime
    left_at: datetime | None


def electorate(
    stays: Collection[StaySpan],
    *,
    entitled: Collection[int],
    opened_at: datetime,
    closed_at: datetime,
) -> frozenset[int]:
    """R25: entitled people present at any moment between opening and closing of the voting.

    Who voted and left counts, and who came late counts; both ends belong to the voting.
    """
    return frozenset(
        stay.delegate_id
        for stay in stays
        if stay.delegate_id in entitled
        and stay.entered_at <= closed_at
        and (stay.left_at is None or stay.left_at >= opened_at)
    )


@dataclass(frozen=True)
class Sums:
    """What the tellers count by hand at the end of a tablet round (5.5)."""

    printed: int
    issued: int
    #: Slips left in the bag.
    left: int
    #: Slips in the transparent box.
    in_box: int
    #: Ballots in the electronic box.
    cast: int
    lost: int = 0
    refused: int = 0

    @property
    def missing(self) -> int:
        """Slips drawn that neither lie in the transparent box nor are accounted for."""
        return self.issued - self.in_box - self.lost - self.refused

    @property
    def unexplained(self) -> bool:
        """True when something differs and D6 needs a sentence."""
        return self.cast != self.in_box or self.missing != 0


class Verdict(StrEnum):
    """What the sums by hand say."""

    FITS = "fits"
    EXPLAIN = "explain"
    VOID = "void"


def judge_sums(sums: Sums) -> Verdict:
    """More ballots than slips in the transparent box, or more slips there than were issued, voids
    the round; fewer is explained (5.5).

    Raises:
        Refused: `ballot_sums_negative`, `ballot_slips_do_not_add_up` where left + issued ≠ printed.
    """
    if min(sums.left, sums.in_box, sums.lost, sums.refused) < 0:
        raise Refused("ballot_sums_negative")
    if sums.left + sums.issued != sums.printed:
        raise Refused(
            "ballot_slips_do_not_add_up",
            left=sums.left,
            issued=sums.issued,
            sum=sums.left + sums.issued,
            printed=sums.printed,
        )
    if sums.cast > sums.in_box or sums.in_box > sums.issued:
        return Verdict.VOID
    return Verdict.EXPLAIN if sums.unexplained else Verdict.FITS
