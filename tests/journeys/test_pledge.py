"""The pledge from the first draft to the paper, over HTTP: secretary, tablets and hall."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from pledging import NAME, OTHER, sent
from support import Browser, Meeting
from werkzeug.test import TestResponse

from kiosk.core import audit
from kiosk.core.access import Kind, Role
from kiosk.core.db import db


def words(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def said(answer: TestResponse, code: int) -> str:
    """The one sentence of a refusal."""
    assert answer.status_code == code, words(answer)
    [sentence] = re.findall(r"<p[^>]*>(.*?)</p>", words(answer), flags=re.S)
    return re.sub(r"<[^>]+>", "", sentence).strip()


def turn_of(tablet: Browser, code: str) -> str:
    answer = tablet.post("/pledge/badge", {"code": code})
    assert answer.status_code == 204, words(answer)
    return str(answer.headers["HX-Redirect"])


def sign(tablet: Browser, turn: str, strokes: object = NAME) -> TestResponse:
    page = words(tablet.get(turn))
    [digest] = re.findall(r'name="text" value="(\w{64})"', page)
    return tablet.post(f"{turn}/sign", {"text": digest, "ink": sent(strokes)})


@pytest.fixture
def secretary(
    app: Flask,
    meeting: Meeting,
    signed_in: Callable[..., Browser],
    as_device: Callable[[str, str], Browser],
) -> Browser:
    """Everyone is in the hall, and the conference is open."""
    gate = as_device(Kind.GATE, "Cổng 1")
    for number, code in enumerate(meeting.codes.values()):
        gate.post("/gate/scan", {"code": code, "scan_id": f"pledge-{number:04d}"})
    secretary = signed_in(Role.SECRETARY)
    assert secretary.post("/console/conference/open").status_code == 204
    return secretary


def test_from_the_model_to_the_paper(
    app: Flask,
    meeting: Meeting,
    secretary: Browser,
    as_device: Callable[[str, str], Browser],
    tmp_path: Path,
) -> None:
    one, two = as_device(Kind.TABLET, "Bảng 1"), as_device(Kind.TABLET, "Bảng 2")
    wall = as_device(Kind.PROJECTOR, "Màn chiếu")

    # The model is there before anything was written; its blanks keep the signing shut.
    form = words(secretary.get("/console/pledge/text"))
    assert form.count("……") >= 4
    fields = {
        "title": "Giao ước thi đua",
        "about": "Thực hiện nhiệm vụ năm 2026",
        "bases": "Luật Thực hiện dân chủ ở cơ sở",
        "opening": "Các đơn vị thống nhất ký kết:",
        "heading": ["Nhiệm vụ", ""],
        "aims": ["Hoàn thành ……% nhiệm vụ", ""],
        "unit": "Phòng Văn hóa - Xã hội",
        "lines": "Xử lý 100% văn bản điện tử",
        "closing": "Cam kết thực hiện.",
        "seen": "0",
    }
    assert secretary.post("/console/pledge/text", fields).status_code == 204
    secretary.post("/console/pledge/signatories/propose")
    assert "1 chỗ trống" in said(secretary.post("/console/pledge/open"), 409)
    fields |= {"aims": ["Hoàn thành 100% nhiệm vụ <b>", ""], "seen": "1"}
    assert secretary.post("/console/pledge/text", fields).status_code == 204

    # The item of the signing opens it; tablets and wall follow.
    assert one.get("/tablet").status_code == 200
    assert secretary.post("/console/agenda/8/start").status_code == 204
    assert one.get("/tablet").headers["Location"] == "/pledge"
    assert 'data-screen="pledge"' in words(wall.get("/projector"))

    # Badges that sign nothing are told why, in one sentence.
    assert "không phải thẻ đại biểu" in said(one.post("/pledge/badge", {"code": "123"}), 422)
    stranger = meeting.badge_code_of("Đỗ Văn Ánh")
    assert "không có trong danh sách ký" in said(one.post("/pledge/badge", {"code": stranger}), 409)

    # A head of a unit reads the own targets open, the text as it is, and signs.
    turn = turn_of(one, meeting.badge_code_of("Lê Minh Đức"))
    page = words(one.get(turn))
    assert "Xử lý 100% văn bản điện tử" in page
    assert "&lt;b&gt;" in page
    assert "data-live=" not in page
    assert two.get(turn).headers["Location"] == "/tablet", "the turn is of the other tablet"
    for ink, sentence in (
        ("[]", "không đọc được nét ký"),
        (sent([]), "còn trống"),
        (sent([[5, 5]]), "vết chấm"),
        (sent([[0, 0, 9000, 0]]), "ngoài khung"),
        (json.dumps({"pad": [1200, 480], "strokes": [[float("nan"), 1]]}), "không đọc được"),
        ("x" * 250_000, "quá nhiều nét"),
    ):
        assert sentence in said(one.post(f"{turn}/sign", {"text": "0" * 64, "ink": ink}), 422)
    huge = one.post(f"{turn}/sign", {"text": "0" * 64, "ink": "1" * 900_000})
    assert "quá nhiều nét" in said(huge, 422)
    assert "không phải bản đang ký" in said(
        one.post(f"{turn}/sign", {"text": "0" * 64, "ink": sent()}), 409
    )
    assert "Cảm ơn ông Lê Minh Đức" in words(sign(one, turn))
    assert one.get(turn).headers["Location"] == "/tablet", "the turn is spent"

    # The same badge at two tablets: only the newest page signs.
    first = turn_of(one, meeting.badge_code_of("Phạm Thị Lan"))
    read = words(one.get(first))
    second = turn_of(two, meeting.badge_code_of("Phạm Thị Lan"))
    [digest] = re.findall(r'name="text" value="(\w{64})"', read)
    late = one.post(f"{first}/sign", {"text": digest, "ink": sent()})
    assert "đã hết" in said(late, 409)
    assert sign(two, second).status_code == 200
    again = turn_of(one, meeting.badge_code_of("Phạm Thị Lan"))
    assert "thay cho chữ ký trước" in words(sign(one, again, OTHER))

    # The hall sees who has signed; the third is excused, and the signing is closed.
    picture = words(wall.get("/projector"))
    assert len(re.findall(r'<li class="signed">', picture)) == 2
    assert "<b>2</b>" in picture
    assert "Còn 1 người chưa ký" in said(secretary.post("/console/pledge/close"), 409)
    assert secretary.post("/console/pledge/close", {"reason": "Đi công tác"}).status_code == 204
    assert one.get("/tablet").status_code == 200
    assert "đã kết thúc" in said(
        one.post("/pledge/badge", {"code": meeting.badge_code_of("Phạm Thị Lan")}), 409
    )

    # The paper: PDF/A with both pictures, made by the real worker, and one line in the book.
    paper = secretary.post("/console/pledge/sheet", fragment=False)
    assert paper.status_code == 200
    assert paper.mimetype == "application/pdf"
    assert b"pdfaid" in paper.data
    file = tmp_path / "giao-uoc.pdf"
    file.write_bytes(paper.data)
    if shutil.which("pdftotext"):
        read_back = subprocess.run(
            ["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True
        ).stdout.decode("utf-8")
        text = " ".join(read_back.split())
        assert "GIAO ƯỚC THI ĐUA" in text
        assert "Hoàn thành 100% nhiệm vụ <b>" in text
        assert "Không ký: Đi công tác" in text
        assert "Bản ghi nhận, không phải chữ ký số" in text
        assert digest[:32] in text

    with app.app_context():
        events = [line.event for line in audit.read(db.session())]
        assert audit.first_break(db.session()) is None
    ours = [event.removeprefix("pledge:") for event in events if event.startswith("pledge:")]
    assert ours == [
        "text:saved",
        *["signatory:added"] * 3,
        "text:saved",
        "signing:opened",
        "signature:given",
        "signature:given",
        "signature:replaced",
        "signatory:excused",
        "signing:closed",
        "sheet:printed",
    ]


def test_a_pledge_between_each_unit_and_the_head_of_the_office(
    app: Flask,
    meeting: Meeting,
    secretary: Browser,
    as_device: Callable[[str, str], Browser],
) -> None:
    tablet = as_device(Kind.TABLET, "Bảng 1")
    fields = {"title": "Giao ước", "heading": "Nhiệm vụ", "aims": "Đúng hạn", "seen": "0"}
    secretary.post("/console/pledge/text", fields)
    secretary.post("/console/pledge/signatories/propose")
    head = meeting.person("Trần Quốc Bảo")
    secretary.post(f"/console/pledge/signatories/add/{head.id}", {"side": "office"})
    assert secretary.post("/console/pledge/form", {"form": "two_sided"}).status_code == 204
    assert "Không có hình thức" in said(secretary.post("/console/pledge/form", {"form": "x"}), 422)
    assert secretary.post("/console/pledge/open").status_code == 204
    assert "không sửa được nữa" in said(
        secretary.post("/console/pledge/form", {"form": "joint"}), 409
    )
    assert sign(tablet, turn_of(tablet, meeting.codes[head.id])).status_code == 200
    paper = secretary.post("/console/pledge/sheet", fragment=False)
    assert paper.data.startswith(b"%PDF-")


def test_a_tablet_that_is_told_to_stay_at_the_pledge_waits_there(
    app: Flask,
    meeting: Meeting,
    secretary: Browser,
    signed_in: Callable[..., Browser],
    as_device: Callable[[str, str], Browser],
) -> None:
    tablet = as_device(Kind.TABLET, "Bảng 1")
    device = re.findall(r'data-device="(\d+)"', words(tablet.get("/tablet")))[0]
    assert secretary.post(f"/console/devices/{device}/task", {"task": "pledge"}).status_code == 204
    assert tablet.get("/tablet").headers["Location"] == "/pledge"
    assert "Chưa mở ký giao ước" in words(tablet.get("/pledge"))
    code = meeting.badge_code_of("Phạm Thị Lan")
    assert "Chưa mở ký" in said(tablet.post("/pledge/badge", {"code": code}), 409)
    # Whoever only looks after machines looks at the pledge, too, and changes nothing.
    technician = signed_in(Role.TECHNICIAN)
    assert technician.get("/console/pledge").status_code == 200
    assert technician.post("/console/pledge/open").status_code == 403
