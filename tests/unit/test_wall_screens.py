"""Which screen the hall sees, whatever the rooms say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.agenda.rules import BREAK_MOST, WallMode, ensure_break
from kiosk.core.errors import Refused
from kiosk.projector.screens import Screen, screen_of

NOW = datetime(2026, 3, 12, 2, 30, 20, tzinfo=UTC)


def seen(mode: WallMode, **more: bool) -> Screen:
    facts = {"has_conference": True, "is_open": True, "has_ended": False, "has_motion": False}
    return screen_of(**(facts | more), mode=mode)  # type: ignore[arg-type]


def test_an_open_motion_goes_before_everything() -> None:
    for mode in WallMode:
        assert seen(mode, has_motion=True, is_voting=True) is Screen.MOTION


def test_other_slides_may_be_shown_before_during_and_after() -> None:
    for is_open, has_ended, has_motion in product((True, False), repeat=3):
        found = seen(WallMode.ASIDE, is_open=is_open, has_ended=has_ended, has_motion=has_motion)
        assert found is Screen.ASIDE
    assert seen(WallMode.ASIDE, has_conference=False) is Screen.EMPTY


def test_a_break_is_shown_only_while_the_conference_is_open() -> None:
    assert seen(WallMode.BREAK) is Screen.BREAK
    assert seen(WallMode.BREAK, is_open=False) is Screen.WELCOME
    assert seen(WallMode.BREAK, has_ended=True) is Screen.CLOSING


@given(st.integers(-3 * 86_400, 3 * 86_400))
def test_a_break_ends_later_and_within_four_hours(seconds: int) -> None:
    # To the minute: NOW stands 20 seconds into one.
    wished = (NOW + timedelta(seconds=seconds)).replace(second=0)
    if not NOW < wished <= NOW + BREAK_MOST:
        with pytest.raises(Refused, match="break_time_wrong"):
            ensure_break(until=NOW + timedelta(seconds=seconds), now=NOW)
        return
    until = ensure_break(until=NOW + timedelta(seconds=seconds), now=NOW)
    assert NOW < until <= NOW + BREAK_MOST
    assert (until.second, until.microsecond) == (0, 0)


def test_a_break_until_now_is_refused() -> None:
    with pytest.raises(Refused, match="break_time_wrong"):
        ensure_break(until=NOW, now=NOW)
