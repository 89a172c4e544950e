"""Uploads, previews and imports as a browser meets them; every bad file is one sentence."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from support import ROSTER, Browser, Meeting
from werkzeug.test import TestResponse

from kiosk.core.access import Role
from kiosk.core.db import db
from kiosk.founding import real_plan

_DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')
PREVIEW, IMPORT = "/console/delegates/import/preview", "/console/delegates/import"


@pytest.fixture
def secretary(meeting: Meeting, signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.SECRETARY)


def upload(
    browser: Browser,
    data: bytes,
    *,
    name: str = "ds.csv",
    path: str = PREVIEW,
    field: str = "roster",
) -> TestResponse:
    if len(data) < 400_000:
        return browser.post(path, {field: (io.BytesIO(data), name)})
    # Packed by hand: the test client would leave a temporary file of its own open.
    head = f'--edge\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    token = {"X-CSRF-Token": browser.token, "HX-Request": "true"}
    return browser.client.post(
        path,
        data=head.encode() + data + b"\r\n--edge--\r\n",
        content_type="multipart/form-data; boundary=edge",
        headers=token,
        buffered=True,
    )


def digest_of(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found = _DIGEST.search(answer.get_data(as_text=True))
    assert found is not None
    return found.group(1)


def count(app: Flask, table: str) -> int:
    with app.app_context():
        return int(db.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608


def kept(app: Flask) -> list[Path]:
    folder = Path(app.instance_path) / "uploads"
    return sorted(folder.iterdir()) if folder.exists() else []


MORE = ROSTER.replace("Tổng cộng", "V. Tổ mới,,,,,\n1,Cao Văn Ba,Ông,,E01,\nTổng cộng").encode()


def test_a_preview_stores_nobody_and_the_button_stores_what_was_seen(
    app: Flask, secretary: Browser
) -> None:
    answer = upload(secretary, MORE, name="danh sách tháng 3.csv")
    page = answer.get_data(as_text=True)
    assert "Cao Văn Ba" in page
    assert count(app, "delegate") == 13
    done = secretary.post(IMPORT, {"digest": digest_of(answer)})
    assert done.headers["HX-Redirect"] == "/console/delegates"
    assert count(app, "delegate") == 14
    assert "Cao Văn Ba" in secretary.get("/console/delegates").get_data(as_text=True)
    assert kept(app) == [], "what was imported is not kept (R22)"


def test_the_button_pressed_twice_imports_once(app: Flask, secretary: Browser) -> None:
    digest = digest_of(upload(secretary, MORE))
    assert secretary.post(IMPORT, {"digest": digest}).status_code == 204
    again = secretary.post(IMPORT, {"digest": digest})
    assert again.status_code == 409
    assert 'data-refusal="preview_gone"' in again.get_data(as_text=True)
    assert count(app, "delegate") == 14


@pytest.mark.parametrize(
    "digest", ["", "0" * 64, "x" * 64, "../../keys", "A" * 64, "0" * 64 + "\n", "0" * 100_000]
)
def test_a_preview_that_is_not_there_is_a_sentence(
    app: Flask, secretary: Browser, digest: str
) -> None:
    for path in (IMPORT, "/console/plan"):
        answer = secretary.post(path, {"digest": digest})
        assert answer.status_code == 409
        assert "Bản xem trước này đã cũ." in answer.get_data(as_text=True)
    assert count(app, "roster_import") == 1


def test_a_preview_changed_on_the_disk_is_not_imported(app: Flask, secretary: Browser) -> None:
    digest = digest_of(upload(secretary, MORE))
    for file in kept(app):
        if file.suffix == ".bin":
            file.write_bytes(MORE.replace("Cao Văn Ba".encode(), "Kẻ Mạo Danh".encode()))
    assert secretary.post(IMPORT, {"digest": digest}).status_code == 409
    assert count(app, "delegate") == 13


def test_rejected_rows_wait_for_the_other_button(app: Flask, secretary: Browser) -> None:
    bad = MORE.replace("1,Cao Văn Ba".encode(), "1,12345,Ông,,E07,\n2,Cao Văn Ba".encode())
    answer = upload(secretary, bad)
    page = answer.get_data(as_text=True)
    assert 'name="accept_rejected"' in page
    digest = digest_of(answer)
    refused = secretary.post(IMPORT, {"digest": digest})
    assert refused.status_code == 409
    assert 'data-refusal="roster_has_rejected"' in refused.get_data(as_text=True)
    assert count(app, "delegate") == 13
    assert secretary.post(IMPORT, {"digest": digest, "accept_rejected": "1"}).status_code == 204
    assert count(app, "delegate") == 14


def test_a_script_in_a_cell_a_unit_or_a_file_name_stays_words(
    app: Flask, secretary: Browser
) -> None:
    evil = "<script>alert(1)</script>"
    rows = f"STT,Họ và tên,Chức vụ,Đơn vị\n1,Lê {evil},{evil},{evil}\n2,Trần An,,Tổ {evil}\n"
    answer = upload(secretary, rows.encode(), name=f"{evil}.csv")
    pages = [answer.get_data(as_text=True)]
    if answer.status_code == 200:
        secretary.post(IMPORT, {"digest": digest_of(answer), "accept_rejected": "1"})
    pages += [
        secretary.get(path).get_data(as_text=True)
        for path in ("/console/delegates", "/console/delegates/import", "/console", "/projector")
    ]
    for page in pages:
        assert evil not in page
    assert "&lt;script&gt;" in "".join(pages)


# -- bad files -----------------------------------------------------------------------------------


def bomb(name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A quarter of a gigabyte in a quarter of a megabyte."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml" if "word" in name else "xl/workbook.xml", "<x/>")
        with archive.open(name, "w", force_zip64=True) as member:
            block = b" " * 1_000_000
            for _ in range(250):
                member.write(block)
    return packed.getvalue()


BAD_ROSTERS: dict[str, bytes | Callable[[], bytes]] = {
    "empty": b"",
    "noise": bytes(range(256)) * 400,
    "zip bomb": bomb,
    "old excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5_000,
    "picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 500,
    "pdf": b"%PDF-1.7\n" + b"x" * 500,
    "wrong encoding": ROSTER.encode("utf-8").decode("utf-8").encode("cp1258", "replace"),
    "unclosed quote": 'STT,Họ và tên,Đơn vị\n1,"Lê An,Tổ 1\n'.encode() * 5,
    "truncated zip": lambda: bomb()[:1000],
    "one endless line": b"x" * 3_000_000,
    "nul": b"\0" * 10_000,
}


@pytest.mark.parametrize("kind", BAD_ROSTERS)
def test_a_bad_roster_is_one_sentence_and_nothing_is_kept(
    app: Flask, secretary: Browser, kind: str
) -> None:
    suffix = "xlsx" if "zip" in kind or kind == "old excel" else "csv"
    bad = BAD_ROSTERS[kind]
    answer = upload(secretary, bad if isinstance(bad, bytes) else bad(), name=f"ds.{suffix}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422, page
    assert page.count("data-refusal=") == 1
    assert "Hãy" in page or "hãy" in page or "Cần" in page
    assert kept(app) == []
    assert count(app, "delegate") == 13


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("roster_no_header", "Nguyễn Văn An\nLê Thị Bình\n"),
        ("roster_no_people", "STT,Họ và tên,Đơn vị\n"),
    ],
)
def test_a_roster_that_a_choice_can_mend_is_refused_with_the_choice_beside_it(
    app: Flask, secretary: Browser, code: str, text: str
) -> None:
    answer = upload(secretary, text.encode(), name="ds.csv")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422, page
    assert page.count(f'data-refusal="{code}"') == 1
    assert 'name="column-0"' in page
    assert "Ghi danh sách" not in page
    assert count(app, "delegate") == 13


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "ke-hoach.txt"),
        ("Công thức nấu phở bò.\n".encode() * 20, "ke-hoach.txt"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5_000, "ke-hoach.doc"),
        (b"\xff\xfe\0", "ke-hoach.docx"),
        (real_plan()[1].decode().encode("utf-16")[:501], "ke-hoach.txt"),
    ],
)
def test_a_bad_plan_is_one_sentence_and_changes_nothing(
    app: Flask, secretary: Browser, data: bytes, name: str
) -> None:
    answer = upload(secretary, data, name=name, path="/console/plan/preview", field="plan")
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count("data-refusal=") == 1
    assert kept(app) == []


def test_a_plan_that_is_a_zip_bomb_is_one_sentence(app: Flask, secretary: Browser) -> None:
    answer = upload(
        secretary,
        bomb("word/document2.xml"),
        name="ke-hoach.docx",
        path="/console/plan/preview",
        field="plan",
    )
    assert answer.status_code == 422
    assert "data-refusal=" in answer.get_data(as_text=True)


@pytest.mark.parametrize("size", [20_000_001, 20_070_000, 25_000_000])
@pytest.mark.parametrize(
    ("path", "field"), [(PREVIEW, "roster"), ("/console/plan/preview", "plan")]
)
def test_a_file_over_twenty_megabytes_is_refused_in_words(
    app: Flask, secretary: Browser, size: int, path: str, field: str
) -> None:
    answer = upload(secretary, b"x" * size, path=path, field=field)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 413
    assert 'data-refusal="upload_too_large"' in page
    assert "Tệp lớn hơn 20 MB nên không nhận." in page
    assert kept(app) == []


def test_a_form_without_a_file_asks_for_one(secretary: Browser) -> None:
    for data in ({}, {"roster": "not a file"}, {"roster": (io.BytesIO(b"x"), "")}):
        answer = secretary.post(PREVIEW, data)
        assert answer.status_code == 422
        assert 'data-refusal="file_not_chosen"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "name",
    [
        "../../../keys.json",
        "..\\..\\keys.json",
        "/etc/passwd",
        "con",
        "a" * 3_000 + ".csv",
        "danh\0sách.csv",
        ".csv",
        "ds\r\nX: y.csv",
    ],
)
def test_no_file_name_leads_out_of_the_folder(app: Flask, secretary: Browser, name: str) -> None:
    answer = upload(secretary, MORE, name=name)
    assert answer.status_code in {200, 422}
    assert {file.parent.name for file in kept(app)} <= {"uploads"}
    assert all(re.fullmatch(r"[0-9a-f]{64}\.(bin|name)", file.name) for file in kept(app))
    assert (Path(app.instance_path) / "keys.json").read_text(encoding="utf-8").startswith("{")


# -- flags, badges, details ----------------------------------------------------------------------


def test_a_guest_with_rights_is_one_sentence_and_stays_a_guest(
    meeting: Meeting, secretary: Browser
) -> None:
    guest = meeting.person("Trịnh Công Thành").id
    answer = secretary.post(
        f"/console/delegates/{guest}/standing", {"standing": "guest", "votes": "1"}
    )
    assert answer.status_code == 422
    assert 'data-refusal="guest_never_counts"' in answer.get_data(as_text=True)


def test_badges_come_as_a_pdf_for_all_for_a_unit_and_for_one(
    app: Flask, meeting: Meeting, secretary: Browser
) -> None:
    one = meeting.person("Phạm Thị Lan").id
    sizes = []
    for path, data in (
        ("/console/badges", {}),
        ("/console/badges", {"unit": "1"}),
        (f"/console/delegates/{one}/badge", {}),
    ):
        answer = secretary.post(path, data)
        assert answer.status_code == 200
        assert answer.mimetype == "application/pdf"
        assert answer.get_data()[:5] == b"%PDF-"
        assert "attachment" in answer.headers["Content-Disposition"]
        sizes.append(len(answer.get_data()))
    assert sizes[0] > sizes[1] > sizes[2]
    with app.app_context():
        printed = db.session.scalars(
            text("SELECT facts FROM book_line WHERE event = 'conference:badges:printed'")
        ).all()
    assert ['"count": 13' in facts for facts in printed] == [True, False, False]
    assert secretary.post("/console/badges", {"unit": "99"}).status_code == 409


def test_a_lost_badge_is_replaced_at_the_desk(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    desk = signed_in(Role.DESK)
    one = meeting.person("Phạm Thị Lan").id
    assert desk.post(f"/console/delegates/{one}/badge/replace", {}).status_code == 422
    done = desk.post(f"/console/delegates/{one}/badge/replace", {"reason": "Mất thẻ"})
    assert done.status_code == 204
    page = desk.get(f"/console/delegates/{one}").get_data(as_text=True)
    assert "Đã thu hồi: Mất thẻ" in page


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/console/delegates/import", "DELETE", 405),
        ("/console/badges", "GET", 405),
        ("/console/units/99/flags", "POST", 422),
        ("/console/units/99999999999999999999/flags", "POST", 404),
        ("/console/delegates/99/standing", "POST", 422),
        ("/console/delegates/99/badge", "POST", 422),
        ("/console/delegates/99/badge/replace", "POST", 422),
        ("/console/nothing", "GET", 404),
    ],
)
def test_what_is_not_there_is_a_sentence(
    secretary: Browser, path: str, method: str, status: int
) -> None:
    answer = secretary.client.open(
        path,
        method=method,
        data={"reason": "mất thẻ"} if method == "POST" else None,
        headers={"X-CSRF-Token": secretary.token},
    )
    assert answer.status_code == status
    assert "data-refusal=" in answer.get_data(as_text=True)


def test_search_answers_a_region_to_htmx_and_a_page_to_a_browser(secretary: Browser) -> None:
    page = secretary.get("/console/delegates?q=lan").get_data(as_text=True)
    region = secretary.get("/console/delegates?q=lan", fragment=True).get_data(as_text=True)
    assert "<html" in page
    assert "<html" not in region
    assert "Phạm Thị Lan" in page
    assert "Phạm Thị Lan" in region
    assert "Đỗ Văn Ánh" not in region
