"""Rules of devices: pairing codes, names, and what makes a device need a look.

Plain Python. The thresholds of the fleet are those of issue 4: 20 s of silence, 25 % of battery,
30 s of clock skew, a page older than the program.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.names import fold

#: Digits of a pairing code: long enough to type once, too long to hit by accident.
CODE_DIGITS = 6

#: Seconds that a pairing code lives.
CODE_LIVES = 600.0

#: Seconds after which a waiting page that says nothing any more gives its place to others.
WAITING_SILENT = 30.0

#: Pages that may wait at once, from one address and in all. A hall has forty devices; the laptop
#: itself may be two gates, a wall and more. More places than a common network has addresses: with
#: `gives_way`, a page from an address of its own always finds one.
WAITING_FROM_ONE, WAITING_IN_ALL = 8, 300
#: From one address, for as long as a code lives after a secretary has cleared the room.
WAITING_WHEN_CLEARED = 1


def gives_way(held: Mapping[str, int], newcomer: str) -> str | None:
    """The address that gives up a place of a full room; None where nobody has more than the
    newcomer would have then. `held`: places by address. Nobody can push the others round in a
    circle, for every step makes the room fairer."""
    most = max(held, key=lambda address: held[address], default=None)
    if most is None or held[most] <= held.get(newcomer, 0) + 1:
        return None
    return most


#: Seconds of silence after which a device needs a look.
SILENT = 20.0

#: Longest silence in seconds that a page may announce: a ballot page in use sends nothing until it
#: clears itself after 90 s without a touch (design 5).
QUIET_MOST = 180.0

#: Per cent of battery at which a device that is not charging needs a look.
BATTERY_LOW = 25

#: Seconds that a device's clock may be off.
SKEW_MOST = 30.0

#: Seconds within which one cookie heard here, there, and here again is one cookie in two machines:
#: a copy that is used now and then, minutes apart, is found too.
OVERLAP = 300.0

#: Addresses of one cookie that are remembered.
MOST_ADDRESSES = 16


# -- pairing codes ---------------------------------------------------------------------------------

_TYPED = re.compile(r"[0-9]{6}")
_SCANNED = re.compile(r"https?://[^/\s]{1,255}/pair/code/([0-9]{6})")


def code_in(text: str) -> str | None:
    """The six digits in what was typed (`418 503`) or scanned; None where there are none."""
    scanned = _SCANNED.fullmatch(text.strip())
    if scanned is not None:
        return scanned[1]
    typed = re.sub(r"[\s.\-]", "", text)
    return typed if _TYPED.fullmatch(typed) else None


def in_threes(code: str) -> str:
    """`418 503`, as people read it aloud."""
    return f"{code[:3]} {code[3:]}"


# -- names -----------------------------------------------------------------------------------------

#: Letters of a device's name: Latin, as Vietnamese writes it. A Cyrillic С makes a second "Cổng 5".
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzđABCDEFGHIJKLMNOPQRSTUVWXYZĐ")
_SIGNS = frozenset(" 0123456789-–_.,:;/()[]#+&'’\"")

#: Marks of Vietnamese letters (huyền, sắc, ngã, hỏi, nặng; ă, â, ơ) and those of names from
#: elsewhere (ü, ç, å), as they stand after decomposition.
_MARKS = frozenset("\u0300\u0301\u0303\u0309\u0323\u0306\u0302\u031b\u0308\u0327\u030a")

#: Marks on one letter: ệ has two.
_MOST_MARKS = 2


def is_plain(name: str) -> bool:
    """Whether a tidied name can be told apart by eye and stays on its own line."""
    marks = 0
    on_a_letter = False
    for sign in unicodedata.normalize("NFD", name):
        if sign in _MARKS:
            marks += 1
            if not on_a_letter or marks > _MOST_MARKS:
                return False
            continue
        marks, on_a_letter = 0, sign in _LETTERS
        if not on_a_letter and sign not in _SIGNS:
            return False
    return any(sign.isalnum() for sign in name)


#: What a device is called before somebody names it otherwise. Stored names are Vietnamese.
KIND_WORDS = {"gate": "Cổng", "tablet": "Máy tính bảng", "projector": "Máy chiếu"}

#: Kinds of which a hall has one: the first carries no number.
_ALONE = frozenset({"projector"})


def next_name(kind: str, taken: Collection[str]) -> str:
    """The first free name of a kind: `Máy tính bảng 3`; `taken` holds names in use."""
    used = {fold(name) for name in taken}
    word = KIND_WORDS[kind]
    if kind in _ALONE and fold(word) not in used:
        return word
    number = 2 if kind in _ALONE else 1
    while fold(f"{word} {number}") in used:
        number += 1
    return f"{word} {number}"


def likely_kind(*, is_this_laptop: bool, kinds_in_use: Collection[str]) -> str:
    """The kind offered first. The laptop's own windows are its wall, then gates; all others are
    tablets, of which there are most."""
    if not is_this_laptop:
        return "tablet"
    return "gate" if "projector" in kinds_in_use else "projector"


_SYSTEMS = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("Edg", "Edge"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def machine_of(agent: str) -> str:
    """`Chrome, Android`: enough of a User-Agent to know the machine in one's hand by."""
    found = [
        next((word for sign, word in signs if sign in agent), "") for signs in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(word for word in found if word)


# -- what a tablet shows: the act that is open, not the agenda item (design 3) ---------------------


def shown_act(*, task: str, open_now: Sequence[str], known: Collection[str]) -> str:
    """The act for one tablet.

    `task` is what it is told: `follow`, `follow_gate`, or the act it is pinned to. `open_now` are
    the open acts, the one to show first; `known` every act that there is. A pin goes before
    everything; a pin to an act of another version of the program is as good as none.
    """
    if task in known:
        return task
    if open_now:
        return open_now[0]
    return "gate" if task == "follow_gate" else "idle"


# -- one cookie, two machines ----------------------------------------------------------------------


@dataclass(frozen=True)
class Sighting:
    """When one address used a device's cookie, in seconds of a clock that only goes forward."""

    first: float
    last: float


def seen_from(sightings: Mapping[str, Sighting], address: str, now: float) -> dict[str, Sighting]:
    """The sightings after one more; what is older than `OVERLAP` is forgotten, and of very many
    addresses the oldest."""
    kept = {where: seen for where, seen in sightings.items() if now - seen.last <= OVERLAP}
    if len(kept) >= MOST_ADDRESSES and address not in kept:
        del kept[min(kept, key=lambda where: kept[where].last)]
    earlier = kept.get(address)
    kept[address] = Sighting(first=earlier.first if earlier else now, last=now)
    return kept


def doubled(
    sightings: Mapping[str, Sighting], *, one_machine: Collection[str] = ()
) -> tuple[str, ...]:
    """The addresses that use one cookie at once, sorted; empty for a single machine.

    An address counts when it spoke again after another had begun to, and so does that other one. A
    device that moves (a new lease, another access point) goes silent at the old address for good; a
    copied cookie is heard here, there, and here again. So is a laptop whose cable is plugged in and
    out: `one_machine` are the addresses of which a person has said that they are one machine's.
    """
    seen = sorted(sightings.items(), key=lambda each: each[1].first)
    found = {
        address
        for place, (early, before) in enumerate(seen)
        for late, after in seen[place + 1 :]
        if before.last > after.first
        for address in (early, late)
    }
    return () if found <= set(one_machine) else tuple(sorted(found))


# -- the clock of a device -------------------------------------------------------------------------


def clock_skew(*, sent: float, round_trip: float, received: float) -> float:
    """Seconds by which a device's clock is ahead; negative when it is behind.

    `sent` is the device's clock when it sent, `received` the server's when it came, `round_trip`
    how long the device's last question took to be answered. Half of it is taken for the way here,
    so the error is at most the other half.
    """
    return sent + max(0.0, round_trip) / 2 - received


# -- trouble ---------------------------------------------------------------------------------------


class Trouble(StrEnum):
    """Why a device needs a look, the worst first. The order is the order of the board."""

    #: One cookie in two machines.
    DOUBLED = "doubled"
    SILENT = "silent"
    BATTERY = "battery"
    CLOCK = "clock"
    #: Its page is older than the program.
    OLD_PAGE = "old_page"
    #: Added, but no browser has become it yet.
    WAITING = "waiting"


_SEVERITY = {trouble: place for place, trouble in enumerate(Trouble)}


@dataclass(frozen=True)
class Signs:
    """What is known of a device at one moment."""

    is_paired: bool
    #: Seconds since it was last heard, or could have been.
    silence: float
    is_doubled: bool = False
    #: Per cent; None where the browser does not tell.
    battery: int | None = None
    is_charging: bool = False
    #: Seconds ahead; None before the first beat.
    skew: float | None = None
    has_old_page: bool = False


def troubles(signs: Signs) -> tuple[Trouble, ...]:
    """Everything that is wrong, the worst first. What a silent device last said counts no more."""
    if not signs.is_paired:
        return (Trouble.WAITING,)
    is_silent = signs.silence >= SILENT
    found = {
        Trouble.DOUBLED: signs.is_doubled,
        Trouble.SILENT: is_silent,
        Trouble.BATTERY: signs.battery is not None
        and signs.battery <= BATTERY_LOW
        and not signs.is_charging,
        Trouble.CLOCK: not is_silent and signs.skew is not None and abs(signs.skew) >= SKEW_MOST,
        Trouble.OLD_PAGE: not is_silent and signs.has_old_page,
    }
    return tuple(trouble for trouble in Trouble if found.get(trouble))


def worst_first(found: tuple[Trouble, ...]) -> tuple[int, int]:
    """A key to sort by: the worst trouble, then the number of troubles; no trouble comes last."""
    return (min((_SEVERITY[each] for each in found), default=len(Trouble)), -len(found))
