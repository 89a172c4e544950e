"""Presence and quorum (R1–R3, R25), and what a gate answers. Whole people only, no fractions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from kiosk.core.errors import Refused
from kiosk.core.names import fold, matches


class Outcome(StrEnum):
    """What a gate says. Exactly one per scan, the same for ever for the same `scan_id`."""

    ADMITTED = "admitted"
    RETURNED = "returned"
    ALREADY = "already"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"
    REVOKED = "revoked"
    GUEST = "guest"
    LEFT = "left"
    REFUSED = "refused"


@dataclass(frozen=True)
class Attendance:
    """Who counts, in whole people."""

    #: Base of the quorum: all staff, or the delegates summoned (R1).
    convened: int
    #: Of these, those in the hall.
    present: int


def quorum_needed(convened: int) -> int:
    """The least number present: two thirds, rounded up. 85 → 57, 90 → 60, 100 → 67 (R1)."""
    if convened < 0:
        raise ValueError("a base cannot be negative")
    return -(-2 * convened // 3)


def quorum_met(attendance: Attendance) -> bool:
    """3·present ≥ 2·base (domain 2.4). Nobody convened is no quorum: there is no conference."""
    return attendance.convened > 0 and 3 * attendance.present >= 2 * attendance.convened


def ensure_quorum(attendance: Attendance) -> None:
    """Refuse to open below two thirds, naming how many are still missing (Đ.51, R1)."""
    if not quorum_met(attendance):
        needed = quorum_needed(attendance.convened)
        raise Refused(
            "quorum_not_met",
            present=attendance.present,
            convened=attendance.convened,
            needed=needed,
            missing=max(needed - attendance.present, 0),
        )


class Detail(StrEnum):
    """Why a gate answered `refused`: its words and the way on differ."""

    #: The conference has ended; the doors count nobody any more.
    ENDED = "ended"
    #: Someone sits in for this person.
    REPLACED = "replaced"
    #: This person sat in for someone who came after all.
    NO_PLACE = "no_place"
    #: At a way out: this person is not recorded as being inside.
    NOT_INSIDE = "not_inside"
    #: A scan that a cut-off gate sent late, and something newer is known about the person.
    OVERTAKEN = "overtaken"
    #: The badge of nobody, which only tries the scanner.
    TEST = "test"


@dataclass(frozen=True)
class BadgeFacts:
    """What is known about a scanned code when it is judged."""

    #: 14 digits with right check digits.
    readable: bool
    #: Some badge of this conference has this code.
    known: bool = False
    revoked: bool = False
    #: `delegate` or `guest`.
    standing: str = "delegate"
    #: Has an open stay in the hall.
    inside: bool = False
    #: Has been in the hall before, and left.
    was_inside: bool = False
    #: The doors still count: the conference has not ended.
    doors_open: bool = True
    #: Someone sits in for this person, so that both can never be admitted.
    replaced: bool = False
    #: Was on the roster only as a substitute, and is none any more.
    no_place: bool = False
    #: `in` or `out`: which way the gate lets people through.
    direction: str = "in"
    #: The scan comes late from a cut-off gate, and the person was seen elsewhere since.
    overtaken: bool = False
    #: The badge of nobody (`badge_code.TEST`).
    test: bool = False


def judge(badge: BadgeFacts) -> tuple[Outcome, str]:
    """The answer to one scan, and why where it is `refused`: one of `Detail`, else empty.

    Valid, then entitled, then duplicate, in this order. A revoked badge of someone already inside
    is `revoked`, never a harmless "already in" (lessons 7). A person not inside who shows the badge
    at a way out is answered `refused`: nothing is recorded, and the desk sorts it out. The badge of
    nobody is answered before everything, and changes nothing.
    """
    going_out = badge.direction == "out"
    in_order = (
        (badge.test, Outcome.REFUSED, Detail.TEST),
        (not badge.readable, Outcome.UNREADABLE, ""),
        (not badge.known, Outcome.UNKNOWN, ""),
        (badge.revoked, Outcome.REVOKED, ""),
        (not badge.doors_open, Outcome.REFUSED, Detail.ENDED),
        (badge.replaced, Outcome.REFUSED, Detail.REPLACED),
        (badge.no_place, Outcome.REFUSED, Detail.NO_PLACE),
        (going_out and not badge.inside, Outcome.REFUSED, Detail.NOT_INSIDE),
        (badge.inside and not going_out, Outcome.ALREADY, ""),
        (badge.overtaken, Outcome.REFUSED, Detail.OVERTAKEN),
        (going_out, Outcome.LEFT, ""),
        (badge.standing == "guest", Outcome.GUEST, ""),
        (badge.was_inside, Outcome.RETURNED, ""),
    )
    found = ((outcome, str(why)) for holds, outcome, why in in_order if holds)
    return next(found, (Outcome.ADMITTED, ""))


#: Outcomes that put a person into the hall.
ENTERS = frozenset({Outcome.ADMITTED, Outcome.RETURNED, Outcome.GUEST})

#: A gate's clock may be wrong; a claim further off than this is a broken clock and says nothing.
_CLAIM_BACK = timedelta(hours=24)
_CLAIM_AHEAD = timedelta(minutes=10)


def claim_of(text: str, *, now: datetime) -> datetime | None:
    """The moment that a cut-off gate claims, as ISO 8601 with its zone; None for anything else.

    A claim never decides a time that is recorded, so an absurd one is dropped, not refused. One
    that runs a little ahead of the server is taken as the server's own moment.
    """
    claimed = _moment(text)
    if claimed is None or not now - _CLAIM_BACK <= claimed <= now + _CLAIM_AHEAD:
        return None
    return min(claimed, now)


def claims_lateness(text: str) -> bool:
    """Whether a gate says that it kept the scan, however wrong its clock is.

    One whose moment is absurd is late all the same: nobody can say how late.
    """
    return _moment(text) is not None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text[:40])
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# -- the desk --------------------------------------------------------------------------------


class AbsenceKind(StrEnum):
    """How an absence counts in the list of attendance (D2)."""

    WITH_REASON = "with_reason"
    WITHOUT_REASON = "without_reason"


#: What is written about a person for whom somebody else sits in (D2's note).
REPLACED_REASON = "Có người dự thay"


def absence_of(kind: str, reason: str) -> AbsenceKind:
    """The kind of absence that the desk chose. A reason is needed where one is claimed.

    Raises:
        Refused: `absence_kind_unknown`, `absence_reason_missing`, `reason_too_long`.
    """
    try:
        found = AbsenceKind(kind)
    except ValueError as unknown:
        raise Refused("absence_kind_unknown") from unknown
    if found is AbsenceKind.WITH_REASON and len(reason) < 2:
        raise Refused("absence_reason_missing")
    if len(reason) > 200:
        raise Refused("reason_too_long", most=200)
    return found


@dataclass(frozen=True)
class Passing:
    """R3's three flags of one person, or which of them pass to a substitute."""

    counts_for_quorum: bool
    votes: bool
    elects: bool


#: A substitute counts and votes; electing the board is bound to the person (R3) unless the office
#: says otherwise on the form.
PASSES_BY_DEFAULT = Passing(counts_for_quorum=True, votes=True, elects=False)


def passed_on(of: Passing, passes: Passing) -> tuple[Passing, Passing]:
    """Flags of the substitute, and flags that the replaced person keeps.

    Only the place in the base of the quorum is one that can be held by one person at a time: when
    it passes on, the replaced person no longer counts, so that the number convened stays what it
    was (R1). The other two say what a person *present* may do; the replaced one is not present.
    """
    substitute = Passing(
        counts_for_quorum=of.counts_for_quorum and passes.counts_for_quorum,
        votes=of.votes and passes.votes,
        elects=of.elects and passes.elects,
    )
    stays = Passing(
        counts_for_quorum=of.counts_for_quorum and not passes.counts_for_quorum,
        votes=of.votes,
        elects=of.elects,
    )
    return substitute, stays


def walk_in_flags(*, standing: str, asked: Passing, opened: bool) -> Passing:
    """Flags of a person who is added at the desk.

    A guest has none (R2). Before the opening a delegate counts as ticked, and the base follows the
    roster unless it was fixed by hand. From the opening on the base is fixed (R1), so a delegate
    who is added then never counts for the quorum; voting and electing are as ticked.
    """
    if standing == "guest":
        return Passing(counts_for_quorum=False, votes=False, elects=False)
    return Passing(
        counts_for_quorum=asked.counts_for_quorum and not opened,
        votes=asked.votes,
        elects=asked.elects,
    )


def search_rank(typed: str, *, folded: str, number: int) -> int | None:
    """How well a person fits what the desk typed; smaller is better, None is no fit.

    `folded` is the name without marks. The number itself, then the given name (the last word) in
    full, then words that begin the given name, then words that begin any part, then any letters
    inside. Several words must all fit.
    """
    words = fold(typed[:100]).split()
    if not words:
        return None
    if words == [str(number)]:
        return 0
    given = folded.rsplit(" ", 1)[-1]
    fits = matches(typed[:100], folded)
    in_order = (
        (fits and given in words, 1),
        (fits and any(given.startswith(word) for word in words), 2),
        (fits, 3),
        (all(word in folded for word in words), 4),
    )
    return next((rank for holds, rank in in_order if holds), None)


# -- the paper list --------------------------------------------------------------------------

_LONGEST_LIST = 20_000
_MOST_ON_PAPER = 2_000
_ENTRY = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")
_HOUR = re.compile(r"([01]?[0-9]|2[0-3])[:hH]([0-5][0-9])?")


@dataclass(frozen=True)
class PaperNumbers:
    """What was typed from the fall-back list."""

    #: Each number once, in the order typed.
    numbers: tuple[int, ...]
    #: Numbers that were typed more than once.
    doubles: tuple[int, ...]
    #: Pieces that are no number and no range.
    unread: tuple[str, ...]


def paper_numbers(text: str) -> PaperNumbers:
    """Numbers of people as typed: `3, 7 12-20`, one or many a line; commas, blanks, semicolons.

    A range may be written with any dash and blanks around it. A range that runs backwards, or one
    of more than 2,000 numbers, is unread: more likely a slip of the finger.

    Raises:
        Refused: `paper_too_long` over 20,000 letters or 2,000 people.
    """
    if len(text) > _LONGEST_LIST:
        raise Refused("paper_too_long", most=_MOST_ON_PAPER)
    plain = re.sub(r"\s*[-\u2010-\u2015\u2212]\s*", "-", text)
    seen: dict[int, None] = {}
    doubles: dict[int, None] = {}
    unread: list[str] = []
    for piece in filter(None, re.split(r"[\s,;.]+", plain)):
        match = _ENTRY.fullmatch(piece)
        first = int(match[1]) if match and piece.isascii() else -1
        last = int(match[2] or match[1]) if match and piece.isascii() else -1
        if first < 1 or not 0 <= last - first < _MOST_ON_PAPER:
            unread.append(piece[:40])
            continue
        for number in range(first, last + 1):
            (doubles if number in seen else seen)[number] = None
        if len(seen) > _MOST_ON_PAPER:
            raise Refused("paper_too_long", most=_MOST_ON_PAPER)
    return PaperNumbers(tuple(seen), tuple(doubles), tuple(unread))


def paper_time(text: str, *, now: datetime, hall: tzinfo) -> datetime | None:
    """The time written on the paper, today in the hall: `7:40`, `07h40`, `7h`; None when empty.

    Raises:
        Refused: `paper_time_wrong`, also for a time that has not come yet.
    """
    if not text.strip():
        return None
    found = _HOUR.fullmatch(text.strip()[:10])
    if found is None:
        raise Refused("paper_time_wrong")
    moment = now.astimezone(hall).replace(
        hour=int(found[1]), minute=int(found[2] or 0), second=0, microsecond=0
    )
    if moment > now:
        raise Refused("paper_time_wrong")
    return moment.astimezone(UTC)


# -- the base of the quorum and reasons ------------------------------------------------------


def ensure_base(count: int, *, reason: str, is_correction: bool) -> None:
    """A base is at least one person; changing one that was fixed needs a reason (R1)."""
    if not 1 <= count <= 100_000:
        raise Refused("base_out_of_range", count=count)
    if is_correction and len(reason) < 3:
        raise Refused("reason_missing")


def ensure_reason(reason: str) -> None:
    """A correction that nobody can explain later is refused: 3 to 200 letters."""
    if len(reason) < 3:
        raise Refused("reason_missing")
    if len(reason) > 200:
        raise Refused("reason_too_long", most=200)
