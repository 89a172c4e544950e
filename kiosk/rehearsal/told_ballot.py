"""What people were told in a rehearsed election, and what they chose: the memory of the voters.

The server never learns who chose what; the rehearsal does, because it plays every voter. So it can
say afterwards whether each ballot that was acknowledged was counted once and as it was meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Play(StrEnum):
    """What one voter does at the tablets; the first two are most people."""

    PLAIN = "plain"
    #: Nobody marked, confirmed twice.
    BLANK = "blank"
    #: Two taps within milliseconds: the same bytes, at once.
    DOUBLE_TAP = "double_tap"
    #: The answer was lost; the page sends the same bytes again.
    SENT_AGAIN = "sent_again"
    #: A second ballot with the slip that has voted.
    OTHER_BYTES = "other_bytes"
    #: Two ballots with one slip at two tablets, at the same instant.
    TWO_TABLETS = "two_tablets"
    #: A number that no slip has; a slip of the next round.
    UNKNOWN_SLIP = "unknown_slip"
    NEXT_ROUND_SLIP = "next_round_slip"
    #: Ten digits, two of them changed places.
    MISTYPED = "mistyped"
    #: A byte is missing; no Base64 at all.
    WRONG_LENGTH = "wrong_length"
    NO_BASE64 = "no_base64"
    #: The page shows the box of another round.
    OLD_PAGE = "old_page"
    #: The bytes of somebody else's ballot under a fresh slip.
    ANOTHERS_BYTES = "anothers_bytes"
    # What no page of ours sends, dropped into the box all the same: each is counted as invalid.
    #: Bytes that open with no key; a ballot for another list; more names than seats.
    GARBAGE = "garbage"
    OTHER_LIST = "other_list"
    TOO_MANY = "too_many"
    #: Draws a slip and never votes.
    NEVER = "never"


#: Plays whose ballot is dropped and does not count, by the reason that is kept (`judging.Invalid`).
INVALID = {
    Play.BLANK: "blank",
    Play.GARBAGE: "unreadable",
    Play.OTHER_LIST: "other_ballot",
    Play.TOO_MANY: "too_many",
}

#: What must be said to whom; tried before, or after, the voter's own ballot.
REFUSALS = {
    Play.OTHER_BYTES: "ballot_slip_used",
    Play.TWO_TABLETS: "ballot_slip_used",
    Play.UNKNOWN_SLIP: "ballot_slip_unknown",
    Play.NEXT_ROUND_SLIP: "ballot_slip_unknown",
    Play.MISTYPED: "ballot_slip_unreadable",
    Play.WRONG_LENGTH: "ballot_wrong_length",
    Play.NO_BASE64: "ballot_wrong_length",
    Play.OLD_PAGE: "ballot_page_old",
    Play.ANOTHERS_BYTES: "ballot_bytes_again",
}


class When(StrEnum):
    """Where the round stood when something was sent or searched."""

    BEFORE = "before"
    VOTING = "voting"
    #: The server was killed while this waited for its answer.
    KILLED = "killed"
    CLOSED = "closed"
    OPENED = "opened"
    #: The copy that the server made by itself, opened after the day.
    COPIED = "copied"


@dataclass(frozen=True, slots=True)
class Sent:
    """One ballot that a tablet sent, and the answer."""

    #: Place of the voter in the round, from 0.
    voter: int
    play: Play
    when: When
    #: Ten digits as they were typed.
    slip: str
    sealed: bytes
    #: HTTP status; 0 when no answer came.
    status: int
    #: `data-refusal` of the answer; empty where there was none.
    refusal: str
    #: Milliseconds from the tap to the whole answer.
    ms: float

    @property
    def is_taken(self) -> bool:
        """The voter was told that the ballot lies in the box."""
        return self.status == 204


@dataclass(frozen=True, slots=True)
class Choice:
    """What one voter wanted: one byte for each candidate, or why it cannot count."""

    play: Play
    slip: str
    marks: tuple[int, ...]
    #: A value of `judging.Invalid`; empty for a valid ballot.
    invalid: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """A badge that a teller scanned to hand out a slip."""

    delegate_id: int | None
    #: `issuing.Answer` that was to come, and the one that came.
    expected: str
    outcome: str
    #: Taken back at once: nothing was drawn.
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Denied:
    """Something that the rules of the election forbid at that moment, tried all the same."""

    what: str
    #: Code of the refusal that was to come, and the one that came; empty where there was none.
    expected: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A group of codes at the opening, and what the page said."""

    right: int
    wrong: int
    #: Empty when the box opened.
    refusal: str


@dataclass(frozen=True, slots=True)
class Turnout:
    """A picture of the wall between the opening of the voting and the opening of the box."""

    #: Figures of the screen of the ballot, in their order: issued, cast. Empty on other screens.
    figures: tuple[int, ...]
    #: Something of a result stands on it.
    tells_result: bool


@dataclass(frozen=True, slots=True)
class Searched:
    """A search through every byte that lies on the disk."""

    when: When
    round: int
    #: Files and bytes that were looked through, the opened copy included.
    files: int
    bytes: int
    #: Copies of the conference that were opened for it.
    copies: int
    #: Ballots that were looked for.
    ballots: int
    #: `what: file`, for a sealed ballot, its id, a choice, a slip or a code outside of its place.
    found: tuple[str, ...]
    #: A file of a box that lies in a copy.
    boxes_in_copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundTold:
    """Everything that was told of one round."""

    number: int
    seats: int
    #: Type of the ballot, A or B.
    type: str
    #: As printed on the ballot, in its order.
    candidates: tuple[str, ...]
    #: Slips in the bag, as counted.
    printed: int
    choices: tuple[Choice, ...]
    sent: tuple[Sent, ...]
    scans: tuple[Scanned, ...]
    #: Entitled people in the hall while the voting was open.
    electors: int
    typed: tuple[Typed, ...]
    #: Fingerprint of the box and of the sealed set, as they stood at each place.
    fingerprints: tuple[tuple[str, str], ...]
    set_fingerprints: tuple[tuple[str, str], ...]
    turnouts: tuple[Turnout, ...]
    #: Figures of D6 by their words, and the names that it calls elected.
    report: dict[str, str]
    elected: tuple[str, ...]
    #: Claims of `kiosk ballot verify`; empty when it could not be run.
    verified: dict[str, bool]
    #: The server was killed while people voted.
    killed: bool
    #: Its file lay there while it was locked, and lies there after the opening.
    box_lay: bool
    box_lies: bool
    #: Helpers that the tellers wrote down.
    helpers: tuple[str, ...]
    #: Seconds of the casting, of it without the power cut, and of the opening with the right codes.
    cast_seconds: float
    open_seconds: float
    #: How often each act of the ceremony was done, by the event that it writes into the book.
    acts: dict[str, int]

    @property
    def taken(self) -> dict[bytes, Sent]:
        """Every ballot that somebody was told to be in the box."""
        return {each.sealed: each for each in self.sent if each.is_taken}

    @property
    def expected(self) -> list[tuple[tuple[int, ...], str]]:
        """What must be counted, sorted: marks and reason of each voter whose ballot was taken."""
        voted = {each.voter for each in self.sent if each.is_taken}
        unread = {"unreadable", "other_ballot"}
        return sorted(
            (() if choice.invalid in unread else choice.marks, choice.invalid)
            for place, choice in enumerate(self.choices)
            if place in voted
        )
