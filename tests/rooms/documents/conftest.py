"""A conference of which papers are made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conference_day import Day, fill
from flask import Flask
from support import Clock, Meeting


@pytest.fixture
def day(app: Flask, meeting: Meeting, clock: Clock) -> Iterator[Day]:
    """Nobody has come; day and hour are set."""
    with app.app_context():
        made = Day(app, meeting, clock)
        made.set_day()
        yield made


@pytest.fixture
def busy(day: Day) -> Day:
    """People came in every way that there is, others are excused, one sits in for another."""
    return fill(day)
