"""Names of copies, which of them may go, and when the hall worries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.backup import rules
from kiosk.backup.rules import CopyName, Worry

CODE = "0123456789ab"
START = datetime(2026, 3, 12, 6, 0)  # noqa: DTZ001 (names carry the hall's clock)
stamps = st.integers(0, 40_000).map(lambda seconds: START + timedelta(seconds=17 * seconds))
sets_of_names = st.sets(stamps, min_size=1, max_size=150).map(
    lambda found: [str(CopyName(stamp, CODE)) for stamp in sorted(found)]
)


@given(stamps, st.booleans(), st.from_regex(r"[0-9a-z]{1,12}", fullmatch=True))
def test_a_name_is_read_as_it_was_made(stamp: datetime, before: bool, code: str) -> None:
    name = CopyName(stamp, code, before)
    assert rules.read_name(str(name)) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ghi chú.txt",
        "0123456789ab-20260312-070000.kiosk-backup.part",
        "0123456789ab-20260312-070000.kiosk-backup.1a2b3c4d.part",
        "0123456789ab-20261312-070000.kiosk-backup",
        "0123456789ab-20260312-256161.kiosk-backup",
        "../0123456789ab-20260312-070000.kiosk-backup",
        "0123456789AB-20260312-070000.kiosk-backup",
        "0123456789ab-２0260312-070000.kiosk-backup",
        "0123456789ab-20260312-070000.kiosk-backup\n",
    ],
)
def test_a_file_that_is_no_copy_is_left_alone(name: str) -> None:
    assert rules.read_name(name) is None
    newest = str(CopyName(START, CODE))
    assert rules.superfluous([name, newest], newest_good=newest, kept=0) == []


@given(sets_of_names, st.data(), st.integers(0, 70))
def test_rotation_keeps_the_newest_good_the_last_and_one_of_every_hour(
    names: list[str], data: st.DataObject, kept: int
) -> None:
    newest_good = data.draw(st.sampled_from(names))  # a clock that was set back: any of them
    gone = rules.superfluous(names, newest_good=newest_good, kept=kept)
    stay = [name for name in names if name not in gone]
    assert set(gone) <= set(names)
    assert newest_good in stay
    assert set(names[len(names) - min(kept, len(names)) :]) <= set(stay)
    assert {name[:24] for name in names} == {name[:24] for name in stay}
    assert rules.superfluous(stay, newest_good=newest_good, kept=kept) == []


def test_a_day_of_copies_every_minute_stays_small() -> None:
    names: list[str] = []
    for minute in range(10 * 60):
        newest = str(CopyName(START + timedelta(minutes=minute), CODE))
        names.append(newest)
        gone = set(rules.superfluous(names, newest_good=newest))
        names = [name for name in names if name not in gone]
    assert len(names) == 60 + 9
    assert names[-60:] == [
        str(CopyName(START + timedelta(minutes=minute), CODE)) for minute in range(540, 600)
    ]


def test_other_conferences_and_copies_before_an_upgrade_never_go() -> None:
    others = [str(CopyName(START + timedelta(minutes=m), "ffff")) for m in range(90)]
    upgrades = [str(CopyName(START + timedelta(minutes=m), CODE, True)) for m in range(90)]
    newest = str(CopyName(START + timedelta(minutes=91), CODE))
    assert rules.superfluous([*others, *upgrades, newest], newest_good=newest, kept=0) == []


@given(sets_of_names, st.integers(-10, 1500), st.integers(0, 149), st.data())
def test_room_is_made_from_the_oldest_and_never_in_vain(
    names: list[str], missing: int, last: int, data: st.DataObject
) -> None:
    last_good = names[last % len(names)]
    strangers = {"film.mp4": 1000, str(CopyName(START, "ffff")): 1000}
    upgrades = {str(CopyName(START, CODE, True)): 1000}
    sizes = {name: data.draw(st.integers(1, 20)) for name in names} | strangers | upgrades
    gone = rules.given_up_for_room(sizes, code=CODE, last_good=last_good, missing=missing)
    assert set(gone) <= set(names) - {last_good} - set(names[-2:])
    spare = [name for name in names[:-2] if name != last_good]
    assert gone == spare[: len(gone)]
    freed = sum(sizes[name] for name in gone)
    if gone:
        assert freed >= missing > freed - sizes[gone[-1]]
    else:
        assert missing <= 0 or sum(sizes[name] for name in spare) < missing


@given(st.lists(st.just(START), min_size=1, max_size=5))
def test_two_copies_of_one_second_get_two_names(moments: list[datetime]) -> None:
    taken: list[str] = []
    for moment in moments:
        taken.append(rules.free_name(CODE, moment, taken, before_upgrade=False))
    assert len(set(taken)) == len(moments)


@pytest.mark.parametrize(
    "name", ["kiosk.sqlite3", "keys.json", "config.toml", "recovery.txt", "files/12/báo cáo.pdf"]
)
def test_files_of_an_instance_may_travel(name: str) -> None:
    assert rules.is_safe_member(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "files",
        "files/",
        "files//a",
        "files/../keys.json",
        "files/./a",
        "../keys.json",
        "/etc/passwd",
        "/files/a",
        "files/a\\b",
        "files\\a",
        "C:/a",
        "files/c:a",
        "files/nul",
        "files/COM1.pdf",
        "files/a.",
        "files/a ",
        "files/ a",
        "files/a\x00b",
        "files/a\nb",
        "files/\u202egnp.a",
        "files/bao\u0301.pdf",
        "files/" + "a" * 300,
        "box.sqlite3",
        "server.json",
        "writer.lock",
        "kiosk.sqlite3-wal",
        "KEYS.JSON",
    ],
)
def test_any_other_name_does_not(name: str) -> None:
    assert not rules.is_safe_member(name)


@given(st.integers(1, 60))
def test_one_late_copy_is_no_alarm_and_two_are(every: int) -> None:
    assert rules.patience(1) == timedelta(minutes=3)
    assert timedelta(minutes=2 * every) < rules.patience(every) <= timedelta(minutes=3 * every)


NOW = datetime(2026, 3, 12, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "failing", "same_disk", "waiting", "expected"),
    [
        (30, False, False, False, Worry.FINE),
        (180, False, False, False, Worry.FINE),
        (181, False, False, False, Worry.OLD),
        (30, False, True, False, Worry.SAME_DISK),
        (30, True, True, False, Worry.FAILING),
        (300, True, False, False, Worry.OLD),
        (300, False, False, True, Worry.WAITING),
        (300, True, False, True, Worry.OLD),
        (None, False, False, True, Worry.WAITING),
        (None, False, False, False, Worry.OLD),
        (None, True, False, True, Worry.OLD),
        (-3600, False, False, False, Worry.OLD),
    ],
)
def test_the_hall_worries_in_time(
    age: int | None, failing: bool, same_disk: bool, waiting: bool, expected: Worry
) -> None:
    last = None if age is None else NOW - timedelta(seconds=age)
    found = rules.worry(
        last_good_at=last, failing=failing, same_disk=same_disk, waiting=waiting, now=NOW
    )
    assert found is expected
