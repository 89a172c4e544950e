"""The rehearsed day: it holds, its invariants can fail, and its server is always stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.checkin.rules import quorum_needed
from kiosk.config import Settings
from kiosk.core.errors import Refused
from kiosk.founding import make_conference
from kiosk.rehearsal.day import rehearse
from kiosk.rehearsal.facts import (
    Badge,
    BookRow,
    Count,
    Day,
    Mark,
    Person,
    Scan,
    Scene,
    Shown,
    Stay,
    Stored,
    Told,
    Try,
)
from kiosk.rehearsal.gates import REPLACED, crowd_of, reissued_of
from kiosk.rehearsal.hall import events, present_shown, serving
from kiosk.rehearsal.invariants import INVARIANTS, check
from kiosk.serving import real_plan


def at(minute: float) -> datetime:
    return datetime(2026, 3, 12, 0, 30, tzinfo=UTC) + timedelta(minutes=minute)


# -- a whole day, written by hand ------------------------------------------------------------
# Nine delegates (six are needed) and two guests. Delegate 8 enters twice, 9 comes too late.


def _told(
    scan_id: str,
    scene: Scene,
    delegate: int | None,
    outcome: str,
    *,
    gate: int = 0,
    repeated: bool = False,
) -> Told:
    return Told(scan_id, gate, scene, delegate, 200, outcome, repeated, 5.0)


TOLD = (
    _told("race-a", Scene.RACE, 1, "admitted"),
    _told("race-b", Scene.RACE, 1, "already", gate=1),
    _told("old", Scene.OLD_BADGE, 2, "revoked"),
    _told("new", Scene.NEW_BADGE, 2, "admitted"),
    _told("third", Scene.ARRIVAL, 3, "admitted"),
    _told("fourth", Scene.ARRIVAL, 4, "admitted"),
    _told("fifth", Scene.ARRIVAL, 5, "admitted"),
    _told("guest-a", Scene.GUEST, 10, "guest"),
    _told("guest-b", Scene.GUEST, 11, "guest"),
    _told("forged", Scene.FORGED, None, "unknown"),
    _told("torn", Scene.UNREADABLE, None, "unreadable"),
    _told("sixth", Scene.ARRIVAL, 6, "admitted"),
    _told("sixth-lies", Scene.SAME_GATE, 6, "admitted", repeated=True),
    _told("sixth", Scene.SENT_AGAIN, 6, "admitted", repeated=True),
    _told("sixth-walks", Scene.OTHER_GATE, 6, "already", gate=1),
    _told("eighth", Scene.ARRIVAL, 8, "admitted"),
    _told("eighth-again", Scene.READMITTED, 8, "admitted"),
    _told("ninth", Scene.TOO_LATE, 9, "refused"),
)


def _stay(
    number: int, delegate: int, minute: float, *, way: str = "badge", undone: float | None = None
) -> Stay:
    return Stay(
        id=number,
        delegate_id=delegate,
        entered_at=at(minute),
        left_at=None,
        undone_at=None if undone is None else at(undone),
        undo_reason="" if undone is None else "Quét nhầm",
        way=way,
    )


STAYS = (
    _stay(1, 1, 1),
    _stay(2, 2, 2),
    _stay(3, 3, 3),
    _stay(4, 4, 3),
    _stay(5, 5, 3),
    _stay(6, 10, 3),
    _stay(7, 11, 3),
    _stay(8, 6, 6),
    _stay(9, 7, 10, way="hand"),
    _stay(10, 8, 13, undone=14),
    _stay(11, 8, 15),
)

SCANS = (
    Scan("race-a", "admitted", 1, 1),
    Scan("race-b", "already", 1, 1),
    Scan("old", "revoked", 2, None),
    Scan("new", "admitted", 2, 2),
    Scan("third", "admitted", 3, 3),
    Scan("fourth", "admitted", 4, 4),
    Scan("fifth", "admitted", 5, 5),
    Scan("guest-a", "guest", 10, 6),
    Scan("guest-b", "guest", 11, 7),
    Scan("forged", "unknown", None, None),
    Scan("torn", "unreadable", None, None),
    Scan("sixth", "admitted", 6, 8),
    Scan("sixth-walks", "already", 6, 8),
    Scan("eighth", "admitted", 8, 10),
    Scan("eighth-again", "admitted", 8, 11),
    Scan("ninth", "refused", 9, None),
)

_STEPS = (
    (1, "started"), (1, "ended"), (2, "started"), (2, "ended"), (3, "started"), (3, "ended"),
    (4, "started"), (4, "ended"), (5, "started"), (5, "left_waiting"), (6, "started"),
    (6, "ended"), (7, "started"), (7, "ended"), (5, "resumed"), (5, "ended"), (8, "started"),
    (8, "ended"), (9, "started"), (9, "ended"),
)  # fmt: skip

MARKS = tuple(Mark(item, what, at(8 + place / 2)) for place, (item, what) in enumerate(_STEPS))

COUNTS = (
    Count(1, 1, 3, 4, 0, 7, "checkin", 7, "", at(12), adopted=False),
    Count(1, 2, 4, 3, 0, 7, "checkin", 7, "Đếm sót", at(16), adopted=True),
)

_LINES = (
    ["checkin:stay:entered"] * 10
    + ["checkin:stay:entered_by_hand"]
    + ["checkin:stay:undone"]
    + ["checkin:scan:turned_away"] * 4
    + ["checkin:base:fixed", "conference:badge:replaced", "conference:conference:opened"]
    + ["motions:motion:opened", "motions:motion:counted", "motions:count:corrected"]
    + ["devices:device:added", "devices:device:paired"] * 5
    + [f"agenda:item:{what}" for _, what in _STEPS]
    + ["conference:conference:ended"]
)

BOOK = tuple(
    BookRow(seq, event, "staff:1", {"delegate": 7} if event.endswith("by_hand") else {})
    for seq, event in enumerate(_LINES, start=1)
)

GOOD = Day(
    convened=9,
    told=TOLD,
    stored=Stored(
        people=tuple(
            Person(number, "delegate" if number < 10 else "guest", number < 10, number < 10)
            for number in range(1, 12)
        ),
        badges=(Badge(2, 1, 0, revoked=True), Badge(2, 2, 0, revoked=False)),
        stays=STAYS,
        scans=SCANS,
        items=tuple((number, "ended") for number in range(1, 10)),
        marks=MARKS,
        counts=COUNTS,
        motions=1,
        devices=5,
        base=9,
        opened_at=at(7),
        ended_at=at(20),
        book=BOOK,
        first_break=None,
    ),
    shown=(
        Shown(at(4), "console", 5),
        Shown(at(11), "projector", 7),
        # While the mistaken entry held, it counted; the screens were right to show it.
        Shown(at(13.5), "stream", 8),
    ),
    forbidden=(Try("second item at once", at(9), 409),),
    openings=(Try("open", at(0), 409), Try("open", at(5), 409), Try("open", at(7), 204)),
    undone=((8, 200),),
    lags=(80.0, 250.0, 400.0),
    healed=True,
    statuses={200: 40, 204: 20, 409: 4},
    log=("2026-03-12 07:00:00,000 INFO kiosk: ready",),
)


def answer(scan_id: str, **changes: Any) -> Callable[[Day], Day]:
    """The day in which one gate said something else."""

    def doctor(day: Day) -> Day:
        told = [replace(each, **changes) if each.scan_id == scan_id else each for each in day.told]
        return replace(day, told=tuple(told))

    return doctor


def without(scene: Scene) -> Callable[[Day], Day]:
    """The day in which nobody played a scene."""
    return lambda day: replace(
        day, told=tuple(each for each in day.told if each.scene is not scene)
    )


def stored(**changes: Any) -> Callable[[Day], Day]:
    return lambda day: replace(day, stored=replace(day.stored, **changes))


def day(**changes: Any) -> Callable[[Day], Day]:
    return lambda good: replace(good, **changes)


def stay(number: int, **changes: Any) -> Callable[[Day], Day]:
    return stored(
        stays=tuple(replace(each, **changes) if each.id == number else each for each in STAYS)
    )


def scan(scan_id: str, **changes: Any) -> Callable[[Day], Day]:
    return stored(
        scans=tuple(replace(each, **changes) if each.scan_id == scan_id else each for each in SCANS)
    )


def count(number: int, **changes: Any) -> Callable[[Day], Day]:
    return stored(
        counts=tuple(replace(each, **changes) if each.number == number else each for each in COUNTS)
    )


DOCTORED: list[tuple[str, str, Callable[[Day], Day]]] = [
    ("every_scan_was_answered", "an answer was lost", answer("third", status=0, outcome="")),
    ("every_scan_was_answered", "a gate answered 403", answer("third", status=403)),
    ("no_server_error_was_seen", "one 500", day(statuses={200: 9, 500: 1})),
    ("log_has_no_exception", "a traceback", day(log=("Traceback (most recent call last):",))),
    ("log_has_no_exception", "an error line", day(log=("07:00 ERROR kiosk: COMMIT failed",))),
    ("same_scan_same_outcome", "told otherwise later", scan("sixth", outcome="already")),
    ("same_scan_same_outcome", "told, never stored", stored(scans=SCANS[1:])),
    ("same_scan_same_outcome", "stored twice", stored(scans=(*SCANS, SCANS[0]))),
    ("same_scan_same_outcome", "never played", without(Scene.SENT_AGAIN)),
    ("nothing_acknowledged_is_lost", "an admitted person is gone", stored(stays=STAYS[:-4])),
    ("nothing_acknowledged_is_lost", "undone by nobody", stay(3, undone_at=at(9))),
    ("nobody_is_present_unasked", "nobody was told", answer("third", outcome="unknown")),
    ("nobody_is_present_unasked", "another person's stay", stay(3, delegate_id=9)),
    ("nobody_is_present_unasked", "by hand, not in the book", stay(9, delegate_id=9)),
    ("one_open_stay_each", "in twice", stored(stays=(*STAYS, _stay(12, 3, 5)))),
    ("two_gates_admit_one", "both welcome", answer("race-b", outcome="admitted")),
    ("two_gates_admit_one", "neither welcomes", answer("race-a", outcome="already")),
    ("two_gates_admit_one", "one did not answer", without(Scene.RACE)),
    ("duplicates_are_named", "a repeat scolded", answer("sixth-lies", outcome="already")),
    ("duplicates_are_named", "a second arrival", answer("sixth-lies", repeated=False)),
    ("duplicates_are_named", "welcomed twice", answer("sixth-walks", outcome="admitted")),
    ("forged_never_enter", "a forged badge enters", answer("forged", outcome="admitted")),
    ("forged_never_enter", "never played", without(Scene.FORGED)),
    ("unreadable_never_enter", "stored as an entry", scan("torn", outcome="admitted")),
    ("revoked_never_enter", "a lost badge enters", answer("old", outcome="already")),
    ("revoked_never_enter", "the new badge does not", answer("new", outcome="unknown")),
    ("undo_takes_back", "the undo did nothing", stay(10, undone_at=None)),
    ("undo_takes_back", "no reason was kept", stay(10, undo_reason="")),
    ("undo_takes_back", "the gate refused it", day(undone=((8, 409),))),
    ("undo_takes_back", "never played", day(undone=())),
    ("closed_doors_refuse", "a late badge enters", answer("ninth", outcome="admitted")),
    ("closed_doors_refuse", "a stay after the end", stay(11, entered_at=at(21))),
    ("guests_count_for_nothing", "a guest as a delegate", answer("guest-a", outcome="admitted")),
    (
        "guests_count_for_nothing",
        "a guest who votes",
        stored(people=(*GOOD.stored.people[:-1], Person(11, "guest", False, True))),
    ),
    ("guests_count_for_nothing", "a guest is missing", stay(7, left_at=at(9))),
    ("one_figure_everywhere", "the wall is behind", day(shown=(Shown(at(11), "stream", 6),))),
    ("one_figure_everywhere", "a page shows none", day(shown=(Shown(at(4), "console", None),))),
    ("opened_only_with_quorum", "opened with five", stored(opened_at=at(5))),
    ("opened_only_with_quorum", "refused with six", day(openings=(Try("open", at(7), 409),))),
    ("opened_only_with_quorum", "never tried below", day(openings=GOOD.openings[2:])),
    ("opened_only_with_quorum", "never opened", stored(opened_at=None)),
    ("opened_only_with_quorum", "a smaller base", stored(base=8)),
    ("forbidden_acts_are_refused", "it was done", day(forbidden=(Try("x", at(9), 204),))),
    ("items_ended_once_in_order", "one skipped", stored(items=((1, "skipped"),))),
    ("items_ended_once_in_order", "ended twice", stored(marks=(*MARKS, MARKS[-1]))),
    ("items_ended_once_in_order", "one never ended", stored(marks=MARKS[:-1])),
    ("items_ended_once_in_order", "never closed", stored(ended_at=None)),
    ("one_item_at_a_time", "two at once", stored(marks=(MARKS[0], MARKS[2], *MARKS[3:]))),
    ("motion_is_decided_in_integers", "half is enough", count(1, adopted=True)),
    ("motion_is_decided_in_integers", "more than half is not", count(2, adopted=False)),
    ("motion_counts_who_was_there", "the opening's presence", count(1, present=6)),
    ("motion_counts_who_was_there", "the correction's presence", count(2, present_checkin=8)),
    ("correction_keeps_both", "the first is gone", stored(counts=COUNTS[1:])),
    ("correction_keeps_both", "no reason", count(2, reason="")),
    ("book_is_whole", "the chain breaks", stored(first_break=17)),
    ("book_is_whole", "a line is gone", stored(book=BOOK[1:])),
    ("book_is_whole", "no book at all", stored(book=())),
    ("book_has_every_act", "an entry is not written down", stored(book=BOOK[1:])),
    ("book_has_every_act", "a line without an act", stored(motions=2)),
    ("projector_follows", "too slow", day(lags=(900.0, 1300.0, 2100.0))),
    ("projector_follows", "a change never came", day(lags=(80.0, None))),
    ("projector_follows", "nothing was watched", day(lags=())),
    ("projector_heals", "stayed dark", day(healed=False)),
]


def test_the_good_day_contradicts_nothing() -> None:
    assert check(GOOD) == {name: [] for name in INVARIANTS}


@pytest.mark.parametrize(
    ("name", "doctor"),
    [(name, doctor) for name, _, doctor in DOCTORED],
    ids=[f"{name}: {story}" for name, story, _ in DOCTORED],
)
def test_an_invariant_breaks_when_its_fact_is_doctored(
    name: str, doctor: Callable[[Day], Day]
) -> None:
    assert check(doctor(GOOD))[name]


def test_every_invariant_can_break_and_says_what_it_is_about() -> None:
    assert {name for name, _, _ in DOCTORED} == set(INVARIANTS)
    assert all(holds.__doc__ for holds in INVARIANTS.values())


def test_a_thousand_findings_are_told_as_five() -> None:
    noisy = replace(GOOD, statuses=dict.fromkeys(range(500, 560), 1))
    assert len(check(noisy)["no_server_error_was_seen"]) == 5


# -- the crowd -------------------------------------------------------------------------------

KEY = bytes(32)


def roster(delegates: int) -> tuple[list[Person], list[Badge]]:
    people = [Person(number, "delegate", True, True) for number in range(1, delegates + 1)]
    people += [Person(delegates + n, "guest", False, False) for n in (1, 2)]
    lost = set(reissued_of(people, 7))
    badges = [Badge(person.id, 1, 0, revoked=person.id in lost) for person in people]
    return people, badges + [Badge(each, 2, 0, revoked=False) for each in lost]


@pytest.mark.parametrize("delegates", [9, 10, 11, 24, 186, 10_000])
def test_the_early_crowd_is_one_below_the_quorum_and_the_rest_reaches_it(delegates: int) -> None:
    people, badges = roster(delegates)
    crowd = crowd_of(people, badges, key=KEY, seed=7)
    guests = {person.id for person in people if person.standing == "guest"}

    def entering(*scenes: Scene) -> set[int | None]:
        shots = [shot for visit in crowd.early for shot in visit.shots]
        return {shot.delegate_id for shot in shots if shot.scene in scenes}

    early = entering(Scene.ARRIVAL, Scene.NEW_BADGE) | {shot.delegate_id for shot in crowd.races}
    needed = quorum_needed(delegates)
    assert len(early) == needed - 1
    assert entering(Scene.GUEST) == guests
    rest = {visit.shots[0].delegate_id for visit in crowd.rest}
    late = {shot.delegate_id for shot in crowd.late}
    assert rest
    assert len(late) >= 2
    assert not early & rest
    assert not (early | rest) & late
    coming = len(early | rest | late)
    assert coming < delegates
    assert coming >= 0.88 * delegates
    assert crowd.absent.delegate_id not in early | rest | late


def test_the_same_seed_brings_the_same_crowd_and_another_seed_another() -> None:
    people, badges = roster(60)
    once = crowd_of(people, badges, key=KEY, seed=7)
    assert once == crowd_of(people, badges, key=KEY, seed=7)
    assert len(reissued_of(people, 7)) == REPLACED
    assert reissued_of(people, 8) != reissued_of(people, 7)


# -- screens and the stream ------------------------------------------------------------------


def test_the_stream_is_read_event_by_event() -> None:
    lines = ["retry: 1000", "", "event: tick", 'data: {"now": "07:00"}', "", "event: region"]
    lines += ['data: {"id": "wall", "html": "<p>Đủ</p>"}', "", "event: torn"]
    assert list(events(lines)) == [
        ("tick", {"now": "07:00"}),
        ("region", {"id": "wall", "html": "<p>Đủ</p>"}),
    ]


def test_the_figure_of_presence_is_found_on_each_screen() -> None:
    assert present_shown('<span data-figure="present">57</span>') == 57
    assert present_shown('<p class="figure">1.024</p>') == 1024
    assert present_shown('<footer class="foot"><p><strong>8</strong> trên 9</p>') == 8
    assert present_shown("<p>57</p>") is None


# -- the server of a rehearsal ---------------------------------------------------------------


def test_a_server_that_cannot_start_is_a_refusal_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    empty = tmp_path / "nothing"
    empty.mkdir()
    with pytest.raises(Refused) as refused, serving(empty, log=log):
        pytest.fail("a folder without a conference was served")
    assert refused.value.code == "rehearsal_server_silent"
    assert refused.value.facts["log"] == str(log)
    assert log.read_text(encoding="utf-8").strip()


@pytest.mark.slow
def test_the_server_is_stopped_also_when_someone_presses_ctrl_c(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "instance", rehearsal=True)
    make_conference(settings, plan=real_plan(), rehearsal=True)
    running = []

    def walk() -> None:
        with serving(settings.instance, log=tmp_path / "server.log") as server:
            running.append(server.process)
            assert server.process.poll() is None
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        walk()
    assert running[0].poll() is not None


@pytest.mark.slow
def test_a_rehearsed_day_of_24_delegates_holds(tmp_path: Path) -> None:
    told: list[str] = []
    out = tmp_path / "diễn tập 24"
    report = rehearse(delegates=24, gates=2, seed=11, out=out, tell=told.append)
    assert report.findings == {name: [] for name in INVARIANTS}
    assert report.holds
    document = report.as_json()
    assert json.loads((out / "report.json").read_text(encoding="utf-8")) == document
    assert document["delegates"] == 24
    assert document["archive"] is None
    assert document["receipt"] is None
    assert set(document["invariants"].values()) == {True}
    assert document["outcomes"]["admitted"] >= 22
    assert {"already", "guest", "revoked", "unknown", "unreadable"} <= set(document["outcomes"])
    assert document["figures"]["statuses"].keys() <= {"200", "201", "204", "303", "409"}
    assert any("24 delegates" in line for line in report.lines())
    with pytest.raises(Refused) as again:
        rehearse(delegates=24, out=out, tell=told.append)
    assert again.value.code == "instance_not_empty"
