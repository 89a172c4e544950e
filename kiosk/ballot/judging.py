"""One opened ballot: valid, or invalid and why (R13; domain.md 2.1). Pure.

The plaintext is one byte for each candidate, in the order of the definition, and the fingerprint
of the round: always `plain_length` bytes, whatever was chosen, so every sealed ballot of a round
has one length too.

    kind A   0 not chosen · 1 chosen (in strike style: not struck out)
    kind B   0 said nothing, or both · 1 agrees · 2 disagrees
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kiosk.ballot.definition import FINGERPRINT, Definition
from kiosk.ballot.outcome import Counts, Kind, Stood

NOTHING, CHOSEN, AGAINST = 0, 1, 2

#: What libsodium's sealed box adds: a public key made for this ballot, and the check of the seal.
SEAL_OVERHEAD = 48


class Invalid(StrEnum):
    """Why a ballot does not count (domain.md 2.1)."""

    #: Nobody marked; the voter was asked twice.
    BLANK = "blank"
    #: More than N names (kind A); no page of ours sends one.
    TOO_MANY = "too_many"
    #: Does not open with the key of this box. Its bytes say nothing.
    UNREADABLE = "unreadable"
    #: Made for another box: another key, list or round.
    OTHER_BALLOT = "other_ballot"
    #: Opens, but is no ballot of this form.
    MALFORMED = "malformed"


#: Of these only the reason is kept, never the bytes (design 5.5): they may hold anything.
LEFT_UNREAD = frozenset({Invalid.UNREADABLE, Invalid.OTHER_BALLOT, Invalid.MALFORMED})


@dataclass(frozen=True, order=True)
class Opened:
    """One ballot as it was judged. Canonical order is the order of this class.

    `marks` has one byte for each candidate; it is empty where only the reason is kept.
    """

    marks: bytes
    #: A value of `Invalid`, empty for a valid ballot.
    invalid: str = ""

    @property
    def is_valid(self) -> bool:
        return not self.invalid


def plain_length(definition: Definition) -> int:
    """Bytes of a ballot before it is sealed."""
    return len(definition.candidates) + FINGERPRINT


def sealed_length(definition: Definition) -> int:
    """Bytes of every sealed ballot of this box; any other length is refused at the door."""
    return plain_length(definition) + SEAL_OVERHEAD


def plain(definition: Definition, mark: bytes, choices: Sequence[int]) -> bytes:
    """The bytes that a tablet seals; for tests, rehearsals and the description of the format."""
    if len(choices) != len(definition.candidates):
        raise ValueError("one choice for each candidate")
    return bytes(choices) + mark


def judge(definition: Definition, mark: bytes, opened: bytes | None) -> Opened:
    """Judge one opened plaintext; None stands for a ballot that did not open.

    `mark` is the fingerprint of this round. Never raises: no ballot may stop the count.
    """
    many = len(definition.candidates)
    marks = opened[:many] if opened else b""
    reason = _invalid(definition, mark, opened, marks)
    if reason is None:
        return Opened(marks)
    return Opened(b"" if reason in LEFT_UNREAD else marks, reason)


def _invalid(
    definition: Definition, mark: bytes, opened: bytes | None, marks: bytes
) -> Invalid | None:
    reason: Invalid | None = None
    if opened is None:
        reason = Invalid.UNREADABLE
    elif len(opened) != plain_length(definition):
        reason = Invalid.MALFORMED
    elif not hmac.compare_digest(opened[len(marks) :], mark):
        reason = Invalid.OTHER_BALLOT
    elif max(marks) > (CHOSEN if definition.kind is Kind.A else AGAINST):
        reason = Invalid.MALFORMED
    elif not any(marks):
        reason = Invalid.BLANK
    elif definition.kind is Kind.A and sum(marks) > definition.most:
        reason = Invalid.TOO_MANY
    return reason


@dataclass(frozen=True)
class Tally:
    """All ballots of a box, added up. Tuples stand in the order of the definition."""

    valid: int
    #: Number by value of `Invalid`; only reasons that occur.
    invalid: Mapping[str, int] = field(default_factory=dict)
    #: Names chosen (kind A) or agreed to (kind B).
    votes: tuple[int, ...] = ()
    #: Kind B: disagreed to. Kind A: zeros.
    against: tuple[int, ...] = ()

    @property
    def collected(self) -> int:
        return self.valid + sum(self.invalid.values())

    def not_counted(self, place: int) -> int:
        """Kind B: valid ballots that say neither for this candidate."""
        return self.valid - self.votes[place] - self.against[place]

    def counts(self, *, summoned: int, present: int, issued: int) -> Counts:
        """The figures of the round, for `decide`."""
        return Counts(
            summoned=summoned,
            present=present,
            issued=issued,
            collected=self.collected,
            valid=self.valid,
            invalid=sum(self.invalid.values()),
        )

    def stood(
        self,
        definition: Definition,
        *,
        born: Sequence[date | None] = (),
        order: Sequence[str] = (),
    ) -> list[Stood]:
        """The candidates with their votes, for `decide`; `born` and `order` by place, or empty."""
        return [
            Stood(
                name=name,
                born=born[place] if born else None,
                votes=self.votes[place],
                no=self.against[place],
                order=order[place] if order else "",
            )
            for place, name in enumerate(definition.candidates)
        ]


def tally(definition: Definition, ballots: Iterable[Opened]) -> Tally:
    """Add up judged ballots, in whatever order they come."""
    many = len(definition.candidates)
    votes, against = [0] * many, [0] * many
    valid = 0
    invalid: Counter[str] = Counter()
    for ballot in ballots:
        if not ballot.is_valid:
            invalid[ballot.invalid] += 1
            continue
        valid += 1
        for place, mark in enumerate(ballot.marks):
            if mark == CHOSEN:
                votes[place] += 1
            elif mark == AGAINST:
                against[place] += 1
    return Tally(
        valid=valid,
        invalid=dict(sorted(invalid.items())),
        votes=tuple(votes),
        against=tuple(against),
    )


# -- the paper fall-back (R15) --------------------------------------------------------------------


@dataclass(frozen=True)
class Typed:
    """What one person has counted and typed from a round on paper. Tuples by place, as in Tally."""

    issued: int
    collected: int
    valid: int
    invalid: int
    votes: tuple[int, ...]
    against: tuple[int, ...] = ()

    def counts(self, *, summoned: int, present: int) -> Counts:
        return Counts(
            summoned=summoned,
            present=present,
            issued=self.issued,
            collected=self.collected,
            valid=self.valid,
            invalid=self.invalid,
        )

    def tally(self) -> Tally:
        """As a tally, so that paper goes the same way as a box; `Tally.stood` gives the rest."""
        return Tally(
            valid=self.valid,
            invalid={"paper": self.invalid} if self.invalid else {},
            votes=self.votes,
            against=self.against or (0,) * len(self.votes),
        )


@dataclass(frozen=True)
class Difference:
    """One figure on which two people who counted do not agree.

    `field` is `issued`, `collected`, `valid`, `invalid`, `votes` or `against`; `place` is the
    candidate's for the last two, else None.
    """

    field: str
    place: int | None
    first: int
    second: int


def differences(first: Typed, second: Typed) -> list[Difference]:
    """Where two independent entries differ (R15); none when they may be taken.

    Raises ValueError when they are about different ballots: a programming error.
    """
    one, other = first.tally(), second.tally()
    if len(one.votes) != len(other.votes):
        raise ValueError("two entries of different ballots")
    found = [
        Difference(name, None, getattr(first, name), getattr(second, name))
        for name in ("issued", "collected", "valid", "invalid")
        if getattr(first, name) != getattr(second, name)
    ]
    for name in ("votes", "against"):
        found += [
            Difference(name, place, left, right)
            for place, (left, right) in enumerate(
                zip(getattr(one, name), getattr(other, name), strict=True)
            )
            if left != right
        ]
    return found
