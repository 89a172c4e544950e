"""Self-tests: recorded by a person's tap, by whom, and the badge of nobody at a real gate."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from go_no_go import Sheet
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from support import Browser, Clock, Meeting

from kiosk.checkin import queries as presences
from kiosk.conference import badge_code
from kiosk.core import audit
from kiosk.core.access import Actor, Kind, Role
from kiosk.core.db import db, unit_of_work
from kiosk.core.errors import Refused
from kiosk.doctor import queries, services
from kiosk.doctor.models import SelfTest
from kiosk.doctor.rules import Part

LAN = Actor(kind="staff", id=1, name="Lan")
MORNING = datetime(2026, 3, 11, 23, 45, tzinfo=UTC)


def book(app: Flask, prefix: str = "doctor:") -> list[tuple[str, str, dict[str, object]]]:
    with app.app_context():
        return [
            (line.event, line.by, line.facts)
            for line in audit.read(db.session())
            if line.event.startswith(prefix)
        ]


# -- the act ---------------------------------------------------------------------------------------


def test_a_self_test_is_one_row_and_one_line_of_the_book(
    app: Flask, as_device: Callable[[str, str], Browser], clock: Clock
) -> None:
    as_device(Kind.GATE, "Cổng 1")
    with app.app_context():
        services.record_self_test(1, "sound", True, LAN, clock=clock)
        services.record_self_test(None, "print", False, LAN, clock=clock)
        today = queries.self_tests_today(db.session(), clock())
    assert today[1][Part.SOUND].ok
    assert not today[None][Part.PRINT].ok
    assert today[None][Part.PRINT].by_name == "Lan"
    assert book(app) == [
        ("doctor:self_test:passed", "staff:1", {"part": "sound", "device": 1}),
        ("doctor:self_test:failed", "staff:1", {"part": "print"}),
    ]


def test_the_newest_of_the_day_counts_and_yesterday_does_not(app: Flask, clock: Clock) -> None:
    with app.app_context():
        services.record_self_test(None, "print", True, LAN, clock=clock)
        clock.later(minutes=1)
        services.record_self_test(None, "print", False, LAN, clock=clock)
        session = db.session()
        assert not queries.self_tests_today(session, clock())[None][Part.PRINT].ok
        clock.later(hours=16, minutes=28)  # 23:59 in the hall
        assert queries.self_tests_today(session, clock())
        clock.later(minutes=1)
        assert queries.self_tests_today(session, clock()) == {}
        # A clock that was set back makes nothing true that has not happened yet.
        clock.later(hours=-24)
        assert queries.self_tests_today(session, clock()) == {}


@pytest.mark.parametrize(
    ("device", "part"),
    [(1, "print"), (1, "picture"), (1, "x" * 300), (1, ""), (None, "camera"), (9, "sound")],
)
def test_a_part_that_a_machine_has_not_is_refused(
    app: Flask, as_device: Callable[[str, str], Browser], device: int | None, part: str
) -> None:
    as_device(Kind.GATE, "Cổng 1")
    before = book(app)
    with app.app_context(), pytest.raises(Refused, match="self_test_unknown"):
        services.record_self_test(device, part, True, LAN)
    assert book(app) == before


def test_the_database_knows_the_parts_too(app: Flask, clock: Clock) -> None:
    with app.app_context(), pytest.raises(IntegrityError), unit_of_work() as session:
        session.add(SelfTest(part="teeth", ok=True, at=clock(), by="staff:1", by_name="Lan"))


def test_a_route_is_booked_once_for_each_time_that_it_changes(app: Flask) -> None:
    with app.app_context():
        written = [
            services.note_route(is_there=each, by=LAN)
            for each in (False, True, True, False, False, True)
        ]
    assert written == [False, True, False, True, False, True]
    assert [event for event, _, _ in book(app)] == [
        "doctor:route:found",
        "doctor:route:gone",
        "doctor:route:found",
    ]


# -- the page on the device ------------------------------------------------------------------------


def state_of(page: str, part: str) -> str:
    found = re.search(rf'data-part-state="{part}" data-is="(\w+)"', page)
    assert found is not None, page
    return found.group(1)


def test_a_gate_is_tried_part_by_part(
    app: Flask, sheet: Sheet, as_device: Callable[[str, str], Browser]
) -> None:
    gate = as_device(Kind.GATE, "Cổng 1")
    page = gate.get("/selftest")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "wasm-unsafe-eval" in page.headers["Content-Security-Policy"]
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert {state_of(text, part) for part in ("sound", "scan", "camera")} == {"unknown"}
    assert state_of(text, "touch") == "spare"
    assert "Còn phải thử:" in text

    answer = gate.post("/selftest", {"part": "sound", "ok": "1", "tester": " Bùi  Văn Sáu "})
    text = answer.get_data(as_text=True)
    assert state_of(text, "sound") == "passed"
    assert "Bùi Văn Sáu, tự ghi tên" in text
    assert "Đạt một phần." in text
    assert "Còn phải thử: máy quét / máy ảnh." in " ".join(text.split())
    found = sheet.one("devices.tests")
    assert (found.code, found.state) == ("tests_part", "unknown")
    assert "đạt một phần: loa (Bùi Văn Sáu, tự ghi tên, " in found.text("vi")
    assert found.text("vi").endswith("không rõ: máy quét, máy ảnh")
    answer = gate.post(
        "/selftest", {"part": "scan", "ok": "1", "code": "0123 4567 8901 00", "tester": "Sáu"}
    )
    text = answer.get_data(as_text=True)
    assert state_of(text, "scan") == "passed"
    assert "Máy này đạt." in text
    found = sheet.one("devices.tests")
    assert found.code == "tests_passed"
    assert found.text("vi").startswith("Cổng 1: đạt (Sáu, tự ghi tên, ")
    assert found.text("vi").endswith("; không cần thử máy ảnh, cảm ứng")
    assert found.text("en").startswith("Cổng 1: passed (Sáu, as typed there, ")
    assert state_of(text, "camera") == "spare"
    answer = gate.post("/selftest", {"part": "camera", "ok": "0", "tester": "Sáu"})
    assert "có phần chưa đạt" in answer.get_data(as_text=True)
    lines = book(app)
    assert [by for _, by, _ in lines] == ["device:1"] * 3
    assert [facts["tester"] for _, _, facts in lines] == ["Bùi Văn Sáu", "Sáu", "Sáu"]


@pytest.mark.parametrize("name", ["", "   ", "x", "12", "\u200b\u200b", "x" * 61, "<b>A</b>"])
def test_a_machine_vouches_for_nothing_without_a_persons_name(
    app: Flask, as_device: Callable[[str, str], Browser], name: str
) -> None:
    gate = as_device(Kind.GATE, "Cổng 1")
    answer = gate.post("/selftest", {"part": "sound", "ok": "1", "tester": name})
    assert answer.status_code == 422
    assert "Hãy nhập họ tên người thử" in answer.get_data(as_text=True)
    assert book(app) == []
    with app.app_context(), pytest.raises(Refused, match="self_test_by_whom"):
        services.record_self_test(
            1, "sound", True, Actor(kind="device", id=1, name="Cổng 1"), tester=name
        )


def test_a_tablet_of_which_only_the_glass_was_tried_is_not_green(
    app: Flask, as_device: Callable[[str, str], Browser], sheet: Sheet
) -> None:
    """A voting tablet reads slips: touch alone says nothing about that."""
    tablet = as_device(Kind.TABLET, "Bàn 1").sign_in(Role.TECHNICIAN, name="Hoàng")
    text = tablet.post("/selftest", {"part": "touch", "ok": "1"}).get_data(as_text=True)
    assert "Máy này đạt." not in text
    found = sheet.one("devices.tests")
    assert (found.code, found.words.stops) == ("tests_part", True)
    (line,) = [row for row in sheet.now().devices if row.device == "Bàn 1"]
    assert line.state == "unknown"
    assert [part.value for part in line.spare] == ["sound"]
    tablet.post("/selftest", {"part": "camera", "ok": "1", "code": badge_code.TEST})
    assert sheet.one("devices.tests").code == "tests_passed"
    # Told to work as a gate, it must be heard as well.
    with app.app_context():
        from kiosk.devices import services as devices

        devices.tell_tablet(device_id=1, task="follow_gate", acts=["gate"], by=LAN)
    found = sheet.one("devices.tests")
    assert found.code == "tests_part"
    assert found.text("vi").endswith("không rõ: loa")


@pytest.mark.parametrize("code", ["", "52601815908375", "0123456789010", "x" * 5000])
@pytest.mark.parametrize("part", ["camera", "scan"])
def test_a_camera_or_a_scanner_passes_by_reading_the_test_badge_alone(
    app: Flask, as_device: Callable[[str, str], Browser], part: str, code: str
) -> None:
    gate = as_device(Kind.GATE, "Cổng 1")
    answer = gate.post("/selftest", {"part": part, "ok": "1", "code": code})
    assert answer.status_code == 422
    assert "không phải thẻ thử" in answer.get_data(as_text=True)
    assert book(app) == []
    # That it does not read needs no code.
    answer = gate.post("/selftest", {"part": part, "ok": "0", "tester": "Sáu"})
    assert answer.status_code == 200


def test_who_is_signed_in_at_the_machine_is_named(
    app: Flask, as_device: Callable[[str, str], Browser]
) -> None:
    tablet = as_device(Kind.TABLET, "Bảng 1").sign_in(Role.TECHNICIAN, name="Hoàng")
    answer = tablet.post("/selftest", {"part": "touch", "ok": "1"})
    assert "Hoàng" in answer.get_data(as_text=True)
    assert book(app)[0][1] == "staff:1"


def test_one_laptop_that_is_gate_and_wall_tries_both(
    app: Flask, as_device: Callable[[str, str], Browser], sheet: Sheet
) -> None:
    both = as_device(Kind.GATE, "Cổng 1").pair(Kind.PROJECTOR, "Máy chiếu")
    gate, wall = both.get("/selftest?kind=gate"), both.get("/selftest?kind=projector")
    assert "Cổng 1" in gate.get_data(as_text=True)
    assert "test-picture" in wall.get_data(as_text=True)
    assert "wasm" not in wall.headers["Content-Security-Policy"]
    picture = {"part": "picture", "ok": "1", "tester": "Sáu"}
    both.post("/selftest", {**picture, "kind": "projector"})
    assert "tests_passed" in sheet.codes("devices.tests")
    assert both.post("/selftest", {**picture, "kind": "gate"}).status_code == 422


def test_a_tablet_that_works_as_a_gate_is_tried_as_both(
    app: Flask, as_device: Callable[[str, str], Browser]
) -> None:
    tablet = as_device(Kind.TABLET, "Bảng 1")
    with app.app_context():
        from kiosk.devices import services as devices

        devices.tell_tablet(device_id=1, task="gate", acts=["gate"], by=LAN)
    text = tablet.get("/selftest").get_data(as_text=True)
    assert state_of(text, "touch") == state_of(text, "sound") == "unknown"
    assert "Còn phải thử: cảm ứng, máy ảnh / máy quét, loa." in " ".join(text.split())


def test_only_a_tablet_that_is_told_to_show_it_follows_the_hall(
    app: Flask, signed_in: Callable[..., Browser], as_device: Callable[[str, str], Browser]
) -> None:
    """Opened by hand on any device it stays: a stream would lead the page home."""
    tablet = as_device(Kind.TABLET, "Bảng 1")
    assert "data-live=" not in tablet.get("/selftest").get_data(as_text=True)
    secretary = signed_in(Role.SECRETARY)
    assert secretary.post("/console/devices/task", {"task": "selftest"}).status_code in {204, 303}
    page = tablet.get("/tablet")
    assert (page.status_code, page.headers["Location"]) == (303, "/selftest")
    text = tablet.get("/selftest").get_data(as_text=True)
    assert "data-live=" in text
    assert 'data-goes="/selftest"' in text


# -- the badge of nobody ---------------------------------------------------------------------------


@given(
    key=st.binary(min_size=16, max_size=32),
    delegate=st.integers(1, 10**6),
    issue=st.integers(1, 50),
)
def test_no_key_and_no_person_ever_derives_the_test_badge(
    key: bytes, delegate: int, issue: int
) -> None:
    code = badge_code.derive(key, delegate_id=delegate, issue=issue)
    assert code != badge_code.TEST
    assert not badge_code.is_test(code)


def test_the_test_badge_is_well_formed_for_no_one_and_holds_every_digit() -> None:
    assert not badge_code.well_formed(badge_code.TEST)
    assert badge_code.clean(badge_code.TEST) is None
    assert set("0123456789") <= set(badge_code.TEST)
    assert len(badge_code.TEST) == badge_code.LENGTH
    # No badge ends in "00": check digits go from 02 to 98.
    assert badge_code.TEST[12:] == "00"
    assert badge_code.check_digits(badge_code.TEST[:12]) != "00"
    assert badge_code.is_test("0123 4567-8901 00\n")
    assert not badge_code.is_test("x" * 100_000)


@pytest.mark.parametrize("direction", ["in", "out"])
def test_at_a_real_gate_it_shows_as_a_test_and_admits_nobody(
    app: Flask, meeting: Meeting, as_device: Callable[[str, str], Browser], direction: str
) -> None:
    gate = as_device(Kind.GATE, "Cổng 1")
    with app.app_context():
        from kiosk.devices import services as devices

        devices.set_direction(device_id=1, direction=direction, by=LAN)
        before = presences.presence(db.session())
    for number in range(3):
        answer = gate.post(
            "/gate/scan", {"code": badge_code.TEST, "scan_id": f"thu-may-quet-{number}"}
        ).get_data(as_text=True)
        assert 'data-outcome="refused"' in answer
        assert 'data-detail="test"' in answer
        assert "Thẻ thử" in answer
        assert "Mời vào" not in answer
        assert "data-undo-url" not in answer
    # The same scan again says the same for ever.
    again = gate.post("/gate/scan", {"code": badge_code.TEST, "scan_id": "thu-may-quet-0"})
    assert 'data-detail="test"' in again.get_data(as_text=True)
    with app.app_context():
        session = db.session()
        assert presences.presence(session) == before
        assert presences.inside_ids(session) == frozenset()
        assert {scan.detail for scan in presences.latest_scans(session)} == {"test"}
    assert [event for event, _, _ in book(app, "checkin:stay:")] == []


def test_after_the_end_it_is_still_a_test(
    app: Flask, meeting: Meeting, as_device: Callable[[str, str], Browser]
) -> None:
    gate = as_device(Kind.GATE, "Cổng 1")
    with app.app_context(), unit_of_work() as session:
        session.execute(
            db.text("UPDATE conference SET opened_at = '2026-03-12', ended_at = '2026-03-12'")
        )
    answer = gate.post("/gate/scan", {"code": badge_code.TEST, "scan_id": "sau-be-mac-1"})
    assert 'data-detail="test"' in answer.get_data(as_text=True)


def test_the_secretary_sees_that_it_was_a_test(
    app: Flask,
    meeting: Meeting,
    signed_in: Callable[..., Browser],
    as_device: Callable[[str, str], Browser],
) -> None:
    as_device(Kind.GATE, "Cổng 1").post(
        "/gate/scan", {"code": badge_code.TEST, "scan_id": "thu-may-quet-9"}
    )
    secretary = signed_in(Role.SECRETARY)
    scans = re.search(
        r'id="scans-card".*?</section>', secretary.get("/console").get_data(as_text=True), re.S
    )
    assert scans is not None
    assert "Thẻ thử" in scans.group()
    assert "Thẻ lạ" not in scans.group()
    assert "thẻ thử" in secretary.get("/console/book").get_data(as_text=True)


# -- the console -----------------------------------------------------------------------------------


def test_a_tap_on_the_console_is_recorded_with_the_name_of_the_account(
    app: Flask, sheet: Sheet, signed_in: Callable[..., Browser]
) -> None:
    lan = signed_in(Role.SECRETARY, name="Lan")
    with time_machine.travel(MORNING, tick=False):
        assert lan.post("/console/doctor/taps/print", {"ok": "1"}).status_code == 204
        assert sheet.one("paper.printer").text("vi") == "In được, Lan xem lúc 06:45"
        assert lan.post("/console/doctor/taps/print", {"ok": "0"}).status_code == 204
        assert sheet.codes("paper.printer") == ["printer_fails"]
        assert lan.post("/console/doctor/taps/camera", {"ok": "1"}).status_code == 422
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        assert sheet.codes("paper.printer") == ["printer_unknown"]
