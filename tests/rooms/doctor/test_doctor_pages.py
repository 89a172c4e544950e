"""The page of the console, its live region, and its two papers opened again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import paper_reading as reading
import pypdfium2
import pytest
import time_machine
import zxingcpp
from flask import Flask
from go_no_go import Sheet
from support import Browser, Meeting

from kiosk.conference import badge_code
from kiosk.core import audit, jobs
from kiosk.core.access import Kind, Role
from kiosk.core.checks import Finding
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.doctor import measuring, paper
from kiosk.doctor.fonts import STACKED

MORNING = datetime(2026, 3, 11, 23, 45, tzinfo=UTC)


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def events(app: Flask) -> list[tuple[str, dict[str, object]]]:
    with app.app_context():
        return [
            (line.event, line.facts)
            for line in audit.read(db.session())
            if line.event.startswith("doctor:")
        ]


# -- the page --------------------------------------------------------------------------------------


def test_one_word_on_top_then_what_to_mend_in_order(
    app: Flask, sheet: Sheet, meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    page = signed_in(Role.TECHNICIAN).get("/console/doctor").get_data(as_text=True)
    found = sheet.now()
    word = re.search(r'class="word" id="verdict">([^<]+)<', page)
    assert word is not None
    assert word.group(1) == f"CẦN SỬA {len(found.to_mend)} VIỆC"
    order = [page.index(todo.texts("vi")[0]) for todo in found.to_mend]
    assert order == sorted(order)
    assert page.index("Cần sửa, theo thứ tự") < order[0] < page.index("Cần biết, không cản")
    # Each with the page where it is mended.
    assert 'href="/console/plan"' in page
    assert 'href="#tai-may"' in page


def test_the_chair_looks_and_does_not_press(
    app: Flask, meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    chair = signed_in(Role.CHAIR)
    page = chair.get("/console/doctor").get_data(as_text=True)
    assert "CẦN SỬA" in page
    assert "/console/doctor/measure" not in page
    assert "/console/doctor/taps" not in page
    assert 'data-live="/live/doctor-look"' in page
    assert chair.post("/console/doctor/measure").status_code == 403
    regions = chair.get("/live/doctor-look?poll=1").get_json()["regions"]
    assert [region["id"] for region in regions] == ["doctor-sheet"]
    assert "hx-post" not in regions[0]["html"]


def test_the_live_region_holds_no_token_and_speaks_both_languages(
    app: Flask, meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    lan = signed_in(Role.SECRETARY)
    html = lan.get("/live/doctor?poll=1").get_json()["regions"][0]["html"]
    assert "_csrf" not in html
    assert lan.token not in html
    assert "CẦN SỬA" in html
    _, english = app.extensions["kiosk_live"].snapshot(["doctor"], "en")
    assert "THINGS TO MEND" in english["doctor-sheet"]
    assert "CẦN SỬA" not in english["doctor-sheet"]


def test_measuring_is_a_press_by_whom_and_a_route_is_booked(
    app: Flask,
    sheet: Sheet,
    signed_in: Callable[..., Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = {
        "network.route": (Finding("route_found", {"address": "192.168.1.23"}),),
        "machine.space": (Finding("space_low", {"free": "4000 MB"}),),
    }
    answer = b'{"network.route": %s, "machine.space": %s}' % tuple(
        ("[" + ",".join(map(_json, each)) + "]").encode() for each in found.values()
    )
    monkeypatch.setattr(jobs, "run_job", lambda name, *_a, **_n: answer)
    hoang = signed_in(Role.TECHNICIAN, name="Hoàng")
    hoang.get("/console/doctor")
    assert events(app) == [], "a look measures nothing and books nothing"
    assert hoang.post("/console/doctor/measure").status_code == 204
    assert hoang.post("/console/doctor/measure").status_code == 204
    assert events(app) == [("doctor:route:found", {})]
    page = hoang.get("/console/doctor").get_data(as_text=True)
    assert "Hoàng cho đo máy tính lúc" in page
    assert "192.168.1.23" in page
    assert sheet.codes("machine.space") == ["space_low"]


def _json(finding: Finding) -> str:
    import json

    return json.dumps(finding.as_json())


def test_a_measurement_that_fails_is_a_sentence_and_changes_nothing(
    app: Flask,
    sheet: Sheet,
    signed_in: Callable[..., Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(*_: object, **__: object) -> bytes:
        raise Refused("job_timed_out", job="doctor", seconds=60)

    monkeypatch.setattr(jobs, "run_job", failing)
    answer = signed_in(Role.TECHNICIAN).post("/console/doctor/measure")
    assert answer.status_code == 503
    assert "60 giây" in answer.get_data(as_text=True)
    assert sheet.codes("machine.measured") == ["not_measured"]


def test_the_page_really_measures_in_the_worker(
    app: Flask, sheet: Sheet, signed_in: Callable[..., Browser]
) -> None:
    assert signed_in(Role.SECRETARY, name="Lan").post("/console/doctor/measure").status_code == 204
    found = sheet.now()
    assert found.measured is not None
    assert found.measured.by_name == "Lan"
    assert sheet.codes("machine.data") == ["data_whole"]
    assert sheet.codes("paper.fonts") == ["fonts_whole"]


# -- the sheet on paper ----------------------------------------------------------------------------


def test_the_sheet_says_what_the_page_says(
    app: Flask,
    sheet: Sheet,
    meeting: Meeting,
    signed_in: Callable[..., Browser],
    as_device: Callable[[str, str], Browser],
) -> None:
    with time_machine.travel(MORNING, tick=False):
        as_device(Kind.GATE, "Cổng phía Đông").post(
            "/selftest", {"part": "sound", "ok": "1", "tester": "Bùi Văn Sáu"}
        )
        sheet.measured(network__route="route_found")
        lan = signed_in(Role.SECRETARY, name="Lan")
        lan.post("/console/doctor/taps/print", {"ok": "0"})
        answer = lan.post("/console/doctor/paper", fragment=False)
        found = sheet.now()
    assert answer.mimetype == "application/pdf"
    made = answer.get_data()
    text = " ".join(reading.texts(made))
    assert "PHIẾU KIỂM TRA SẴN SÀNG" in text
    assert f"CẦN SỬA {len(found.to_mend)} VIỆC" in text
    assert "06:45 ngày 12/03/2026" in text
    for todo in found.to_mend:
        assert todo.check.called("vi") in text
        for said in todo.texts("vi"):
            assert said in text, said
    for line in found.lines:
        assert line.finding.text("vi").replace("\u200b", "") in text
    assert "máy in: CHƯA ĐẠT (Lan, 06:45)" in text
    assert "loa: đạt (Bùi Văn Sáu, tự ghi tên, 06:45)" in text
    assert "máy quét: không rõ" in text
    assert "KỸ THUẬT" in text
    assert "THƯ KÝ" in text
    assert "(Ký, ghi rõ họ tên)" in text
    assert "DIỄN TẬP" not in text
    assert all(reading.fonts(made).values())
    assert events(app)[-1] == ("doctor:sheet:printed", {"to_mend": len(found.to_mend)})
    with pypdfium2.PdfDocument(made) as pages:
        width, height = pages[0].get_size()
    assert (round(width), round(height)) == (595, 842)


def test_the_sheet_of_a_rehearsal_bears_its_mark_on_every_page(
    app: Flask, sheet: Sheet, meeting: Meeting
) -> None:
    with app.app_context():
        order = paper.sheet(sheet.now(), event="Hội nghị")
    order["sheet"]["watermark"] = paper.REHEARSAL
    for text in reading.texts(paper.sheet_job(order, lambda done, total: None)):
        assert "DIỄN TẬP" in text


def test_a_ready_sheet_has_nothing_to_mend_and_one_word(app: Flask, sheet: Sheet) -> None:
    with app.app_context():
        order = paper.sheet(sheet.now(), event="Hội nghị")
    order["sheet"] |= {"word": "SẴN SÀNG", "mend": [], "read": []}
    (first, *_) = reading.texts(paper.sheet_job(order, lambda done, total: None))
    assert "SẴN SÀNG" in first.replace("PHIẾU KIỂM TRA SẴN SÀNG", "")
    assert "Cần sửa" not in first


def test_names_that_are_no_markup_stay_as_they_are(app: Flask, sheet: Sheet) -> None:
    odd = '#read("x") $y$ *đậm* <a> \\ @b'
    with app.app_context():
        order = paper.sheet(sheet.now(), event=odd)
    text = reading.texts(paper.sheet_job(order, lambda done, total: None))[0]
    assert '#read("x") $y$ *đậm* <a>' in text


# -- the printer's test page -----------------------------------------------------------------------


def test_the_test_page_holds_letters_edges_and_a_badge_that_is_nobodys(
    app: Flask, signed_in: Callable[..., Browser]
) -> None:
    answer = signed_in(Role.TECHNICIAN).post("/console/doctor/test-page", fragment=False)
    made = answer.get_data()
    (text,) = reading.texts(made)
    for letter in "ẾỘỮẶỖđ":
        assert letter in text
    assert "TRANG IN THỬ" in text
    assert badge_code.grouped(badge_code.TEST) in text
    embedded = reading.fonts(made)
    assert all(embedded.values())
    assert any("Tinos" in name for name in embedded)
    assert any("BeVietnamPro" in name.replace(" ", "") for name in embedded)
    with pypdfium2.PdfDocument(made) as pages:
        assert len(pages) == 1
        picture = pages[0].render(scale=2).to_numpy()
    codes = [code.text for code in zxingcpp.read_barcodes(picture)]
    assert codes == [badge_code.TEST]
    # The outer frame is whole, 5 mm from every edge of the paper.
    height, width = picture.shape[:2]
    five = round(5 / 210 * width)
    grey = picture[..., 0] if picture.ndim == 3 else picture
    assert (grey[five - 3 : five + 4, width // 2].min()) < 100
    assert (grey[height - five - 4 : height - five + 3, width // 2].min()) < 100
    assert (grey[height // 2, five - 3 : five + 4].min()) < 100
    assert (grey[height // 2, width - five - 4 : width - five + 3].min()) < 100
    assert events(app) == [("doctor:test_page:printed", {})]


def test_the_letters_of_the_test_page_are_those_of_the_check() -> None:
    order = paper.test_page(at=MORNING, rehearsal=True)
    assert order["page"]["letters"] == STACKED
    assert order["page"]["watermark"] == "DIỄN TẬP"


def test_a_way_out_is_told_or_not_known() -> None:
    assert measuring.is_way_out({"network.route": (Finding("route_found"),)}) is True
    assert measuring.is_way_out({"network.route": (Finding("route_none"),)}) is False
    assert measuring.is_way_out({"network.route": (Finding("route_unknown"),)}) is None
    assert measuring.is_way_out({}) is None
