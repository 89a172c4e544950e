"""The pages of an item, of the chair's words and of the wall: who may, and hostile hands."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import Browser, Meeting

from kiosk.core import uploads
from kiosk.core.access import Kind, Role

PDF = b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF\n"

SignIn = Callable[..., Browser]


@pytest.fixture
def secretary(meeting: Meeting, signed_in: SignIn) -> Browser:
    return signed_in(Role.SECRETARY)


def save(browser: Browser, body: Any, item: int = 1) -> Any:
    sent = body if isinstance(body, str) else json.dumps(body)
    return browser.post(f"/console/agenda/{item}/note", data=sent, content_type="application/json")


def upload(browser: Browser, data: bytes, name: str = "Báo cáo.pdf", item: int = 1) -> Any:
    return browser.post(
        f"/console/agenda/{item}/files",
        data={"file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )


def test_a_note_is_saved_and_shown(secretary: Browser) -> None:
    answer = save(secretary, {"text": "<script>alert(1)</script>\nđã ghi", "based_on": 0})
    assert answer.get_json() == answer.get_json() | {"number": 1, "head": 1, "is_branch": False}
    page = secretary.get("/console/agenda/1").get_data(as_text=True)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\nđã ghi</textarea>" in page
    assert "<script>alert" not in page
    newest = secretary.get("/console/agenda/1/note").get_json()
    assert (newest["text"], newest["head"]) == ("<script>alert(1)</script>\nđã ghi", 1)


def test_a_first_line_that_is_empty_survives_the_page(secretary: Browser) -> None:
    save(secretary, {"text": "\ndòng hai", "based_on": 0})
    page = secretary.get("/console/agenda/1").get_data(as_text=True)
    # HTML drops one line break after <textarea>: the page must send one more.
    assert ">\n\ndòng hai</textarea>" in page


def test_a_conflict_is_shown_side_by_side(secretary: Browser, signed_in: SignIn) -> None:
    chair = signed_in(Role.CHAIR)
    save(secretary, {"text": "chung", "based_on": 0})
    save(secretary, {"text": "chung\nthư ký ghi", "based_on": 1})
    answer = save(chair, {"text": "chung\nchủ tọa ghi", "based_on": 1}).get_json()
    assert (answer["is_branch"], answer["open_tips"]) == (True, [3])
    shown = secretary.get("/console/agenda/1/note/conflicts").get_data(as_text=True)
    assert shown.count("chủ tọa ghi") == 2  # in its own column, and in the proposal
    assert shown.count("thư ký ghi") == 2
    settled = {"text": "chung\ncả hai", "based_on": 2, "settles": [3]}
    assert save(secretary, settled).get_json()["open_tips"] == []
    assert "chung" not in secretary.get("/console/agenda/1/note/conflicts").get_data(as_text=True)
    versions = secretary.get("/console/agenda/1/note/versions").get_data(as_text=True)
    assert versions.count("<li>") == 4


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("[]", 422),
        ("{}", 422),
        ({"text": 5, "based_on": 0}, 422),
        ({"text": "a", "based_on": "0"}, 422),
        ({"text": "a", "based_on": True}, 422),
        ({"text": "a", "based_on": -1}, 422),
        ({"text": "a", "based_on": 2**80}, 422),
        ({"text": "a", "based_on": 3}, 409),
        ({"text": "a", "based_on": 0, "settles": "3"}, 422),
        ({"text": "a", "based_on": 0, "settles": [None]}, 422),
        ({"text": "a" * 20_001, "based_on": 0}, 422),
        ({"text": "a" * 400_000, "based_on": 0}, 422),
    ],
)
def test_a_hostile_save_stores_nothing(secretary: Browser, body: Any, status: int) -> None:
    assert save(secretary, body).status_code == status
    assert secretary.get("/console/agenda/1/note").get_json()["head"] == 0


def test_who_may_write_read_and_attach(meeting: Meeting, signed_in: SignIn) -> None:
    for role, may_write, may_attach in (
        (Role.SECRETARY, True, True),
        (Role.CHAIR, True, True),
        (Role.TECHNICIAN, False, True),
        (Role.DESK, False, False),
    ):
        browser = signed_in(role)
        page = browser.get("/console/agenda/2")
        assert page.status_code == 200
        assert ("readonly" in page.get_data(as_text=True)) is not may_write
        answer = save(browser, {"text": role, "based_on": 0}, item=2)
        assert (answer.status_code == 200) is may_write
        assert (upload(browser, PDF, item=2).status_code == 204) is may_attach
        assert (browser.get("/console/script").status_code == 200) is may_write
        wall = browser.post("/console/wall/aside").status_code
        assert (wall == 204) is (role != Role.DESK)


def test_a_gate_sees_nothing_of_it(meeting: Meeting, as_device: Callable[..., Browser]) -> None:
    gate = as_device(Kind.GATE, "Cổng 1")
    for path in ("/console/agenda/1", "/console/agenda/1/note", "/console/script"):
        answer = gate.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in")
    assert gate.get("/live/notes").status_code == 403


def test_a_pdf_comes_back_as_a_download_that_can_do_nothing(secretary: Browser) -> None:
    assert upload(secretary, PDF, "../../Báo cáo <năm>.pdf").status_code == 204
    answer = secretary.get("/console/agenda/1/files/1")
    assert answer.data == PDF
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment")
    assert "B%C3%A1o%20c%C3%A1o%20n%C4%83m.pdf" in headers["Content-Disposition"]
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    answer.close()
    page = secretary.get("/console").get_data(as_text=True)
    assert 'class="meta papers"' in page


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"PK\x03\x04" + bytes(900), "báo cáo.pdf", "attachment_not_pdf"),
        (b"%PDF-1.4 half", "báo cáo.pdf", "attachment_cut_off"),
        (b"", "rỗng.pdf", "attachment_not_pdf"),
        (b"%PDF-1.7\n" + bytes(2_000) + b"%%EOF", "lớn.pdf", "upload_too_large"),
        (PDF, "", "file_not_chosen"),
    ],
)
def test_a_hostile_file_gets_one_sentence(
    secretary: Browser, monkeypatch: pytest.MonkeyPatch, data: bytes, name: str, code: str
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 1_000)
    answer = upload(secretary, data, name)
    assert f'data-refusal="{code}"' in answer.get_data(as_text=True)
    assert not (Path(secretary.app.instance_path) / "files").exists()


def test_a_file_of_another_item_or_removed_is_not_served(secretary: Browser) -> None:
    upload(secretary, PDF)
    assert secretary.get("/console/agenda/2/files/1", fragment=True).status_code == 422
    assert secretary.post("/console/agenda/1/files/1/remove").status_code == 204
    assert secretary.get("/console/agenda/1/files/1", fragment=True).status_code == 422
    assert secretary.get("/console/agenda/99").status_code == 422


def test_the_wall_goes_black_and_comes_back(
    secretary: Browser, as_device: Callable[..., Browser]
) -> None:
    wall = as_device(Kind.PROJECTOR, "Máy chiếu")
    assert 'data-screen="welcome"' in wall.get("/projector").get_data(as_text=True)
    secretary.post("/console/wall/aside")
    black = wall.get("/projector").get_data(as_text=True)
    assert 'data-screen="aside"' in black
    assert "data-clock" not in black
    assert 'data-preview="aside"' in secretary.get("/console").get_data(as_text=True)
    secretary.post("/console/wall/back")
    assert 'data-screen="welcome"' in wall.get("/projector").get_data(as_text=True)


@pytest.mark.parametrize(
    "form", [{}, {"until": "25:00"}, {"until": "abc"}, {"minutes": "-5"}, {"minutes": "9" * 40}]
)
def test_a_hostile_break_is_refused(secretary: Browser, form: dict[str, str]) -> None:
    assert secretary.post("/console/wall/break", form).status_code in {409, 422}


def test_the_preview_repeats_no_id_of_the_console(secretary: Browser) -> None:
    page = secretary.get("/console").get_data(as_text=True)
    ids = [part.split('"', 1)[0] for part in page.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
    assert 'id="wall"' not in page


def test_the_chairs_words_are_edited_and_followed(secretary: Browser) -> None:
    answer = secretary.post("/console/agenda/1/script", {"text": "Lời <b>riêng</b>", "seen": "0"})
    assert answer.status_code == 204
    assert "Lời &lt;b&gt;riêng&lt;/b&gt;" in secretary.get("/console/script").get_data(as_text=True)
    stale = secretary.post("/console/agenda/1/script", {"text": "khác", "seen": "0"})
    assert 'data-refusal="script_changed"' in stale.get_data(as_text=True)
    secretary.post("/console/agenda/1/script", {"text": "bỏ qua", "seen": "1", "usual": "1"})
    assert "Lời &lt;b&gt;" not in secretary.get("/console/script").get_data(as_text=True)


def test_pages_without_a_conference_say_so(signed_in: SignIn) -> None:
    secretary = signed_in(Role.SECRETARY)
    assert secretary.get("/console/script").status_code == 200
    assert secretary.get("/console").status_code == 200
    assert secretary.get("/console/agenda/1", fragment=True).status_code == 422
