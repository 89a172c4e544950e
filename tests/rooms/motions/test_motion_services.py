"""Votes by hands, with real commits on a temporary file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from kiosk.agenda import services as agenda
from kiosk.agenda.rules import Draft
from kiosk.conference.models import Conference
from kiosk.core.audit import first_break
from kiosk.core.db import unit_of_work
from kiosk.core.errors import Refused
from kiosk.motions import queries, services
from kiosk.motions.models import Motion, MotionCount

TEXT = "Thông qua chương trình Hội nghị"


@pytest.fixture
def hall(hall_of: Callable[..., Any]) -> Any:
    """An open conference of 85 with 57 in the hall; item 1 is on."""
    hall = hall_of(people=85, present=57)
    for title, kind in (("Khai mạc", "opening"), ("Thông qua Nghị quyết", "resolution")):
        agenda.add_item(Draft(title, kind), by=hall.lan, clock=hall.clock)
    agenda.open_conference(by=hall.lan, clock=hall.clock)
    agenda.next_item(seen=None, by=hall.lan, clock=hall.clock)
    return hall


def ask(hall: Any, text: str = TEXT) -> int:
    return services.open_motion(text=text, by=hall.lan, clock=hall.clock)


def count(hall: Any, motion_id: int, *figures: int, **more: Any) -> Any:
    in_favour, against, other = figures
    return services.record_count(
        motion_id,
        in_favour=in_favour,
        against=against,
        other=other,
        **({"by": hall.lan, "clock": hall.clock} | more),
    )


def correct(hall: Any, motion_id: int, *figures: int, **more: Any) -> Any:
    in_favour, against, other = figures
    return services.correct_count(
        motion_id,
        in_favour=in_favour,
        against=against,
        other=other,
        **({"by": hall.lan, "clock": hall.clock, "reason": "Gõ nhầm số"} | more),
    )


def test_a_motion_belongs_to_the_item_that_is_on(hall: Any) -> None:
    motion = queries.motion(hall.session, ask(hall))
    assert (motion.number, motion.item_number, motion.is_open) == (1, 1, True)
    assert queries.open_motion_now(hall.session) == motion
    assert queries.shown_motion(hall.session) == motion


def test_between_two_items_it_belongs_to_none(hall: Any) -> None:
    agenda.end_item(1, by=hall.lan, clock=hall.clock)
    assert queries.motion(hall.session, ask(hall)).item_number is None


def test_an_unknown_item_is_refused(hall: Any) -> None:
    with pytest.raises(Refused, match="agenda_item_unknown"):
        services.open_motion(text=TEXT, by=hall.lan, agenda_item_id=99)


def test_before_the_opening_and_after_the_end_nothing_is_put_to_the_vote(
    hall_of: Callable[..., Any],
) -> None:
    hall = hall_of(people=85, present=57)
    with pytest.raises(Refused, match="conference_not_open"):
        ask(hall)
    with unit_of_work() as session:
        session.execute(update(Conference).values(opened_at=hall.now, ended_at=hall.now))
    with pytest.raises(Refused, match="conference_ended"):
        ask(hall)


def test_one_motion_at_a_time_and_a_double_tap_is_quiet(hall: Any) -> None:
    first = ask(hall)
    assert ask(hall, f"  {TEXT} ") == first
    with pytest.raises(Refused) as refused:
        ask(hall, "Bầu Ban kiểm phiếu")
    assert refused.value.code == "motion_already_open"
    assert refused.value.facts == {"number": 1, "text": TEXT}
    assert len(hall.book("motions:motion:opened")) == 1


def test_the_database_itself_refuses_two_open_motions(hall: Any) -> None:
    ask(hall)
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(
            insert(Motion).values(
                number=2, text=TEXT, state="open", opened_at=hall.now, opened_by="staff:1"
            )
        )


@pytest.mark.parametrize(("in_favour", "adopted"), [(28, False), (29, True)])
def test_of_57_present_29_adopt(hall: Any, in_favour: int, adopted: bool) -> None:
    motion_id = ask(hall)
    assert count(hall, motion_id, in_favour, 5, 1).is_adopted is adopted
    motion = queries.motion(hall.session, motion_id)
    assert not motion.is_open
    assert motion.closed_at == hall.now
    assert motion.result is not None
    assert motion.result.needed == 29
    assert motion.result.count.present == 57
    assert motion.result.count.no_hand == 57 - in_favour - 6


def test_of_58_present_29_are_exactly_half_and_fail(hall: Any) -> None:
    hall.seat(58)
    motion_id = ask(hall)
    assert not count(hall, motion_id, 29, 29, 0).is_adopted
    result = queries.motion(hall.session, motion_id).result
    assert result is not None
    assert result.share_in_favour() == "50,00%"
    assert result.share_against("en") == "50.00%"


def test_presence_is_taken_at_the_moment_of_the_vote(hall: Any) -> None:
    motion_id = ask(hall)
    hall.seat(70)  # thirteen came in while the chair was reading
    assert count(hall, motion_id, 36, 0, 0).count.present == 70
    hall.seat(60)
    second = ask(hall, "Bầu Ban kiểm phiếu")
    assert count(hall, second, 36, 0, 0).count.present == 60


def test_a_count_in_the_hall_is_kept_beside_the_check_in(hall: Any) -> None:
    motion_id = ask(hall)
    with pytest.raises(Refused, match="reason_missing"):
        count(hall, motion_id, 26, 0, 0, counted_present=50)
    outcome = count(
        hall, motion_id, 26, 0, 0, counted_present=50, reason="Bảy người ra ngoài không quét thẻ"
    )
    assert outcome.is_adopted  # 26 of 50; of 57 it would have failed
    assert outcome.counted_in_hall
    assert (outcome.count.present, outcome.count.present_checkin) == (50, 57)
    facts = hall.book("motions:motion:counted")[0][1]
    assert (facts["present"], facts["present_checkin"], facts["present_source"]) == (50, 57, "hall")


def test_a_count_above_the_roster_is_a_slip_of_the_keyboard(hall: Any) -> None:
    motion_id = ask(hall)
    with pytest.raises(Refused) as refused:
        count(hall, motion_id, 50, 0, 0, counted_present=570, reason="Đếm tay")
    assert refused.value.facts == {"present": 570, "roster": 85}
    assert queries.motion(hall.session, motion_id).is_open


def test_a_refused_count_leaves_the_motion_open_and_the_book_silent(hall: Any) -> None:
    motion_id = ask(hall)
    with pytest.raises(Refused, match="motion_count_over_present"):
        count(hall, motion_id, 57, 1, 0)
    assert queries.motion(hall.session, motion_id).is_open
    assert hall.book("motions:motion:counted") == []


def test_a_second_tap_brings_the_outcome_again_and_other_figures_are_refused(hall: Any) -> None:
    motion_id = ask(hall)
    first = count(hall, motion_id, 50, 5, 2)
    hall.seat(80)  # people who came later change nothing
    assert count(hall, motion_id, 50, 5, 2) == first
    with pytest.raises(Refused) as refused:
        count(hall, motion_id, 51, 4, 2, by=hall.minh)
    assert refused.value.code == "motion_already_counted"
    assert refused.value.facts == {"number": 1, "in_favour": 50, "against": 5, "other": 2}
    assert len(queries.motion(hall.session, motion_id).counts) == 1


def test_a_correction_is_a_new_entry_against_the_presence_of_the_vote(hall: Any) -> None:
    motion_id = ask(hall)
    count(hall, motion_id, 28, 20, 9)
    hall.seat(80)
    hall.later(minutes=5)
    outcome = correct(hall, motion_id, 29, 19, 9, by=hall.minh, seen=1)
    assert outcome.is_adopted
    assert outcome.count.present == 57
    motion = queries.motion(hall.session, motion_id)
    assert motion.result == outcome
    assert [each.count.in_favour for each in motion.superseded] == [28]
    assert (outcome.number, outcome.reason, outcome.by) == (2, "Gõ nhầm số", "staff:2")
    assert correct(hall, motion_id, 29, 19, 9, by=hall.minh, seen=1) == outcome  # double tap
    assert len(hall.book("motions:count:corrected")) == 1


def test_two_corrections_at_once_the_second_learns_of_the_first(hall: Any) -> None:
    motion_id = ask(hall)
    count(hall, motion_id, 28, 20, 9)
    correct(hall, motion_id, 29, 19, 9, seen=1)
    with pytest.raises(Refused) as refused:
        correct(hall, motion_id, 30, 18, 9, by=hall.minh, seen=1)
    assert refused.value.code == "motion_count_changed"
    assert refused.value.facts == {"in_favour": 29, "against": 19, "other": 9}
    assert correct(hall, motion_id, 30, 18, 9, by=hall.minh, seen=2).number == 3


def test_a_correction_needs_a_reason_and_something_to_correct(hall: Any) -> None:
    motion_id = ask(hall)
    with pytest.raises(Refused, match="motion_not_counted"):
        correct(hall, motion_id, 30, 0, 0)
    count(hall, motion_id, 28, 20, 9)
    with pytest.raises(Refused, match="reason_missing"):
        correct(hall, motion_id, 29, 19, 9, reason=" ")


def test_a_withdrawn_motion_has_a_reason_and_no_count(hall: Any) -> None:
    motion_id = ask(hall)
    with pytest.raises(Refused, match="reason_missing"):
        services.withdraw_motion(motion_id, reason="", by=hall.lan, clock=hall.clock)
    for _ in range(2):
        services.withdraw_motion(motion_id, reason="Chủ tọa đọc lại", by=hall.lan, clock=hall.clock)
    for act in (count, correct):
        with pytest.raises(Refused, match="motion_withdrawn"):
            act(hall, motion_id, 30, 0, 0)
    assert queries.shown_motion(hall.session) is None
    assert len(hall.book("motions:motion:withdrawn")) == 1


def test_a_counted_motion_cannot_be_withdrawn(hall: Any) -> None:
    motion_id = ask(hall)
    count(hall, motion_id, 28, 20, 9)
    with pytest.raises(Refused, match="motion_already_counted"):
        services.withdraw_motion(motion_id, reason="Không ưng", by=hall.lan, clock=hall.clock)


def test_a_result_stays_on_the_wall_until_it_is_put_away(hall: Any) -> None:
    motion_id = ask(hall)
    with pytest.raises(Refused, match="motion_still_open"):
        services.put_away(motion_id, by=hall.lan, clock=hall.clock)
    count(hall, motion_id, 40, 10, 7)
    shown = queries.shown_motion(hall.session)
    assert shown is not None
    assert shown.id == motion_id
    for _ in range(2):
        services.put_away(motion_id, by=hall.lan, clock=hall.clock)
    assert queries.shown_motion(hall.session) is None
    assert len(hall.book("motions:motion:put_away")) == 1


def test_an_old_result_does_not_come_back_when_the_next_motion_is_withdrawn(hall: Any) -> None:
    count(hall, ask(hall), 40, 10, 7)
    second = ask(hall, "Bầu Ban kiểm phiếu")
    services.withdraw_motion(second, reason="Chưa đến lượt", by=hall.lan, clock=hall.clock)
    assert queries.shown_motion(hall.session) is None


def test_the_conference_cannot_end_over_an_open_motion(hall: Any) -> None:
    motion_id = ask(hall)
    agenda.end_item(1, by=hall.lan, clock=hall.clock)
    agenda.skip_item(2, reason="Hết giờ", by=hall.lan, clock=hall.clock)
    with pytest.raises(Refused, match="motion_still_open"):
        agenda.end_conference(by=hall.lan, clock=hall.clock)
    count(hall, motion_id, 40, 10, 7)
    agenda.end_conference(by=hall.lan, clock=hall.clock)
    assert correct(hall, motion_id, 41, 9, 7).number == 2  # a slip found while writing minutes


@pytest.mark.parametrize(
    "wrong",
    [
        {"in_favour": -1},
        {"in_favour": 58},
        {"present": 50},  # not what the check-in said
        {"adopted": False},  # R4 says otherwise
        {"number": 2},  # a correction without a reason
        {"present": 50, "present_source": "hall"},  # a count in the hall without a reason
    ],
)
def test_the_database_itself_refuses_a_count_against_the_law(
    hall: Any, wrong: dict[str, Any]
) -> None:
    right = {
        "motion_id": ask(hall),
        "number": 1,
        "in_favour": 40,
        "against": 5,
        "other": 2,
        "present": 57,
        "present_source": "checkin",
        "present_checkin": 57,
        "reason": "",
        "at": hall.now,
        "by": "staff:1",
        "adopted": True,
    }
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(insert(MotionCount).values(**(right | wrong)))
    with unit_of_work() as session:
        session.execute(insert(MotionCount).values(**right))


def test_the_book_stays_whole(hall: Any) -> None:
    motion_id = ask(hall)
    count(hall, motion_id, 40, 10, 7)
    correct(hall, motion_id, 41, 9, 7)
    services.put_away(motion_id, by=hall.lan, clock=hall.clock)
    assert first_break(hall.session) is None
    assert [event for event, _ in hall.book("motions:")] == [
        "motions:motion:opened",
        "motions:motion:counted",
        "motions:count:corrected",
        "motions:motion:put_away",
    ]
