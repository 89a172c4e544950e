"""Time: always UTC, zoned and passed in; shown in the hall's own zone.

No decision about safety rests on the wall clock alone: the book also keeps a sequence number and
the seconds since the program started (design 10), which no one can set back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HALL = ZoneInfo("Asia/Ho_Chi_Minh")

Clock = Callable[[], datetime]

_STARTED = time.monotonic()


def utc_now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def since_start() -> float:
    """Seconds since this program started; immune to a clock that is set while the hall waits."""
    return round(time.monotonic() - _STARTED, 3)


def in_hall(moment: datetime) -> datetime:
    """The same instant on the hall's clock (UTC+7, no daylight saving)."""
    return moment.astimezone(HALL)


def hhmm(moment: datetime | None) -> str:
    """`07:32` on the hall's clock; empty for no moment."""
    return "" if moment is None else in_hall(moment).strftime("%H:%M")


def dmy(day: date | datetime | None) -> str:
    """`12/03/2026`; empty for no day."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = in_hall(day).date()
    return day.strftime("%d/%m/%Y")
