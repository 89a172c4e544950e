"""*Còn lại tán thành*: all present minus those against and other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import Refused
from kiosk.motions import rules
from kiosk.motions.rules import Count, PresentSource

people = st.integers(0, 2_000)


@given(people, people, people)
def test_what_remains_and_the_others_are_everyone_present(
    present: int, against: int, other: int
) -> None:
    if present == 0 or against + other > present:
        with pytest.raises(Refused, match=r"motion_(present_zero|count_over_present)"):
            rules.all_minus(present=present, against=against, other=other)
        return
    remains = rules.all_minus(present=present, against=against, other=other)
    assert remains >= 0
    assert remains + against + other == present
    # The very count that the ordinary way would take.
    count = rules.taken(
        in_favour=remains,
        against=against,
        other=other,
        present_checkin=present,
        counted_present=None,
        may_vote=present,
        reason="",
    )
    assert count.no_hand == 0
    rules.ensure_minus_holds(count)


@pytest.mark.parametrize("wrong", [(-1, 0, 0), (10, -1, 0), (10, 0, -1)])
def test_nothing_below_zero(wrong: tuple[int, int, int]) -> None:
    present, against, other = wrong
    with pytest.raises(Refused, match="motion_count_negative"):
        rules.all_minus(present=present, against=against, other=other)


@given(st.integers(1, 500), st.integers(0, 500))
def test_any_other_number_is_refused_with_what_remains(present: int, typed: int) -> None:
    count = Count(typed, 0, 0, present, PresentSource.CHECKIN, present)
    if typed == present:
        rules.ensure_minus_holds(count)
        return
    with pytest.raises(Refused) as refused:
        rules.ensure_minus_holds(count)
    assert refused.value.facts == {"in_favour": typed, "remains": present, "present": present}
