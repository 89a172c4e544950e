"""The same file again changes nothing; a changed file says exactly what it changes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.conference.roster.compare import Change, Comparison, Known, as_json, compare
from kiosk.conference.roster.reader import read_roster
from kiosk.conference.roster.sheet import Choices, Sheet, Standing, unit_key
from kiosk.conference.roster.standing import Flags, default_flags

HEAD = "STT;Họ và tên;Ông/Bà;Chức vụ;Đơn vị;Ghế;Ghi chú"
LINES = (
    "1;Nguyễn Văn Hòa;Ông;Trưởng phòng;Phòng Văn hóa - Xã hội;A01;",
    "2;Lê Thị Thúy;Bà;Chuyên viên;Phòng Văn hóa - Xã hội;A02;",
    "1;Trần Minh;Ông;Phó Giám đốc;Sở Nội vụ;A03;Khách mời",
)


def sheet_of(*lines: str, head: str = HEAD) -> Sheet:
    return read_roster("\n".join([head, *lines]).encode(), filename="x.csv")


def stored(sheet: Sheet) -> list[Known]:
    return [
        Known(
            id=entry.number + 100,
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


def counts(comparison: Comparison) -> tuple[int, ...]:
    return tuple(comparison.count(change) for change in Change)


def test_the_same_file_again_is_nothing_new() -> None:
    sheet = sheet_of(*LINES)
    assert counts(compare([], sheet)) == (3, 0, 0)
    again = compare(stored(sheet), sheet)
    assert counts(again) == (0, 0, 3)
    assert not again.absent


def test_spelling_and_columns_in_another_order_change_nothing() -> None:
    known = stored(sheet_of(*LINES))
    other = sheet_of(
        unicodedata.normalize("NFD", "PHÒNG VĂN HOÁ – XÃ HỘI;TRƯỞNG PHÒNG;NGUYỄN VĂN HOÀ"),
        "phòng văn hoá - xã hội;chuyên viên;lê thị thuý",
        head="Đơn vị;Chức vụ;Họ và tên",
    )
    comparison = compare(known, other)
    assert counts(comparison) == (0, 0, 2)
    assert [each.name for each in comparison.absent] == ["Trần Minh"]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("1;Nguyễn Văn Hòa;Ông;Giám đốc;Phòng Văn hóa - Xã hội;A01;", ("title",)),
        ("1;Nguyễn Văn Hòa;Ông;Trưởng phòng;Phòng Kinh tế;A01;", ("unit",)),
        ("1;Nguyễn Văn Hòa;Đ/c;Trưởng phòng;Phòng Văn hóa - Xã hội;B9;", ("address_form", "seat")),
        ("1;Nguyễn Văn Hòa;Ông;Trưởng phòng;Phòng Văn hóa - Xã hội;A01;khách mời", ("standing",)),
    ],
)
def test_a_changed_field_is_named_and_nothing_else_moves(
    line: str, fields: tuple[str, ...]
) -> None:
    known = stored(sheet_of(*LINES))
    (entry,) = compare(known, sheet_of(line)).entries
    assert (entry.change, entry.changed) == (Change.CHANGED, fields)
    after = entry.after()
    assert isinstance(after, Known)
    assert all(getattr(after, field) == getattr(entry.row, field) for field in fields)
    assert (after.id, after.number, after.name) == (101, 1, "Nguyễn Văn Hòa")


def test_a_name_that_stands_twice_is_never_matched_by_name_alone() -> None:
    known = stored(sheet_of("1;Lê An;;;Phòng A;;", "2;Lê An;;;Phòng B;;"))
    assert counts(compare(known, sheet_of("1;Lê An;;;Phòng C;;"))) == (1, 0, 0)
    alone = stored(sheet_of("1;Lê An;;;Phòng A;;"))
    two = sheet_of("1;Lê An;;;Phòng C;;", "2;Lê An;;;Phòng D;;")
    assert counts(compare(alone, two)) == (2, 0, 0)


def test_a_guest_marked_by_hand_stays_one_when_the_file_says_nothing() -> None:
    sheet = sheet_of(LINES[0])
    (person,) = stored(sheet)
    guest = Known(**{**_fields(person), "standing": Standing.GUEST})
    comparison = compare([guest], sheet)
    assert counts(comparison) == (0, 0, 1)
    (shown,) = as_json(sheet, comparison)["delegates"]
    assert (shown["standing"], shown["votes"]) == ("guest", False)


def _fields(person: Known) -> dict[str, object]:
    return {name: getattr(person, name) for name in Known.__slots__}


def test_new_people_take_the_next_numbers() -> None:
    known = stored(sheet_of(*LINES))
    more = compare(known, sheet_of("1;Phạm Mới;;;Phòng A;;", *LINES, "9;Vũ Mới;;;Phòng A;;"))
    assert [entry.number for entry in more.entries] == [4, 1, 2, 3, 5]


def test_the_answer_has_the_promised_shape() -> None:
    sheet = sheet_of("I. Các ban Đảng ủy;;;;;;", *LINES, "4;;Ông;x;Phòng A;;")
    answer = as_json(sheet, compare([], sheet))
    assert list(answer) == [
        *("new", "changed", "unchanged", "skipped", "rejected", "suspicious", "delegates")
    ]
    assert answer["skipped"] == [{"row": 2, "reason": "section"}]
    assert answer["rejected"] == [{"row": 6, "reason": "name_missing"}]
    assert answer["delegates"][2] == {
        "number": 3,
        "name": "Trần Minh",
        "address_form": "Ông",
        "title": "Phó Giám đốc",
        "unit": "Sở Nội vụ",
        "seat": "A03",
        "standing": "guest",
        "counts_for_quorum": False,
        "votes": False,
        "elects": False,
    }


def test_flags_set_by_hand_are_shown_until_the_unit_changes() -> None:
    known = stored(sheet_of(LINES[0]))
    by_hand = {101: Flags(counts_for_quorum=True, votes=False, elects=False)}
    sheet = sheet_of(LINES[0])
    (shown,) = as_json(sheet, compare(known, sheet), flags=by_hand)["delegates"]
    assert not shown["votes"]
    moved = sheet_of("1;Nguyễn Văn Hòa;Ông;Trưởng phòng;Phòng Kinh tế;A01;")
    (shown,) = as_json(moved, compare(known, moved), flags=by_hand)["delegates"]
    assert shown["votes"]


@pytest.mark.parametrize(
    ("unit", "elects"),
    [
        ("Văn phòng HĐND và UBND", True),
        ("Phòng Văn hoá - Xã hội", True),
        ("Các Ban HĐND", True),
        ("Các ban Đảng ủy", False),
        ("CÁC BAN ĐẢNG UỶ", False),
        ("Ủy ban MTTQ Việt Nam phường", False),
        ("Mặt trận Tổ quốc", False),
        ("Đoàn thể", False),
        ("Văn phòng Đảng ủy, HĐND và UBND", True),
    ],
)
def test_delegates_of_the_party_and_the_front_do_not_elect_by_default(
    unit: str, elects: bool
) -> None:
    assert default_flags(Standing.DELEGATE, unit) == Flags(True, True, elects)
    assert default_flags(Standing.GUEST, unit) == Flags(False, False, False)


@given(st.text(max_size=30))
def test_the_key_of_a_unit_is_its_own_key(unit: str) -> None:
    assert unit_key(unit_key(unit)) == unit_key(unit)
    assert unit_key(unit) == unit_key(unicodedata.normalize("NFD", unit))


PEOPLE = "Họ và tên;Chức vụ;Đơn vị"


def respelled(*lines: str, ticked: frozenset[int] = frozenset()) -> Comparison:
    first = "Nguyễn Văn Thuân;Kế toán;Phòng A", "Lê Thị Ngà;Văn thư;Phòng A"
    known = stored(sheet_of(*first, head=PEOPLE))
    sheet = read_roster(
        "\n".join([PEOPLE, *lines]).encode(), filename="x.csv", choices=Choices(same=ticked)
    )
    return compare(known, sheet)


@pytest.mark.parametrize(
    "name", ["Nguyễn Văn Thuấn", "Nguyễn Văn Thuần", "Nguyễn Vân Thuân", "Nguyễn Văn Tuân"]
)
def test_a_corrected_spelling_is_asked_about_and_joined_only_by_a_tick(name: str) -> None:
    lines = (f"{name};Kế toán;phòng a", "Lê Thị Ngà;Văn thư;Phòng A")
    asked = respelled(*lines)
    assert counts(asked) == (1, 0, 1)
    like = asked.entries[0].like
    assert like is not None
    assert (like.name, len(asked.absent)) == ("Nguyễn Văn Thuân", 1)

    joined = respelled(*lines, ticked=frozenset({2}))
    assert counts(joined) == (0, 1, 1)
    assert joined.entries[0].changed == ("name",)
    assert joined.entries[0].number == like.number
    assert not joined.absent


@pytest.mark.parametrize(
    "lines",
    [
        ("Nguyễn Văn Thuấn;Kế toán;Phòng B",),  # another unit
        ("Nguyễn Thị Thuân;Kế toán;Phòng A",),  # another name
        ("Nguyễn Văn Thuân;Kế toán;Phòng A", "Nguyễn Văn Thuấn;Kế toán;Phòng A"),  # both are there
        ("Nguyễn Văn Thuấn;Kế toán;Phòng A", "Nguyễn Văn Thuần;Lái xe;Phòng A"),  # which of two?
    ],
)
def test_nobody_is_asked_about_where_no_one_person_is_meant(lines: tuple[str, ...]) -> None:
    found = respelled(*lines, ticked=frozenset({2, 3}))
    assert not any(entry.like for entry in found.entries)
    assert found.count(Change.NEW) == len(lines) - (len(found.absent) == 1)


def test_many_new_names_beside_as_many_old_ones_are_compared_in_one_pass() -> None:
    old = [f"Người Cũ Số {number};;Phòng A" for number in range(3_000)]
    new = [f"Người Mới Số {number};;Phòng A" for number in range(3_000)]
    known = stored(sheet_of(*old, head=PEOPLE))
    assert compare(known, sheet_of(*new, head=PEOPLE)).count(Change.NEW) == 3_000
