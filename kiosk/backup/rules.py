"""What a copy is called, which copies may go, and when the hall should worry. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ENDING = ".kiosk-backup"

#: So many newest copies stay, one a minute: the last hour can be had to the minute.
KEPT = 60

#: Every file of an instance that a copy may hold. A list of what is in, never of what is out: a
#: locked box of a ballot (design 5.4) can come into no copy by being forgotten here.
DATABASE = "kiosk.sqlite3"
SINGLE_FILES = ("keys.json", "authority.pem", "config.toml", "recovery.txt")
ATTACHMENTS = "files"

_NAME = re.compile(r"([0-9a-z]{1,40})-(\d{8}-\d{6})(-upgrade)?\.kiosk-backup", re.ASCII)
_STAMP = "%Y%m%d-%H%M%S"

#: Longest member name; deeper or longer is no attachment of ours.
_LONGEST_NAME = 200
#: Names that Windows keeps for devices, whatever the ending.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)


@dataclass(frozen=True, order=True)
class CopyName:
    """What the name of a copy says. Sorts by time."""

    #: On the hall's clock, without zone: as a person reads it in the folder.
    stamp: datetime
    code: str
    #: Made before a migration; such a copy is never cleared away.
    before_upgrade: bool = False

    def __str__(self) -> str:
        mark = "-upgrade" if self.before_upgrade else ""
        return f"{self.code}-{self.stamp:{_STAMP}}{mark}{ENDING}"


def read_name(name: str) -> CopyName | None:
    """What a file's name says; None for a file that is no copy of ours."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    code, stamp, upgrade = found.groups()
    try:
        return CopyName(
            code=code,
            stamp=datetime.strptime(stamp, _STAMP),  # noqa: DTZ007 (the hall's clock, for people)
            before_upgrade=upgrade is not None,
        )
    except ValueError:
        return None


def free_name(code: str, stamp: datetime, taken: Iterable[str], *, before_upgrade: bool) -> str:
    """The name of a new copy: its second, or the next one that no copy has yet."""
    names = set(taken)
    stamp = stamp.replace(microsecond=0, tzinfo=None)
    while (name := str(CopyName(stamp, code, before_upgrade))) in names:
        stamp += timedelta(seconds=1)
    return name


def superfluous(names: Iterable[str], *, newest_good: str, kept: int = KEPT) -> list[str]:
    """Copies of one conference that may be deleted once `newest_good` is safe.

    The last `kept` stay, and of every hour before them the last one. `newest_good` stays whatever
    its name says: a laptop whose clock was set back makes its newest copy in the past. Copies of
    other conferences, copies made before an upgrade and strangers' files are never named.
    """
    newest = read_name(newest_good)
    if newest is None:
        return []
    ours = sorted(
        (
            (read, name)
            for name in set(names)
            if (read := read_name(name)) is not None
            and read.code == newest.code
            and not read.before_upgrade
        ),
        reverse=True,
    )
    hours: set[str] = set()
    gone = []
    for place, (read, name) in enumerate(ours):
        hour = f"{read.stamp:%Y%m%d%H}"
        if place >= kept and hour in hours and name != newest_good:
            gone.append(name)
        hours.add(hour)
    return gone


#: So many of the newest copies stay however small the stick is: one may turn out to be bad.
KEPT_AT_LEAST = 2


def given_up_for_room(
    sizes: Mapping[str, int], *, code: str, last_good: str, missing: int
) -> list[str]:
    """Copies of this conference that go so that a new one has room: the oldest first, no more than
    `missing` bytes ask for.

    A newer copy is worth more than an older one: a stick full of our own copies must not be the
    end of copying. The two newest and `last_good` stay, and so do copies made before an upgrade,
    those of other conferences and strangers' files. Nothing at all goes where it would not help.
    """
    ours = sorted(
        (read, name)
        for name in sizes
        if (read := read_name(name)) is not None and read.code == code and not read.before_upgrade
    )
    gone = []
    for _, name in ours[:-KEPT_AT_LEAST]:
        if missing <= 0:
            break
        if name != last_good:
            gone.append(name)
            missing -= sizes[name]
    return gone if missing <= 0 else []


def is_safe_member(name: str) -> bool:
    """True for a name that a copy may hold: known, inside the folder, the same on every system."""
    if name in {DATABASE, *SINGLE_FILES}:
        return True
    if len(name) > _LONGEST_NAME or unicodedata.normalize("NFC", name) != name:
        return False
    top, *parts = name.split("/")
    return top == ATTACHMENTS and bool(parts) and all(map(_is_safe_part, parts))


def _is_safe_part(part: str) -> bool:
    return (
        bool(part)
        and part.strip(" .") == part
        and part.split(".", maxsplit=1)[0].lower() not in _DEVICES
        and not any(sign in '\\:*?"<>|' or unicodedata.category(sign)[0] == "C" for sign in part)
    )


class Worry(StrEnum):
    """What the console says about the copies; only `FINE` is calm."""

    #: The program has just started and its first copy is being made.
    WAITING = "waiting"
    FINE = "fine"
    #: The copies are good, but a broken disk would take them and the conference together.
    SAME_DISK = "same_disk"
    #: The last try failed, the copy before it is fresh enough.
    FAILING = "failing"
    #: No good copy, or one older than `patience`.
    OLD = "old"


def patience(every: int) -> timedelta:
    """How old the last good copy may be when one is made every so many minutes.

    Three minutes where it is one (design 10): a copy may be late once, not twice.
    """
    return timedelta(minutes=2 * every + 1)


def worry(
    *,
    last_good_at: datetime | None,
    failing: bool,
    same_disk: bool,
    waiting: bool,
    now: datetime,
    every: int = 1,
) -> Worry:
    """How the copies stand. `last_good_at`: when the newest copy was last found whole.

    A moment in the future (a clock that was set back) says nothing about age, so it is not fresh.
    """
    age = None if last_good_at is None else now - last_good_at
    if age is None or not timedelta(seconds=-5) <= age <= patience(every):
        return Worry.WAITING if waiting and not failing else Worry.OLD
    if failing:
        return Worry.FAILING
    return Worry.SAME_DISK if same_disk else Worry.FINE
