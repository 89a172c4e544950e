"""Presence and quorum (R1–R3, R25), and what a gate answers. Whole people only, no fractions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.errors import Refused


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


def judge(badge: BadgeFacts) -> Outcome:
    """The answer to one scan: valid, then entitled, then duplicate, in this order.

    A revoked badge of someone already inside is `revoked`, never a harmless "already in"
    (lessons 7).
    """
    in_order = (
        (not badge.readable, Outcome.UNREADABLE),
        (not badge.known, Outcome.UNKNOWN),
        (badge.revoked, Outcome.REVOKED),
        (not badge.doors_open, Outcome.REFUSED),
        (badge.inside, Outcome.ALREADY),
        (badge.standing == "guest", Outcome.GUEST),
        (badge.was_inside, Outcome.RETURNED),
    )
    return next((outcome for holds, outcome in in_order if holds), Outcome.ADMITTED)


#: Outcomes that put a person into the hall.
ENTERS = frozenset({Outcome.ADMITTED, Outcome.RETURNED, Outcome.GUEST})


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
