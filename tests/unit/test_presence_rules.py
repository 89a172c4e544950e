"""Quorum in whole people (R1), and what a gate answers, in which order (lessons 7)."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.checkin import rules
from kiosk.checkin.rules import Attendance, BadgeFacts, Outcome
from kiosk.core.errors import Refused

GOLDEN = [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (85, 57), (90, 60), (100, 67), (186, 124)]


@pytest.mark.parametrize(("convened", "needed"), GOLDEN)
def test_two_thirds_are_counted_in_whole_people(convened: int, needed: int) -> None:
    assert rules.quorum_needed(convened) == needed


@given(convened=st.integers(1, 100_000), present=st.integers(0, 100_000))
def test_the_quorum_is_exactly_two_thirds_as_a_fraction(convened: int, present: int) -> None:
    held = rules.quorum_met(Attendance(convened=convened, present=present))
    assert held == (Fraction(present, convened) >= Fraction(2, 3))


@given(convened=st.integers(1, 100_000))
def test_the_number_needed_is_the_least_that_holds(convened: int) -> None:
    needed = rules.quorum_needed(convened)
    assert rules.quorum_met(Attendance(convened, needed))
    assert not rules.quorum_met(Attendance(convened, needed - 1))


def test_nobody_convened_is_no_quorum_even_with_a_full_hall() -> None:
    assert not rules.quorum_met(Attendance(convened=0, present=0))
    assert not rules.quorum_met(Attendance(convened=0, present=50))
    with pytest.raises(ValueError, match="negative"):
        rules.quorum_needed(-1)


@pytest.mark.parametrize(("convened", "present"), [(85, 57), (90, 60), (100, 67)])
def test_one_short_of_the_quorum_refuses_and_says_how_many_are_missing(
    convened: int, present: int
) -> None:
    rules.ensure_quorum(Attendance(convened, present))
    with pytest.raises(Refused) as said:
        rules.ensure_quorum(Attendance(convened, present - 1))
    assert said.value.code == "quorum_not_met"
    assert said.value.facts == {
        "present": present - 1,
        "convened": convened,
        "needed": present,
        "missing": 1,
    }


def facts(**given: object) -> BadgeFacts:
    base: dict[str, object] = {
        "readable": True,
        "known": True,
        "revoked": False,
        "standing": "delegate",
        "inside": False,
        "was_inside": False,
        "doors_open": True,
    }
    return BadgeFacts(**{**base, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given_facts", "outcome"),
    [
        ({}, Outcome.ADMITTED),
        ({"was_inside": True}, Outcome.RETURNED),
        ({"standing": "guest"}, Outcome.GUEST),
        ({"standing": "guest", "was_inside": True}, Outcome.GUEST),
        ({"inside": True}, Outcome.ALREADY),
        ({"inside": True, "standing": "guest"}, Outcome.ALREADY),
        ({"revoked": True}, Outcome.REVOKED),
        # Lessons 7: the revoked badge of someone inside is never a harmless "already in".
        ({"revoked": True, "inside": True}, Outcome.REVOKED),
        ({"revoked": True, "standing": "guest"}, Outcome.REVOKED),
        ({"known": False}, Outcome.UNKNOWN),
        ({"readable": False, "known": False}, Outcome.UNREADABLE),
        ({"doors_open": False}, Outcome.REFUSED),
        ({"doors_open": False, "inside": True}, Outcome.REFUSED),
        ({"doors_open": False, "revoked": True}, Outcome.REVOKED),
    ],
)
def test_a_badge_is_judged_valid_then_entitled_then_duplicate(
    given_facts: dict[str, object], outcome: Outcome
) -> None:
    assert rules.judge(facts(**given_facts))[0] is outcome


def test_every_combination_has_one_answer_and_only_sound_ones_let_people_in() -> None:
    switches = ("readable", "known", "revoked", "inside", "was_inside", "doors_open")
    for values in product([True, False], repeat=len(switches)):
        for standing in ("delegate", "guest"):
            given_facts = dict(zip(switches, values, strict=True))
            outcome, _ = rules.judge(facts(standing=standing, **given_facts))
            may_enter = (
                given_facts["readable"]
                and given_facts["known"]
                and not given_facts["revoked"]
                and given_facts["doors_open"]
                and not given_facts["inside"]
            )
            assert (outcome in rules.ENTERS) == may_enter


@pytest.mark.parametrize("count", [0, -1, 100_001])
def test_a_base_outside_one_and_a_hundred_thousand_is_refused(count: int) -> None:
    with pytest.raises(Refused, match="base_out_of_range"):
        rules.ensure_base(count, reason="đếm lại", is_correction=False)


def test_a_corrected_base_needs_a_reason_and_a_first_one_does_not() -> None:
    rules.ensure_base(85, reason="", is_correction=False)
    rules.ensure_base(85, reason="đếm lại", is_correction=True)
    for empty in ("", "ab"):
        with pytest.raises(Refused, match="reason_missing"):
            rules.ensure_base(85, reason=empty, is_correction=True)


def test_a_reason_is_three_to_two_hundred_letters() -> None:
    rules.ensure_reason("mất")
    rules.ensure_reason("x" * 200)
    with pytest.raises(Refused, match="reason_missing"):
        rules.ensure_reason("ab")
    with pytest.raises(Refused, match="reason_too_long"):
        rules.ensure_reason("x" * 201)
