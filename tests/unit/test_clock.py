"""Time is zoned and UTC inside, and the hall's own outside."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from kiosk.core import clock, columns

moments = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 (hypothesis adds the zone)
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-9))]),
)
column = columns.UtcDateTime()
dialect = sqlite.dialect()


@given(moments)
def test_a_stored_moment_comes_back_as_the_same_instant(moment: datetime) -> None:
    stored = column.process_bind_param(moment, dialect)
    assert stored is not None
    assert stored.tzinfo is None
    back = column.process_result_value(stored, dialect)
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC


def test_a_time_without_a_zone_is_never_stored() -> None:
    with pytest.raises(ValueError, match="zone"):
        column.process_bind_param(datetime(2026, 3, 12), dialect)  # noqa: DTZ001


def test_the_hall_is_seven_hours_ahead_and_the_day_changes_with_it() -> None:
    evening = datetime(2026, 3, 11, 17, 5, tzinfo=UTC)
    assert clock.hhmm(evening) == "00:05"
    assert clock.dmy(evening) == "12/03/2026"
    assert clock.dmy(date(2026, 3, 9)) == "09/03/2026"
    assert clock.hhmm(None) == clock.dmy(None) == ""


def test_the_seconds_since_the_start_never_go_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = clock.since_start()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert clock.since_start() >= first
