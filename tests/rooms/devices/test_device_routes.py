"""Pairing and revoking as browsers meet them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from support import Browser, Meeting

from kiosk.core.access import THE_PROGRAM, Kind, Role
from kiosk.devices import services

_ADDRESS = re.compile(r"http://localhost/pair/([A-Za-z0-9_-]{32})")


def address(browser: Browser, kind: str = "gate", name: str = "Cổng 1") -> str:
    answer = browser.post("/console/devices", {"kind": kind, "name": name})
    assert answer.status_code == 201
    found = _ADDRESS.search(answer.get_data(as_text=True))
    assert found is not None
    return f"/pair/{found.group(1)}"


def test_the_address_is_shown_once_and_makes_the_device(
    signed_in: Callable[..., Browser], stranger: Browser, meeting: Meeting
) -> None:
    secretary = signed_in(Role.SECRETARY)
    path = address(secretary)
    assert path.removeprefix("/pair/") not in secretary.get("/console/devices").get_data(
        as_text=True
    )
    answer = stranger.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/gate")
    assert stranger.get("/gate").status_code == 200
    assert stranger.get("/").headers["Location"] == "/gate"


def test_a_browser_that_only_looks_ahead_does_not_spend_the_address(
    signed_in: Callable[..., Browser], stranger: Browser
) -> None:
    path = address(signed_in(Role.SECRETARY))
    assert stranger.client.head(path).status_code == 400
    for headers in ({"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}):
        assert stranger.get(path, headers=headers).status_code == 400
    assert stranger.client.options(path).status_code == 200
    assert stranger.get(path).status_code == 303


def test_a_spent_address_is_one_sentence(
    signed_in: Callable[..., Browser], stranger: Browser, app: Flask
) -> None:
    path = address(signed_in(Role.SECRETARY))
    stranger.get(path)
    answer = Browser(app).get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Địa chỉ ghép thiết bị này đã dùng rồi hoặc đã hết hạn." in page
    assert "kiosk_gate" not in "".join(answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize(
    ("kind", "home"),
    [(Kind.GATE, "/gate"), (Kind.TABLET, "/tablet"), (Kind.PROJECTOR, "/projector")],
)
def test_each_kind_has_its_page_and_no_other(
    meeting: Meeting, as_device: Callable[[str, str], Browser], kind: str, home: str
) -> None:
    browser = as_device(kind, "Máy 1")
    assert browser.get("/").headers["Location"] == home
    for page in ("/gate", "/tablet", "/projector"):
        assert browser.get(page).status_code == (200 if page == home else 403), page
    assert browser.get("/console").headers["Location"].startswith("/sign-in")


def test_revoking_holds_at_the_next_scan(
    meeting: Meeting,
    signed_in: Callable[..., Browser],
    as_device: Callable[[str, str], Browser],
) -> None:
    gate, secretary = as_device(Kind.GATE, "Cổng 1"), signed_in(Role.SECRETARY)
    code = meeting.badge_code_of("Phạm Thị Lan")
    assert secretary.post("/console/devices/1/revoke").status_code == 204
    answer = gate.post("/gate/scan", {"code": code, "scan_id": "revoked-0001"})
    assert answer.status_code == 401
    assert "data-outcome" not in answer.get_data(as_text=True)
    person = meeting.person("Phạm Thị Lan").id
    assert "Chưa có lượt vào nào" in secretary.get(f"/console/delegates/{person}").get_data(
        as_text=True
    )
    assert secretary.post("/console/devices/1/revoke").status_code == 409
    assert secretary.post("/console/devices/1/address").status_code == 409


def test_a_renewed_address_turns_the_old_browser_away(
    app: Flask, signed_in: Callable[..., Browser], as_device: Callable[[str, str], Browser]
) -> None:
    gate, secretary = as_device(Kind.GATE, "Cổng 1"), signed_in(Role.TECHNICIAN)
    answer = secretary.post("/console/devices/1/address")
    assert answer.status_code == 201
    assert gate.get("/gate").status_code == 303
    found = _ADDRESS.search(answer.get_data(as_text=True))
    assert found is not None
    other = Browser(app)
    other.get(f"/pair/{found.group(1)}")
    assert other.get("/gate").status_code == 200


@pytest.mark.parametrize("number", ["0", "77", "9223372036854775808", "9" * 400])
@pytest.mark.parametrize("act", ["revoke", "address"])
def test_a_device_that_is_not_there_is_a_sentence(
    signed_in: Callable[..., Browser], number: str, act: str
) -> None:
    answer = signed_in(Role.SECRETARY).post(f"/console/devices/{number}/{act}")
    assert answer.status_code in {404, 422}
    assert "data-refusal=" in answer.get_data(as_text=True)


def test_a_script_in_a_name_stays_words(
    app: Flask, signed_in: Callable[..., Browser], as_device: Callable[[str, str], Browser]
) -> None:
    name = "<script>alert(1)</script>"
    gate = as_device(Kind.GATE, name)
    secretary = signed_in(Role.SECRETARY)
    for text in (
        gate.get("/gate").get_data(as_text=True),
        secretary.get("/console/devices").get_data(as_text=True),
        secretary.get("/live/devices+console?poll=1").json["regions"].__repr__(),
    ):
        assert name not in text
    with app.app_context():
        services.revoke_device(device_id=1, by=THE_PROGRAM)


@pytest.mark.parametrize("ticket", ["x", "x" * 5_000, "%00", "%E1%BA%BF", "..%2f..", "a/b"])
def test_a_guessed_address_is_a_page_with_a_sentence(stranger: Browser, ticket: str) -> None:
    answer = stranger.get(f"/pair/{ticket}")
    assert answer.status_code in {404, 409}
    assert "data-refusal=" in answer.get_data(as_text=True)
