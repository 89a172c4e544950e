"""Pairing by code, as tests of rooms walk it: the new device, and the secretary who confirms."""

from __future__ import annotations

import re

from flask import Flask
from support import Browser

from kiosk.core.access import Actor
from kiosk.core.db import db, writer

CODE = re.compile(r'id="pair-code">(\d{3} \d{3})<')
LAN = Actor(kind="staff", id=1, name="Lan")


def code_of(browser: Browser, **more: object) -> str:
    """What the new device shows."""
    answer = browser.get("/pair", **more)
    found = CODE.search(answer.get_data(as_text=True))
    assert found is not None, answer.get_data(as_text=True)
    return found[1]


def confirm(secretary: Browser, code: str, **form: object) -> str:
    answer = secretary.post("/console/devices/pair", {"code": code, "kind": "tablet", **form})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        writer().close()
        db.engine.dispose()


def waits(browser: Browser) -> bool:
    found: bool = browser.get("/pair/state").json["waiting"]
    return found
