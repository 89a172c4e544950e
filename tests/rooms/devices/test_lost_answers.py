"""A pairing whose answer is lost on its way: given again, and not called connected before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from pairing_by_code import LAN, code_of, confirm
from support import Browser

from kiosk.core import audit
from kiosk.core.access import Role
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.devices import queries, services


@pytest.fixture
def secretary(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.SECRETARY)


def jar_of(browser: Browser) -> dict[object, object]:
    """What a browser keeps; put back, the answers since were lost on their way to it."""
    return dict(browser.client._cookies or {})


def state_on_the_board(app: Flask, device_id: int = 1) -> str:
    with app.app_context():
        row = queries.device(db.session(), device_id)
        assert row is not None
        return row.state


def test_a_lost_answer_to_the_claim_loses_no_pairing_and_shows_no_green(
    app: Flask, secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    before = jar_of(stranger)
    for _ in range(3):
        assert stranger.get("/pair").headers["Location"] == "/tablet"
        stranger.client._cookies = dict(before)  # the line was cut before the cookie came
        assert state_on_the_board(app) == "waiting", "nobody has spoken yet"
    assert stranger.get("/pair").headers["Location"] == "/tablet"
    assert state_on_the_board(app) == "waiting"
    assert stranger.get("/tablet").status_code == 200
    assert state_on_the_board(app) == "fine"


def test_answers_that_cross_each_other_give_one_and_the_same_cookie(
    secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    before, given = jar_of(stranger), set()
    for _ in range(2):
        stranger.client._cookies = dict(before)
        stranger.get("/pair")
        cookie = stranger.client.get_cookie("kiosk_tablet")
        assert cookie is not None
        given.add(cookie.value)
    assert len(given) == 1


def test_once_the_device_has_spoken_its_secret_is_worth_nothing(
    app: Flask, secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    before = jar_of(stranger)
    stranger.get("/pair")
    stranger.get("/tablet")
    copied = Browser(app)
    copied.client._cookies = dict(before)
    assert copied.get("/pair").status_code == 200, "a stranger with a code of its own"
    with app.app_context():
        lines = [line for line in audit.read(db.session()) if line.event.endswith(":paired")]
    assert len(lines) == 1, "paired once, however often the answer was given"


def test_a_claim_is_given_again_for_ten_minutes_and_no_longer(
    secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    before = jar_of(stranger)
    stranger.get("/pair")
    stranger.client._cookies = dict(before)
    with time_machine.travel(utc_now() + timedelta(minutes=11), tick=True):
        assert stranger.get("/pair").status_code == 200


def test_a_one_time_address_opened_again_by_its_device_leads_home(
    app: Flask, secretary: Browser
) -> None:
    with app.app_context():
        key = app.extensions["kiosk_keys"].tokens
        added = services.add_device(kind="gate", name="Cổng 1", by=LAN, key=key)
    gate, other = Browser(app), Browser(app)
    for _ in range(3):
        assert gate.get(f"/pair/{added.ticket}").headers["Location"] == "/gate"
    assert other.get(f"/pair/{added.ticket}").status_code == 409, "and nobody else"
    secretary.post(f"/console/devices/{added.id}/kind", {"kind": "tablet"})
    assert gate.get(f"/pair/{added.ticket}").headers["Location"] == "/tablet"
    secretary.post(f"/console/devices/{added.id}/revoke")
    assert gate.get(f"/pair/{added.ticket}").status_code == 409
