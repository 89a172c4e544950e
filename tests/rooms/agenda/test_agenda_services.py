"""The agenda's acts, with real commits on a temporary file."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from kiosk.agenda import queries, services
from kiosk.agenda.models import AgendaItem
from kiosk.agenda.rules import Draft, ItemState, Step
from kiosk.checkin import queries as presences
from kiosk.conference import queries as conferences
from kiosk.conference.plan.kinds import AgendaKind
from kiosk.conference.plan.model import AgendaItem as Planned
from kiosk.core.audit import first_break
from kiosk.core.db import unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.messages import sentence

PLAN = [
    ("Tuyên bố lý do, giới thiệu đại biểu", AgendaKind.OPENING),
    ("Báo cáo kiểm điểm năm 2025", AgendaKind.REPORT),
    ("Báo cáo tình hình đội ngũ", AgendaKind.REPORT),
    ("Bầu Ban Thanh tra nhân dân", AgendaKind.ELECTION),
    ("Thông qua Nghị quyết Hội nghị", AgendaKind.RESOLUTION),
]


@pytest.fixture
def hall(hall_of: Callable[..., Any]) -> Any:
    hall = hall_of(people=85, present=60)
    lay_out(hall)
    return hall


@pytest.fixture
def open_hall(hall: Any) -> Any:
    services.open_conference(by=hall.lan, clock=hall.clock)
    return hall


def lay_out(hall: Any, plan: list[tuple[str, AgendaKind]] = PLAN) -> None:
    with unit_of_work() as session:
        services.lay_out(
            session,
            [Planned(number, title, kind) for number, (title, kind) in enumerate(plan, start=1)],
            by=hall.lan,
            clock=hall.clock,
        )


def id_of(hall: Any, number: int) -> int:
    return next(row.id for row in queries.items(hall.session) if row.number == number)


def titles(hall: Any) -> list[str]:
    return [row.title for row in queries.items(hall.session)]


def states(hall: Any) -> list[str]:
    return [row.state.value for row in queries.items(hall.session)]


def tap(hall: Any, by: Any = None) -> int | None:
    """The secretary's one tap, on a page that is up to date."""
    current = queries.current_item(hall.session)
    return services.next_item(
        seen=current.id if current else None, by=by or hall.lan, clock=hall.clock
    )


def test_a_plan_becomes_numbered_items_with_the_usual_minutes(hall: Any) -> None:
    rows = queries.items(hall.session)
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [row.title for row in rows] == [title for title, _ in PLAN]
    assert [row.planned_minutes for row in rows] == [15, 20, 20, 35, 10]
    assert all(len(row.short_title) <= 38 for row in rows)


def test_a_newer_plan_replaces_the_draft_and_old_pages_cannot_edit_it(hall: Any) -> None:
    old = id_of(hall, 1)
    lay_out(hall, PLAN[:2])
    assert len(titles(hall)) == 2
    with pytest.raises(Refused, match="agenda_item_unknown"):
        services.edit_item(old, Draft("Khác hẳn", "other"), by=hall.lan, clock=hall.clock)
    assert titles(hall) == [title for title, _ in PLAN[:2]]


def test_a_plan_with_one_bad_item_changes_nothing(hall: Any) -> None:
    with pytest.raises(Refused, match="agenda_title_wrong"):
        lay_out(hall, [("Khai mạc", AgendaKind.OPENING), (" ", AgendaKind.OTHER)])
    assert len(titles(hall)) == 5


def test_the_draft_is_edited_moved_added_to_and_shortened(hall: Any) -> None:
    first = id_of(hall, 1)
    services.edit_item(
        first,
        Draft("Chào cờ,  khai mạc", "opening", planned_minutes=12, presenter="Ban tổ chức"),
        by=hall.lan,
        clock=hall.clock,
    )
    row = queries.item(hall.session, first)
    assert (row.title, row.planned_minutes, row.presenter) == (
        "Chào cờ, khai mạc",
        12,
        "Ban tổ chức",
    )
    services.move_item(first, up=True, by=hall.lan, clock=hall.clock)
    assert queries.item(hall.session, first).number == 1
    services.move_item(first, up=False, by=hall.lan, clock=hall.clock)
    assert queries.item(hall.session, first).number == 2
    added = services.add_item(Draft("Giải lao", "other"), by=hall.lan, clock=hall.clock)
    assert queries.item(hall.session, added).number == 6
    services.remove_item(first, by=hall.lan, clock=hall.clock)
    assert [row.number for row in queries.items(hall.session)] == [1, 2, 3, 4, 5]
    assert titles(hall) == [title for title, _ in PLAN[1:]] + ["Giải lao"]


@pytest.mark.parametrize(
    "act",
    [
        lay_out,
        lambda hall: services.add_item(Draft("Thêm", "other"), by=hall.lan),
        lambda hall: services.edit_item(id_of(hall, 1), Draft("Sửa", "other"), by=hall.lan),
        lambda hall: services.move_item(id_of(hall, 1), up=False, by=hall.lan),
        lambda hall: services.remove_item(id_of(hall, 1), by=hall.lan),
    ],
)
def test_after_the_opening_the_agenda_stands(open_hall: Any, act: Callable[[Any], object]) -> None:
    before = queries.items(open_hall.session)
    with pytest.raises(Refused, match="conference_already_open"):
        act(open_hall)
    assert queries.items(open_hall.session) == before


def test_opening_fixes_the_base_and_writes_one_line(hall: Any) -> None:
    services.open_conference(by=hall.lan, clock=hall.clock)
    services.open_conference(by=hall.minh, clock=hall.clock)  # a second tap is quiet
    assert conferences.conference(hall.session).opened_at == hall.now
    base = presences.base_in_force(hall.session)
    assert base is not None
    assert base.count == 85
    assert hall.book("conference:conference:opened") == [
        ("conference:conference:opened", {"present": 60, "convened": 85, "guests": 0})
    ]


def test_one_below_two_thirds_nothing_of_the_opening_is_stored(hall: Any) -> None:
    hall.seat(56)
    with pytest.raises(Refused) as refused:
        services.open_conference(by=hall.lan, clock=hall.clock)
    assert refused.value.facts == {"present": 56, "convened": 85, "needed": 57, "missing": 1}
    assert conferences.conference(hall.session).opened_at is None
    assert presences.base_in_force(hall.session) is None
    hall.seat(57)
    services.open_conference(by=hall.lan, clock=hall.clock)
    assert conferences.conference(hall.session).is_open


def test_an_empty_agenda_opens_nothing(hall_of: Callable[..., Any]) -> None:
    hall = hall_of()
    with pytest.raises(Refused, match="agenda_empty"):
        services.open_conference(by=hall.lan, clock=hall.clock)


def test_no_item_starts_before_the_opening(hall: Any) -> None:
    for act in (
        lambda: services.start_item(id_of(hall, 1), by=hall.lan),
        lambda: services.next_item(seen=None, by=hall.lan),
        lambda: services.skip_item(id_of(hall, 1), reason="vắng người", by=hall.lan),
        lambda: services.end_conference(by=hall.lan),
    ):
        with pytest.raises(Refused, match="conference_not_open"):
            act()
    assert states(hall) == ["pending"] * 5


def test_a_second_item_cannot_start_and_the_sentence_names_the_first(open_hall: Any) -> None:
    hall = open_hall
    services.start_item(id_of(hall, 1), by=hall.lan, clock=hall.clock)
    with pytest.raises(Refused) as refused:
        services.start_item(id_of(hall, 2), by=hall.minh, clock=hall.clock)
    assert refused.value.code == "another_item_is_running"
    assert "Mục 1 «Tuyên bố lý do" in sentence(refused.value, "vi")
    assert states(hall)[:2] == ["started", "pending"]


def test_the_database_itself_refuses_two_running_items(open_hall: Any) -> None:
    rows = [
        {
            "number": number,
            "title": "Mục",
            "short_title": "Mục",
            "kind": "other",
            "planned_minutes": 5,
            "state": "started",
        }
        for number in (8, 9)
    ]
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(insert(AgendaItem), rows)
    with unit_of_work() as session:
        session.execute(insert(AgendaItem), rows[:1])


def test_double_taps_are_quiet_and_leave_one_mark(open_hall: Any) -> None:
    hall = open_hall
    one = id_of(hall, 1)
    for act in (services.start_item, services.leave_waiting, services.end_item):
        act(one, by=hall.lan, clock=hall.clock)
        act(one, by=hall.minh, clock=hall.clock)
    two = id_of(hall, 2)
    for _ in range(2):
        services.skip_item(two, reason="Báo cáo đã gửi trước", by=hall.lan, clock=hall.clock)
    assert [(mark.item_id, mark.what) for mark in queries.marks(hall.session)] == [
        (one, Step.STARTED),
        (one, Step.LEFT_WAITING),
        (one, Step.ENDED),
        (two, Step.SKIPPED),
    ]
    assert len(hall.book("agenda:item")) == 4


def test_the_one_tap_ends_and_starts_in_one_unit(open_hall: Any) -> None:
    hall = open_hall
    assert tap(hall) == id_of(hall, 1)
    hall.later(minutes=12)
    assert tap(hall) == id_of(hall, 2)
    assert states(hall)[:3] == ["ended", "started", "pending"]
    marks = queries.marks(hall.session)
    assert marks[1].at == marks[2].at == hall.now


def test_two_secretaries_tapping_at_once_never_run_past_an_item(open_hall: Any) -> None:
    hall = open_hall
    one = tap(hall)
    first = services.next_item(seen=one, by=hall.lan, clock=hall.clock)
    second = services.next_item(seen=one, by=hall.minh, clock=hall.clock)
    assert first == second == id_of(hall, 2)
    assert states(hall)[:3] == ["ended", "started", "pending"]


def test_eight_taps_from_eight_threads_move_the_agenda_by_one(open_hall: Any) -> None:
    hall = open_hall
    one = tap(hall)
    barrier = Barrier(8)

    def press() -> int | None:
        with hall.app.app_context():
            barrier.wait(timeout=10)
            return services.next_item(seen=one, by=hall.minh, clock=hall.clock)

    with ThreadPoolExecutor(8) as pool:
        answers = [each.result(timeout=20) for each in [pool.submit(press) for _ in range(8)]]
    assert set(answers) == {id_of(hall, 2)}
    assert states(hall)[:3] == ["ended", "started", "pending"]
    assert len(queries.marks(hall.session)) == 3


def test_a_tap_on_an_old_page_learns_what_is_on_instead(open_hall: Any) -> None:
    hall = open_hall
    one = tap(hall)
    tap(hall)
    tap(hall)
    with pytest.raises(Refused) as refused:
        services.next_item(seen=one, by=hall.minh, clock=hall.clock)
    assert refused.value.code == "agenda_moved_on"
    assert refused.value.facts["number"] == 3
    assert states(hall)[:3] == ["ended", "ended", "started"]


def test_the_election_waits_while_the_tellers_count_and_spends_nothing(open_hall: Any) -> None:
    hall = open_hall
    election, resolution = id_of(hall, 4), id_of(hall, 5)
    services.start_item(election, by=hall.lan, clock=hall.clock)
    hall.later(minutes=20)
    services.leave_waiting(election, by=hall.lan, clock=hall.clock)
    services.start_item(resolution, by=hall.lan, clock=hall.clock)
    hall.later(minutes=30)
    view = queries.agenda(hall.session, hall.now)
    assert [item.number for item in view.waiting] == [4]
    assert view.items[3].minutes_spent == 20
    assert view.items[4].minutes_spent == 30
    assert view.items[4].minutes_over == 20
    services.end_item(resolution, by=hall.lan, clock=hall.clock)
    services.start_item(election, by=hall.lan, clock=hall.clock)
    hall.later(minutes=7)
    services.end_item(election, by=hall.lan, clock=hall.clock)
    view = queries.agenda(hall.session, hall.later(minutes=60))
    assert view.items[3].minutes_spent == 27
    assert view.items[3].ended_at is not None
    assert (hall.now - view.items[3].ended_at).total_seconds() == 3600
    assert [mark.what for mark in queries.marks(hall.session, item_id=election)] == [
        Step.STARTED,
        Step.LEFT_WAITING,
        Step.RESUMED,
        Step.ENDED,
    ]


def test_a_mistaken_end_is_taken_back_with_a_reason(open_hall: Any) -> None:
    hall = open_hall
    one = id_of(hall, 1)
    tap(hall)
    services.end_item(one, by=hall.lan, clock=hall.clock)
    with pytest.raises(Refused, match="agenda_item_ended"):
        services.start_item(one, by=hall.lan, clock=hall.clock)
    with pytest.raises(Refused, match="reason_missing"):
        services.reopen_item(one, reason=" ", by=hall.lan, clock=hall.clock)
    services.reopen_item(one, reason="Bấm nhầm", by=hall.lan, clock=hall.clock)
    services.start_item(one, by=hall.lan, clock=hall.clock)
    assert states(hall)[0] == "started"
    assert hall.book("agenda:item:reopened")[0][1]["reason"] == "Bấm nhầm"


def test_a_skipped_item_that_is_held_after_all_loses_its_reason(open_hall: Any) -> None:
    hall = open_hall
    one = id_of(hall, 1)
    services.skip_item(one, reason="Đồng chí bận", by=hall.lan, clock=hall.clock)
    assert queries.item(hall.session, one).skip_reason == "Đồng chí bận"
    services.reopen_item(one, reason="Đồng chí đã đến", by=hall.lan, clock=hall.clock)
    row = queries.item(hall.session, one)
    assert (row.state, row.skip_reason) == (ItemState.WAITING, "")


def test_the_conference_ends_only_when_every_item_is_over(open_hall: Any) -> None:
    hall = open_hall
    for _ in range(4):
        tap(hall)
    with pytest.raises(Refused) as refused:
        services.end_conference(by=hall.lan, clock=hall.clock)
    assert refused.value.facts == {"numbers": "4, 5"}
    services.skip_item(id_of(hall, 5), reason="Chuyển sang buổi chiều", by=hall.lan)
    assert tap(hall) is None
    services.end_conference(by=hall.lan, clock=hall.clock)
    services.end_conference(by=hall.minh, clock=hall.clock)  # quiet
    assert conferences.conference(hall.session).ended_at == hall.now
    assert len(hall.book("conference:conference:ended")) == 1
    for act in (
        lambda: services.start_item(id_of(hall, 1), by=hall.lan),
        lambda: services.reopen_item(id_of(hall, 1), reason="muộn rồi", by=hall.lan),
        lambda: services.open_conference(by=hall.lan),
    ):
        with pytest.raises(Refused, match="conference_ended"):
            act()


def test_the_view_shows_planned_against_actual(open_hall: Any) -> None:
    hall = open_hall
    opened = hall.now
    view = queries.agenda(hall.session, hall.now)
    assert view.minutes_late == 0
    assert view.next_item is not None
    assert view.next_item.number == 1
    tap(hall)
    hall.later(minutes=25)  # ten more than planned
    tap(hall)
    view = queries.agenda(hall.session, hall.now)
    assert view.current is not None
    assert view.current.number == 2
    assert view.next_item is not None
    assert view.next_item.number == 3
    assert view.minutes_late == 10
    assert view.items[0].minutes_over == 10
    assert view.items[0].started_at == opened
    assert view.items[1].planned_at is not None
    assert view.items[1].expected_at is not None
    assert (view.items[1].expected_at - view.items[1].planned_at).total_seconds() == 600
    assert not view.may_end


def test_the_book_stays_whole_and_names_who_did_it(open_hall: Any) -> None:
    hall = open_hall
    tap(hall)
    tap(hall, by=hall.minh)
    assert first_break(hall.session) is None
    assert {mark.by for mark in queries.marks(hall.session)} == {"staff:1", "staff:2"}
    assert [event for event, _ in hall.book("agenda:item")] == [
        "agenda:item:started",
        "agenda:item:ended",
        "agenda:item:started",
    ]
