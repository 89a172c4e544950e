"""Passwords, account names, and the growing delay (lessons 60: a wrong clock locks nobody out)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import Refused
from kiosk.staff import rules

NOW = datetime(2026, 3, 12, 1, 0, tzinfo=UTC)
moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 (hypothesis adds the zone)
    max_value=datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (1, 0), (3, 0), (4, 2), (5, 4), (6, 8), (10, 128), (11, 256), (12, 300), (999, 300)],
)
def test_the_delay_grows_after_three_free_tries_and_ends_at_five_minutes(
    failures: int, seconds: int
) -> None:
    assert rules.delay_after(failures) == timedelta(seconds=seconds)


@given(failures=st.integers(0, 10**9), last=moments, now=moments)
def test_no_clock_makes_the_wait_longer_than_the_delay(
    failures: int, last: datetime, now: datetime
) -> None:
    wait = rules.seconds_to_wait(failures, last, now)
    assert 0 <= wait <= rules.delay_after(failures).total_seconds() <= rules.LONGEST


def test_the_wait_is_rounded_up_so_that_the_page_never_asks_too_early() -> None:
    last = NOW
    assert rules.seconds_to_wait(4, last, last) == 2
    assert rules.seconds_to_wait(4, last, last + timedelta(milliseconds=1001)) == 1
    assert rules.seconds_to_wait(4, last, last + timedelta(seconds=2)) == 0


@pytest.mark.parametrize(
    ("length", "code"),
    [(0, "password_too_short"), (7, "password_too_short"), (257, "password_too_long")],
)
def test_a_password_has_eight_to_256_letters(length: int, code: str) -> None:
    with pytest.raises(Refused, match=code):
        rules.ensure_password("x" * length)
    rules.ensure_password("x" * 8)
    rules.ensure_password("x" * 256)


@pytest.mark.parametrize("name", ["", "x" * 61, "123", "—", "   "])
def test_an_account_name_needs_a_letter_and_at_most_sixty_signs(name: str) -> None:
    with pytest.raises(Refused, match="account_name_wrong"):
        rules.ensure_account_name(name)


def test_vietnamese_account_names_are_names() -> None:
    for name in ("Đỗ", "thư ký 2", "Ng"):
        rules.ensure_account_name(name)
