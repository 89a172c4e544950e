"""Four more plans of other wards with their expected readings, and what a reading is unsure of.

Roman items under Roman sections, wrapped and centred (Thạch Khôi); double spaces, repeated and
jumping numbers, a day that is none (Nam Đồng); twelve lettered items (Cẩm Giang); phases, units
without marks, "2 giờ chiều" (Bình Hàn). The readings beside the plans were checked by eye.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.conference.plan import Plan, read_plan

FIXTURES = Path(__file__).parent / "fixtures"
PLANS = sorted(FIXTURES.glob("*.json"))


def read(text: str) -> Plan:
    return read_plan(text.encode(), filename="ke-hoach.txt")


def doubts(plan: Plan) -> list[tuple[int, str]]:
    return [(doubt.line, doubt.about) for doubt in plan.doubts]


def test_there_are_four_plans_with_readings() -> None:
    assert len(PLANS) == 4


@pytest.mark.parametrize("expected", PLANS, ids=lambda path: path.stem)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_plan_of_another_ward_reads_as_expected(expected: Path, form: str) -> None:
    text = expected.with_suffix(".txt").read_text(encoding="utf-8")
    data = unicodedata.normalize(form, text).encode()  # type: ignore[arg-type]
    said = read_plan(data, filename=expected.name).as_json()
    assert said == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("expected", PLANS, ids=lambda path: path.stem)
def test_each_doubt_stands_beside_the_line_it_is_about(expected: Path) -> None:
    lines = expected.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    plan = read_plan(expected.with_suffix(".txt").read_bytes(), filename=expected.name)
    assert plan.doubts
    for doubt in plan.doubts:
        assert lines[doubt.line - 1].strip() == doubt.text
    assert [line.text.strip() for line in plan.unread] == plan.as_json()["unread"]


HEAD = """KẾ HOẠCH
Tổ chức Hội nghị cán bộ, công chức năm 2027
I. MỤC ĐÍCH
- Phát huy dân chủ.
II. THỜI GIAN, ĐỊA ĐIỂM
1. Thời gian: {when}
2. Địa điểm: Hội trường.
III. CHƯƠNG TRÌNH
{items}
"""
ITEMS = "1. Khai mạc;\n2. Báo cáo;\n3. Thông qua Nghị quyết."


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("8 giờ ngày 12/3/2027.", []),
        ("Dự kiến trong tháng 3/2027.", []),
        ("8 giờ ngày 12/3.", [(6, "year_from_title")]),
        ("trong tháng 3.", [(6, "year_from_title")]),
        ("8 giờ ngày 30/2/2027.", [(6, "day_invalid")]),
        ("25 giờ ngày 12/3/2027.", [(6, "day_invalid")]),
        ("tháng 13/2027.", [(6, "day_invalid")]),
    ],
)
def test_a_day_is_doubted_exactly_when_something_was_added_or_is_wrong(
    when: str, expected: list[tuple[int, str]]
) -> None:
    assert doubts(read(HEAD.format(when=when, items=ITEMS))) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (ITEMS, []),
        ("- Khai mạc;\n- Báo cáo;\n- Thông qua Nghị quyết.", []),
        ("1. Khai mạc;\n3. Báo cáo;\n4. Thông qua Nghị quyết.", [(10, "numbers_jump")]),
        ("1. Khai mạc;\n1. Báo cáo;\n2. Thông qua Nghị quyết.", [(10, "numbers_jump")]),
        ("1. Khai mạc;\n2. Chụp ảnh;\n3. Thông qua Nghị quyết.", [(10, "kind_other")]),
    ],
)
def test_items_are_doubted_by_their_number_and_their_kind(
    items: str, expected: list[tuple[int, str]]
) -> None:
    plan = read(HEAD.format(when="8 giờ ngày 12/3/2027.", items=items))
    assert len(plan.agenda) == 3
    assert doubts(plan) == expected


@settings(deadline=None)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30), max_size=6
    )
)
def test_whatever_stands_between_every_unread_line_is_a_doubt(more: list[str]) -> None:
    text = HEAD.format(when="8 giờ ngày 12/3.", items=ITEMS) + "\n".join(more)
    plan = read(text)
    about = {doubt.line for doubt in plan.doubts}
    assert {line.number for line in plan.unread} <= about
    assert list(plan.doubts) == sorted(plan.doubts, key=lambda each: (each.line, each.about))


@pytest.mark.parametrize(
    "marks",
    [
        ("1- ", "2- ", "3- "),
        ("1 – ", "2 – ", "3 – "),
        ("a- ", "b- ", "c- "),
        ("(i) ", "(ii) ", "(iii) "),
        ("8h00 - 8h10    ", "8h10 - 9h30    ", "9h30    "),
        ("- 8 giờ - 8 giờ 10: ", "- 8 giờ 10 phút - 9 giờ 30 phút ", "- 9 giờ 30: "),
    ],
)
def test_a_number_before_a_dash_a_small_roman_or_an_hour_is_no_part_of_the_title(
    marks: tuple[str, ...],
) -> None:
    titles = ["Khai mạc", "Báo cáo", "Thông qua Nghị quyết"]
    items = ";\n".join(mark + title for mark, title in zip(marks, titles, strict=True))
    plan = read(HEAD.format(when="8 giờ ngày 12/3/2027.", items=items))
    assert [item.title for item in plan.agenda] == titles
    assert doubts(plan) == []


def test_a_term_of_years_that_was_wrapped_stays_with_its_election() -> None:
    items = (
        "1- Khai mạc;\n2- Bầu Ban Thanh tra nhân dân nhiệm kỳ\n2027 - 2029 (05 người);\n3- Bế mạc"
    )
    plan = read(HEAD.format(when="8 giờ ngày 12/3/2027.", items=items))
    assert [item.number for item in plan.agenda] == [1, 2, 3]
    assert plan.agenda[1].title == "Bầu Ban Thanh tra nhân dân nhiệm kỳ 2027 - 2029 (05 người)"


@pytest.mark.parametrize(
    "before", ["V/v tổ chức ", "V/v: Tổ chức ", "Về việc tổ chức ", "Tổ chức "]
)
def test_the_subject_line_names_the_conference_whatever_stands_before(before: str) -> None:
    text = HEAD.format(when="8 giờ ngày 12/3/2027.", items=ITEMS).replace("Tổ chức ", before)
    plan = read(text)
    assert plan.conference_title == "Hội nghị cán bộ, công chức năm 2027"
    assert doubts(plan) == []
