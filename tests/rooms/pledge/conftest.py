"""A hall with the small meeting open, and two tablets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from pledging import Signing
from sqlalchemy import text as sql
from support import Browser, Clock, Meeting

from kiosk.core.access import Actor, Kind
from kiosk.core.db import unit_of_work


@pytest.fixture
def signed_hall(
    app: Flask, meeting: Meeting, clock: Clock, as_device: Callable[[str, str], Browser]
) -> Signing:
    """The conference is open; two tablets stand there."""
    for name in ("Bảng 1", "Bảng 2"):
        as_device(Kind.TABLET, name)
    with app.app_context(), unit_of_work() as session:
        session.execute(sql("UPDATE conference SET opened_at = '2026-03-12 01:00:00.000000'"))
    tablets = tuple(Actor(kind="device", id=number, name=f"Bảng {number}") for number in (1, 2))
    return Signing(app, meeting, clock, tablets)
