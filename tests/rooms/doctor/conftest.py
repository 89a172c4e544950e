"""A hall that is looked at: its sheet, and a machine that tells."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from go_no_go import Sheet

from kiosk.backup.keeper import Keeper
from kiosk.doctor import power


@pytest.fixture
def sheet(app: Flask) -> Sheet:
    return Sheet(app)


@pytest.fixture
def served(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if `kiosk serve` ran this app."""
    monkeypatch.setattr(Keeper, "is_running", property(lambda self: True))


@pytest.fixture
def power_tells(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`power_tells(plugged=True, has_battery=True)`: what this machine says of its power."""

    def tell(**said: object) -> None:
        monkeypatch.setattr(power, "read_power", lambda: power.Power(**said))  # type: ignore[arg-type]

    return tell
