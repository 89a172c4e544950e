"""Pairing by code: a code seen is worth nothing, guesses are slowed, a restart loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from pairing_by_code import CODE, LAN, close, code_of, confirm, waits
from support import Browser, Meeting

from kiosk import create_app
from kiosk.config import Settings
from kiosk.core import audit
from kiosk.core.access import Actor, Role
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.devices import pairing, queries, waiting


@pytest.fixture
def secretary(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.SECRETARY)


# -- the way it goes -------------------------------------------------------------------------------


def test_a_code_makes_the_browser_that_shows_it_a_device(
    secretary: Browser, stranger: Browser, meeting: Meeting
) -> None:
    code = code_of(stranger)
    assert waits(stranger)
    found = secretary.post("/console/devices/pair/code", {"code": code.replace(" ", "")})
    page = found.get_data(as_text=True)
    assert found.status_code == 200
    assert code in page
    assert "Máy tính bảng 1" in page
    assert "Đã ghép <strong>Máy tính bảng 1</strong>" in confirm(secretary, code)
    assert not waits(stranger)
    answer = stranger.get("/pair")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tablet")
    assert stranger.get("/tablet").status_code == 200
    assert stranger.get("/pair").headers["Location"] == "/tablet", "a device needs no code"


def test_the_cookie_is_strict_hidden_from_scripts_and_renewed_at_each_page(
    secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    for path in ("/pair", "/tablet", "/tablet"):
        set_cookies = stranger.get(path).headers.getlist("Set-Cookie")
        ours = [each for each in set_cookies if each.startswith("kiosk_tablet=")]
        assert len(ours) == 1, path
        assert all(sign in ours[0] for sign in ("HttpOnly", "SameSite=Strict", "Max-Age=604800"))
        assert "Secure" not in ours[0]
    for path in ("/live/tablet?poll=1", "/healthz"):
        assert "kiosk_tablet" not in str(stranger.get(path).headers), "a page renews, nothing else"


def test_over_tls_the_cookie_never_travels_in_the_clear(
    secretary: Browser, stranger: Browser
) -> None:
    code = CODE.search(stranger.get("/pair", base_url="https://localhost").get_data(as_text=True))
    assert code is not None
    confirm(secretary, code[1])
    set_cookies = stranger.get("/pair", base_url="https://localhost").headers.getlist("Set-Cookie")
    given = [each for each in set_cookies if each.startswith("__Host-kiosk_tablet=")]
    assert len(given) == 1, set_cookies
    assert all("Secure" in each for each in set_cookies)


def test_names_and_kinds_are_chosen_by_one_tap_or_typed(secretary: Browser, app: Flask) -> None:
    for form, words in (
        ({"kind": "gate"}, "Cổng 1"),
        ({"kind": "gate"}, "Cổng 2"),
        ({"kind": "projector"}, "Máy chiếu"),
        ({"kind": "tablet", "name": "  Bàn bà Thuỷ "}, "Bàn bà Thuỷ"),
        ({"kind": "tablet"}, "Máy tính bảng 1"),
    ):
        assert words in confirm(secretary, code_of(Browser(app)), **form)


def test_a_dead_tablet_is_replaced_by_another_of_the_same_name(
    secretary: Browser, stranger: Browser, app: Flask, as_device: Callable[[str, str], Browser]
) -> None:
    dead = as_device("tablet", "Máy tính bảng 7")
    confirm(secretary, code_of(stranger), kind="", instead_of="1")
    assert stranger.get("/pair").headers["Location"] == "/tablet"
    assert "Máy tính bảng 7" in stranger.get("/tablet").get_data(as_text=True)
    assert dead.get("/tablet").status_code == 303, "the old browser is a stranger"
    with app.app_context():
        assert len(queries.devices(db.session())) == 1


def test_the_qr_leads_the_secretarys_phone_to_the_console_with_the_code(
    secretary: Browser, stranger: Browser
) -> None:
    code = code_of(stranger).replace(" ", "")
    step = secretary.get(f"/pair/code/{code}").get_data(as_text=True)
    assert f'content="0; url=/console/devices/pair?code={code}"' in step
    assert f'value="{code}"' in secretary.get(f"/console/devices/pair?code={code}").get_data(
        as_text=True
    )
    # Not signed in yet: the code survives the sign-in.
    asked = stranger.get(f"/console/devices/pair?code={code}")
    assert asked.headers["Location"] == f"/sign-in?next=/console/devices/pair?code%3D{code}"
    for wrong in ("41850", "abcdef", "418 503"):
        assert secretary.get(f"/pair/code/{wrong}").status_code == 404


# -- who may not -----------------------------------------------------------------------------------


def test_whoever_sees_the_code_cannot_become_the_device(
    secretary: Browser, stranger: Browser, app: Flask
) -> None:
    code = code_of(stranger)
    onlooker = Browser(app)
    mine = code_of(onlooker)
    assert mine != code
    confirm(secretary, code)
    assert waits(onlooker)
    assert code_of(onlooker) == mine, "still a stranger"
    for path in (f"/pair/{code.replace(' ', '')}", "/tablet"):
        assert onlooker.get(path).status_code in {303, 409}
    assert stranger.get("/pair").headers["Location"] == "/tablet"


def test_a_code_is_confirmed_once_also_by_two_secretaries_at_once(
    app: Flask, stranger: Browser
) -> None:
    code, start = code_of(stranger), Barrier(6)

    def press(number: int) -> str:
        with app.app_context():
            start.wait(timeout=10)
            try:
                by = Actor(kind="staff", id=number, name="x")
                room = waiting.waiting_room()
                return pairing.confirm(text=code, kind="gate", by=by, room=room).name
            except Refused as refused:
                return refused.code

    with ThreadPoolExecutor(6) as pool:
        results = sorted(pool.map(press, range(6)))
    assert results.count("pairing_code_unknown") == 5
    assert "Cổng 1" in results


def test_a_refused_confirmation_leaves_the_code_as_it_was(
    secretary: Browser, stranger: Browser, as_device: Callable[[str, str], Browser]
) -> None:
    as_device("gate", "Cổng 1")
    code = code_of(stranger)
    for form, status in (
        ({"kind": "gate", "name": "cổng 1"}, 409),
        ({"kind": "desk"}, 422),
        ({"kind": "tablet", "name": "x" * 41}, 422),
        ({"instead_of": "77"}, 422),
    ):
        answer = secretary.post("/console/devices/pair", {"code": code, **form})
        assert answer.status_code == status, answer.get_data(as_text=True)
        assert waits(stranger)
    confirm(secretary, code)


# -- guessing --------------------------------------------------------------------------------------


def guess(browser: Browser, code: str = "000 000") -> str:
    answer = browser.post("/console/devices/pair/code", {"code": code})
    found = re.search(r'data-refusal="(\w+)"', answer.get_data(as_text=True))
    return found[1] if found else ""


def test_three_slips_are_free_then_each_costs_longer(secretary: Browser, stranger: Browser) -> None:
    code = code_of(stranger)
    assert guess(secretary, "12") == "pairing_code_wrong", "what is no code is no guess"
    for _ in range(4):
        assert guess(secretary) == "pairing_code_unknown"
    assert guess(secretary) == "pairing_delayed"
    assert guess(secretary, code) == "pairing_delayed", "also the right one must wait"
    answer = secretary.post("/console/devices/pair", {"code": code, "kind": "tablet"})
    assert answer.status_code == 409, "and there is no way round by the other act"


def test_waiting_and_the_right_code_clear_the_slips(
    app: Flask, secretary: Browser, stranger: Browser
) -> None:
    code = code_of(stranger)
    for _ in range(4):
        guess(secretary)
    # Sessions end by the clock, so this asks the act itself.
    with time_machine.travel("2100-01-01", tick=True), app.app_context():
        room = waiting.waiting_room()
        place = pairing.look_up(text=code, by=LAN, room=room)
        assert place.code == code.replace(" ", "")
        pairing.confirm(text=code, kind="tablet", by=LAN, room=room)
    assert guess(secretary) == "pairing_code_unknown", "three free slips again"


def test_one_members_slips_do_not_hold_up_another(
    secretary: Browser, stranger: Browser, signed_in: Callable[..., Browser]
) -> None:
    code = code_of(stranger)
    for _ in range(5):
        guess(secretary)
    assert guess(secretary, code) == "pairing_delayed"
    confirm(signed_in(Role.TECHNICIAN), code)


def test_a_restart_forgets_no_slip_and_no_confirmation(
    app: Flask, settings: Settings, secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    for _ in range(5):
        guess(secretary)
    close(app)
    again = create_app(settings)
    try:
        for browser in (secretary, stranger):
            jar = browser.client._cookies
            browser.client = again.test_client()
            browser.client._cookies = jar
        assert guess(secretary) == "pairing_delayed"
        assert stranger.get("/pair").headers["Location"] == "/tablet"
    finally:
        close(again)


def test_a_page_that_waits_over_a_restart_gets_a_new_code_by_itself(
    app: Flask, settings: Settings, secretary: Browser, stranger: Browser
) -> None:
    code_of(stranger)
    close(app)
    again = create_app(settings)
    try:
        jar = stranger.client._cookies
        stranger.client = again.test_client()
        stranger.client._cookies = jar
        assert not waits(stranger), "so it loads itself anew"
        code_of(stranger)
        assert waits(stranger)
    finally:
        close(again)


def test_many_guesses_at_once_do_not_get_round_the_delay(app: Flask) -> None:
    start = Barrier(12)

    def try_one(number: int) -> str:
        with app.app_context():
            start.wait(timeout=10)
            try:
                room = waiting.waiting_room()
                pairing.look_up(text=f"{number:06d}", by=LAN, room=room)
            except Refused as refused:
                return refused.code
            return "found"

    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(try_one, range(12)))
    assert results.count("pairing_code_unknown") == 4, results
    assert results.count("pairing_delayed") == 8


# -- what the record shows -------------------------------------------------------------------------


def test_the_book_knows_who_confirmed_whom_and_holds_no_code(
    app: Flask, secretary: Browser, stranger: Browser
) -> None:
    code = code_of(stranger)
    guess(secretary)
    confirm(secretary, code)
    stranger.get("/pair")
    stranger.get("/tablet")
    with app.app_context():
        lines = [line for line in audit.read(db.session()) if line.event.startswith("devices:")]
    assert [line.event for line in lines] == [
        "devices:code:refused",
        "devices:code:confirmed",
        "devices:device:paired",
    ]
    assert lines[1].facts["name"] == "Máy tính bảng 1"
    assert lines[1].facts["address"] == "127.0.0.1"
    assert lines[1].by.startswith("staff:")
    assert lines[2].by == "device:1"
    stored = app.extensions["kiosk_settings"].instance / "kiosk.sqlite3"
    written = stored.read_bytes() + stored.with_name("kiosk.sqlite3-wal").read_bytes()
    assert code.encode() not in written
    assert code.replace(" ", "").encode() not in written
