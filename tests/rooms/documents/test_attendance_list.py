"""D2 Danh sách đại biểu – điểm danh: the figures of the check-in room, and pages that hold."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace
from datetime import datetime

import openpyxl
import paper_reading as reading
import pytest
from conference_day import LAN, Day
from sqlalchemy import update

from kiosk.checkin import queries as checkin
from kiosk.checkin import services
from kiosk.conference.models import Conference, Delegate
from kiosk.core.clock import hhmm
from kiosk.core.db import unit_of_work
from kiosk.core.figures import percent
from kiosk.documents import attendance_list
from kiosk.documents.attendance_list import AttendancePaper, Line


def paper(day: Day, **options: object) -> AttendancePaper:
    return attendance_list.facts(
        day.session,
        **{"rehearsal": False, "now": day.clock(), **options},  # type: ignore[arg-type]
    )


def made(found: AttendancePaper, day: Day, *, form: str = "pdf") -> bytes:
    order = attendance_list.payload(found, form=form, at=day.clock())
    return attendance_list.job(order, lambda done, total: None)


def end(day: Day) -> None:
    with unit_of_work() as session:
        session.execute(update(Conference).values(opened_at=day.clock(), ended_at=day.clock()))


def lines(found: AttendancePaper) -> dict[str, Line]:
    return {
        line.name: line for section in (*found.sections, *found.guests) for line in section.lines
    }


def test_the_totals_are_those_of_the_check_in_room(busy: Day) -> None:
    found, truth = paper(busy), checkin.attendance(busy.session)
    totals = dict(found.totals)
    assert totals["Triệu tập"] == str(truth.convened)
    assert totals["Có mặt"] == str(truth.present)
    assert totals["Vắng có lý do"] == str(truth.absent_with_reason)
    assert totals["Vắng không lý do hoặc chưa đến"] == str(truth.absent_without_reason)
    assert totals["Khách mời có mặt"] == str(truth.guests) == "1"
    assert totals["Tỷ lệ có mặt"] == percent(truth.present, truth.convened)
    assert truth.convened == 12
    assert truth.present + truth.absent_with_reason + truth.absent_without_reason == 12


def test_every_cell_is_the_row_of_the_check_in_room(busy: Day) -> None:
    rows = checkin.attendance(busy.session).rows
    found = lines_in_order(paper(busy))
    delegates = [row for row in rows if not row.person.is_guest]
    guests = [row for row in rows if row.person.is_guest]
    assert [line.ordinal for line in found] == [
        *range(1, len(delegates) + 1),
        *range(1, len(guests) + 1),
    ]
    for line, row in zip(found, [*delegates, *guests], strict=True):
        assert line.name == row.person.name
        assert line.title == row.person.title
        assert line.arrived == (hhmm(row.arrival.at) if row.arrival else "")


def lines_in_order(found: AttendancePaper) -> list[Line]:
    return [line for section in (*found.sections, *found.guests) for line in section.lines]


def test_notes_say_how_somebody_came_or_why_not(busy: Day) -> None:
    notes = {
        line.name: line.note
        for section in (*paper(busy).sections, *paper(busy).guests)
        for line in section.lines
    }
    assert notes["Phạm Thị Lan"] == ""
    assert notes["Nguyễn Thị Hồng Nhung"] == "Ghi tay: Lan"
    assert notes["Bùi Thị Thu Hà"] == "Theo danh sách giấy; đến lúc 07:31 khi mất nối"
    assert notes["Đặng Thùy Dương"] == "Vắng có lý do: Nghỉ ốm"
    assert notes["Ngô Thị Sen"] == "Vắng không lý do"
    assert notes["Trần Quốc Bảo"] == "Vắng có lý do: Trần Thị Thay dự thay"
    assert notes["Trần Thị Thay"] == "Ghi tay: Lan; dự thay Trần Quốc Bảo"
    assert notes["Hoàng Thị Ngọc Ánh"] == ""


def test_nobody_is_called_absent_who_may_still_come_and_everybody_is_after_the_end(
    busy: Day,
) -> None:
    silent = "Hoàng Thị Ngọc Ánh"
    assert lines(paper(busy))[silent].note == ""
    assert paper(busy).watermark == "BẢN NHÁP"
    end(busy)
    after = paper(busy)
    assert lines(after)[silent].note == "Vắng không lý do"
    assert after.watermark == ""
    assert "Vắng không lý do" in dict(after.totals)
    assert paper(busy, rehearsal=True).watermark == "DIỄN TẬP"


def test_a_base_that_was_corrected_is_named_and_carries_the_share(busy: Day) -> None:
    services.fix_base(count=20, kind="all_staff", reason="Toàn thể", by=LAN, clock=busy.clock)
    totals = dict(paper(busy).totals)
    present = checkin.attendance(busy.session).present
    assert totals["Triệu tập"] == "12"
    assert totals["Số triệu tập đã chốt để tính tỷ lệ"] == "20"
    assert totals["Tỷ lệ có mặt"] == percent(present, 20)


def test_before_anybody_came_it_is_a_list_to_sign(day: Day) -> None:
    found = paper(day)
    assert all(line.arrived == line.note == "" for line in lines_in_order(found))
    text = " ".join(reading.texts(made(found, day)))
    assert "0,00%" in text
    assert "Ký tên" in text


def test_without_guests_or_people_the_paper_says_so(day: Day) -> None:
    empty = replace(paper(day), sections=(), guests=())
    text = " ".join(reading.texts(made(empty, day)))
    assert text.count("Không có.") == 2
    with unit_of_work() as session:
        session.execute(update(Delegate).values(counts_for_quorum=False))
    assert dict(paper(day).totals)["Tỷ lệ có mặt"] == "không có"


def test_the_head_comes_back_on_every_page_and_numbers_begin_at_the_second(busy: Day) -> None:
    found = paper(busy)
    many = tuple(
        replace(section, lines=section.lines * 12, name=f"{section.name} {number}")
        for number, section in enumerate(found.sections)
    )
    pages = reading.texts(made(replace(found, sections=many), busy))
    assert len(pages) > 4
    for number, page in enumerate(pages, start=1):
        text = page.removeprefix("BẢN NHÁP ")
        if "Họ và tên" not in text:
            assert number == len(pages)  # the totals may need a page of their own
        if number == 1:
            assert text.startswith("ỦY BAN NHÂN DÂN")
        else:
            assert text.startswith(f"{number} ")


def test_signatures_never_stand_without_the_totals(busy: Day) -> None:
    found = paper(busy)
    for count in (1, 9, 10, 11, 12, 13, 14, 17, 22):
        section = replace(found.sections[0], lines=found.sections[0].lines[:1] * count)
        pages = reading.texts(made(replace(found, sections=(section,)), busy))
        (last,) = [text for text in pages if "NGƯỜI LẬP DANH SÁCH" in text]
        assert "C. TỔNG HỢP" in last
        assert "TM. CHỦ TỌA" in last


def test_long_names_wrap_and_stay_inside_the_margins(busy: Day) -> None:
    found = paper(busy)
    hard = [
        Line(1, "Nguyễn Phước Bảo Quý Trần Hoàng Thượng Nghĩa Lê Đặng Ánh Tuyết", "", "07:32", ""),
        Line(2, "Ễ" * 60, "Phó Trưởng phòng " * 11, "07:33", "lý do " * 33),
        Line(3, unicodedata.normalize("NFD", "Hoàng Thị Ngọc Ánh"), "=1+1", "", "#x"),
    ]
    section = replace(found.sections[0], lines=tuple(hard))
    pages = made(replace(found, sections=(section,)), busy)
    box = reading.ink(pages)
    assert box.left >= 29.5
    assert box.right <= 195.5
    assert "Hoàng Thị Ngọc Ánh" in " ".join(reading.texts(pages))
    assert all(reading.fonts(pages).values())
    assert len(reading.where(pages, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")) == 1


def rows_of(book: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_workbook_holds_the_same_cells(busy: Day) -> None:
    found = paper(busy)
    rows = rows_of(made(found, busy, form="xlsx"))
    cells = [[cell or "" for cell in row] for row in rows if isinstance(row[0], int)]
    assert cells == [
        [line.ordinal, line.name, line.title, line.arrived, "", line.note]
        for line in lines_in_order(found)
    ]
    flat = {str(row[0]): row[3] for row in rows}
    for words, figure in found.totals:
        assert str(flat[words]) == figure


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "http://x.y/z", "+84 912", "{=1}", "-1"])
def test_a_cell_of_the_workbook_is_never_a_formula_or_a_link(busy: Day, name: str) -> None:
    found = paper(busy)
    section = replace(found.sections[0], lines=(Line(1, name, name, "", name),))
    book = openpyxl.load_workbook(
        io.BytesIO(made(replace(found, sections=(section,)), busy, form="xlsx"))
    )
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value == name]
    assert len(cells) == 3
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)


def test_the_moment_of_the_figures_is_on_the_paper(day: Day) -> None:
    assert paper(day).as_of == ("Số liệu điểm danh đến 07 giờ 30 phút, ngày 12 tháng 3 năm 2026.")
    assert isinstance(day.clock(), datetime)
