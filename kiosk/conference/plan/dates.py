"""Day, month and hour of the conference, as a plan words them.

"Dự kiến trong tháng 3/2026", "8 giờ 00, ngày 12 tháng 3 năm 2026", "14h05 ngày 12/3/2026".
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from kiosk.conference.plan.letters import fold

_DAY_MONTH = re.compile(
    r"(?:\bngay\s{1,3})?(?<!tuan )\b(\d{1,2})\s{0,3}(?:thang|[/.-])\s{0,3}(\d{1,2})\s{0,3}"
    r"(?:(?:,?\s{0,3}nam|[/.-])\s{0,3}(\d{4})\b|(?=[^\d/.-]|[.,;)]?$))"
)
_MONTH = re.compile(r"\bthang\s{1,3}(\d{1,2})\s{0,3}(?:(?:/|-|,?\s{0,3}nam)\s{0,3}(\d{4}))?\b")
_HOUR = re.compile(
    r"\b(\d{1,2})\s{0,3}(?:gio\b|h(?=\s|\d|$|[,.;)'’])|g(?=\d))\s{0,3}(?:(\d{1,2})(?!\d|\s{0,3}/)\b)?"
    r"|\b(\d{1,2}):(\d{2})\b"
)
_ANY_YEAR = re.compile(r"\b(20\d{2})\b")
_AFTERNOON = re.compile(r"\b(?:chieu|toi)\b")
_CLOCK = 24


@dataclass(frozen=True)
class When:
    """What is known of the start; `is_sound` is False when a day or hour does not exist."""

    month: str | None = None
    date: dt.date | None = None
    time: dt.time | None = None
    is_sound: bool = True
    #: The text names a day or a month without a year, and another's year was taken.
    year_lent: bool = False


def when(text: str, *, year: int | None = None) -> When:
    """The first day (or month) and the first hour in a text.

    `year` stands in where the text names none. A day that no calendar has gives neither date nor
    month, because no one can tell which half of it is wrong.
    """
    words = fold(text)
    month, date, sound = _day(words, year)
    time, time_sound = _hour(words)
    lent = month is not None and month != _day(words, None)[0]
    return When(month, date, time, sound and time_sound, year_lent=lent)


def year_in(text: str | None) -> int | None:
    """The last year that a title names ("... năm 2026")."""
    years = _ANY_YEAR.findall(text or "")
    return int(years[-1]) if years else None


def _day(words: str, year: int | None) -> tuple[str | None, dt.date | None, bool]:
    # "8.30 ngày 12/3" has an hour that looks like a day: the word "ngày" goes first.
    found = next(
        (each for each in _DAY_MONTH.finditer(words) if each.group().startswith("ngay")), None
    ) or _DAY_MONTH.search(words)
    if found:
        the_year = int(found.group(3)) if found.group(3) else year
        if the_year is None:
            return None, None, False
        try:
            date = dt.date(the_year, int(found.group(2)), int(found.group(1)))
        except ValueError:
            return None, None, False
        return f"{date:%Y-%m}", date, True
    found = _MONTH.search(words)
    if not found:
        return None, None, True
    the_year = int(found.group(2)) if found.group(2) else year
    month = int(found.group(1))
    if the_year is None or not 1 <= month <= 12:
        return None, None, False
    return f"{the_year:04d}-{month:02d}", None, True


def _hour(words: str) -> tuple[dt.time | None, bool]:
    found = _HOUR.search(words)
    if not found:
        return None, True
    hour = int(found.group(1) or found.group(3))
    minute = int(found.group(2) or found.group(4) or 0)
    # "2 giờ chiều" is 14:00 on every clock of an office.
    if 1 <= hour < 12 and _AFTERNOON.match(words[found.end() :].lstrip()):
        hour += 12
    if hour >= _CLOCK or minute >= 60:
        return None, False
    return dt.time(hour, minute), True
