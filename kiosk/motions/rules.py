"""A vote by hands (R4, R25): whole people, more than half of those present, never a fraction."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.checkin.rules import ensure_reason
from kiosk.core.errors import Refused
from kiosk.core.names import tidy

TEXT_LEAST = 5
TEXT_MOST = 500


class MotionState(StrEnum):
    """Where a motion stands."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class PresentSource(StrEnum):
    """Where *present* comes from: the check-in, or a count of heads in the hall (R25)."""

    CHECKIN = "checkin"
    HALL = "hall"


@dataclass(frozen=True)
class Count:
    """The hands and the people that they are measured against."""

    in_favour: int
    against: int
    #: *Ý kiến khác*: hands raised for neither.
    other: int
    #: People present who may vote by hand (R3, second flag), by `source`.
    present: int
    source: PresentSource
    #: What the check-in said at the moment of the vote; always kept beside (R25).
    present_checkin: int

    @property
    def total(self) -> int:
        return self.in_favour + self.against + self.other

    @property
    def no_hand(self) -> int:
        """Present, but no hand raised; never counted as for (R4)."""
        return self.present - self.total

    @property
    def is_adopted(self) -> bool:
        return adopted(self.in_favour, self.present)


def adopted(in_favour: int, present: int) -> bool:
    """2·for > present (Đ.51, R4). Present 57 is adopted at 29; present 58 at 30, 29 being half."""
    return present > 0 and 2 * in_favour > present


def needed(present: int) -> int:
    """The least number for: 57 → 29, 58 → 30."""
    if present < 1:
        raise ValueError("nobody present, nothing to adopt")
    return present // 2 + 1


def all_minus(*, present: int, against: int, other: int) -> int:
    """*Còn lại tán thành*: everyone present who raised no hand against or for another opinion.

    Only for a person who asks for it, and only shown: the chair sees in the hall that all other
    hands are up. The count is stored like any other, with the mark that it was filled in this way.

    Raises:
        Refused: `motion_count_negative`, `motion_present_zero`, `motion_count_over_present`.
    """
    if min(present, against, other) < 0:
        raise Refused("motion_count_negative")
    if present == 0:
        raise Refused("motion_present_zero")
    if against + other > present:
        raise Refused("motion_count_over_present", total=against + other, present=present)
    return present - against - other


def ensure_minus_holds(count: Count) -> None:
    """What the page showed must still be true: somebody may have come in or left since.

    Raises:
        Refused: `motion_minus_moved` with what would remain now.
    """
    remains = all_minus(present=count.present, against=count.against, other=count.other)
    if count.in_favour != remains:
        raise Refused(
            "motion_minus_moved",
            in_favour=count.in_favour,
            remains=remains,
            present=count.present,
        )


def ensure_text(text: str) -> str:
    """What the hall votes on, tidied. Refused: `motion_text_wrong`."""
    text = tidy(text)
    if not TEXT_LEAST <= len(text) <= TEXT_MOST:
        raise Refused("motion_text_wrong", most=TEXT_MOST)
    return text


def taken(
    *,
    in_favour: int,
    against: int,
    other: int,
    present_checkin: int,
    counted_present: int | None,
    may_vote: int,
    reason: str,
    is_correction: bool = False,
) -> Count:
    """The count that may be recorded (R25).

    `present_checkin` is the presence at the moment of the vote, `counted_present` the heads counted
    in the hall when somebody counted, `may_vote` everyone on the roster who may vote by hand. A
    count in the hall and a correction need a `reason` of 3 to 200 letters.

    Raises:
        Refused: `motion_count_negative`, `motion_present_zero`, `motion_present_over_roster`,
            `motion_count_over_present`, `reason_missing`, `reason_too_long`.
    """
    if min(in_favour, against, other) < 0:
        raise Refused("motion_count_negative")
    present = present_checkin if counted_present is None else counted_present
    if present < 0:
        raise Refused("motion_count_negative")
    if present == 0:
        raise Refused("motion_present_zero")
    if counted_present is not None and counted_present > may_vote:
        raise Refused("motion_present_over_roster", present=counted_present, roster=may_vote)
    total = in_favour + against + other
    if total > present:
        raise Refused("motion_count_over_present", total=total, present=present)
    if counted_present is not None or is_correction or reason:
        ensure_reason(reason)
    return Count(
        in_favour=in_favour,
        against=against,
        other=other,
        present=present,
        source=PresentSource.CHECKIN if counted_present is None else PresentSource.HALL,
        present_checkin=present_checkin,
    )
