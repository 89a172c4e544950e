"""Rates and times of one rehearsal, as its clients saw them. Never a limit of the server."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from typing import Any

from kiosk.rehearsal.told import Copied
from kiosk.rehearsal.walk import Walk


def figures_of(walk: Walk, copied: Copied | None) -> dict[str, Any]:
    """The gates, the wall, the devices, the copy, and the seconds of each phase.

    Rates are per second, times in milliseconds; None where nothing was measured.
    """
    times = sorted(answer.ms for answer in walk.peak)
    lags = [lag for lag in walk.noted.lags if lag is not None]
    return {
        "scans": len(walk.gates.told),
        "peak_scans": len(times),
        "scans_per_second": round(len(times) / walk.peak_seconds, 1),
        "scan_p50_ms": round(_percentile(times, 50), 1),
        "scan_p99_ms": round(_percentile(times, 99), 1),
        "projector_median_ms": round(statistics.median(lags), 1) if lags else None,
        "projector_changes": len(walk.noted.lags),
        "projector_pictures": walk.wall.seen,
        **_of_devices(walk),
        "statuses": {str(status): n for status, n in walk.statuses.all().items()},
        "seconds": walk.phases,
        # So that an empty one is noticed.
        "copy": None
        if copied is None
        else {"book_seq": copied.book_seq, "stays": len(copied.stored.stays)},
    }


def _of_devices(walk: Walk) -> dict[str, Any]:
    """Without the hands of people, who take longer than all of this."""
    noted = walk.noted
    paired = [each.ms for each in noted.paired if not each.over_kill]
    return {
        "devices_paired": len(noted.paired),
        "pairing_median_ms": _rounded(statistics.median(paired) if paired else None),
        "pairing_longest_ms": _rounded(_longest(paired)),
        "kill_to_answer_ms": _rounded(_longest(each.ms for each in noted.killed)),
        "answer_to_last_stream_ms": _rounded(_longest(each.ms for each in noted.back)),
        "tablets_told": max((len(each.ms) for each in noted.switched), default=0),
        "tap_to_last_tablet_ms": _rounded(
            _longest(ms for each in noted.switched for ms in each.ms.values())
        ),
        "order_to_stream_ms": _rounded(_longest(each.ms for each in noted.ordered)),
        "encrypted_with": next((each.version for each in noted.encrypted), None),
    }


def _longest(times: Iterable[float | None]) -> float | None:
    return max((each for each in times if each is not None), default=None)


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 1)


def _percentile(values: list[float], share: int) -> float:
    """Nearest rank of an already sorted list."""
    return values[max(0, math.ceil(len(values) * share / 100) - 1)] if values else 0.0
