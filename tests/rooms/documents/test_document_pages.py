"""Who may see, tick and print; what the pages answer; `kiosk invitations`."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import paper_reading as reading
import pytest
from support import ROSTER, ROSTER_NAME, Browser, Meeting, run_kiosk

from kiosk import config, founding
from kiosk.core import jobs
from kiosk.core.access import Kind, Role
from kiosk.core.errors import Refused
from kiosk.founding import real_plan

ROLES = (*Role, *Kind)
STAFF = set(Role)
PREPARERS = {Role.SECRETARY, Role.TECHNICIAN}

ACTS = [
    ("get", "/console/invitations", {}, STAFF),
    ("get", "/console/invitations?open=1&q=an&unit=1", {}, STAFF),
    ("post", "/console/invitations/1/sent", {"way": "paper"}, PREPARERS),
    ("post", "/console/invitations/1/not-sent", {}, PREPARERS),
    ("post", "/console/invitations/unit/1/sent", {"way": "zalo"}, PREPARERS),
    ("post", "/console/invitations/paper", {}, PREPARERS),
    ("post", "/console/attendance-list", {}, STAFF),
    ("post", "/console/attendance-list", {"form": "xlsx"}, STAFF),
    ("post", "/console/fallback-list", {}, STAFF),
    ("post", "/console/fallback-list", {"form": "xlsx"}, STAFF),
]


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers without a worker: what it makes is tested elsewhere."""
    monkeypatch.setattr(jobs, "run_job", lambda *_, **__: bytes(8))


@pytest.mark.parametrize("who", ROLES)
def test_every_role_may_do_with_papers_what_the_table_says_and_nothing_else(
    who: str,
    meeting: Meeting,
    signed_in: Callable[..., Browser],
    as_device: Callable[[str, str], Browser],
    no_worker: None,
) -> None:
    browser = signed_in(who) if who in STAFF else as_device(who, "Máy thử")
    for method, path, form, allowed in ACTS:
        answer = browser.get(path) if method == "get" else browser.post(path, form)
        if who in allowed:
            assert answer.status_code in {200, 204}, (who, path, answer.status_code)
        elif who in STAFF:
            assert answer.status_code == 403, (who, path, answer.status_code)
        else:
            # Nobody whom the console knows: a page leads to the sign-in, an act is refused.
            asked = 303 if method == "get" else 401
            assert answer.status_code == asked, (who, path, answer.status_code)


def test_a_stranger_gets_nothing(meeting: Meeting, stranger: Browser) -> None:
    for method, path, form, _ in ACTS:
        answer = stranger.get(path) if method == "get" else stranger.post(path, form)
        assert answer.status_code in {303, 401}, path


def test_the_page_shows_who_is_open_and_a_tick_moves_the_count(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.SECRETARY)
    page = browser.get("/console/invitations").get_data(as_text=True)
    assert "Đã gửi 0/13 giấy mời; còn 13 chưa gửi." in page
    person = meeting.person("Vũ Thị Yến")
    done = browser.post(
        f"/console/invitations/{person.id}/sent", {"way": "zalo", "receiver": "<b>chị Hà</b>"}
    )
    assert (done.status_code, done.headers["HX-Trigger"]) == (204, "kiosk-done")
    region = browser.get("/console/invitations?q=yen", fragment=True).get_data(as_text=True)
    assert region.lstrip().startswith('<div id="invitations"')
    assert "Đã gửi 1/13 giấy mời; còn 12 chưa gửi." in region
    assert "&lt;b&gt;chị Hà&lt;/b&gt;" in region
    assert "Zalo" in region
    rest = browser.get("/console/invitations?open=1", fragment=True).get_data(as_text=True)
    assert "Vũ Thị Yến" not in rest
    browser.post(f"/console/invitations/{person.id}/not-sent")
    again = browser.get("/console/invitations", fragment=True).get_data(as_text=True)
    assert "Đã gửi 0/13" in again


def test_the_chair_and_the_desk_read_without_buttons_to_tick(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    page = signed_in(Role.DESK).get("/console/invitations").get_data(as_text=True)
    assert "/sent" not in page
    assert "In danh sách giấy" in page


def test_pages_work_before_there_is_a_conference(
    app: object, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.SECRETARY)
    assert browser.get("/console/invitations").status_code == 200
    for path in ("invitations/paper", "attendance-list", "fallback-list"):
        answer = browser.post(f"/console/{path}")
        assert answer.status_code == 409
        assert 'data-refusal="conference_missing"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("form", "code", "status"),
    [
        ({"unit": "999"}, "unit_unknown", 422),
        ({"delegate": "999"}, "delegate_unknown", None),
        ({"dated": "31/02/2026"}, "day_wrong", 422),
    ],
)
def test_wrong_wishes_for_letters_are_refused(
    meeting: Meeting,
    signed_in: Callable[..., Browser],
    form: dict[str, str],
    code: str,
    status: int | None,
) -> None:
    answer = signed_in(Role.SECRETARY).post("/console/invitations/paper", form)
    assert f'data-refusal="{code}"' in answer.get_data(as_text=True)
    assert answer.status_code in {status or 409, 422, 404, 409}


def test_letters_come_as_a_file_and_the_book_says_who_made_them(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.SECRETARY)
    person = meeting.person("Vũ Thị Yến")
    answer = browser.post("/console/invitations/paper", {"delegate": person.id}, fragment=False)
    assert answer.mimetype == "application/pdf"
    assert "giay-moi.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert reading.codes(answer.data) == [meeting.badge_code_of("Vũ Thị Yến")]
    assert "In giấy mời" in browser.get("/console/book").get_data(as_text=True)


def test_a_worker_that_fails_writes_no_line_and_says_what_to_do(
    meeting: Meeting, signed_in: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise Refused("jobs_busy", job="invitations")

    monkeypatch.setattr(jobs, "run_job", broken)
    browser = signed_in(Role.SECRETARY)
    answer = browser.post("/console/invitations/paper")
    assert answer.status_code == 503
    assert "In giấy mời" not in _table_of(browser.get("/console/book").get_data(as_text=True))


def _table_of(page: str) -> str:
    return page[page.find("<table") :]


def test_the_lists_come_as_pdf_and_as_workbook(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.DESK)
    pdf = browser.post("/console/attendance-list", fragment=False)
    assert "DANH SÁCH ĐẠI BIỂU – ĐIỂM DANH" in reading.texts(pdf.data)[0]
    book = browser.post("/console/fallback-list", {"form": "xlsx"}, fragment=False)
    assert "danh-sach-giay.xlsx" in book.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).active
    assert "Vũ Thị Yến" in {cell.value for row in sheet.iter_rows() for cell in row}


def test_kiosk_invitations_writes_the_file_and_refuses_a_strange_unit(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    founding.make_conference(
        config.load(folder), plan=real_plan(), roster=(ROSTER_NAME, ROSTER.encode("utf-8"))
    )
    out = tmp_path / "giấy mời.pdf"
    unit = "phong van hoa - xa hoi"
    done = run_kiosk("invitations", str(out), "--unit", unit, folder=folder)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().strip().endswith(": 4 invitations")
    assert len(reading.texts(out.read_bytes())) == 4
    wrong = run_kiosk("invitations", str(tmp_path / "no.pdf"), "--unit", "Mặt trăng", folder=folder)
    assert wrong.returncode == 1
    assert "đơn vị" in wrong.stderr.decode().lower()
    assert not (tmp_path / "no.pdf").exists()
    nowhere = run_kiosk("invitations", str(tmp_path / "no" / "x.pdf"), folder=folder)
    assert nowhere.returncode == 2


@pytest.mark.parametrize(
    ("before", "back"),
    [
        ("http://localhost/console/invitations?unit=1", "/console/invitations?unit=1"),
        ("http://elsewhere.example/console/invitations", ""),
        ("http://localhost/pair/a-one-time-address", ""),
        ("", ""),
    ],
)
def test_a_paper_that_is_refused_leads_back_to_the_page_of_its_button(
    meeting: Meeting, signed_in: Callable[..., Browser], before: str, back: str
) -> None:
    secretary = signed_in(Role.SECRETARY)
    answer = secretary.post(
        "/console/invitations/paper",
        {"dated": "31/02/2026"},
        fragment=False,
        headers={"Referer": before} if before else {},
    )
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Ngày chưa đúng" in page
    assert ("Quay lại trang trước" in page) == bool(back)
    assert f'href="{back or "/"}"' in page
