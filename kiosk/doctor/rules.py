"""Go or no-go: the verdict, the limits, and what each kind of device must have shown today.

Plain Python. The limits are ours, from the figures of design 9 and the day of issue 4: what a hall
of a thousand needs, with room to spare.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Protocol, TypeVar

# -- the verdict -----------------------------------------------------------------------------------

#: Worst first; the same order as `core.checks.State`, which rules may not import.
_WORST_FIRST = {"bad": 0, "unknown": 1, "warn": 2, "good": 3}


class Judged(Protocol):
    """What the verdict needs to know of a line of the sheet."""

    @property
    def state(self) -> str: ...

    @property
    def stops(self) -> bool: ...

    @property
    def order(self) -> int: ...

    @property
    def kind(self) -> tuple[str, str]:
        """Its subject and what was found: lines of one kind are one thing to do."""


Line = TypeVar("Line", bound=Judged)


def is_ready(lines: Iterable[Judged]) -> bool:
    """Go: something was looked at, nothing is bad, and nothing that matters is unknown."""
    lines = list(lines)
    return bool(lines) and not any(line.stops for line in lines)


def to_mend(lines: Sequence[Line]) -> list[list[Line]]:
    """What stands between the hall and its opening, in the order in which to mend it.

    Bad before unknown: what is known to be broken costs the most time, and mending it often makes
    the unknown known. Thirty tablets that nobody has tried are one thing to do.
    """
    found = [line for line in lines if line.stops]
    return _by_kind(sorted(found, key=lambda line: (_WORST_FIRST[line.state], line.order)))


def to_read(lines: Sequence[Line]) -> list[list[Line]]:
    """What the day can begin with, and somebody should have read: warnings, and what stays
    unknown without harm, in the order of the subjects."""
    found = [line for line in lines if not line.stops and line.state != "good"]
    return _by_kind(sorted(found, key=lambda line: line.order))


def _by_kind(lines: Iterable[Line]) -> list[list[Line]]:
    kinds: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        kinds.setdefault(line.kind, []).append(line)
    return list(kinds.values())


def worst(states: Iterable[str]) -> str:
    """The worst of several states; nothing said is unknown, never good."""
    return min(states, key=lambda state: _WORST_FIRST[state], default="unknown")


# -- the machine -----------------------------------------------------------------------------------

#: A clock before this day is wrong: the program did not exist. Raised with each release.
RELEASED = date(2026, 1, 1)

MB = 1_000_000

#: Free bytes of the instance's disk. A day of a thousand people with copies takes under 500 MB.
SPACE_LEAST, SPACE_ENOUGH = 1000 * MB, 5000 * MB

#: Free memory in bytes. The server takes 120 MB for a thousand screens, a paper 300 MB.
MEMORY_LEAST, MEMORY_ENOUGH = 300 * MB, 1000 * MB

#: Durable commits a second. Four gates at their fastest bring ten scans a second, and one commit
#: serves all who wait; below ten a queue is seen at the door.
COMMITS_LEAST, COMMITS_ENOUGH = 10, 50
#: No disk that a laptop has is faster: such a one keeps nothing over a power cut.
COMMITS_DOUBTFUL = 20_000

#: Per cent of battery for which a laptop on its battery is not sent home at once.
BATTERY_LOW = 25

#: Hours after which what the machine said of itself is asked again.
MEASURE_LIVES = timedelta(hours=12)


def space(free: int) -> str:
    """`space_none`, `space_low` or `space_enough` for free bytes."""
    if free < SPACE_LEAST:
        return "space_none"
    return "space_low" if free < SPACE_ENOUGH else "space_enough"


def memory(free: int) -> str:
    """`memory_none`, `memory_low` or `memory_enough` for free bytes."""
    if free < MEMORY_LEAST:
        return "memory_none"
    return "memory_low" if free < MEMORY_ENOUGH else "memory_enough"


def commits(seconds: Sequence[float]) -> tuple[str, int, int]:
    """What measured commits say: the finding, commits a second, microseconds of the middle one.

    The median, not the mean: one virus scanner that looks in must not call a good disk bad.
    Raises ValueError where nothing was measured.
    """
    if not seconds:
        raise ValueError("nothing was measured")
    ordered = sorted(seconds)
    middle = max(ordered[len(ordered) // 2], 1e-6)
    rate = int(1 / middle)
    if rate > COMMITS_DOUBTFUL:
        return "commits_doubtful", rate, round(middle * 1e6)
    if rate < COMMITS_LEAST:
        return "commits_poor", rate, round(middle * 1e6)
    code = "commits_slow" if rate < COMMITS_ENOUGH else "commits_fine"
    return code, rate, round(middle * 1e6)


def amount(size: int) -> str:
    """Bytes for people, the same in every language: `850 MB`, `38 GB`."""
    return f"{size // MB} MB" if size < 10_000 * MB else f"{size // (1000 * MB)} GB"


def clock(now: datetime, *, last_line: datetime | None, offset: timedelta | None) -> str:
    """Whether the wall clock can be right: `clock_before_program`, `clock_before_book`,
    `clock_zone`, or `clock_plausible`, which is all that a machine alone can tell.

    `offset` is the laptop's own, None where it does not tell. A clock that was set by hand to the
    right hour in the wrong zone is hours off for every paper, so the zone is looked at too.
    """
    if now.astimezone(UTC).date() < RELEASED:
        return "clock_before_program"
    # A second of grace: the book's clock and this one are read one after the other.
    if last_line is not None and now < last_line - timedelta(seconds=1):
        return "clock_before_book"
    if offset is not None and offset != timedelta(hours=7):
        return "clock_zone"
    return "clock_plausible"


def is_fresh(measured_at: datetime, now: datetime, *, hall: tzinfo) -> bool:
    """Whether what was measured still counts: of this day in the hall, and not long ago."""
    same_day = measured_at.astimezone(hall).date() == now.astimezone(hall).date()
    # From the future: a clock was set back, and nobody knows how long ago that was.
    return same_day and timedelta(seconds=-5) <= now - measured_at <= MEASURE_LIVES


def mode(*, rehearsal: bool, day: date | None, today: date) -> str:
    """Rehearsal or the real thing, against the day of the conference.

    A rehearsal on the day is the worst of mistakes (lessons 24): everything looks right, and the
    badges of the delegates open nothing.
    """
    if day is None:
        return "mode_rehearsal" if rehearsal else "mode_no_day"
    if day < today:
        return "mode_past"
    if day == today:
        return "mode_rehearsal_today" if rehearsal else "mode_today"
    return "mode_rehearsal" if rehearsal else "mode_coming"


# -- self-tests ------------------------------------------------------------------------------------


class Part(StrEnum):
    """What a person tries, by hand and ear and eye."""

    CAMERA = "camera"
    TOUCH = "touch"
    SOUND = "sound"
    #: The test badge, read by a scanner that types.
    SCAN = "scan"
    #: Colours and edges of the projector's picture.
    PICTURE = "picture"
    # Of the laptop itself:
    PRINT = "print"
    #: The clock on the screen is that on the wall.
    CLOCK = "clock"
    #: The laptop does not go to sleep by itself.
    SLEEP = "sleep"
    #: It hangs on the mains; asked only where the machine does not tell.
    POWER = "power"


#: What the laptop is asked for, in this order.
LAPTOP = (Part.CLOCK, Part.PRINT, Part.SLEEP, Part.POWER)

#: What can be tried on a device of each kind, in this order.
OF_KIND: Mapping[str, tuple[Part, ...]] = {
    "gate": (Part.SOUND, Part.SCAN, Part.CAMERA, Part.TOUCH),
    "tablet": (Part.TOUCH, Part.CAMERA, Part.SCAN, Part.SOUND),
    "projector": (Part.PICTURE, Part.SOUND),
}

#: One of these reads a code: a badge at a gate, a voting slip at a tablet.
_READS = frozenset({Part.SCAN, Part.CAMERA})

#: What must have been shown today: one of each group.
NEEDED: Mapping[str, tuple[frozenset[Part], ...]] = {
    "gate": (frozenset({Part.SOUND}), _READS),
    "tablet": (frozenset({Part.TOUCH}), _READS),
    "projector": (frozenset({Part.PICTURE}),),
}


def needed(kind: str, *, as_gate: bool = False) -> tuple[frozenset[Part], ...]:
    """The groups of which one part each must have been shown. `as_gate`: a tablet that is told to
    scan badges has to be heard as well."""
    groups = NEEDED.get(kind, ())
    if kind == "tablet" and as_gate:
        return (*groups, frozenset({Part.SOUND}))
    return groups


@dataclass(frozen=True)
class Shown:
    """What today's self-tests of a device say."""

    #: `failed`, `missing` (nothing that is needed was shown), `part` (some of it was, the rest is
    #: not known), `partly` (it works, yet something on it does not) or `passed`.
    outcome: str
    #: The parts that the outcome is about.
    parts: tuple[Part, ...]
    #: Untried, and not needed for what this device does.
    spare: tuple[Part, ...] = ()
    #: Needed parts that have been shown.
    good: tuple[Part, ...] = ()


def shown(kind: str, today: Mapping[Part, bool], *, as_gate: bool = False) -> Shown:
    """Judge a device by the newest result of each part of this day.

    A part that was never tried is unknown, and so is the device while it is one of those needed.
    """
    possible = OF_KIND.get(kind, ())
    groups = needed(kind, as_gate=as_gate)
    failed: list[Part] = []
    missing: list[Part] = []
    for group in groups:
        members = [part for part in possible if part in group]
        if any(today.get(part) for part in members):
            continue
        untried = [part for part in members if part not in today]
        # Where one way failed and another was not tried, the other may still do.
        if untried:
            missing += untried
        else:
            failed += members
    in_a_group = frozenset[Part]().union(*groups)
    good = tuple(part for part in possible if part in in_a_group and today.get(part))
    spare = tuple(part for part in possible if part not in today and part not in missing)
    if failed:
        return Shown("failed", tuple(failed), spare, good)
    if missing or not possible:
        return Shown("part" if good else "missing", tuple(missing), spare, good)
    broken = tuple(part for part in possible if today.get(part) is False)
    return Shown("partly" if broken else "passed", broken, spare, good)


#: Letters that the name of whoever tried a machine has, least and most.
_NAME_LEAST, _NAME_MOST = 2, 60


def is_a_name(name: str) -> bool:
    """Whether a tidied text can be somebody's name: letters, and no more than fit on a line."""
    letters = sum(sign.isalpha() for sign in name)
    plain = all(sign.isalpha() or sign in " .'-" for sign in name)
    return letters >= _NAME_LEAST and len(name) <= _NAME_MOST and plain


def day_begins(now: datetime, *, hall: tzinfo) -> datetime:
    """Midnight in the hall: a self-test before it counts no more."""
    midnight = now.astimezone(hall).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(UTC)
