"""Days, hours, guests and badge bands as people write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.conference import rules
from kiosk.conference.roster.sheet import Standing
from kiosk.conference.roster.standing import Flags
from kiosk.core.errors import Refused

NONE = Flags(counts_for_quorum=False, votes=False, elects=False)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12/03/2026", date(2026, 3, 12)),
        ("2026-03-12", date(2026, 3, 12)),
        (" 5/3/2026 ", date(2026, 3, 5)),
        ("", None),
        ("   ", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, day: date | None) -> None:
    assert rules.day_of(text) == day


@pytest.mark.parametrize(
    "text", ["31/02/2026", "12/03/26", "03/2026", "12/03/1999", "hôm nay", "12/03/2026\0", "1" * 99]
)
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="day_wrong"):
        rules.day_of(text)


@pytest.mark.parametrize(
    ("text", "hour"),
    [("08:00", "08:00"), ("8:00", "08:00"), ("8h00", "08:00"), ("23H59", "23:59"), ("", None)],
)
def test_an_hour_is_read_as_people_write_it(text: str, hour: str | None) -> None:
    assert rules.hour_of(text) == hour


@pytest.mark.parametrize("text", ["24:00", "8", "8:0", "8:60", "tám giờ", "08:00:00", "-1:00"])
def test_an_hour_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="hour_wrong"):
        rules.hour_of(text)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_days_and_hours(text: str) -> None:
    for read in (rules.day_of, rules.hour_of):
        # Anything but a refusal would be a page that breaks.
        with suppress(Refused):
            read(text)


def test_a_conference_after_march_is_late_but_only_then() -> None:
    assert not rules.is_late_in_year(date(2026, 3, 31), None)
    assert rules.is_late_in_year(date(2026, 4, 1), "2026-03")
    assert rules.is_late_in_year(None, "2026-04")
    assert not rules.is_late_in_year(None, "2026-03")
    assert not rules.is_late_in_year(None, None)


@pytest.mark.parametrize("flag", ["counts_for_quorum", "votes", "elects"])
def test_a_guest_with_any_flag_is_refused(flag: str) -> None:
    flags = Flags(**{"counts_for_quorum": False, "votes": False, "elects": False, flag: True})
    with pytest.raises(Refused, match="guest_never_counts"):
        rules.ensure_flags(Standing.GUEST, flags)
    rules.ensure_flags(Standing.GUEST, NONE)
    rules.ensure_flags(Standing.DELEGATE, flags)


def test_only_two_standings_exist() -> None:
    assert rules.standing_of("guest") is Standing.GUEST
    for text in ("", "DELEGATE", "khách", "teller"):
        with pytest.raises(Refused, match="standing_unknown"):
            rules.standing_of(text)


def test_a_long_title_is_shortened_as_the_office_does() -> None:
    long = "Hội nghị cán bộ, công chức, viên chức và người lao động năm 2026"
    assert rules.band_of(long, "UBND")[0] == "Hội nghị CB, CC, VC và NLĐ năm 2026"
    assert rules.band_of("Hội nghị cán bộ", "UBND") == ("Hội nghị cán bộ", "UBND")


def test_people_to_introduce_are_read_one_a_line() -> None:
    text = "Phạm Thị Thanh Vân - Chủ tọa\n\n  Lê Minh Quân –  Thư ký \nHoàng Thế Vinh\n"
    assert rules.seated_of(text) == [
        ["Phạm Thị Thanh Vân", "Chủ tọa"],
        ["Lê Minh Quân", "Thư ký"],
        ["Hoàng Thế Vinh", ""],
    ]


def test_a_hyphen_inside_a_name_parts_nothing() -> None:
    assert rules.seated_of("Đỗ Văn-An - Khách") == [["Đỗ Văn-An", "Khách"]]


def test_more_people_than_the_wall_can_show_are_refused() -> None:
    with pytest.raises(Refused, match="seated_too_many"):
        rules.seated_of("\n".join(f"Người {number}" for number in range(11)))
