"""Reading rosters as offices write them: what is a person, what is not, and why."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.conference.roster.reader import read_roster
from kiosk.conference.roster.sheet import Column, Sheet, Standing
from kiosk.core.errors import Refused

HEAD = ["STT", "Họ và tên", "Chức vụ", "Đơn vị", "Ghi chú"]
Book = Callable[..., bytes]


def read(data: bytes) -> Sheet:
    return read_roster(data, filename="danh-sach.xlsx")


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def reasons(findings: Any) -> list[tuple[int, str]]:
    return [(finding.row, finding.reason) for finding in findings]


def test_a_real_looking_list_gives_people_and_says_why_the_rest_is_none(workbook: Book) -> None:
    nfd = unicodedata.normalize("NFD", "Đỗ Thị Hằng")
    data = workbook(
        [
            ["UBND PHƯỜNG HẢI DƯƠNG"],
            ["DANH SÁCH ĐẠI BIỂU"],
            [],
            ["TT", "Họ và tên", "Ông/Bà", "Chức danh", "Ngày sinh", "Số ghế", "Ghi chú", "Ký tên"],
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"],
            ["I. Văn phòng HĐND và UBND (2 người)"],
            [1.0, nfd, "bà", "Chánh\u00a0Văn phòng", datetime.datetime(1980, 3, 2), 12.0],  # noqa: DTZ001
            [2, "Nguyễn\u00a0Văn  An ", "Đ/c", "Văn thư", "02/03/1981", "A-13"],
            ["II", "Phòng Văn hoá - Xã hội"],
            [1, "Trần Bình", "", "Chuyên viên", "", "", "khách mời"],
            ["Trung tâm Phục vụ hành chính công"],
            [1, "Tống Công Minh", "Ông", "Giám đốc"],
            ["TT", "Họ và tên", "Ông/Bà", "Chức danh"],
            [2, "Đoàn Văn Hậu", "Ông", "Viên chức"],
            [],
            ["Tổng cộng: 5 người"],
            ["", "", "", "Hải Dương, ngày 12 tháng 3 năm 2026"],
            ["", "Người lập biểu", "", "CHỦ TỊCH"],
            ["", "", "", "Phạm Thị Thanh Vân"],
        ]
    )
    sheet = read(data)
    assert [(p.number, p.name, p.address_form, p.title, p.unit, p.seat) for p in sheet.rows] == [
        (1, "Đỗ Thị Hằng", "Bà", "Chánh Văn phòng", "Văn phòng HĐND và UBND", "12"),
        (2, "Nguyễn Văn An", "Đồng chí", "Văn thư", "Văn phòng HĐND và UBND", "A-13"),
        (1, "Trần Bình", None, "Chuyên viên", "Phòng Văn hoá - Xã hội", ""),
        (1, "Tống Công Minh", "Ông", "Giám đốc", "Trung tâm Phục vụ hành chính công", ""),
        (2, "Đoàn Văn Hậu", "Ông", "Viên chức", "Trung tâm Phục vụ hành chính công", ""),
    ]
    assert [p.standing for p in sheet.rows].count(Standing.GUEST) == 1
    assert sheet.rows[2].standing is Standing.GUEST
    assert reasons(sheet.skipped) == [
        (1, "title"),
        (2, "title"),
        (5, "column_numbers"),
        (6, "section"),
        (9, "section"),
        (11, "section"),
        (13, "repeated_header"),
        (16, "total"),
        (17, "signature"),
        (18, "signature"),
        (19, "signature"),
    ]
    assert not sheet.rejected
    assert not sheet.suspicious
    assert sheet.header_row == 4


def test_the_unit_comes_from_its_column_its_merged_cell_or_the_words_as_above(
    workbook: Book,
) -> None:
    data = workbook(
        [
            HEAD,
            [1, "Nguyễn Văn An", "", "Phòng A"],
            [2, "Nguyễn Văn Ba", "", ""],
            [3, "Nguyễn Văn Cư", "", "Phòng B"],
            [4, "Nguyễn Văn Du", "", "nt"],
            [5, "Nguyễn Văn Em", "", "phòng  b"],
        ],
        merged=("D2:D3",),
    )
    assert [p.unit for p in read(data).rows] == ["Phòng A"] * 2 + ["Phòng B"] * 3


def test_the_form_of_address_is_never_guessed_from_the_name() -> None:
    sheet = read(csv("STT,Họ tên,Đơn vị", "1,Nguyễn Thị Lan,Phòng A", "2,Trần Văn Ba,Phòng A"))
    assert [p.address_form for p in sheet.rows] == [None, None]
    sheet = read(csv("Họ tên,Giới tính,Đơn vị", "Lê Lan,Nữ,Phòng A", "Lê Ba,Nam,Phòng A"))
    assert [p.address_form for p in sheet.rows] == ["Bà", "Ông"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,,Chuyên viên,Phòng A,", "name_missing"),
        (f"1,{'Nguyễn ' * 30},,Phòng A,", "name_too_long"),
        ("1,12345,,Phòng A,", "name_without_letters"),
        ("1,Nguyễn Văn An,,,", "unit_missing"),
        ("1,=1+1,,Phòng A,", "formula"),
        ('1,"=HYPERLINK(""x"")",,Phòng A,', "formula"),
        ("1,Nguyễn Văn An,@SUM(A1),Phòng A,", "formula"),
        ("1,Nguyễn Văn An,+A1*2,Phòng A,", "formula"),
        ("1,Nguyễn Văn An,-2+3+cmd|' /C calc'!A0,Phòng A,", "formula"),
        ("1,#REF!,,Phòng A,", "formula"),
        (f"1,Nguyễn Văn An,{'dài ' * 60},Phòng A,", "cell_too_long"),
        ("1,lê thị mai,,PHÒNG B,", "same_person_twice"),
    ],
)
def test_a_row_that_should_be_a_person_is_rejected_with_its_reason(row: str, reason: str) -> None:
    data = csv(",".join(HEAD), "1,Lê Thị Mai,,Phòng B,", row)
    sheet = read(data)
    assert reasons(sheet.rejected) == [(3, reason)]
    assert [p.name for p in sheet.rows] == ["Lê Thị Mai"]


@pytest.mark.parametrize("cell", ["+84 912 345 678", "- Tổ trưởng", "@zalo", "+ Đảng viên", "-"])
def test_a_phone_number_or_a_dash_is_no_formula(cell: str) -> None:
    assert not read(csv(",".join(HEAD), f"1,Lê Mai,,Phòng B,{cell}")).rejected


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2,NGUYỄN THỊ ÁNH,,Phòng A,", "all_capitals"),
        ("2,Vân,,Phòng A,", "one_word_name"),
        ("2,Nguyễn Văn An 2,,Phòng A,", "digits_in_name"),
        ("2,<script>alert(1)</script> An,,Phòng A,", "digits_in_name"),
        ("2,<script>alert()</script> An,,Phòng A,", "signs_in_name"),
        ("2,Qu¸ch §ång Th¾ng,,Phòng A,", "old_font"),
        ("2,Đ/c Nguyễn Văn An,,Phòng A,", "address_in_name"),
        (f"2,Nguyễn Văn An,,Phòng {'A' * 110},", "long_unit"),
        ("2,Lê Thị Mai,,Phòng A,", "same_name_in_two_units"),
    ],
)
def test_a_doubtful_row_is_a_person_that_somebody_should_look_at(row: str, reason: str) -> None:
    sheet = read(csv(",".join(HEAD), "1,Lê Thị Mai,,Phòng B,", row))
    assert len(sheet.rows) == 2
    assert (3, reason) in reasons(sheet.suspicious)
    assert not sheet.rejected


def test_script_in_a_name_stays_text() -> None:
    sheet = read(csv(",".join(HEAD), "1,<script>x</script> An,,Phòng A,"))
    assert sheet.rows[0].name == "<script>x</script> An"


def test_standing_comes_from_its_column_and_unknown_words_are_rejected() -> None:
    sheet = read(
        csv(
            "STT;Họ và tên;Đơn vị;Tư cách",
            "1;Lê An;Phòng A;Đại biểu",
            "2;Lê Ba;Phòng A;KHÁCH MỜI",
            "3;Lê Cư;Phòng A;",
            "4;Lê Du;Phòng A;xem sau",
        )
    )
    assert [(p.standing, p.standing_stated) for p in sheet.rows] == [
        (Standing.DELEGATE, True),
        (Standing.GUEST, True),
        (Standing.DELEGATE, False),
    ]
    assert reasons(sheet.rejected) == [(5, "standing_not_understood")]


def test_a_section_of_guests_makes_guests_and_one_of_delegates_names_no_unit() -> None:
    sheet = read(
        csv(
            "STT,Họ và tên,Chức vụ",
            "A. ĐẠI BIỂU,,",
            "I,Phòng Kinh tế,",
            "1,Lê An,Trưởng phòng",
            "B. KHÁCH MỜI,,",
            "1,Lê Ba,Phó Giám đốc Sở",
        )
    )
    assert [(p.unit, p.standing) for p in sheet.rows] == [
        ("Phòng Kinh tế", Standing.DELEGATE),
        ("KHÁCH MỜI", Standing.GUEST),
    ]


def test_a_chair_in_a_numbered_row_is_no_signature() -> None:
    sheet = read(csv(",".join(HEAD), "1,Phạm Thị Thanh Vân,CHỦ TỊCH,UBND phường,"))
    assert len(sheet.rows) == 1


def test_a_person_below_the_total_is_not_dropped_without_a_word() -> None:
    sheet = read(
        csv(",".join(HEAD), "1,Lê An,,Phòng A,", "Tổng cộng: 1,,,,", ",Lê Ba,Văn thư,Phòng A,")
    )
    assert len(sheet.rows) == 1
    assert reasons(sheet.suspicious) == [(4, "looks_like_a_person_below")]


def test_a_total_that_differs_from_the_rows_is_pointed_out() -> None:
    sheet = read(csv(",".join(HEAD), "1,Lê An,,Phòng A,", "Tổng cộng: 186 đại biểu,,,,"))
    assert [(f.reason, f.facts) for f in sheet.suspicious] == [
        ("total_differs", {"written": 186, "read": 1})
    ]


def test_numbers_written_ahead_at_the_end_are_nobody_but_a_hole_in_the_middle_is() -> None:
    sheet = read(
        csv(",".join(HEAD), "1,Lê An,,Phòng A,", "2,,,,", "3,Lê Ba,,Phòng A,", "4,,,,", "5,,,,")
    )
    assert reasons(sheet.rejected) == [(3, "name_missing")]
    assert reasons(sheet.skipped) == [(5, "number_only"), (6, "number_only")]


def test_the_first_visible_sheet_with_a_header_is_read(workbook: Book) -> None:
    one = [HEAD, [1, "Lê An", "", "Phòng A"]]
    two = [HEAD, [1, "Lê Ba", "", "Phòng B"]]
    data = workbook({"Cũ": one, "Bìa": [["Danh sách"]], "Mới": two, "Thêm": one}, hidden=("Cũ",))
    sheet = read(data)
    assert [p.name for p in sheet.rows] == ["Lê Ba"]
    assert sheet.sheet_name == "Mới"
    assert [(f.reason, f.facts) for f in sheet.suspicious] == [
        ("other_sheet_not_read", {"sheet": "Thêm"})
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_texts_are_read_in_every_usual_form(encoding: str, separator: str) -> None:
    lines = [
        ["Danh sách, đợt 1"],
        ["STT", "Họ và tên", "Chức vụ", "Phòng/Ban"],
        ["1", "Lê An", "Phó phòng\nkiêm kế toán; thủ quỹ, v.v.", "Phòng A"],
        [],
        ["2", "Lê Ba", "", "Phòng A"],
    ]
    text = "\r\n".join(
        separator.join(f'"{c}"' if set(c) & set("\n;,") else c for c in line) for line in lines
    )
    sheet = read(text.encode(encoding))
    assert [(p.row, p.name, p.title) for p in sheet.rows] == [
        (3, "Lê An", "Phó phòng kiêm kế toán; thủ quỹ, v.v."),
        (5, "Lê Ba", ""),
    ]
    assert Column.TITLE in sheet.columns


def test_the_order_of_columns_does_not_matter(workbook: Book) -> None:
    line = dict(zip(HEAD, [1, "Lê An", "Văn thư", "Phòng A", "x"], strict=True))
    turned = list(reversed(HEAD))
    straight = read(workbook([HEAD, list(line.values())])).rows
    assert read(workbook([turned, [line[word] for word in turned]])).rows == straight


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "roster_old_excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "roster_password",
        ),
        (b"%PDF-1.7", "roster_not_a_sheet"),
        (b"<html><table>", "roster_not_a_sheet"),
        (b"", "roster_no_header"),
        ("Họ và tên,Đơn vị\nLê An,A".encode("utf-16-le"), "roster_wrong_encoding"),
        (
            "Họ và tên,Đơn vị\nLê Ẩn,A".encode("cp1258", "replace") + b"\xff",
            "roster_wrong_encoding",
        ),
        (csv("Tên tôi,là", "Lê An,Phòng A"), "roster_no_header"),
        (csv("STT,Hä vµ tªn,§¬n vÞ", "1,Qu¸ch,A"), "roster_old_font"),
        (csv(*["x"] * 20, "STT,Họ và tên,Đơn vị", "1,Lê An,A"), "roster_no_header"),
        (csv("STT,Họ và tên,Đơn vị", "Tổng cộng: 0,,"), "roster_no_people"),
        (csv("STT,Họ và tên,Đơn vị", '1,"Lê An,A', "2,Lê Ba,A"), "roster_broken_quotes"),
        (csv("STT,Họ và tên,Đơn vị", f"1,{'x' * 1_000_000},A"), "roster_broken_quotes"),
        (csv("Họ tên,Đơn vị", *["Lê An,A"] * 20_001), "roster_too_many_rows"),
        (b" " * (20 * 1024 * 1024 + 1), "roster_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_a_roster_is_refused_with_one_code(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(data)
    assert refusal.value.code == code


def test_a_name_in_two_columns_is_one_name_whatever_stands_above(workbook: Book) -> None:
    people = [[n, "Nguyễn Văn", given, "Phòng A"] for n, given in enumerate(["An", "Ba", "Cư"], 1)]
    for head in (
        [["STT", "Họ và tên", "", "Đơn vị"]],
        [["STT", "Họ đệm", "Tên", "Đơn vị"]],
        [["STT", "Họ và tên", "", "Đơn vị"], ["", "Họ đệm", "Tên", ""]],
    ):
        sheet = read(workbook([*head, *people]))
        assert [person.name for person in sheet.rows] == [
            "Nguyễn Văn An",
            "Nguyễn Văn Ba",
            "Nguyễn Văn Cư",
        ]
