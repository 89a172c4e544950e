"""Files made to hurt: bombs, far cells, endless texts, random bytes. One refusal, quickly."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import ensure_linear

from kiosk.conference.roster.compare import Change, as_json, compare
from kiosk.conference.roster.guard import MAX_UNPACKED
from kiosk.conference.roster.reader import read_roster
from kiosk.core.errors import Refused

Book = Callable[..., bytes]
ROWS = [["STT", "Họ và tên", "Đơn vị"], [1, "Lê An", "Phòng A"]]


def code_of(data: bytes) -> str:
    with pytest.raises(Refused) as refusal:
        read_roster(data, filename="x.xlsx")
    return refusal.value.code


def rebuilt(data: bytes, **parts: Callable[[bytes], bytes]) -> bytes:
    """The workbook with some parts changed (named by their last word, without `.xml`)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            change = parts.get(name.rpartition("/")[2].removesuffix(".xml"), lambda body: body)
            new.writestr(name, change(old.read(name)))
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_unpacks(workbook: Book) -> None:
    bomb = rebuilt(workbook(ROWS), sheet1=lambda body: body + b" " * 40_000_000)
    assert len(bomb) < 100_000
    assert code_of(bomb) == "roster_unreadable"
    huge = rebuilt(workbook(ROWS), sheet1=lambda body: body + b" " * (MAX_UNPACKED + 1))
    assert code_of(huge) == "roster_unreadable"


def test_a_bomb_that_lies_about_its_size_is_refused(workbook: Book) -> None:
    body = rebuilt(workbook(ROWS), sheet1=lambda body: body + b" " * 7_000_000)
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        size = packed.getinfo("xl/worksheets/sheet1.xml").file_size
    assert read_roster(body, filename="x").rows  # honest, it is readable
    lie = body.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lie != body
    assert code_of(lie) == "roster_unreadable"


def test_a_cell_at_the_far_corner_is_refused_and_named(workbook: Book) -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    data = rebuilt(workbook(ROWS), sheet1=lambda body: body.replace(b"</sheetData>", far))
    with pytest.raises(Refused) as refusal:
        read_roster(data, filename="x")
    assert refusal.value.code == "roster_stray_cell"
    assert refusal.value.facts == {"cell": "XFD1048576"}


def test_an_empty_cell_with_a_border_far_below_is_no_harm(workbook: Book) -> None:
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    data = rebuilt(workbook(ROWS), sheet1=lambda body: body.replace(b"</sheetData>", far))
    assert len(read_roster(data, filename="x").rows) == 1


def test_one_long_text_used_in_every_cell_is_refused(workbook: Book) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(3, 5000))
    data = rebuilt(
        workbook(ROWS),
        sheet1=lambda body: body.replace(b"</sheetData>", cells.encode() + b"</sheetData>"),
        sharedStrings=lambda body: body.replace(b"STT", b"STT" * 10_000),
    )
    assert code_of(data) == "roster_unreadable"


def test_entities_a_broken_zip_and_another_office_paper_are_refused(workbook: Book) -> None:
    good = workbook(ROWS)
    dtd = b'<!DOCTYPE x [<!ENTITY a "b">]>'
    evil = rebuilt(good, sharedStrings=lambda body: body.replace(b"<sst", dtd + b"<sst"))
    assert code_of(evil) == "roster_unreadable"
    assert code_of(good[: len(good) // 2]) == "roster_unreadable"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as paper:
        paper.writestr("word/document.xml", "<w/>")
    assert code_of(out.getvalue()) == "roster_not_a_sheet"


def test_a_cell_of_a_megabyte_rejects_its_row_only(workbook: Book) -> None:
    data = rebuilt(
        workbook([*ROWS, [2, "Dài", "Phòng A"]]),
        sharedStrings=lambda body: body.replace("Dài".encode(), b"x" * 1_000_000),
    )
    sheet = read_roster(data, filename="x")
    assert [finding.reason for finding in sheet.rejected] == ["name_too_long"]
    assert len(sheet.rows) == 1


def test_a_workbook_with_real_formulas_gives_what_they_show(workbook: Book) -> None:
    sheet = b'<c r="A3"><f>A2+1</f><v>2</v></c><c r="B3"><f>1+1</f></c><c r="C3" t="str"><f>C2</f>'
    row = b'<row r="3">' + sheet + b"<v>x</v></c></row></sheetData>"
    data = rebuilt(workbook(ROWS), sheet1=lambda body: body.replace(b"</sheetData>", row))
    assert [f.reason for f in read_roster(data, filename="x").rejected] == ["name_missing"]


@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"]))
def test_random_bytes_are_refused_and_never_crash(data: bytes, start: bytes) -> None:
    with pytest.raises(Refused):
        read_roster(start + data, filename="x")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_a_workbook_with_bytes_changed_never_crashes(workbook: Book, data: st.DataObject) -> None:
    body = bytearray(workbook(ROWS))
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Refused):  # some changes do no harm; anything else raised is a bug
        read_roster(bytes(body), filename="x")


cells = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["I. Phòng A", "Tổng cộng: 3", "Người lập biểu", "=1+1", "1", "Lê An", "Nữ"]),
)


@given(st.lists(st.lists(cells, max_size=6), max_size=12))
def test_every_row_is_a_person_skipped_or_rejected_and_only_once(rows: list[list[str]]) -> None:
    import csv as writer

    out = io.StringIO(newline="")
    pen = writer.writer(out, quoting=writer.QUOTE_ALL)
    pen.writerow(["STT", "Họ và tên", "Giới tính", "Đơn vị", "Ghế", "Ghi chú"])
    pen.writerows(rows)
    try:
        data = out.getvalue().encode()
        sheet = read_roster(data, filename="x")
    except (Refused, UnicodeEncodeError):
        return
    told = [each.row for each in (*sheet.rows, *sheet.skipped, *sheet.rejected)]
    assert len(told) == len(set(told))
    assert set(told) <= set(range(2, len(rows) + 2))
    answer = as_json(sheet, compare([], sheet))
    assert answer["new"] == len(sheet.rows) == len(answer["delegates"])
    assert compare([], sheet).count(Change.NEW) == len(sheet.rows)


def test_ten_thousand_rows_cost_four_times_a_quarter_of_them(workbook: Book) -> None:
    def read(people: int) -> None:
        rows = [[n, f"Nguyễn Thị Ánh {chr(97 + n % 26)}{n:05d}", "Phòng A"] for n in range(people)]
        data = workbook([ROWS[0], *rows])
        assert len(read_roster(data, filename="x").rows) == people

    ensure_linear(read, small=2_500)
