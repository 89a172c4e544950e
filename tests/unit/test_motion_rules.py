"""Laws of a vote by hands (R4, R25), and of the figures that people read."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import kiosk.checkin.events
import kiosk.motions.events  # noqa: F401 (registers the sentences)
from kiosk.core.errors import Refused
from kiosk.core.figures import percent
from kiosk.core.messages import sentence
from kiosk.motions import rules
from kiosk.motions.rules import Count, PresentSource

people = st.integers(1, 5_000)
WHY = "Ra về không quét thẻ"


def taken(**facts: Any) -> Count:
    usual: dict[str, Any] = {
        "in_favour": 40,
        "against": 3,
        "other": 2,
        "present_checkin": 57,
        "counted_present": None,
        "may_vote": 85,
        "reason": "",
    }
    return rules.taken(**(usual | facts))


def code_of(**facts: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Refused) as refused:
        taken(**facts)
    for language in ("vi", "en"):
        assert "…" not in sentence(refused.value, language)
        assert sentence(refused.value, language) != refused.value.code
    return refused.value.code, refused.value.facts


@pytest.mark.parametrize(
    ("present", "least"), [(57, 29), (58, 30), (1, 1), (2, 2), (3, 2), (85, 43), (100, 51)]
)
def test_the_least_number_that_adopts(present: int, least: int) -> None:
    assert rules.needed(present) == least
    assert rules.adopted(least, present)
    assert not rules.adopted(least - 1, present)


def test_exactly_half_of_58_is_rejected() -> None:
    assert not rules.adopted(29, 58)


@given(people, people)
def test_adopted_is_more_than_half_as_a_fraction(in_favour: int, present: int) -> None:
    assume(in_favour <= present)
    assert rules.adopted(in_favour, present) is (Fraction(in_favour, present) > Fraction(1, 2))
    assert rules.adopted(in_favour, present) is (in_favour >= rules.needed(present))


@given(people, people)
def test_one_hand_more_never_turns_adopted_into_rejected(in_favour: int, present: int) -> None:
    assume(in_favour < present)
    assert rules.adopted(in_favour, present) <= rules.adopted(in_favour + 1, present)


@given(people, people)
def test_one_more_person_present_never_makes_it_easier(in_favour: int, present: int) -> None:
    assert rules.adopted(in_favour, present + 1) <= rules.adopted(in_favour, present)


@given(people)
def test_a_motion_and_its_opposite_are_never_both_adopted(present: int) -> None:
    for in_favour in {0, present // 2, rules.needed(present), present}:
        assert not (
            rules.adopted(in_favour, present) and rules.adopted(present - in_favour, present)
        )


def test_nobody_present_adopts_nothing() -> None:
    assert not rules.adopted(0, 0)
    with pytest.raises(ValueError, match="nobody"):
        rules.needed(0)


typed = st.fixed_dictionaries(
    {
        "in_favour": st.integers(-3, 400),
        "against": st.integers(-3, 200),
        "other": st.integers(-3, 200),
        "present_checkin": st.integers(0, 400),
        "counted_present": st.none() | st.integers(-3, 500),
        "may_vote": st.integers(0, 400),
        "reason": st.sampled_from(["", WHY]),
        "is_correction": st.booleans(),
    }
)


@given(typed)
def test_whatever_is_typed_a_count_that_is_taken_keeps_every_law(facts: dict[str, Any]) -> None:
    try:
        found = rules.taken(**facts)
    except Refused:
        return
    in_favour, checkin = facts["in_favour"], facts["present_checkin"]
    counted, reason = facts["counted_present"], facts["reason"]
    assert min(found.in_favour, found.against, found.other, found.no_hand) >= 0
    assert found.total + found.no_hand == found.present > 0
    assert found.present_checkin == checkin
    assert found.present == (checkin if counted is None else counted)
    assert (found.source is PresentSource.HALL) is (counted is not None)
    if counted is not None:
        assert counted <= facts["may_vote"]
    if counted is not None or facts["is_correction"]:
        assert reason
    assert found.is_adopted is (2 * in_favour > found.present)


def test_abstaining_is_not_agreeing() -> None:
    found = taken(in_favour=28, against=0, other=0, present_checkin=57)
    assert found.no_hand == 29
    assert not found.is_adopted


def test_more_hands_than_people_are_refused_with_both_figures() -> None:
    assert code_of(in_favour=56, against=1, other=1) == (
        "motion_count_over_present",
        {"total": 58, "present": 57},
    )


def test_a_hand_below_zero_is_refused() -> None:
    for name in ("in_favour", "against", "other"):
        assert code_of(**{name: -1})[0] == "motion_count_negative"
    assert code_of(counted_present=-1, reason=WHY)[0] == "motion_count_negative"


def test_a_hall_that_the_check_in_believes_empty_must_be_counted() -> None:
    assert code_of(present_checkin=0)[0] == "motion_present_zero"
    found = taken(present_checkin=0, counted_present=50, reason="Cổng hỏng, đếm tay")
    assert (found.present, found.present_checkin) == (50, 0)


def test_a_count_in_the_hall_needs_a_reason_and_stays_within_the_roster() -> None:
    assert code_of(counted_present=50)[0] == "reason_missing"
    assert code_of(counted_present=50, reason="x" * 201)[0] == "reason_too_long"
    assert code_of(counted_present=86, reason=WHY) == (
        "motion_present_over_roster",
        {"present": 86, "roster": 85},
    )
    assert taken(counted_present=85, reason=WHY).source is PresentSource.HALL


def test_a_correction_needs_a_reason_even_without_a_count_in_the_hall() -> None:
    assert code_of(is_correction=True)[0] == "reason_missing"
    assert taken(is_correction=True, reason="Gõ nhầm số").in_favour == 40


def test_the_text_is_tidied_and_must_say_something() -> None:
    assert rules.ensure_text("  Thông qua\n chương trình ") == "Thông qua chương trình"
    for text in ("", "Ừ", "x" * 501):
        with pytest.raises(Refused, match="motion_text_wrong"):
            rules.ensure_text(text)


# -- figures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (2, 3, "66,67%"),
        (1, 3, "33,33%"),
        (173, 186, "93,01%"),
        (0, 57, "0,00%"),
        (57, 57, "100,00%"),
        (1, 20_000, "0,01%"),  # 0,005 exactly: a half goes up
        (1, 20_001, "0,00%"),
        (29, 58, "50,00%"),
    ],
)
def test_shares_as_they_are_read_aloud(part: int, whole: int, shown: str) -> None:
    assert percent(part, whole) == shown
    assert percent(part, whole, "en") == shown.replace(",", ".")


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_the_exact_one_rounded_half_up(part: int, whole: int) -> None:
    exact = Fraction(100 * part, whole)
    shown = Fraction(percent(part, whole, "en").removesuffix("%"))
    assert -Fraction(1, 200) < shown - exact <= Fraction(1, 200)


@given(st.integers(0, 100_000), st.sampled_from([1, 2, 4, 5, 8, 10, 16, 32, 64, 625, 20_000]))
def test_a_share_agrees_with_decimal_where_decimal_is_exact(part: int, whole: int) -> None:
    exact = Decimal(100 * part) / Decimal(whole)
    rounded = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert percent(part, whole, "en") == f"{rounded}%"


def test_there_is_no_share_of_nothing() -> None:
    for part, whole in ((1, 0), (-1, 5), (0, -1)):
        with pytest.raises(ValueError, match="no share"):
            percent(part, whole)
