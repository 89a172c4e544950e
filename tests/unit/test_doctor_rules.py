"""Go or no-go: the verdict and its order, the limits, and what a device must have shown today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.checks import State, Words
from kiosk.core.clock import HALL
from kiosk.doctor import rules
from kiosk.doctor.rules import Part

STATES = [state.value for state in State]


@dataclass(frozen=True)
class Line:
    """A line as the rules see it: unknown stops unless it is marked as harmless."""

    state: str
    order: int = 0
    name: str = "x"
    harmless: bool = False

    @property
    def stops(self) -> bool:
        return Words(State(self.state), "", "", blocks=not self.harmless).stops

    @property
    def kind(self) -> tuple[str, str]:
        return self.name, self.state


lines = st.lists(
    st.builds(
        Line,
        state=st.sampled_from(STATES),
        order=st.integers(0, 9),
        name=st.sampled_from(["a", "b", "c"]),
        harmless=st.booleans(),
    ),
    max_size=30,
)

NOON = datetime(2026, 3, 12, 5, 0, tzinfo=UTC)  # 12:00 in the hall


# -- the verdict -----------------------------------------------------------------------------------


def test_nothing_looked_at_is_no_go() -> None:
    assert not rules.is_ready([])
    assert rules.worst([]) == "unknown"


@given(found=lines)
def test_ready_is_exactly_when_nothing_stands_in_the_way(found: list[Line]) -> None:
    assert rules.is_ready(found) == (bool(found) and not rules.to_mend(found))


@given(found=lines)
def test_one_bad_thing_or_one_unknown_that_matters_is_never_ready(found: list[Line]) -> None:
    for state in ("bad", "unknown"):
        assert not rules.is_ready([*found, Line(state)])


@given(found=lines)
def test_unknown_is_never_counted_as_good(found: list[Line]) -> None:
    """Every line that is not good is told: among what to mend, or among what to read."""
    told = [line for todo in (*rules.to_mend(found), *rules.to_read(found)) for line in todo]
    assert len(told) == sum(line.state != "good" for line in found)
    assert all(line.state != "good" for line in told)
    if any(line.state == "unknown" for line in found):
        assert rules.worst(line.state for line in found) in {"bad", "unknown"}


@given(found=lines)
def test_bad_is_mended_before_unknown_and_each_in_its_order(found: list[Line]) -> None:
    todo = rules.to_mend(found)
    states = [kind[0].state for kind in todo]
    assert states == sorted(states, key=["bad", "unknown"].index)
    for state in ("bad", "unknown"):
        firsts = [kind[0].order for kind in todo if kind[0].state == state]
        assert firsts == sorted(firsts)
    assert {line for kind in todo for line in kind} == {line for line in found if line.stops}


@given(found=lines)
def test_what_is_of_one_kind_is_one_thing_to_do(found: list[Line]) -> None:
    for todo in (rules.to_mend(found), rules.to_read(found)):
        kinds = [kind[0].kind for kind in todo]
        assert len(kinds) == len(set(kinds))
        assert all(line.kind == kind[0].kind for kind in todo for line in kind)


@given(states=st.lists(st.sampled_from(STATES), min_size=1))
def test_the_worst_of_several_is_one_of_them_and_none_is_worse(states: list[str]) -> None:
    worst_first = ["bad", "unknown", "warn", "good"]
    assert rules.worst(states) == min(states, key=worst_first.index)


# -- the machine -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("free", "code"),
    [
        (0, "space_none"),
        (999_999_999, "space_none"),
        (10**9, "space_low"),
        (5 * 10**9, "space_enough"),
    ],
)
def test_room_on_the_disk(free: int, code: str) -> None:
    assert rules.space(free) == code


def test_free_memory() -> None:
    assert [rules.memory(free) for free in (0, 3 * 10**8, 10**9)] == [
        "memory_none",
        "memory_low",
        "memory_enough",
    ]


@pytest.mark.parametrize(
    ("milliseconds", "code", "rate"),
    [
        (0.03, "commits_doubtful", 33_333),
        (0.5, "commits_fine", 2_000),
        (20, "commits_fine", 50),
        (21, "commits_slow", 47),
        (100, "commits_slow", 10),
        (101, "commits_poor", 9),
        (5_000, "commits_poor", 0),
    ],
)
def test_commits_a_second(milliseconds: float, code: str, rate: int) -> None:
    assert rules.commits([milliseconds / 1000])[:2] == (code, rate)


def test_one_slow_commit_does_not_call_a_good_disk_bad() -> None:
    assert rules.commits([0.001] * 9 + [3.0])[:2] == ("commits_fine", 1000)


def test_nothing_measured_is_no_figure() -> None:
    with pytest.raises(ValueError, match="nothing"):
        rules.commits([])


@given(seconds=st.lists(st.floats(0, 60, allow_nan=False), min_size=1, max_size=50))
def test_the_figure_is_of_the_middle_commit(seconds: list[float]) -> None:
    code, rate, micro = rules.commits(seconds)
    assert code.startswith("commits_")
    assert micro == round(max(sorted(seconds)[len(seconds) // 2], 1e-6) * 1e6)
    assert rate >= 0


def test_amounts_are_read_the_same_in_every_language() -> None:
    assert rules.amount(850 * 10**6) == "850 MB"
    assert rules.amount(9_999 * 10**6) == "9999 MB"
    assert rules.amount(38 * 10**9) == "38 GB"


SEVEN = timedelta(hours=7)


@pytest.mark.parametrize(
    ("now", "last", "offset", "code"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), None, SEVEN, "clock_before_program"),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), None, SEVEN, "clock_before_program"),
        (NOON, NOON + timedelta(seconds=2), SEVEN, "clock_before_book"),
        (NOON, NOON + timedelta(seconds=1), SEVEN, "clock_plausible"),
        (NOON, NOON, timedelta(0), "clock_zone"),
        (NOON, NOON, None, "clock_plausible"),
        (NOON, None, SEVEN, "clock_plausible"),
    ],
)
def test_a_clock_that_cannot_be_right_is_found(
    now: datetime, last: datetime | None, offset: timedelta | None, code: str
) -> None:
    assert rules.clock(now, last_line=last, offset=offset) == code


def test_no_clock_is_right_by_the_machine_alone() -> None:
    """The best that a machine says of its own clock is that it may be right."""
    codes = {
        rules.clock(NOON, last_line=None, offset=offset) for offset in (None, SEVEN, timedelta(0))
    }
    assert codes == {"clock_plausible", "clock_zone"}


@pytest.mark.parametrize(
    ("rehearsal", "day", "code"),
    [
        (False, None, "mode_no_day"),
        (True, None, "mode_rehearsal"),
        (False, 11, "mode_past"),
        (True, 11, "mode_past"),
        (False, 12, "mode_today"),
        (True, 12, "mode_rehearsal_today"),
        (False, 13, "mode_coming"),
        (True, 13, "mode_rehearsal"),
    ],
)
def test_a_rehearsal_on_the_day_is_found(rehearsal: bool, day: int | None, code: str) -> None:
    on = None if day is None else date(2026, 3, day)
    assert rules.mode(rehearsal=rehearsal, day=on, today=date(2026, 3, 12)) == code


@pytest.mark.parametrize(
    ("ago", "fresh"),
    [
        (timedelta(0), True),
        (timedelta(hours=11), True),
        (timedelta(hours=12, seconds=1), False),
        (timedelta(seconds=-5), True),
        (timedelta(seconds=-6), False),
    ],
)
def test_a_measurement_grows_old(ago: timedelta, fresh: bool) -> None:
    assert rules.is_fresh(NOON - ago, NOON, hall=HALL) is fresh


def test_a_measurement_of_yesterday_is_old_after_midnight_in_the_hall() -> None:
    one = datetime(2026, 3, 11, 17, 1, tzinfo=UTC)  # 00:01 in the hall
    assert not rules.is_fresh(one - timedelta(minutes=2), one, hall=HALL)
    assert rules.is_fresh(one, one + timedelta(minutes=2), hall=HALL)


# -- self-tests ------------------------------------------------------------------------------------

KINDS = sorted(rules.OF_KIND)


@pytest.mark.parametrize("kind", KINDS)
def test_a_device_that_nobody_tried_is_not_known(kind: str) -> None:
    found = rules.shown(kind, {})
    assert found.outcome == "missing"
    assert found.parts


def test_a_kind_that_nobody_knows_is_not_known() -> None:
    assert rules.shown("drone", {Part.SOUND: True}).outcome == "missing"


@pytest.mark.parametrize("kind", KINDS)
def test_everything_tried_and_good_is_passed(kind: str) -> None:
    assert rules.shown(kind, dict.fromkeys(rules.OF_KIND[kind], True)).outcome == "passed"


def test_a_gate_reads_badges_by_scanner_or_by_camera() -> None:
    heard = {Part.SOUND: True}
    assert rules.shown("gate", heard | {Part.SCAN: True}).outcome == "passed"
    assert rules.shown("gate", heard | {Part.CAMERA: True}).outcome == "passed"
    # One way failed and the other was not tried: nobody knows yet.
    found = rules.shown("gate", heard | {Part.CAMERA: False})
    assert (found.outcome, found.parts) == ("part", (Part.SCAN,))
    found = rules.shown("gate", heard | {Part.CAMERA: False, Part.SCAN: True})
    assert (found.outcome, found.parts) == ("partly", (Part.CAMERA,))
    found = rules.shown("gate", heard | {Part.CAMERA: False, Part.SCAN: False})
    assert (found.outcome, found.parts) == ("failed", (Part.SCAN, Part.CAMERA))
    assert rules.shown("gate", {Part.SOUND: False, Part.SCAN: True}).outcome == "failed"


tests = st.dictionaries(st.sampled_from(list(Part)), st.booleans())


@given(kind=st.sampled_from(KINDS), today=tests)
def test_passed_needs_one_good_of_every_group_and_nothing_failed(
    kind: str, today: dict[Part, bool]
) -> None:
    found = rules.shown(kind, today)
    groups = rules.NEEDED[kind]
    each_shown = all(any(today.get(part) for part in group) for group in groups)
    assert (found.outcome in {"passed", "partly"}) == each_shown
    failed = [part for part in rules.OF_KIND[kind] if today.get(part) is False]
    assert (found.outcome == "passed") == (each_shown and not failed)


@given(kind=st.sampled_from(KINDS), today=tests, part=st.sampled_from(list(Part)))
def test_a_part_that_is_forgotten_never_makes_a_device_better(
    kind: str, today: dict[Part, bool], part: Part
) -> None:
    """Fewer tests of which all were good: the outcome may only stay or fall."""
    good_ones = {each: ok for each, ok in today.items() if ok}
    fewer = {each: ok for each, ok in good_ones.items() if each != part}
    rank = ["failed", "missing", "part", "partly", "passed"]
    assert rank.index(rules.shown(kind, fewer).outcome) <= rank.index(
        rules.shown(kind, good_ones).outcome
    )


@given(kind=st.sampled_from(KINDS), today=tests, as_gate=st.booleans())
def test_every_untried_part_is_either_asked_for_or_not_needed(
    kind: str, today: dict[Part, bool], as_gate: bool
) -> None:
    found = rules.shown(kind, today, as_gate=as_gate)
    untried = {part for part in rules.OF_KIND[kind] if part not in today}
    assert set(found.spare) <= untried
    if found.outcome in {"passed", "partly"}:
        assert set(found.spare) == untried
        for group in rules.needed(kind, as_gate=as_gate):
            assert group & set(found.good), "green rests on something that was shown"
    elif found.outcome != "failed":
        assert set(found.spare) | set(found.parts) == untried


def test_every_kind_of_device_has_parts_and_needs_some_of_them() -> None:
    assert rules.OF_KIND.keys() == rules.NEEDED.keys()
    for kind, groups in rules.NEEDED.items():
        assert groups
        assert all(group <= set(rules.OF_KIND[kind]) for group in groups)


def test_the_day_begins_at_midnight_in_the_hall() -> None:
    assert rules.day_begins(NOON, hall=HALL) == datetime(2026, 3, 11, 17, 0, tzinfo=UTC)
