"""Pairing and revoking as browsers meet them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from support import Browser, Meeting

from kiosk.core.access import THE_PROGRAM, Kind, Role
from kiosk.core.db import changed, db, unit_of_work
from kiosk.devices import queries, services

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
    gate = as_device(Kind.GATE, "Cổng 1")
    with app.app_context(), unit_of_work() as session:
        # Stored by a version that asked less of a name.
        session.execute(db.text("UPDATE device SET name = :name"), {"name": name})
        changed(session, "access")
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


# -- the fleet board and one device ----------------------------------------------------------------


def test_a_re_roled_browser_keeps_its_cookie_and_changes_its_home(
    meeting: Meeting, signed_in: Callable[..., Browser], as_device: Callable[[str, str], Browser]
) -> None:
    device, secretary = as_device(Kind.GATE, "Cổng 1"), signed_in(Role.TECHNICIAN)
    for kind, home in (("tablet", "/tablet"), ("projector", "/projector"), ("gate", "/gate")):
        answer = secretary.post("/console/devices/1/kind", {"kind": kind})
        assert answer.headers["HX-Redirect"] == "/console/devices/1"
        assert device.get("/").headers["Location"] == home
        for page in ("/gate", "/tablet", "/projector"):
            assert device.get(page).status_code == (200 if page == home else 403), (kind, page)


def test_two_devices_of_one_browser_stay_apart_when_one_is_re_roled(
    signed_in: Callable[..., Browser], stranger: Browser
) -> None:
    laptop = stranger.pair(Kind.GATE, "Cổng 1").pair(Kind.TABLET, "Bảng 1")
    signed_in(Role.SECRETARY).post("/console/devices/1/kind", {"kind": "tablet"})
    assert laptop.get("/gate").status_code == 403
    page = laptop.get("/tablet").get_data(as_text=True)
    assert 'data-device="2"' in page, "the one that was paired as a tablet"


@pytest.mark.parametrize(
    ("act", "form", "code"),
    [
        ("name", {"name": ""}, "device_name_wrong"),
        ("name", {"name": "x" * 41}, "device_name_wrong"),
        ("name", {"name": "BẢNG 2"}, "device_exists"),
        ("kind", {"kind": "desk"}, "device_kind_unknown"),
        ("kind", {}, "device_kind_unknown"),
        ("task", {"task": "ballot"}, "task_unknown"),
        ("task", {}, "task_unknown"),
        ("direction", {"direction": "up"}, "direction_unknown"),
        ("direction", {"direction": "in"}, "device_no_gate"),
    ],
)
def test_what_cannot_be_done_to_a_device_is_one_sentence_and_changes_nothing(
    signed_in: Callable[..., Browser],
    as_device: Callable[[str, str], Browser],
    act: str,
    form: dict[str, str],
    code: str,
) -> None:
    as_device(Kind.TABLET, "Bảng 1")
    as_device(Kind.TABLET, "Bảng 2")
    secretary = signed_in(Role.SECRETARY)

    def now() -> str:
        page = secretary.get("/console/devices/1").get_data(as_text=True)
        return re.sub(r"data-(now|csrf)=\"[^\"]+\"", "", page)

    before = now()
    answer = secretary.post(f"/console/devices/1/{act}", form)
    assert answer.status_code in {409, 422}
    assert f'data-refusal="{code}"' in answer.get_data(as_text=True)
    assert now() == before


def test_a_pin_from_the_board_stays_there_and_from_the_page_of_a_device_too(
    signed_in: Callable[..., Browser], as_device: Callable[[str, str], Browser]
) -> None:
    as_device(Kind.TABLET, "Bảng 1")
    secretary = signed_in(Role.SECRETARY)
    answer = secretary.post("/console/devices/1/task", {"task": "idle", "board": 1})
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (204, None)
    answer = secretary.post("/console/devices/1/task", {"task": "follow"})
    assert answer.headers["HX-Redirect"] == "/console/devices/1"
    answer = secretary.post("/console/devices/task", {"task": "gate"})
    assert answer.headers["HX-Redirect"] == "/console/devices"


def test_the_board_follows_the_stream_with_no_touch(
    signed_in: Callable[..., Browser], as_device: Callable[[str, str], Browser], app: Flask
) -> None:
    as_device(Kind.TABLET, "Bảng 1")
    secretary = signed_in(Role.SECRETARY)

    def board() -> str:
        for picture in app.extensions["kiosk_live"]._pictures.values():
            picture.drawn = float("-inf")
        regions = secretary.get("/live/devices?poll=1").json["regions"]
        assert [region["id"] for region in regions] == ["fleet-board"]
        return str(regions[0]["html"])

    assert "Bảng 1" in board()
    secretary.post("/console/devices/1/name", {"name": "Bàn bà Thuỷ"})
    assert "Bàn bà Thuỷ" in board()
    secretary.post("/console/devices/1/task", {"task": "idle"})
    assert 'aria-pressed="true"' in board()
    Browser(app).get("/pair")
    assert "1 máy mới đang hiện mã" in board()
    secretary.post("/console/devices/1/revoke")
    assert "Đã thu hồi" in board()


def test_a_revoked_browser_reads_one_sentence_and_may_ask_again(
    signed_in: Callable[..., Browser], as_device: Callable[[str, str], Browser]
) -> None:
    tablet = as_device(Kind.TABLET, "Bàn ông Thuỷ")
    signed_in(Role.SECRETARY).post("/console/devices/1/revoke")
    assert tablet.get("/").headers["Location"] == "/pair"
    page = tablet.get("/pair").get_data(as_text=True)
    assert "«Bàn ông Thuỷ» đã được thu hồi" in page
    assert 'id="pair-code"' not in page
    assert 'id="pair-code"' in tablet.get("/pair?new=1").get_data(as_text=True)


def test_forty_devices_stand_on_one_board(app: Flask, signed_in: Callable[..., Browser]) -> None:
    keys = app.extensions["kiosk_keys"]
    with app.app_context():
        for number in range(40):
            services.add_device(
                kind="tablet", name=f"Bảng {number}", by=THE_PROGRAM, key=keys.tokens
            )
    page = signed_in(Role.SECRETARY).get("/console/devices").get_data(as_text=True)
    assert len(set(re.findall(r'href="/console/devices/(\d+)"', page))) == 40


def test_the_choices_of_a_device_work_before_the_scripts_are_there(
    signed_in: Callable[..., Browser], as_device: Callable[[str, str], Browser]
) -> None:
    """A quick hand presses before htmx is loaded: a plain form comes to the same."""
    as_device(Kind.GATE, "Cổng 1")
    secretary = signed_in(Role.SECRETARY)
    for act, form in (("direction", {"direction": "out"}), ("name", {"name": "Cổng 9"})):
        answer = secretary.post(f"/console/devices/1/{act}", form, fragment=False)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/console/devices/1")
    page = secretary.get("/console/devices/1").get_data(as_text=True)
    forms = re.findall(r"<form[^>]*hx-post[^>]*>", page)
    assert forms
    assert all('method="post"' in form and "action=" in form for form in forms)


def test_the_tap_on_the_board_pins_what_the_server_shows_and_not_what_the_tablet_says(
    app: Flask,
    meeting: Meeting,
    signed_in: Callable[..., Browser],
    as_device: Callable[[str, str], Browser],
) -> None:
    """A tablet that says it shows the gate must not become one by the secretary's tap."""
    tablet = as_device(Kind.TABLET, "Bảng 1")
    tablet.client.post(
        "/beat", json={"device": 1, "shows": "gate"}, headers={"X-CSRF-Token": tablet.token}
    )
    secretary = signed_in(Role.SECRETARY)
    board = secretary.get("/console/devices").get_data(as_text=True)
    values = re.search(r"""/console/devices/1/task[^>]*hx-vals='([^']*)'""", board)
    assert values is not None
    sent = {name: str(value) for name, value in json.loads(values.group(1)).items()}
    assert secretary.post("/console/devices/1/task", sent).status_code == 204
    with app.app_context():
        found = queries.device(db.session(), 1)
        assert found is not None
        assert found.task == "idle"
    assert tablet.get("/gate").status_code == 403
