"""Laws of the agenda: one item at a time, no item lost, and a timeline that adds up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kiosk.checkin.events  # noqa: F401 (registers the sentences about reasons)
from kiosk.agenda import events, rules
from kiosk.agenda.rules import LEADS_TO, OVER, Draft, Item, ItemState, Step
from kiosk.agenda.timeline import (
    Run,
    Timeline,
    planned_start,
    spans,
    spent,
    timeline,
    whole_minutes,
)
from kiosk.conference.plan.kinds import AgendaKind
from kiosk.core.errors import Refused
from kiosk.core.messages import registered, sentence

EIGHT = datetime(2026, 3, 12, 1, 0, tzinfo=UTC)  # 08:00 in the hall
STATES = st.sampled_from(ItemState)
WHY = "Lý do rõ ràng"


def item(state: ItemState, number: int = 1) -> Item:
    return Item(id=number * 10, number=number, title=f"Mục {number}", state=state)


def agenda(states: list[ItemState]) -> list[Item]:
    return [item(state, number) for number, state in enumerate(states, start=1)]


def refusal(act: Callable[[], object]) -> str | None:
    try:
        act()
    except Refused as refused:
        blank = [language for language in ("vi", "en") if "…" in sentence(refused, language)]
        return f"{refused.code} lacks a fact" if blank else refused.code
    return None


# -- transitions -----------------------------------------------------------------------------


#: Start, leave waiting, end, skip, reopen: a step, None for quiet, or the end of a refusal's code.
ACTS: dict[str, list[Step | str | None]] = {
    "pending": [Step.STARTED, "not_started", "not_started", Step.SKIPPED, "not_over"],
    "started": [None, Step.LEFT_WAITING, Step.ENDED, "has_begun", "not_over"],
    "waiting": [Step.RESUMED, None, Step.ENDED, "has_begun", "not_over"],
    "ended": ["ended", "ended", None, "ended", Step.REOPENED],
    "skipped": ["skipped", "skipped", "skipped", None, Step.REOPENED],
}


@pytest.mark.parametrize("state", ItemState)
def test_every_act_on_every_state(state: ItemState) -> None:
    one = item(state)
    acts: list[Callable[[], Step | None]] = [
        lambda: rules.start(one, now_on=None),
        lambda: rules.leave_waiting(one),
        lambda: rules.end(one),
        lambda: rules.skip(one, reason=WHY),
        lambda: rules.reopen(one, reason=WHY),
    ]
    for act, wanted in zip(acts, ACTS[state], strict=True):
        if isinstance(wanted, Step) or wanted is None:
            assert act() is wanted
        else:
            assert refusal(act) == f"agenda_item_{wanted}"


@pytest.mark.parametrize(
    ("reason", "code"),
    [("", "reason_missing"), ("ừ", "reason_missing"), ("a" * 201, "reason_too_long")],
)
def test_skipping_and_reopening_need_a_reason_that_can_be_read_later(
    reason: str, code: str
) -> None:
    assert refusal(lambda: rules.skip(item(ItemState.PENDING), reason=reason)) == code
    assert refusal(lambda: rules.reopen(item(ItemState.ENDED), reason=reason)) == code


def test_a_second_item_cannot_start_whether_pending_or_waiting() -> None:
    now_on = item(ItemState.STARTED, 4)
    for state in (ItemState.PENDING, ItemState.WAITING):
        with pytest.raises(Refused) as refused:
            rules.start(item(state, 6), now_on=now_on)
        assert refused.value.code == "another_item_is_running"
        assert refused.value.facts == {"number": 4, "title": "Mục 4"}


walks = st.lists(
    st.tuples(
        st.sampled_from(["start", "leave", "end", "skip", "reopen", "tap"]), st.integers(0, 6)
    ),
    max_size=40,
)


@given(walks)
def test_whatever_is_pressed_at_most_one_item_is_on_and_history_tells_the_state(
    walk: list[tuple[str, int]],
) -> None:
    items = agenda([ItemState.PENDING] * 5)
    history: dict[int, list[tuple[Step, datetime]]] = {each.id: [] for each in items}
    now = EIGHT

    def take(one: Item, step: Step | None) -> None:
        if step is not None:
            items[one.number - 1] = replace(one, state=LEADS_TO[step])
            history[one.id].append((step, now))

    for press, place in walk:
        now += timedelta(minutes=1)
        one = items[place % 5]
        try:
            if press == "start":
                take(one, rules.start(one, now_on=rules.running(items)))
            elif press == "leave":
                take(one, rules.leave_waiting(one))
            elif press == "end":
                take(one, rules.end(one))
            elif press == "skip":
                take(one, rules.skip(one, reason=WHY))
            elif press == "reopen":
                take(one, rules.reopen(one, reason=WHY))
            else:
                now_on = rules.running(items)
                move = rules.advance(items, seen=now_on.id if now_on else None, latest=[])
                assert move is not None  # a page that is up to date always moves
                over, first = move
                if over is not None:
                    take(over, Step.ENDED)
                if first is not None:
                    take(first, Step.STARTED)
        except Refused:
            pass
        assert sum(each.state is ItemState.STARTED for each in items) <= 1
        for each in items:
            steps = history[each.id]
            assert each.state is (LEADS_TO[steps[-1][0]] if steps else ItemState.PENDING)
            # An interval is open exactly while the item is on.
            intervals = spans(steps)
            is_running = bool(intervals) and intervals[-1][1] is None
            assert is_running is (each.state is ItemState.STARTED)


# -- the one tap -----------------------------------------------------------------------------


@given(st.lists(STATES, min_size=1, max_size=9).filter(lambda s: s.count(ItemState.STARTED) <= 1))
def test_a_second_tap_of_the_same_kind_is_always_quiet(states: list[ItemState]) -> None:
    items = agenda(states)
    now_on = rules.running(items)
    seen = now_on.id if now_on else None
    if now_on is None and ItemState.PENDING not in states:
        assert refusal(lambda: rules.advance(items, seen=seen, latest=[])) == ("agenda_no_next")
        return
    move = rules.advance(items, seen=seen, latest=[])
    assert move is not None
    over, first = move
    latest = [(10, Step.SKIPPED)]
    for one, step in ((over, Step.ENDED), (first, Step.STARTED)):
        if one is not None:
            items[one.number - 1] = replace(one, state=LEADS_TO[step])
            latest.append((one.id, step))
    assert rules.advance(items, seen=seen, latest=latest) is None
    # Once anything else has happened, the same tap is told about it.
    if seen is not None:
        later = [*latest, (10, Step.SKIPPED)]
        assert refusal(lambda: rules.advance(items, seen=seen, latest=later)) in {
            "agenda_moved_on",
            "agenda_none_running",
        }


@given(st.integers(1, 12))
def test_the_one_tap_walks_every_item_once_and_in_order(count: int) -> None:
    items = agenda([ItemState.PENDING] * count)
    walked = []
    for _ in range(count):
        now_on = rules.running(items)
        move = rules.advance(items, seen=now_on.id if now_on else None, latest=[])
        assert move is not None
        over, first = move
        assert first is not None
        if over is not None:
            items[over.number - 1] = replace(over, state=ItemState.ENDED)
        items[first.number - 1] = replace(first, state=ItemState.STARTED)
        walked.append(first.number)
    assert walked == list(range(1, count + 1))
    last = rules.running(items)
    assert last is not None
    assert rules.advance(items, seen=last.id, latest=[]) == (last, None)


def test_the_tap_goes_on_after_the_item_that_was_on_then_back_to_what_was_left() -> None:
    states = [ItemState.PENDING, ItemState.STARTED, ItemState.WAITING, ItemState.PENDING]
    assert rules.upcoming(agenda(states)) == item(ItemState.PENDING, 4)
    states = [ItemState.PENDING, ItemState.ENDED, ItemState.WAITING, ItemState.STARTED]
    assert rules.upcoming(agenda(states)) == item(ItemState.PENDING, 1)


def test_a_waiting_item_is_never_started_by_the_tap() -> None:
    items = agenda([ItemState.WAITING, ItemState.STARTED])
    assert rules.advance(items, seen=20, latest=[]) == (items[1], None)
    assert refusal(lambda: rules.advance(agenda([ItemState.WAITING]), seen=None, latest=[])) == (
        "agenda_no_next"
    )


@pytest.mark.parametrize(
    ("states", "seen", "code"),
    [
        (["ended", "ended", "started"], 10, "agenda_moved_on"),
        (["waiting", "started", "pending"], 10, "agenda_moved_on"),
        (["pending", "pending", "started"], None, "agenda_moved_on"),
        (["waiting", "pending"], 10, "agenda_none_running"),
        (["ended", "pending"], 10, "agenda_none_running"),
        (["started", "pending"], 99, "agenda_item_unknown"),
    ],
)
def test_a_tap_on_an_old_page_is_refused_by_name(
    states: list[str], seen: int | None, code: str
) -> None:
    items = agenda([ItemState(state) for state in states])
    assert refusal(lambda: rules.advance(items, seen=seen, latest=[])) == code


@given(st.lists(STATES, max_size=9))
def test_the_conference_ends_exactly_when_no_item_is_open(states: list[ItemState]) -> None:
    code = refusal(lambda: rules.ensure_all_over(agenda(states)))
    assert (code is None) is all(state in OVER for state in states)


# -- the draft -------------------------------------------------------------------------------


@given(
    st.text(max_size=600),
    st.sampled_from([*(kind.value for kind in AgendaKind), "", "vote"]),
    st.none() | st.integers(-5, 700),
    st.text(max_size=250),
    st.text(max_size=60),
)
def test_a_checked_draft_fits_its_columns_whatever_was_typed(
    title: str, kind: str, minutes: int | None, presenter: str, short: str
) -> None:
    draft = Draft(title, kind, minutes, presenter, short)
    code = refusal(lambda: rules.checked(draft))
    if code is not None:
        assert code in registered()
        return
    found = rules.checked(draft)
    assert 2 <= len(found.title) <= 500
    assert 1 <= len(found.short_title) <= 38
    assert 1 <= found.planned_minutes <= 600
    assert len(found.presenter) <= 200
    assert found.title == " ".join(found.title.split())


def test_what_a_draft_leaves_out_is_filled_in_by_kind() -> None:
    assert [rules.checked(Draft("Một mục", kind.value)).planned_minutes for kind in AgendaKind] == [
        15, 20, 25, 35, 15, 10, 15, 10, 15,
    ]  # fmt: skip
    assert rules.checked(Draft("Giải lao", "other", 5, short_title="Nghỉ")).short_title == "Nghỉ"


def test_too_many_items_are_refused() -> None:
    rules.ensure_count(60)
    assert refusal(lambda: rules.ensure_count(61)) == "agenda_too_long"


# -- planned against actual ------------------------------------------------------------------

minutes_of_items = st.lists(st.integers(1, 60), min_size=1, max_size=9)


def pending(minutes: list[int]) -> list[Run]:
    return [Run(each, ItemState.PENDING) for each in minutes]


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Run], datetime]:
    """A day walked for a while: ended, skipped and waiting items, perhaps one that is on."""
    minutes = draw(minutes_of_items)
    clock = EIGHT
    runs: list[Run] = []
    walked = draw(st.integers(0, len(minutes)))
    for place, each in enumerate(minutes):
        if place >= walked:
            runs.append(Run(each, ItemState.PENDING))
            continue
        state = draw(st.sampled_from([ItemState.ENDED, ItemState.SKIPPED, ItemState.WAITING]))
        if state is ItemState.SKIPPED:
            runs.append(Run(each, state))
            continue
        begin, clock = clock, clock + timedelta(seconds=draw(st.integers(0, 5000)))
        ended = clock if state is ItemState.ENDED else None
        runs.append(Run(each, state, ((begin, clock),), ended))
    if walked < len(minutes) and draw(st.booleans()):
        runs[walked] = Run(minutes[walked], ItemState.STARTED, ((clock, None),))
        clock += timedelta(seconds=draw(st.integers(0, 5000)))
    return runs, clock


def day_of(runs: list[Run], now: datetime) -> Timeline:
    return timeline(runs, planned_from=EIGHT, opened_at=EIGHT, now=now)


@given(days())
def test_planned_times_tile_the_day_and_never_move(day: tuple[list[Run], datetime]) -> None:
    runs, now = day
    found = day_of(runs, now)
    cursor = EIGHT
    for run, slot in zip(runs, found.slots, strict=True):
        assert slot.planned_start == cursor
        cursor += timedelta(minutes=run.planned_minutes)
        assert slot.planned_end == cursor
    assert found.planned_end == cursor


@given(days())
def test_what_is_to_come_is_never_expected_in_the_past_and_adds_up(
    day: tuple[list[Run], datetime],
) -> None:
    runs, now = day
    found = day_of(runs, now)
    left = timedelta(0)
    for run, slot in zip(runs, found.slots, strict=True):
        if run.state is ItemState.SKIPPED:
            assert slot.expected_start is None
            continue
        if run.state is ItemState.ENDED:
            assert slot.expected_end == run.ended_at
            continue
        assert slot.expected_end is not None
        assert slot.expected_end >= now
        left += max(timedelta(minutes=run.planned_minutes) - spent(run, now), timedelta(0))
    if any(run.state not in OVER for run in runs):
        assert found.expected_end == now + left
    assert found.minutes_late == whole_minutes(found.expected_end - found.planned_end)


@given(days(), st.integers(0, 500))
def test_a_day_that_begins_later_is_later_by_exactly_that(
    day: tuple[list[Run], datetime], minutes: int
) -> None:
    runs, now = day
    shift = timedelta(minutes=minutes)
    moved = [
        replace(
            run,
            spans=tuple((begin + shift, end and end + shift) for begin, end in run.spans),
            ended_at=run.ended_at and run.ended_at + shift,
        )
        for run in runs
    ]
    found = day_of(runs, now)
    late = timeline(moved, planned_from=EIGHT, opened_at=EIGHT + shift, now=now + shift)
    assert late.expected_end == found.expected_end + shift
    assert late.planned_end == found.planned_end


@given(days(), st.integers(0, 10_000))
def test_waiting_longer_never_makes_the_day_end_earlier(
    day: tuple[list[Run], datetime], seconds: int
) -> None:
    runs, now = day
    assert (
        day_of(runs, now + timedelta(seconds=seconds)).expected_end
        >= day_of(runs, now).expected_end
    )


@given(minutes_of_items)
def test_a_day_that_begins_as_planned_is_neither_late_nor_early(minutes: list[int]) -> None:
    found = day_of(pending(minutes), EIGHT)
    assert found.minutes_late == 0
    assert [slot.expected_start for slot in found.slots] == [
        slot.planned_start for slot in found.slots
    ]


def test_an_item_over_its_time_pushes_the_rest_minute_by_minute() -> None:
    runs = [Run(15, ItemState.STARTED, ((EIGHT, None),)), Run(20, ItemState.PENDING)]
    found = day_of(runs, EIGHT + timedelta(minutes=22))
    assert found.minutes_late == 7
    assert found.slots[1].expected_start == EIGHT + timedelta(minutes=22)
    assert found.slots[0].spent_minutes == 22


def test_a_skipped_item_gives_its_minutes_back() -> None:
    runs = [Run(15, ItemState.SKIPPED), Run(20, ItemState.PENDING)]
    assert day_of(runs, EIGHT).minutes_late == -15


def test_before_the_opening_the_day_waits_for_its_hour_and_then_for_the_people() -> None:
    runs = pending([15, 20])
    early = timeline(runs, planned_from=EIGHT, opened_at=None, now=EIGHT - timedelta(hours=2))
    assert early.slots[0].expected_start == EIGHT
    assert early.minutes_late == 0
    late = timeline(runs, planned_from=EIGHT, opened_at=None, now=EIGHT + timedelta(minutes=9))
    assert late.minutes_late == 9


def test_without_a_day_nothing_is_planned_until_the_opening() -> None:
    found = timeline(pending([15]), planned_from=None, opened_at=None, now=EIGHT)
    assert found.slots[0].planned_start is None
    assert found.slots[0].expected_start is None
    assert found.minutes_late == 0
    assert planned_start(None, "08:00", opened_at=EIGHT) == EIGHT
    assert planned_start(date(2026, 3, 12), None, opened_at=None) is None


def test_a_conference_put_off_is_measured_from_its_opening() -> None:
    day = date(2026, 3, 12)
    assert planned_start(day, "08:00", opened_at=None) == EIGHT
    same_day = EIGHT + timedelta(minutes=20)
    assert planned_start(day, "08:00", opened_at=same_day) == EIGHT
    days_later = EIGHT + timedelta(days=3, minutes=20)
    assert planned_start(day, "08:00", opened_at=days_later) == days_later


def test_when_all_is_over_the_day_stands_still() -> None:
    end = EIGHT + timedelta(minutes=15)
    runs = [Run(15, ItemState.ENDED, ((EIGHT, end),), end)]
    assert day_of(runs, end + timedelta(hours=5)).expected_end == end


def test_a_laptop_clock_set_back_never_spends_less_than_nothing() -> None:
    found = spans([(Step.STARTED, EIGHT), (Step.ENDED, EIGHT - timedelta(hours=1))])
    assert spent(Run(15, ItemState.ENDED, found), EIGHT) == timedelta(0)
    still_on = Run(15, ItemState.STARTED, ((EIGHT, None),))
    assert spent(still_on, EIGHT - timedelta(hours=1)) == timedelta(0)


def test_seconds_are_no_minutes() -> None:
    assert [whole_minutes(timedelta(seconds=each)) for each in (-61, -59, 0, 59, 60, 119)] == [
        -1, 0, 0, 0, 1, 1,
    ]  # fmt: skip


def test_every_event_of_the_room_is_named_for_the_book() -> None:
    assert {event.value.split(":")[0] for event in events.AgendaEvent} == {"agenda"}
