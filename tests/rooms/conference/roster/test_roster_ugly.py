"""The ugly roster of `docs/`, an old `.xls`, and what a person decides on the preview."""

from __future__ import annotations

import contextlib
import datetime
import random
import re
import runpy
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.conference.roster.compare import Change, compare
from kiosk.conference.roster.mapping import choices_of, choices_of_words
from kiosk.conference.roster.people import birth_date
from kiosk.conference.roster.preview import letter_of, place_of, preview_roster
from kiosk.conference.roster.reader import read_roster
from kiosk.conference.roster.sheet import Choices, Column, Sheet, Standing
from kiosk.core.errors import Refused
from kiosk.core.legacy_text import Legacy

ROOT = Path(__file__).parents[4]
UGLY = ROOT / "docs" / "danh-sach-xau.xlsx"
#: Written once with xlwt; no dependency of ours writes this kind.
OLD_EXCEL = Path(__file__).parent / "fixtures" / "danh-sach.xls"
Book = Callable[..., bytes]


def ugly(**choices: Any) -> Sheet:
    return read_roster(UGLY.read_bytes(), filename=UGLY.name, choices=Choices(**choices))


def names(sheet: Sheet) -> list[str]:
    return [person.name for person in sheet.rows]


def reasons(findings: Any) -> list[tuple[int, str]]:
    return [(finding.row, finding.reason) for finding in findings]


def test_the_file_in_docs_is_what_its_tool_writes(tmp_path: Path) -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "ugly_roster.py"))
    tool["write"](tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == UGLY.read_bytes()


def test_the_ugly_roster_reads_with_its_people_and_says_what_it_doubts() -> None:
    sheet = ugly()
    assert names(sheet)[:6] == [
        "Phạm Thị Thanh Mai",
        "Nguyễn Quốc Huy",
        "TRẦN THỊ NGỌC ÁNH",
        "Đỗ Thị Thuý Hằng",
        "Lê Văn An",
        "Lê Văn An",
    ]
    assert [person.address_form for person in sheet.rows[:5]] == ["Bà", "Ông", "Bà", "Bà", "Ông"]
    assert [person.number for person in sheet.rows[:8]] == [1, 2, 3, 4, 5, 6, 1, 3]
    assert reasons(sheet.rejected) == [(17, "same_person_twice")]
    assert (15, "hidden_row") in reasons(sheet.skipped)
    assert {reason for _, reason in reasons(sheet.suspicious)} == {
        "other_sheet_not_read",
        "all_capitals",
        "same_name_told_apart",
        "old_font",
        "signs_in_name",
        "total_differs",
    }


def test_everything_a_person_can_decide_makes_it_whole() -> None:
    sheet = ugly(
        legacy=Legacy.TCVN3, hidden_rows=True, others=frozenset({17}), proper=frozenset({9})
    )
    assert not sheet.rejected
    assert len(sheet.rows) == 14
    assert "Hoàng Minh Đức" in names(sheet)
    assert "Trần Thị Ngọc Ánh" in names(sheet)
    assert names(sheet)[10:13] == ["Quách Đồng Thắng", "Nguyễn Thị Hường", "Trần Mạnh Dũng"]
    # Rows in Unicode are not touched by the conversion: "Phó phòng" has the same kind of letters.
    assert [person.title for person in sheet.rows][6:8] == ["Trưởng phòng", "Phó Trưởng phòng"]
    assert names(sheet).count("Ngô Thị Sen") == 2


def test_the_same_choices_again_bring_nobody_twice() -> None:
    from kiosk.conference.roster.compare import Known

    sheet = ugly(legacy=Legacy.TCVN3, others=frozenset({17}), all_proper=True)
    stored = [
        Known(
            id=entry.number,
            number=entry.number,
            name=entry.row.name,
            unit=entry.row.unit,
            title=entry.row.title,
            address_form=entry.row.address_form,
            seat=entry.row.seat,
            standing=entry.row.standing,
        )
        for entry in compare([], sheet).entries
    ]
    again = compare(stored, sheet)
    assert again.count(Change.UNCHANGED) == len(sheet.rows)
    assert not again.absent


def test_a_merged_unit_on_another_sheet_is_everybodys_unit() -> None:
    sheet = ugly(sheet="Bổ sung")
    assert [(person.name, person.unit) for person in sheet.rows] == [
        ("Bùi Văn Cường", "Tổ bảo vệ"),
        ("Đặng Thị Thu", "Tổ bảo vệ"),
    ]


def test_the_preview_shows_columns_hidden_things_and_old_letters_side_by_side() -> None:
    look = preview_roster(UGLY.read_bytes(), filename=UGLY.name)
    assert look.guessed is Legacy.TCVN3
    assert ("Gi¸m ®èc", "Giám đốc") in look.old_texts
    assert look.hidden_rows == 1
    assert [(sheet.name, sheet.visible) for sheet in look.sheets] == [
        ("Danh sách ĐB", True),
        ("Bổ sung", True),
        ("Cũ 2025", False),
    ]
    assert [column.meaning for column in look.columns[:6]] == [
        Column.NUMBER,
        Column.NAME,
        Column.GIVEN,
        Column.MALE,
        Column.FEMALE,
        Column.TITLE,
    ]


def test_a_hidden_sheet_is_read_only_when_somebody_names_it() -> None:
    assert names(ugly(sheet="Cũ 2025")) == ["Người Năm Ngoái"]


def test_birth_dates_never_reach_a_person_and_are_no_formula() -> None:
    lines = ["STT,Họ và tên,Ngày sinh,Đơn vị", "1,Lê An,=1+1,Phòng A", "2,Lê Ba,1/1/1980,Phòng A"]
    sheet = read_roster("\n".join(lines).encode(), filename="x")
    assert not sheet.rejected
    assert "1980" not in repr(sheet.rows)
    assert "1975" not in repr(ugly().rows)


def test_both_columns_of_the_sex_filled_is_a_doubt_and_no_address() -> None:
    sheet = read_roster("STT,Họ tên,Đơn vị,Nam,Nữ\n1,Lê An,A,1980,1981".encode(), filename="x")
    assert sheet.rows[0].address_form is None
    assert reasons(sheet.suspicious) == [(2, "address_not_understood")]


def test_a_year_column_is_no_column_of_men() -> None:
    sheet = read_roster("STT,Họ tên,Đơn vị,Năm\n1,Lê An,A,1980".encode(), filename="x")
    assert Column.MALE not in sheet.columns


@pytest.mark.parametrize(
    ("first", "second", "two"),
    [
        (("Trưởng phòng", "", ""), ("Phó phòng", "", ""), True),
        (("", "A1", ""), ("", "A2", ""), True),
        (("", "", "1980"), ("", "", "02/03/1981"), True),
        (("", "", "1980"), ("", "", "02/03/1980"), False),
        (("Chuyên viên", "", ""), ("CHUYÊN VIÊN", "", ""), False),
        (("Chuyên viên", "", ""), ("", "", ""), False),
    ],
)
def test_people_of_one_name_are_two_only_when_a_column_tells_them_apart(
    first: tuple[str, ...], second: tuple[str, ...], two: bool
) -> None:
    lines = ["Họ và tên,Đơn vị,Chức vụ,Ghế,Năm sinh"]
    lines += [f"Lê An,Phòng A,{','.join(row)}" for row in (first, second)]
    data = "\n".join(lines).encode()
    sheet = read_roster(data, filename="x")
    assert len(sheet.rows) == (2 if two else 1)
    assert bool(sheet.rejected) is not two
    told = read_roster(data, filename="x", choices=Choices(others=frozenset({3})))
    assert len(told.rows) == 2


def test_homonyms_meet_their_own_stored_person_when_the_rows_change_places() -> None:
    from kiosk.conference.roster.compare import Known
    from kiosk.conference.roster.sheet import Standing

    known = [
        Known(7, 1, "Lê An", "Phòng A", "Trưởng phòng", None, "", Standing.DELEGATE),
        Known(8, 2, "Lê An", "Phòng A", "Lái xe", None, "", Standing.DELEGATE),
    ]
    head = "Họ và tên,Đơn vị,Chức vụ"
    sheet = read_roster(
        f"{head}\nLê An,Phòng A,Lái xe\nLê An,Phòng A,Trưởng phòng".encode(), filename="x"
    )
    found = compare(known, sheet)
    assert [entry.known and entry.known.id for entry in found.entries] == [8, 7]
    assert found.count(Change.UNCHANGED) == 2
    alone = read_roster(f"{head}\nLê An,Phòng A,Bảo vệ".encode(), filename="x")
    assert compare(known, alone).entries[0].unsure


def test_names_in_capitals_wait_for_a_tick_and_then_change_the_stored_spelling() -> None:
    from kiosk.conference.roster.compare import Known
    from kiosk.conference.roster.sheet import Standing

    data = "Họ và tên,Đơn vị\nLÊ THỊ ÁNH,Phòng A\nTRẦN BA,Phòng A".encode()
    plain = read_roster(data, filename="x")
    assert names(plain) == ["LÊ THỊ ÁNH", "TRẦN BA"]
    ticked = read_roster(data, filename="x", choices=Choices(proper=frozenset({2})))
    assert names(ticked) == ["Lê Thị Ánh", "TRẦN BA"]
    known = Known(1, 1, "LÊ THỊ ÁNH", "Phòng A", "", None, "", Standing.DELEGATE)
    assert compare([known], plain).entries[0].change is Change.UNCHANGED
    assert compare([known], ticked).entries[0].changed == ("name",)


# -- an old workbook -------------------------------------------------------------------------


def test_an_old_xls_reads_like_the_new_kind() -> None:
    sheet = read_roster(OLD_EXCEL.read_bytes(), filename="danh-sach.xls")
    assert [(p.name, p.address_form, p.unit) for p in sheet.rows] == [
        ("Phạm Thị Lan", "Bà", "Văn phòng"),
        ("Đỗ Văn Ánh", "Ông", "Văn phòng"),
        ("Trần Quốc Bảo", "Ông", "Văn phòng"),
    ]
    assert (9, "hidden_row") in reasons(sheet.skipped)
    everyone = read_roster(OLD_EXCEL.read_bytes(), filename="x", choices=Choices(hidden_rows=True))
    assert names(everyone)[-1] == "Lê Ẩn Danh"
    hidden = read_roster(OLD_EXCEL.read_bytes(), filename="x", choices=Choices(sheet="Cũ"))
    assert names(hidden) == ["Người Cũ"]


def test_a_cell_in_the_far_corner_of_an_old_workbook_is_refused_and_named() -> None:
    data = bytearray(OLD_EXCEL.read_bytes())
    # The number 1 of the first person: RK record, row 5, column 0.
    at = data.find(struct.pack("<HHHH", 0x027E, 10, 5, 0))
    assert at > 0
    struct.pack_into("<HH", data, at + 4, 65_535, 255)
    with pytest.raises(Refused) as refusal:
        read_roster(bytes(data), filename="x.xls")
    assert refusal.value.code == "roster_stray_cell"
    assert refusal.value.facts == {"cell": "IV65536"}


def test_an_old_workbook_with_a_password_is_refused() -> None:
    data = bytearray(OLD_EXCEL.read_bytes())
    at = data.find(struct.pack("<HH", 0x0809, 16))
    # Whatever record comes after the beginning of the book becomes FILEPASS.
    struct.pack_into("<H", data, at + 20, 0x002F)
    with pytest.raises(Refused, match="roster_password"):
        read_roster(bytes(data), filename="x.xls")


@settings(max_examples=80, deadline=None)  # a changed row number may ask for a large rectangle
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_an_old_workbook_with_bytes_changed_never_crashes(seed: int, changes: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (the same bytes at every run)
    data = bytearray(OLD_EXCEL.read_bytes())
    for _ in range(changes):
        data[chance.randrange(len(data))] = chance.randrange(256)
    with contextlib.suppress(Refused):  # some changes do no harm; anything else raised is a bug
        read_roster(bytes(data), filename="x.xls")


@pytest.mark.parametrize("seed", [47, 530, 1483, 1679])
def test_an_old_workbook_that_kills_its_reader_is_refused_in_words(seed: int) -> None:
    """Found by changing bytes: a forged length asks for a terabyte (47, 530), a place for a sheet
    that is not there panics twice (1483, 1679). Both end the process that reads."""
    chance = random.Random(seed)  # noqa: S311 (the same bytes at every run)
    data = bytearray(OLD_EXCEL.read_bytes())
    for _ in range(chance.choice([1, 2, 4, 8, 12])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    with pytest.raises(Refused) as refusal:
        read_roster(bytes(data), filename="x.xls")
    assert refusal.value.code == "roster_unreadable"


@given(st.binary(max_size=1500))
def test_bytes_behind_the_old_signature_are_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        read_roster(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data, filename="x.xls")


# -- mapping by hand -------------------------------------------------------------------------

WITHOUT_WORDS = "a;b;c;d\n1;Nguyễn Văn An;Chuyên viên;Phòng A\n2;Lê Ba;Văn thư;Phòng A"


def test_columns_named_by_hand_make_a_file_without_header_words_readable() -> None:
    look = preview_roster(WITHOUT_WORDS.encode(), filename="x.csv")
    assert (look.sheet, look.refusal) == (None, "roster_no_header")
    assert [column.letter for column in look.columns] == ["A", "B", "C", "D"]
    chosen = choices_of({0: "number", 1: "name", 2: "title", 3: "unit"}, header_row="1")
    sheet = read_roster(WITHOUT_WORDS.encode(), filename="x.csv", choices=chosen)
    assert [(p.name, p.title, p.unit) for p in sheet.rows] == [
        ("Nguyễn Văn An", "Chuyên viên", "Phòng A"),
        ("Lê Ba", "Văn thư", "Phòng A"),
    ]
    without = "\n".join(WITHOUT_WORDS.splitlines()[1:]).encode()
    chosen = choices_of_words("number=A,name=B,title=c,unit=D", header_row="0")
    assert names(read_roster(without, filename="x", choices=chosen)) == ["Nguyễn Văn An", "Lê Ba"]


def test_a_header_that_misleads_is_overruled_by_hand(workbook: Book) -> None:
    data = workbook(
        [["STT", "Họ và tên", "Chức vụ", "Đơn vị"], [1, "Phòng A", "Văn thư", "Lê Thị Ba"]]
    )
    chosen = choices_of({3: "name", 1: "unit", 2: "title"})
    sheet = read_roster(data, filename="x", choices=chosen)
    assert [(p.name, p.unit) for p in sheet.rows] == [("Lê Thị Ba", "Phòng A")]


@pytest.mark.parametrize(
    "said",
    [
        "name=B,title=B",
        "title=C",
        "name=B,name=C",
        "nobody=B",
        "name",
        "name=ZZZ",
        "name=",
        "name=1",
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(said: str) -> None:
    with pytest.raises(Refused, match="roster_mapping_wrong"):
        read_roster(
            WITHOUT_WORDS.encode(), filename="x", choices=choices_of_words(said, header_row="1")
        )


@pytest.mark.parametrize("row", ["-1", "99999", "x", "1e9", "²"])
def test_a_header_row_that_is_none_is_refused(row: str) -> None:
    with pytest.raises(Refused, match="roster_mapping_wrong"):
        read_roster(
            WITHOUT_WORDS.encode(),
            filename="x",
            choices=choices_of({1: "name", 3: "unit"}, header_row=row),
        )


@given(st.integers(0, 18_277))
def test_letters_of_columns_go_there_and_back(place: int) -> None:
    assert place_of(letter_of(place)) == place


@settings(deadline=None)
@given(
    st.dictionaries(st.integers(0, 8), st.sampled_from([each.value for each in Column])),
    st.integers(0, 5),
    st.sampled_from([None, *Legacy]),
    st.booleans(),
)
def test_whatever_is_chosen_every_row_is_told_once(
    columns: dict[int, str], header_row: int, legacy: Legacy | None, hidden: bool
) -> None:
    try:
        chosen = choices_of(
            columns, header_row=str(header_row), legacy=legacy or "", hidden_rows=hidden
        )
        sheet = read_roster(UGLY.read_bytes(), filename="x", choices=chosen)
    except Refused:
        return
    told = [each.row for each in (*sheet.rows, *sheet.skipped, *sheet.rejected)]
    assert len(told) == len(set(told))


def test_a_whole_list_in_an_old_font_waits_for_the_person_and_then_reads() -> None:
    text = "STT,Hä vµ tªn,§¬n vÞ\n1,Qu¸ch §ång Th¾ng,V¨n phßng\n2,Dòng,V¨n phßng"
    look = preview_roster(text.encode(), filename="x.csv")
    assert (look.sheet, look.refusal, look.guessed) == (None, "roster_old_font", Legacy.TCVN3)
    sheet = read_roster(text.encode(), filename="x", choices=Choices(legacy=Legacy.TCVN3))
    assert [(p.name, p.unit) for p in sheet.rows] == [
        ("Quách Đồng Thắng", "Văn phòng"),
        ("Dũng", "Văn phòng"),
    ]
    # The same list as the old program saved it: bytes that are no UTF-8.
    raw = read_roster(text.encode("latin-1"), filename="x", choices=Choices(legacy=Legacy.TCVN3))
    assert raw.rows == sheet.rows
    capitals = read_roster(
        text.encode(), filename="x", choices=Choices(legacy=Legacy.TCVN3_CAPITALS)
    )
    assert names(capitals) == ["QUÁCH ĐỒNG THẮNG", "DŨNG"]


def test_dates_of_every_kind_are_only_text(workbook: Book) -> None:
    odd = [
        datetime.datetime(1980, 3, 2),  # noqa: DTZ001
        datetime.date(1980, 3, 2),
        datetime.time(8, 30),
        datetime.timedelta(days=3),
        29_282.5,
        "32/13/1980",
        "năm 1980",
        -1,
    ]
    rows = [["STT", "Họ và tên", "Ngày sinh", "Đơn vị"]]
    rows += [[n, f"Lê {chr(65 + n)}n", day, "Phòng A"] for n, day in enumerate(odd)]  # type: ignore[list-item]
    sheet = read_roster(workbook(rows), filename="x")
    assert len(sheet.rows) == len(odd)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
@given(order=st.permutations(range(5)))
def test_columns_in_any_order_bring_the_same_people(workbook: Book, order: list[int]) -> None:
    head = ["Họ đệm", "Tên", "Chức vụ", "Đơn vị", "Giới tính"]
    line = ["Nguyễn Văn", "An", "Văn thư", "Phòng A", "Nam"]
    sheet = read_roster(
        workbook([[head[at] for at in order], [line[at] for at in order]]), filename="x"
    )
    (person,) = sheet.rows
    assert (person.name, person.title, person.unit, person.address_form) == (
        "Nguyễn Văn An",
        "Văn thư",
        "Phòng A",
        "Ông",
    )


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("01/05/1980", "01/05/1980"),
        ("1/5/1980", "01/05/1980"),
        ("1.5.1980", "01/05/1980"),
        ("1-5-80", "01/05/1980"),
        ("1980-05-01 00:00:00", "01/05/1980"),
        ("01051980", "01/05/1980"),
        ("ngày 1 tháng 5 năm 1980", "01/05/1980"),
        ("29342", "01/05/1980"),
        ("5/31/1980", "31/05/1980"),
        ("05/1980", "05/1980"),
        ("sinh năm 1980", "1980"),
        ("5/6/04", "05/06/2004"),
        ("1", ""),
        ("không rõ", ""),
        ("12/34", ""),
        ("99999999", ""),
        ("", ""),
    ],
)
def test_a_birth_date_has_one_spelling_however_it_is_written(written: str, date: str) -> None:
    assert birth_date(written) == date


@pytest.mark.parametrize("other", ["1/5/1980", "29342", "1-5-80", "05/1980", "1980"])
def test_two_spellings_of_one_birth_date_make_nobody_twice(other: str) -> None:
    lines = ["Họ và tên,Đơn vị,Ngày sinh", "Lê An,Phòng A,01/05/1980", f"Lê An,Phòng A,{other}"]
    sheet = read_roster("\n".join(lines).encode(), filename="x")
    assert reasons(sheet.rejected) == [(3, "same_person_twice")]


@given(st.text(max_size=30))
def test_any_text_in_the_column_of_birth_dates_is_read_without_a_fault(text: str) -> None:
    assert re.fullmatch(r"((\d{2,}/)?\d{2,}/)?\d{4}|", birth_date(text))


@pytest.mark.parametrize(
    "head",
    [
        ["Họ", "Chữ đệm", "Tên"],
        ["Họ", "Tên đệm", "Tên"],
        ["Họ", "Đệm", "Tên"],
        ["Họ", "", "Tên"],
        ["Họ đệm", "", "Tên"],
    ],
)
def test_a_name_in_three_columns_keeps_its_middle(workbook: Book, head: list[str]) -> None:
    people = [["Nguyễn", "Văn", "An"], ["Nguyễn", "Thị Thu", "An"], ["Lê", "", "Ba"]]
    rows = [["STT", *head, "Đơn vị"], *([1, *person, "Phòng A"] for person in people)]
    sheet = read_roster(workbook(rows), filename="x")
    assert names(sheet) == ["Nguyễn Văn An", "Nguyễn Thị Thu An", "Lê Ba"]
    assert not sheet.rejected


def test_a_name_under_one_header_over_three_columns_keeps_its_middle(workbook: Book) -> None:
    rows = [
        ["STT", "Họ và tên", "", "", "Đơn vị"],
        ["", "Họ", "Đệm", "Tên", ""],
        [1, "Nguyễn", "Văn", "An", "Phòng A"],
    ]
    assert names(read_roster(workbook(rows), filename="x")) == ["Nguyễn Văn An"]


def test_a_list_of_one_office_gets_its_unit_from_a_person() -> None:
    data = "Họ và tên,Chức vụ\nLê An,Văn thư\nTrần Ba,-".encode()
    assert {reason for _, reason in reasons(read_roster(data, filename="x").rejected)} == {
        "unit_missing"
    }
    said = choices_of_words("", unit="  Phòng Kinh tế ")
    sheet = read_roster(data, filename="x", choices=said)
    assert [(p.name, p.title, p.unit) for p in sheet.rows] == [
        ("Lê An", "Văn thư", "Phòng Kinh tế"),
        ("Trần Ba", "", "Phòng Kinh tế"),
    ]
    # Whoever has a unit in the file keeps it.
    own = "Họ và tên,Đơn vị\nLê An,Phòng A\nTrần Ba,".encode()
    sheet = read_roster(own, filename="x", choices=said)
    assert [p.unit for p in sheet.rows] == ["Phòng A", "Phòng Kinh tế"]


@pytest.mark.parametrize("said", ["ĐB chính thức", "đại biểu đương nhiên", "Được bầu", "ĐB"])
def test_a_delegate_by_any_of_the_usual_words_is_a_delegate(said: str) -> None:
    data = f"Họ và tên,Đơn vị,Tư cách\nLê An,Phòng A,{said}".encode()
    assert read_roster(data, filename="x").rows[0].standing is Standing.DELEGATE
