"""The words of official papers (R21): spelling, dates with their zeros, offices, signers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import Refused
from kiosk.documents import rules


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("trụ sở Đảng uỷ - HĐND- UBND phường", "trụ sở Đảng ủy - HĐND - UBND phường"),
        ("Uỷ ban nhân dân", "Ủy ban nhân dân"),
        ("UỶ BAN NHÂN DÂN", "ỦY BAN NHÂN DÂN"),
        ("HĐND -UBND", "HĐND - UBND"),
        ("HĐND-\rUBND", "HĐND - UBND"),
        ("giai đoạn 2025-2026", "giai đoạn 2025-2026"),
        ("bà Thuỷ và ông Luỹ", "bà Thuỷ và ông Luỹ"),
        ("  hai   chỗ trống ", "hai chỗ trống"),
        ("", ""),
    ],
)
def test_office_wording_has_one_spelling_and_names_keep_theirs(written: str, printed: str) -> None:
    assert rules.official(written) == printed


@given(st.text(max_size=80))
def test_correcting_the_spelling_twice_changes_nothing_more(text: str) -> None:
    once = rules.official(text)
    assert rules.official(once) == once


@pytest.mark.parametrize(
    ("day", "month", "printed"),
    [
        (date(2026, 3, 5), None, "ngày 05 tháng 3 năm 2026"),
        (date(2026, 2, 12), "2026-03", "ngày 12 tháng 02 năm 2026"),
        (date(2026, 12, 31), None, "ngày 31 tháng 12 năm 2026"),
        (None, "2026-03", "ngày …… tháng 3 năm 2026"),
        (None, "2026-01", "ngày …… tháng 01 năm 2026"),
        (None, None, "ngày …… tháng …… năm ……"),
    ],
)
def test_a_date_has_the_decree_s_zeros_and_blanks_for_what_nobody_knows(
    day: date | None, month: str | None, printed: str
) -> None:
    assert rules.date_line(day, month) == printed


def test_a_letter_that_the_clerk_dates_bears_the_year_alone() -> None:
    assert rules.undated_line(date(2026, 3, 12), None).endswith("năm 2026")
    assert rules.undated_line(None, "2026-03") == "ngày …… tháng …… năm 2026"
    assert rules.undated_line(None, None) == "ngày …… tháng …… năm ……"


def test_the_hour_stands_before_the_day_and_is_left_open_when_unknown() -> None:
    day = date(2026, 3, 12)
    assert rules.time_line(day, "08:00") == "08 giờ 00 phút, thứ Năm, ngày 12 tháng 3 năm 2026"
    assert rules.time_line(day, None) == "…… giờ …… phút, thứ Năm, ngày 12 tháng 3 năm 2026"
    assert rules.time_line(None, None, "2026-03") == "…… giờ …… phút, ngày …… tháng 3 năm 2026"


@pytest.mark.parametrize(
    ("day", "words"),
    [(9, "thứ Hai"), (10, "thứ Ba"), (11, "thứ Tư"), (14, "thứ Bảy"), (15, "Chủ nhật")],
)
def test_weekdays_are_counted_as_in_vietnamese(day: int, words: str) -> None:
    assert rules.weekday(date(2026, 3, day)) == words


@pytest.mark.parametrize(
    ("host", "lines", "symbol"),
    [
        ("UBND phường Hải Dương", ("ỦY BAN NHÂN DÂN", "PHƯỜNG HẢI DƯƠNG"), "GM-UBND"),
        ("Uỷ ban nhân dân xã An Phú", ("ỦY BAN NHÂN DÂN", "XÃ AN PHÚ"), "GM-UBND"),
        ("HĐND phường X", ("HỘI ĐỒNG NHÂN DÂN", "PHƯỜNG X"), "GM-HĐND"),
        ("Trường Tiểu học Bình Minh", ("TRƯỜNG TIỂU HỌC BÌNH MINH",), "GM-……"),
        ("UBND", ("ỦY BAN NHÂN DÂN",), "GM-UBND"),
        ("", ("……",), "GM-……"),
    ],
)
def test_the_office_stands_in_full_and_an_unknown_sign_is_left_to_the_clerk(
    host: str, lines: tuple[str, ...], symbol: str
) -> None:
    assert rules.office_lines(host) == lines
    assert rules.symbol("GM", host) == symbol


@pytest.mark.parametrize(
    ("capacity", "name", "words"),
    [
        ("TM. ỦY BAN NHÂN DÂN - CHỦ TỊCH", "Lê A", "Lê A, Chủ tịch Ủy ban nhân dân phường X"),
        ("KT. CHỦ TỊCH - PHÓ CHỦ TỊCH", "Lê B", "Lê B, Phó Chủ tịch Ủy ban nhân dân phường X"),
        ("Q. CHỦ TỊCH", "Lê C", "Lê C, Chủ tịch Ủy ban nhân dân phường X"),
        ("TL. CHỦ TỊCH - CHÁNH VĂN PHÒNG", "Lê D", "Lãnh đạo Ủy ban nhân dân phường X"),
        (None, "Lê E", "Lãnh đạo Ủy ban nhân dân phường X"),
        ("TM. ỦY BAN NHÂN DÂN - CHỦ TỊCH", None, "Lãnh đạo Ủy ban nhân dân phường X"),
    ],
)
def test_only_who_signs_for_the_office_presides(
    capacity: str | None, name: str | None, words: str
) -> None:
    assert rules.presides(capacity, name, "UBND phường X") == words


def test_without_a_signer_the_paper_names_a_capacity_that_is_right_everywhere() -> None:
    assert rules.capacity_lines(None) == ("THỦ TRƯỞNG CƠ QUAN",)
    assert rules.capacity_lines("TM. UỶ BAN NHÂN DÂN - CHỦ TỊCH") == (
        "TM. ỦY BAN NHÂN DÂN",
        "CHỦ TỊCH",
    )


def test_the_form_of_address_is_never_guessed() -> None:
    assert rules.address_words("Bà") == ("Bà", "bà")
    assert rules.address_words("Đồng chí") == ("Đồng chí", "đồng chí")
    assert rules.address_words(None) == ("Ông/Bà", "ông/bà")


@pytest.mark.parametrize("text", ["", "fax", "PAPER", "giấy", "paper "])
def test_only_three_ways_of_sending_are_known(text: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.way_of(text)
    assert refused.value.code == "invitation_way_unknown"
