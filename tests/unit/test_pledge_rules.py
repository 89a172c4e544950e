"""Who signs the pledge, in which capacity, and what may happen to it when."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.conference.plan.kinds import AgendaKind
from kiosk.core.errors import Refused
from kiosk.pledge import rules
from kiosk.pledge.rules import Person, Proposed, Side, Signing, State


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as error:
        act()
    return error.value.code


# -- who signs by default --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Trưởng phòng",
        "TRƯỞNG PHÒNG",
        "Trưởng phòng Văn hoá - Xã hội",
        "Trưởng Ban Kinh tế - Ngân sách",
        "Chánh Văn phòng",
        "Giám đốc Trung tâm",
        "Hiệu trưởng",
        "Trưởng trạm Y tế",
        "Trưởng Công an phường",
        "Q. Trưởng phòng",
        "Phụ trách Trưởng phòng",
        "Chỉ huy trưởng BCHQS",
    ],
)
def test_the_head_of_a_unit_is_known_by_the_title(title: str) -> None:
    assert rules.is_head_of_unit(title)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Phó Trưởng phòng",
        "Phó Chánh Văn phòng",
        "P. Trưởng phòng",
        "Phó Hiệu trưởng",
        "Chuyên viên",
        "Kế toán trưởng",
        "Chủ tịch UBND phường",
        "Văn thư",
        "Giáo viên",
        "Tổ phó tổ trưởng",
    ],
)
def test_nobody_else_is(title: str) -> None:
    assert not rules.is_head_of_unit(title)


def test_the_head_of_the_office_is_no_deputy_and_no_chair_of_another_body() -> None:
    assert rules.is_head_of_office("Chủ tịch UBND phường")
    assert rules.is_head_of_office("Phó Bí thư Đảng ủy, Chủ tịch UBND phường")
    assert not rules.is_head_of_office("Phó Chủ tịch UBND phường")
    assert not rules.is_head_of_office("Chủ tịch UBMTTQ phường")
    assert not rules.is_head_of_office("Trưởng phòng")


def person(
    number: int, title: str, *, unit: int = 1, name: str = "", guest: bool = False
) -> Person:
    return Person(number, name or f"Người {number}", title, unit, guest)


def test_each_unit_signs_by_its_first_head_and_the_office_comes_last() -> None:
    people = [
        person(1, "Chủ tịch UBND phường", unit=1),
        person(2, "Chánh Văn phòng", unit=1),
        person(3, "Phó Trưởng phòng", unit=2),
        person(4, "Trưởng phòng", unit=2),
        person(5, "Trưởng phòng", unit=2),
        person(6, "Chuyên viên", unit=3),
        person(7, "Trưởng Ban", unit=4, guest=True),
    ]
    assert rules.proposed(people) == [
        Proposed(2, Side.UNIT),
        Proposed(4, Side.UNIT),
        Proposed(1, Side.OFFICE),
    ]


def test_who_signed_the_plan_is_the_head_of_the_office_when_the_roster_has_that_name_once() -> None:
    people = [
        person(1, "Trưởng phòng", name="Phạm Thị Thanh Vân"),
        person(2, "Chủ tịch UBND phường", unit=2),
    ]
    assert rules.proposed(people, plan_signer="PHẠM THỊ THANH VÂN") == [Proposed(1, Side.OFFICE)]
    twice = [*people, person(3, "Chuyên viên", name="Phạm Thị Thanh Vân", unit=3)]
    assert rules.proposed(twice, plan_signer="Phạm Thị Thanh Vân") == [
        Proposed(1, Side.UNIT),
        Proposed(2, Side.OFFICE),
    ]


titles = st.sampled_from(
    ["Trưởng phòng", "Phó Trưởng phòng", "Chuyên viên", "Chủ tịch UBND phường", "Hiệu trưởng", ""]
)


@given(st.lists(st.tuples(titles, st.integers(1, 5), st.booleans()), max_size=40))
def test_nobody_signs_twice_no_guest_signs_and_no_unit_has_two(
    rows: list[tuple[str, int, bool]],
) -> None:
    people = [
        person(n, title, unit=unit, guest=guest) for n, (title, unit, guest) in enumerate(rows)
    ]
    found = rules.proposed(people)
    ids = [each.delegate_id for each in found]
    assert len(ids) == len(set(ids))
    assert not any(people[number].is_guest for number in ids)
    units = [people[each.delegate_id].unit_id for each in found if each.side is Side.UNIT]
    assert len(units) == len(set(units))
    assert sum(each.side is Side.OFFICE for each in found) <= 1


# -- in which capacity -----------------------------------------------------------------------------


def test_a_proxy_signs_kt_the_principal() -> None:
    assert rules.capacity_lines("Trưởng phòng", stands_for=None) == ("TRƯỞNG PHÒNG",)
    assert rules.capacity_lines("Phó Trưởng phòng", stands_for="Trưởng phòng") == (
        "KT. TRƯỞNG PHÒNG",
        "PHÓ TRƯỞNG PHÒNG",
    )
    assert rules.capacity_lines("", stands_for=None) == ()
    assert rules.capacity_lines("Phó", stands_for="") == ("KT.", "PHÓ")


def test_a_capacity_is_one_line() -> None:
    assert rules.capacity("  Trưởng\nphòng ") == "Trưởng phòng"
    assert code_of(lambda: rules.capacity("x" * 121)) == "pledge_capacity_too_long"


@pytest.mark.parametrize("word", ["", "JOINT", "both", "unit "])
def test_words_of_forms_and_sides_are_known_or_refused(word: str) -> None:
    assert code_of(lambda: rules.form_of(word)) == "pledge_form_unknown"
    assert code_of(lambda: rules.side_of(word)) == "pledge_side_unknown"


# -- what may happen when --------------------------------------------------------------------------


def test_signing_opens_with_a_whole_text_and_somebody_who_signs() -> None:
    def may_open(state: State = State.DRAFT, **facts: int) -> bool:
        given = {"has_text": True, "blanks": 0, "signatories": 3, **facts}
        return rules.ensure_may_open(state, **given)  # type: ignore[arg-type]

    assert may_open()
    assert not may_open(State.OPEN, has_text=False)
    assert code_of(lambda: may_open(State.CLOSED)) == "pledge_closed"
    assert code_of(lambda: may_open(has_text=False)) == "pledge_text_missing"
    assert code_of(lambda: may_open(blanks=2)) == "pledge_text_has_blanks"
    assert code_of(lambda: may_open(signatories=0)) == "pledge_nobody_signs"


def test_it_is_taken_back_only_while_nobody_has_ever_signed() -> None:
    assert rules.ensure_may_take_back(State.OPEN, ever_signed=0)
    assert not rules.ensure_may_take_back(State.DRAFT, ever_signed=0)
    assert code_of(lambda: rules.ensure_may_take_back(State.OPEN, ever_signed=1)) == (
        "pledge_already_signed"
    )
    assert code_of(lambda: rules.ensure_may_take_back(State.CLOSED, ever_signed=0)) == (
        "pledge_closed"
    )


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_it_closes_when_nobody_is_missing(signed: int, excused: int, missing: int) -> None:
    signing = Signing(signatories=signed + excused + missing, signed=signed, excused=excused)
    assert signing.missing == missing
    assert rules.ensure_may_close(State.OPEN, signing, excuses_rest=True)
    assert not rules.ensure_may_close(State.CLOSED, signing, excuses_rest=False)
    if missing:
        assert code_of(lambda: rules.ensure_may_close(State.OPEN, signing, excuses_rest=False)) == (
            "pledge_unsigned"
        )
    else:
        assert rules.ensure_may_close(State.OPEN, signing, excuses_rest=False)
    assert code_of(lambda: rules.ensure_may_close(State.DRAFT, signing, excuses_rest=True)) == (
        "pledge_not_open"
    )


def test_the_text_is_fixed_and_nobody_signs_outside_the_signing() -> None:
    rules.ensure_draft(State.DRAFT)
    rules.ensure_may_sign(State.OPEN)
    for state in (State.OPEN, State.CLOSED):
        assert code_of(lambda state=state: rules.ensure_draft(state)) == "pledge_text_fixed"
    assert code_of(lambda: rules.ensure_may_sign(State.DRAFT)) == "pledge_not_open"
    assert code_of(lambda: rules.ensure_may_sign(State.CLOSED)) == "pledge_closed"


@pytest.mark.parametrize(
    ("state", "current", "kinds", "shown"),
    [
        (State.DRAFT, AgendaKind.PLEDGE, [AgendaKind.PLEDGE], False),
        (State.OPEN, AgendaKind.PLEDGE, [AgendaKind.PLEDGE], True),
        (State.CLOSED, AgendaKind.PLEDGE, [AgendaKind.PLEDGE], True),
        # Left waiting, while the hall is at the next item.
        (State.OPEN, AgendaKind.RESOLUTION, [AgendaKind.PLEDGE, AgendaKind.RESOLUTION], False),
        (State.OPEN, None, [AgendaKind.PLEDGE], True),
        (State.CLOSED, None, [AgendaKind.PLEDGE], False),
        # An agenda that the reader of the plan did not understand.
        (State.OPEN, AgendaKind.OTHER, [AgendaKind.OTHER], True),
        (State.CLOSED, AgendaKind.OTHER, [AgendaKind.OTHER], False),
    ],
)
def test_the_hall_sees_the_signing_while_it_is_at_it(
    state: State, current: AgendaKind | None, kinds: list[AgendaKind], shown: bool
) -> None:
    assert rules.on_the_wall(state, current=current, kinds=kinds) is shown
