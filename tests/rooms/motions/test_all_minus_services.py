"""*Còn lại tán thành*, recorded: the same kind of count, with a mark that stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from kiosk.agenda import services as agenda
from kiosk.agenda.rules import Draft
from kiosk.core.db import unit_of_work
from kiosk.core.errors import Refused
from kiosk.motions import queries, services
from kiosk.motions.models import MotionCount


@pytest.fixture
def hall(hall_of: Callable[..., Any]) -> Any:
    """85 on the roster, 57 in the hall, a motion open."""
    hall = hall_of(people=85, present=57)
    agenda.add_item(Draft("Khai mạc", "opening"), by=hall.lan)
    agenda.open_conference(by=hall.lan, clock=hall.clock)
    services.open_motion(text="Thông qua chương trình", by=hall.lan, clock=hall.clock)
    return hall


def record(hall: Any, in_favour: int, **more: Any) -> Any:
    return services.record_count(
        1,
        **({"against": 3, "other": 1, "by": hall.lan, "clock": hall.clock} | more),
        in_favour=in_favour,
        all_minus=True,
    )


def test_it_is_shown_first_and_recorded_with_its_mark(hall: Any) -> None:
    shown = queries.minus(hall.session, against=3, other=1)
    assert (shown.in_favour, shown.present, shown.counted_in_hall) == (53, 57, False)
    outcome = record(hall, shown.in_favour)
    assert outcome.all_minus
    assert outcome.is_adopted
    assert record(hall, shown.in_favour) == queries.motion(hall.session, 1).result
    [(_, facts)] = hall.book("motions:motion:counted")
    assert facts["all_minus"] is True


def test_it_works_with_heads_counted_in_the_hall(hall: Any) -> None:
    shown = queries.minus(hall.session, against=3, other=1, counted_present=60)
    assert (shown.in_favour, shown.counted_in_hall) == (56, True)
    outcome = record(hall, 56, counted_present=60, reason="đếm lại hàng ghế")
    assert (outcome.all_minus, outcome.counted_in_hall) == (True, True)


def test_somebody_who_came_in_meanwhile_is_never_silently_for(hall: Any) -> None:
    shown = queries.minus(hall.session, against=3, other=1)
    hall.seat(58)
    with pytest.raises(Refused) as refused:
        record(hall, shown.in_favour)
    assert refused.value.code == "motion_minus_moved"
    assert refused.value.facts == {"in_favour": 53, "remains": 54, "present": 58}
    assert queries.motion(hall.session, 1).is_open


def test_a_correction_is_counted_by_hand_again(hall: Any) -> None:
    record(hall, 53)
    services.correct_count(
        1, in_favour=50, against=3, other=1, reason="gõ nhầm", by=hall.lan, clock=hall.clock
    )
    assert [each.all_minus for each in queries.motion(hall.session, 1).counts] == [True, False]


@pytest.mark.parametrize(
    ("against", "other", "code"),
    [(58, 0, "motion_count_over_present"), (-1, 0, "motion_count_negative")],
)
def test_what_cannot_be_is_refused(hall: Any, against: int, other: int, code: str) -> None:
    with pytest.raises(Refused, match=code):
        queries.minus(hall.session, against=against, other=other)


def test_the_database_keeps_the_mark_honest(hall: Any) -> None:
    record(hall, 53)
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(update(MotionCount).values(in_favour=40, adopted=True))
