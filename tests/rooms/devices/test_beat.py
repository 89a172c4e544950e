"""The beat: what a device says of itself, and what can be told from it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from support import Browser, Meeting
from werkzeug.test import TestResponse

from kiosk.core import audit, follow
from kiosk.core.access import Kind, Role
from kiosk.core.db import db
from kiosk.devices import queries
from kiosk.devices.pulse import Pulses
from kiosk.devices.rules import Trouble


def beat(browser: Browser, device: object = 1, *, address: str = "", **said: Any) -> TestResponse:
    return browser.client.post(
        "/beat",
        json={"device": device, "sent": time.time() * 1000, **said},
        headers={"X-CSRF-Token": browser.token},
        environ_base={"REMOTE_ADDR": address or "10.0.0.1"},
    )


def row(app: Flask, device: int = 1) -> queries.DeviceRow:
    with app.app_context():
        found = queries.device(db.session(), device)
        assert found is not None
        return found


def version(app: Flask) -> str:
    found: str = app.extensions["kiosk_live"].version
    return found


@pytest.fixture
def tablet(as_device: Callable[[str, str], Browser]) -> Browser:
    return as_device(Kind.TABLET, "Bảng 1")


def test_a_beat_is_answered_with_nothing_but_the_time_and_the_version(
    app: Flask, tablet: Browser
) -> None:
    answer = beat(tablet, page=version(app))
    assert (answer.status_code, answer.data) == (204, b"")
    assert abs(float(answer.headers["X-Kiosk-Now"]) / 1000 - time.time()) < 5
    assert answer.headers["X-Kiosk-Page"] == version(app)
    assert "Set-Cookie" not in answer.headers


def test_a_beat_changes_nothing_that_is_stored(app: Flask, tablet: Browser) -> None:
    stored = app.extensions["kiosk_settings"].instance / "kiosk.sqlite3"

    def written() -> bytes:
        log = stored.with_name("kiosk.sqlite3-wal")
        return stored.read_bytes() + (log.read_bytes() if log.exists() else b"")

    before = written()
    for number in range(5):
        beat(tablet, shows="idle", battery=number / 10, charging=False, untouched=3)
    assert written() == before


def test_what_a_device_says_stands_on_the_board(app: Flask, tablet: Browser) -> None:
    beat(
        tablet,
        sent=(time.time() + 44) * 1000,
        round_trip=2_000,
        battery=0.83,
        charging=True,
        page=version(app),
        shows="idle",
        untouched=12.7,
    )
    found = row(app).beat
    assert (found.battery, found.is_charging, found.shows, found.untouched) == (
        83,
        True,
        "idle",
        12,
    )
    assert found.skew == pytest.approx(45, abs=1)
    assert not found.has_old_page
    assert row(app).troubles == (Trouble.CLOCK,)


def test_an_old_page_is_known_by_its_version(app: Flask, tablet: Browser) -> None:
    beat(tablet, page="0123456789ab")
    assert row(app).troubles == (Trouble.OLD_PAGE,)
    beat(tablet, page=version(app))
    assert row(app).troubles == ()
    page = tablet.get("/tablet").get_data(as_text=True)
    assert f'data-version="{version(app)}"' in page


def test_twenty_seconds_of_silence_are_trouble_and_a_beat_ends_it(
    app: Flask, tablet: Browser
) -> None:
    now = 0.0
    app.extensions["kiosk_pulses"] = Pulses(ticking=lambda: now)
    beat(tablet, page=version(app))
    now = 19.0
    assert row(app).troubles == ()
    now = 20.0
    assert row(app).troubles == (Trouble.SILENT,)
    beat(tablet, page=version(app))
    assert row(app).troubles == ()


@pytest.fixture
def ballot(app: Flask) -> None:
    """An act whose page holds no stream, as an election's."""
    app.extensions["kiosk_acts"]["ballot"] = follow.TabletAct(
        "ballot", "tablet.home", 10, ("Bỏ phiếu", "Ballot"), lambda session: True, listens=False
    )


@pytest.mark.usefixtures("ballot")
def test_a_ballot_page_in_use_may_announce_its_silence(app: Flask, tablet: Browser) -> None:
    now = 0.0
    app.extensions["kiosk_pulses"] = Pulses(ticking=lambda: now)
    beat(tablet, page=version(app), shows="ballot", quiet=90)
    now = 109.0
    assert row(app).troubles == ()
    now = 110.0
    assert row(app).troubles == (Trouble.SILENT,)
    beat(tablet, page=version(app), shows="ballot", quiet=1e9)
    now += 20 + 180
    assert row(app).troubles == (Trouble.SILENT,), "three minutes are the most"


@pytest.mark.usefixtures("ballot")
@pytest.mark.parametrize("shows", ["", "idle", "gate", "selftest", "wall", "ballot\u200b"])
def test_no_other_page_may_ask_for_silence(app: Flask, tablet: Browser, shows: str) -> None:
    """A dead gate that has asked for three minutes first would stay green for three minutes."""
    now = 0.0
    app.extensions["kiosk_pulses"] = Pulses(ticking=lambda: now)
    beat(tablet, page=version(app), shows=shows, quiet=180)
    now = 20.0
    assert row(app).troubles == (Trouble.SILENT,)


@pytest.mark.usefixtures("ballot")
def test_an_announced_silence_ends_with_the_next_page(
    app: Flask, meeting: Meeting, tablet: Browser
) -> None:
    now = 0.0
    app.extensions["kiosk_pulses"] = Pulses(ticking=lambda: now)
    beat(tablet, page=version(app), shows="ballot", quiet=180)
    tablet.get("/tablet")
    now = 20.0
    assert row(app).troubles == (Trouble.SILENT,)


def test_after_a_restart_nobody_is_red_before_there_was_time_to_speak(
    app: Flask, tablet: Browser
) -> None:
    now = 1_000.0
    app.extensions["kiosk_pulses"] = Pulses(ticking=lambda: now)
    assert row(app).troubles == ()
    now += 20
    assert row(app).troubles == (Trouble.SILENT,)


def test_pages_and_scans_count_as_heard_and_a_stream_does_not(
    app: Flask, meeting: Meeting, as_device: Callable[[str, str], Browser]
) -> None:
    gate = as_device(Kind.GATE, "Cổng 1")
    now = 0.0

    def fresh() -> Pulses:
        app.extensions["kiosk_pulses"] = Pulses(ticking=lambda: now)
        found: Pulses = app.extensions["kiosk_pulses"]
        return found

    for path in ("/live/gate?poll=1", "/healthz", "/pair/state", "/pair", "/"):
        pulses = fresh()
        gate.get(path)
        assert pulses.of(1) is None, path
    pulses = fresh()
    gate.get("/gate")
    assert pulses.of(1) is not None
    pulses = fresh()
    gate.post("/gate/scan", {"code": "?", "scan_id": "beat-0001"})
    assert pulses.of(1) is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'"x"',
        b'{"device": 1, "sent": "x", "battery": {}, "page": [], "untouched": "9"}',
        b'{"device": 1, "sent": NaN, "battery": Infinity, "round_trip": -1e400, "quiet": "x"}',
        b'{"device": 1, "sent": 1e300, "battery": 9, "untouched": -5, "quiet": -9}',
        b'{"device": 1, "shows": "<script>alert(1)</script>", "page": "\\u0000"}',
        b'{"device": true}',
        b'{"device": 1, "shows": "\\ud800", "page": "\\udfff"}',
        b'{"device": 1, "shows": ["gate"], "page": {"a": "\\ud800"}}',
        b'{"device": 1, "shows": "\\u202eelbat", "page": "\\u0301\\u0301\\u0301"}',
        b"[" * 1_900,
        b'{"device": 1, "sent": ' + b"[" * 1_900,
        b'{"device": 1, "sent": ' + b"9" * 400 + b', "battery": -' + b"9" * 400 + b"}",
        b'{"device": ' + b"9" * 1_900 + b"}",
        b"\xff\xfe",
    ],
)
def test_a_beat_of_nonsense_breaks_nothing(
    app: Flask, tablet: Browser, signed_in: Callable[..., Browser], body: bytes
) -> None:
    answer = tablet.client.post(
        "/beat",
        data=body,
        content_type="application/json",
        headers={"X-CSRF-Token": tablet.token},
    )
    assert answer.status_code in {204, 409}
    assert answer.data == b""
    found = row(app).beat
    assert found.battery is None or 0 <= found.battery <= 100
    assert (found.shows, found.page) == ("", "")
    secretary = signed_in(Role.SECRETARY)
    for path in ("/console/devices", "/console/devices/1", "/console"):
        page = secretary.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.get_data(as_text=True)


@pytest.mark.parametrize("shows", ["idle", "gate", "selftest", "wall"])
def test_the_board_repeats_only_screens_that_there_are(
    app: Flask, tablet: Browser, shows: str
) -> None:
    beat(tablet, shows=shows)
    assert row(app).beat.shows == shows
    for invented in (f"{shows} ", shows.upper(), "Đã thu hồi", "ballot" * 3):
        beat(tablet, shows=invented)
        assert row(app).beat.shows == ""


def test_a_beat_of_a_megabyte_is_thrown_away(tablet: Browser) -> None:
    assert beat(tablet, shows="x" * 1_000_000).status_code == 413


def test_a_beat_speaks_for_its_own_cookie_alone(
    app: Flask, tablet: Browser, as_device: Callable[[str, str], Browser], stranger: Browser
) -> None:
    other = as_device(Kind.GATE, "Cổng 1")
    for device in (2, 77, "1", None, -1):
        assert beat(tablet, device).status_code == 409, device
    assert beat(other, 2).status_code == 204
    assert beat(stranger, 1).status_code == 401


def test_on_one_laptop_the_wall_and_the_gate_beat_each_for_itself(
    app: Flask, signed_in: Callable[..., Browser]
) -> None:
    laptop = signed_in(Role.SECRETARY).pair(Kind.GATE, "Cổng 1").pair(Kind.PROJECTOR, "Máy chiếu")
    pulses = app.extensions["kiosk_pulses"] = Pulses()
    beat(laptop, 2, shows="wall")
    assert pulses.of(1) is None
    assert pulses.of(2) is not None
    page = laptop.get("/projector").get_data(as_text=True)
    assert 'data-device="2"' in page, "the guard calls this browser a secretary"
    assert 'data-device="1"' in laptop.get("/gate").get_data(as_text=True)
    only_looks = signed_in(Role.CHAIR).get("/projector").get_data(as_text=True)
    assert "data-device=" not in only_looks
    assert "data-kiosk" not in only_looks


# -- one cookie, two machines ----------------------------------------------------------------------


def copied(tablet: Browser) -> None:
    """The same cookie here, there, and here again."""
    for address in ("10.0.0.1", "10.0.0.66", "10.0.0.1"):
        assert beat(tablet, address=address).status_code == 204


def test_one_cookie_from_two_addresses_at_once_is_the_worst_trouble(
    app: Flask, tablet: Browser, signed_in: Callable[..., Browser]
) -> None:
    copied(tablet)
    assert row(app).state == "doubled"
    page = signed_in(Role.SECRETARY).get("/console/devices").get_data(as_text=True)
    assert "Hai máy đang dùng chung danh tính này (10.0.0.1, 10.0.0.66)." in page
    assert "Thu hồi, rồi ghép lại máy thật." in page


def test_loopback_is_an_address_too(app: Flask, tablet: Browser) -> None:
    for address in ("127.0.0.1", "10.0.0.5", "127.0.0.1"):
        beat(tablet, address=address)
    assert row(app).state == "doubled"


def test_the_device_goes_on_working_and_the_book_has_one_line(
    app: Flask, meeting: Meeting, as_device: Callable[[str, str], Browser]
) -> None:
    gate = as_device(Kind.GATE, "Cổng 1")
    for _ in range(3):
        copied(gate)
    code = meeting.badge_code_of("Phạm Thị Lan")
    answer = gate.post("/gate/scan", {"code": code, "scan_id": "doubled-0001"})
    assert 'data-outcome="admitted"' in answer.get_data(as_text=True)
    with app.app_context():
        lines = [
            line for line in audit.read(db.session()) if line.event == "devices:device:doubled"
        ]
    assert [line.facts for line in lines] == [{"device": 1, "addresses": "10.0.0.1 10.0.0.66"}]
    assert lines[0].by == "program"


def test_pairing_it_anew_is_what_ends_it(
    app: Flask, tablet: Browser, signed_in: Callable[..., Browser]
) -> None:
    copied(tablet)
    secretary = signed_in(Role.SECRETARY)
    with app.app_context():
        assert queries.devices(db.session())[0].state == "doubled"
    secretary.post("/console/devices/1/address")
    assert row(app).state == "waiting"
    assert beat(tablet).status_code == 401


def test_a_tablet_that_gets_another_address_is_no_copy(app: Flask, tablet: Browser) -> None:
    now = 0.0
    app.extensions["kiosk_pulses"] = Pulses(ticking=lambda: now)
    for step in range(80):  # thirteen minutes; the lease changes once
        now = step * 10.0
        address = "10.0.0.1" if step < 20 else "10.0.0.2"
        beat(tablet, address=address, page=version(app))
        if step in {0, 20, 45}:
            tablet.get("/live/device?poll=1", environ_base={"REMOTE_ADDR": address})
    assert row(app).state == "fine"


@pytest.mark.parametrize("every", [10.0, 30.0, 120.0])
def test_two_machines_that_take_turns_are_found_within_minutes(
    app: Flask, tablet: Browser, every: float
) -> None:
    now = 0.0
    app.extensions["kiosk_pulses"] = Pulses(ticking=lambda: now)
    found_at = None
    while now < 600 and found_at is None:
        turn = int(now // every) % 2
        beat(tablet, address=("10.0.0.1", "10.0.0.66")[turn], page=version(app))
        if row(app).state == "doubled":
            found_at = now
        now += 10.0
    assert found_at is not None
    assert found_at <= 2 * every


@pytest.mark.parametrize("path", ["/live/device?poll=1", "/live/device", "/", "/pair", "/healthz"])
def test_a_copied_cookie_that_only_listens_is_found(app: Flask, tablet: Browser, path: str) -> None:
    """Whoever took a cookie need not beat: opening the stream is enough to be seen."""
    beat(tablet, page=version(app))
    answer = tablet.client.get(path, environ_base={"REMOTE_ADDR": "10.0.0.66"}, buffered=False)
    answer.close()
    assert row(app).state == "fine"
    beat(tablet, page=version(app))
    assert row(app).state == "doubled"
    assert row(app).doubled == ("10.0.0.1", "10.0.0.66")


# -- a person has looked ---------------------------------------------------------------------------


def restarted(app: Flask) -> None:
    app.extensions["kiosk_pulses"] = Pulses()


def test_a_restart_forgets_no_copy(app: Flask, tablet: Browser) -> None:
    copied(tablet)
    restarted(app)
    assert row(app).state == "doubled"
    beat(tablet)
    assert len(doubled_lines(app)) == 1, "and books it once"


def doubled_lines(app: Flask) -> list[audit.Line]:
    with app.app_context():
        db.session.rollback()
        return [line for line in audit.read(db.session()) if "device:doubled" in line.event]


def test_a_gate_between_cable_and_wifi_is_cleared_by_a_person_and_stays_cleared(
    app: Flask, tablet: Browser, signed_in: Callable[..., Browser]
) -> None:
    copied(tablet)
    secretary = signed_in(Role.SECRETARY)
    board = secretary.get("/console/devices").get_data(as_text=True)
    assert "Đã xem «Bảng 1»: các địa chỉ 10.0.0.1, 10.0.0.66 đúng là một máy?" in board
    assert secretary.post("/console/devices/1/one-machine").status_code == 204
    for _ in range(2):
        copied(tablet)
        assert row(app).doubled == ()
        restarted(app)
    assert row(app).doubled == ()
    with app.app_context():
        db.session.rollback()
        lines = [line for line in audit.read(db.session()) if "one_machine" in line.event]
    assert [(line.by, line.facts) for line in lines] == [
        ("staff:1", {"device": 1, "addresses": "10.0.0.1 10.0.0.66"})
    ]
    again = secretary.post("/console/devices/1/one-machine")
    assert again.status_code == 409
    assert "không còn báo trùng máy" in again.get_data(as_text=True)
    # A third address is another matter.
    for address in ("10.0.0.1", "10.0.0.99", "10.0.0.1"):
        beat(tablet, address=address)
    assert row(app).doubled == ("10.0.0.1", "10.0.0.99")


def test_only_who_prepares_the_hall_may_say_that_it_is_one_machine(
    app: Flask, tablet: Browser, signed_in: Callable[..., Browser]
) -> None:
    copied(tablet)
    assert tablet.post("/console/devices/1/one-machine").status_code in {401, 403}
    assert signed_in(Role.CHAIR).post("/console/devices/1/one-machine").status_code == 403
    assert row(app).state == "doubled"
