"""The gate's page and the desk's, as browsers meet them: an answer for every scan, in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from support import Browser, Meeting

from kiosk.core.access import Kind, Role
from kiosk.core.db import db

LAN = "Phạm Thị Lan"


@pytest.fixture
def gate(meeting: Meeting, as_device: Callable[[str, str], Browser]) -> Browser:
    return as_device(Kind.GATE, "Cổng 1")


def scan(browser: Browser, code: str, scan_id: str) -> str:
    answer = browser.post("/gate/scan", {"code": code, "scan_id": scan_id})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_gate_shows_who_and_what_to_do(meeting: Meeting, gate: Browser) -> None:
    page = scan(gate, meeting.badge_code_of(LAN), "page-0001")
    assert 'data-outcome="admitted"' in page
    assert "Mời vào" in page
    assert LAN in page
    assert "chỗ A01" in page
    assert 'data-undo-url="/gate/undo/1"' in page
    again = scan(gate, meeting.badge_code_of(LAN), "page-0001")
    assert 'data-outcome="admitted"' in again
    assert 'data-repeated="1"' in again


@pytest.mark.parametrize(
    ("code", "scan_id", "outcome"),
    [
        ("?", "page-0001", "unreadable"),
        ("", "page-0001", "unreadable"),
        ("1" * 1_000_000, "page-0001", "unreadable"),
        ("1" * 1_048_576, "page-0001", "unreadable"),
        ("1" * 3_000_000, "page-0001", "unreadable"),
        ("1" * 21_000_000, "page-0001", "unreadable"),
        ("ế" * 200, "page-0001", "unreadable"),
        ("\0", "page-0001", "unreadable"),
        ("1", "", "refused"),
        ("1", "x" * 1_000, "refused"),
        ("1", "\0\0\0\0\0\0\0\0", "refused"),
        ("1", "<script>x</script>", "refused"),
    ],
    ids=lambda value: value[:20] if len(value) < 1000 else str(len(value)),
)
def test_every_scan_gets_an_answer_of_one_sentence(
    gate: Browser, code: str, scan_id: str, outcome: str
) -> None:
    page = scan(gate, code, scan_id)
    assert f'data-outcome="{outcome}"' in page
    assert "<script>x" not in page
    assert len(page) < 3_000


def test_a_scan_without_any_field_and_as_json_is_answered_too(gate: Browser) -> None:
    assert 'data-outcome="refused"' in gate.post("/gate/scan").get_data(as_text=True)
    answer = gate.post("/gate/scan", json={"code": "1"})
    assert answer.status_code == 200
    assert 'data-outcome="refused"' in answer.get_data(as_text=True)


def test_a_disk_that_takes_nothing_is_said_at_the_gate(
    app: Flask, meeting: Meeting, gate: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise OSError("No space left on device")

    writer = app.extensions["kiosk_writer"]
    with monkeypatch.context() as patch:
        patch.setattr(writer, "_commit", broken)
        page = scan(gate, meeting.badge_code_of(LAN), "page-0001")
    assert 'data-refusal="not_saved"' in page
    assert "admitted" not in page
    assert 'data-outcome="admitted"' in scan(gate, meeting.badge_code_of(LAN), "page-0001")


def test_the_gate_takes_back_its_own_scan_with_a_reason(meeting: Meeting, gate: Browser) -> None:
    scan(gate, meeting.badge_code_of(LAN), "page-0001")
    refused = gate.post("/gate/undo/1", {"reason": ""}).get_data(as_text=True)
    assert 'data-refusal="reason_missing"' in refused
    done = gate.post("/gate/undo/1", {"reason": "quét nhầm"}).get_data(as_text=True)
    assert 'data-outcome="undone"' in done
    assert LAN in done
    twice = gate.post("/gate/undo/1", {"reason": "quét nhầm"}).get_data(as_text=True)
    assert 'data-refusal="stay_already_undone"' in twice
    page = scan(gate, meeting.badge_code_of(LAN), "page-0001")
    assert 'data-outcome="admitted"' in page
    assert "Lượt này đã được hủy sau đó." in page
    assert "data-undo-url" not in page


def test_another_gate_cannot_take_it_back(
    meeting: Meeting, gate: Browser, as_device: Callable[[str, str], Browser]
) -> None:
    scan(gate, meeting.badge_code_of(LAN), "page-0001")
    other = as_device(Kind.GATE, "Cổng 2")
    answer = other.post("/gate/undo/1", {"reason": "quét nhầm"}).get_data(as_text=True)
    assert 'data-refusal="undo_not_yours"' in answer


def test_a_name_with_a_script_stays_words_everywhere(
    app: Flask,
    meeting: Meeting,
    gate: Browser,
    signed_in: Callable[..., Browser],
) -> None:
    evil = "<script>alert(1)</script>"
    with app.app_context():
        from kiosk.core.db import unit_of_work

        with unit_of_work() as session:
            session.execute(
                text("UPDATE delegate SET name = :x, title = :x WHERE number = 1"), {"x": evil}
            )
            session.execute(text("UPDATE unit SET name = :x WHERE id = 1"), {"x": evil})
            session.execute(text("UPDATE conference SET title = :x, venue = :x"), {"x": evil})
    secretary = signed_in(Role.SECRETARY)
    code = next(meeting.codes[row.id] for row in meeting.delegates if row.number == 1)
    person = next(row.id for row in meeting.delegates if row.number == 1)
    pages = [
        scan(gate, code, "page-0001"),
        gate.get("/gate").get_data(as_text=True),
        secretary.get("/console").get_data(as_text=True),
        secretary.get("/console/delegates").get_data(as_text=True),
        secretary.get(f"/console/delegates/{person}").get_data(as_text=True),
        secretary.get("/console/plan").get_data(as_text=True),
        secretary.get("/projector").get_data(as_text=True),
        secretary.get("/console/regions").get_data(as_text=True),
        "".join(
            region["html"] for region in secretary.get("/live/console+wall?poll=1").json["regions"]
        ),
    ]
    for page in pages:
        assert evil not in page
    assert "&lt;script&gt;" in pages[0]


def test_the_desk_records_by_hand_and_the_page_shows_it(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    desk = signed_in(Role.DESK)
    person = meeting.person(LAN).id
    assert desk.post(f"/console/delegates/{person}/admit", {"reason": ""}).status_code == 422
    done = desk.post(f"/console/delegates/{person}/admit", {"reason": "quên thẻ"})
    assert done.headers["HX-Redirect"] == f"/console/delegates/{person}"
    assert "Đang trong hội trường" in desk.get(f"/console/delegates/{person}").get_data(
        as_text=True
    )
    again = desk.post(f"/console/delegates/{person}/admit", {"reason": "quên thẻ"})
    assert again.status_code == 409
    assert f"{LAN} đã có mặt trong hội trường." in again.get_data(as_text=True)
    assert desk.post("/console/stays/1/undo", {"reason": "nhầm người"}).status_code == 204
    assert "nhầm người" in desk.get(f"/console/delegates/{person}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "base_out_of_range"),
        ({"count": "mười hai", "kind": "delegates"}, "base_out_of_range"),
        ({"count": "12.5", "kind": "delegates"}, "base_out_of_range"),
        ({"count": "9" * 5_000, "kind": "delegates"}, "base_out_of_range"),
        ({"count": "9" * 30, "kind": "delegates", "reason": "vì thế"}, "base_out_of_range"),
        ({"count": "12", "kind": "x"}, "base_kind_unknown"),
        ({"count": "13", "kind": "delegates"}, "reason_missing"),
    ],
    ids=str,
)
def test_a_wrong_base_is_one_sentence(
    meeting: Meeting, signed_in: Callable[..., Browser], form: dict[str, str], code: str
) -> None:
    answer = signed_in(Role.CHAIR).post("/console/base", form)
    assert answer.status_code == 422
    assert f'data-refusal="{code}"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("GET", "/console/delegates/999", {422}),
        ("GET", "/console/delegates/9223372036854775808", {404}),
        ("GET", "/console/delegates/" + "9" * 400, {404}),
        ("GET", "/console/delegates/-1", {404}),
        ("GET", "/console/delegates?unit=9223372036854775808", {404}),
        ("GET", "/console/delegates?unit=999&q=%00%FF", {200}),
        ("GET", "/console/delegates?q=" + "x" * 100_000, {200}),
        ("GET", "/console/book?before=99999999999999999999", {404}),
        ("GET", "/console/book?before=-5&check=1", {200}),
        ("POST", "/console/stays/999/undo", {422}),
        ("POST", "/console/stays/99999999999999999999/undo", {404}),
        ("POST", "/console/delegates/999/admit", {422}),
        ("PUT", "/console/base", {405}),
        ("DELETE", "/console/delegates/1", {405}),
        ("GET", "/console/base", {405}),
    ],
)
def test_what_is_not_there_is_a_sentence_and_never_a_crash(
    meeting: Meeting,
    signed_in: Callable[..., Browser],
    method: str,
    path: str,
    statuses: set[int],
) -> None:
    browser = signed_in(Role.SECRETARY)
    answer = browser.client.open(
        path,
        method=method,
        data={"reason": "vì thế"} if method == "POST" else None,
        headers={"X-CSRF-Token": browser.token},
    )
    assert answer.status_code in statuses
    page = answer.get_data(as_text=True)
    if answer.status_code != 200:
        assert "data-refusal=" in page
        assert "Traceback" not in page
    if answer.status_code == 405:
        assert answer.headers["Allow"]


def test_a_fault_of_ours_is_a_number_on_the_screen_and_no_story(
    app: Flask,
    meeting: Meeting,
    signed_in: Callable[..., Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = signed_in(Role.SECRETARY)
    with app.app_context():
        from kiosk.core.db import unit_of_work

        with unit_of_work() as session:
            session.execute(text("ALTER TABLE conference RENAME TO lost"))
        db.session.remove()
    page = browser.get("/console")
    assert page.status_code == 500
    body = page.get_data(as_text=True)
    assert "Máy chủ gặp lỗi" in body
    assert "sqlite" not in body.lower()
    assert "conference" not in body
    assert page.headers["Content-Security-Policy"]
