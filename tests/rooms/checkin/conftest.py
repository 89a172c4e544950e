"""The door on the small meeting, with two ways in and one out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from door import Door
from flask import Flask
from support import Clock, Meeting

from kiosk.core.access import THE_PROGRAM, Kind
from kiosk.devices import services as devices


@pytest.fixture
def door(app: Flask, meeting: Meeting, clock: Clock) -> Iterator[Door]:
    with app.app_context():
        made = Door(app, meeting, clock)
        tokens = app.extensions["kiosk_keys"].tokens

        def add(name: str) -> int:
            return devices.add_device(
                kind=Kind.GATE, name=name, by=THE_PROGRAM, key=tokens, clock=clock
            ).id

        made.north, made.south, made.out = add("Cổng 1"), add("Cổng 2"), add("Cổng ra")
        devices.set_direction(device_id=made.out, direction="out", by=THE_PROGRAM, clock=clock)
        yield made
