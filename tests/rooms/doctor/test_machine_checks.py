"""What is measured of the laptop, on real files: a full disk, a read-only one, a stick."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk import config
from kiosk.backup import checks as backup
from kiosk.backup import copying, recovery
from kiosk.config import Settings
from kiosk.core import keys
from kiosk.core.checks import Finding, Scene, registered
from kiosk.core.clock import utc_now
from kiosk.doctor import disk, measuring, subjects
from kiosk.doctor.rules import MB

assert subjects.ALL


def scene_of(folder: Path) -> Scene:
    return Scene(settings=config.load(folder), now=utc_now())


def one(found: Iterator[Finding]) -> Finding:
    (finding,) = found
    return finding


@pytest.fixture
def scene(settings: Settings, made_instance: Path) -> Scene:
    return Scene(settings=settings, now=utc_now())


# -- the worker ------------------------------------------------------------------------------------


def test_the_worker_measures_everything_that_is_measured(
    settings: Settings, made_instance: Path
) -> None:
    found = measuring.measure_aside(settings)
    wanted = {check.key for check in registered() if check.measured}
    assert found.keys() == wanted
    codes = {key: [finding.code for finding in each] for key, each in found.items()}
    assert not any("check_failed" in each for each in codes.values()), codes
    assert codes["machine.data"] == ["data_whole"]
    assert codes["machine.keys"] == ["keys_fit"]
    assert codes["paper.fonts"] == ["fonts_whole"]
    # A copy has no key yet in this instance, and that is said with the way to make one.
    (place,) = found["copies.place"]
    assert (place.code, place.cause and place.cause.code) == ("place_no_key", "backup_no_recipient")
    # Nothing is left in the folder.
    assert [path.name for path in made_instance.iterdir() if path.name.startswith(".")] == []


# -- disks -----------------------------------------------------------------------------------------

may_mount = pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="only root can mount a small disk",
)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """A real file system of its own, of so many megabytes; read-only once it is filled."""
    mounted: list[Path] = []

    def make(megabytes: int) -> Path:
        place = tmp_path / f"disk{len(mounted)}"
        place.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)],
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            pytest.skip("this container may not mount")
        mounted.append(place)
        return place

    yield make
    for place in mounted:
        subprocess.run(["umount", "-l", str(place)], check=True)


@may_mount
def test_a_full_disk_is_found_and_measuring_it_says_why(
    small_disk: Callable[..., Path], made_instance: Path
) -> None:
    folder = small_disk(8) / "instance"
    shutil.copytree(made_instance, folder)
    with (folder / "filler").open("wb") as file:
        while True:
            try:
                file.write(b"x" * 65_536)
                file.flush()
            except OSError:
                break
    found = scene_of(folder)
    assert one(disk.room(found)).code == "space_none"
    failed = one(disk.durable(found))
    assert failed.code == "commits_failed"
    assert failed.words.stops
    assert one(disk.place(found)).code == "place_memory"
    assert [path.name for path in folder.iterdir() if path.name.startswith(".doctor")] == []


@may_mount
def test_a_read_only_folder_is_found_and_nothing_else_breaks(
    small_disk: Callable[..., Path], made_instance: Path
) -> None:
    place = small_disk(32)
    folder = place / "instance"
    shutil.copytree(made_instance, folder)
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    found = measuring.measure(config.load(folder), utc_now())
    codes = {key: each[0].code for key, each in found.items()}
    assert codes["machine.folder"] == "folder_unwritable"
    assert codes["machine.durable"] == "commits_failed"
    assert found["machine.folder"][0].facts["folder"] == str(folder)
    # Whatever SQLite makes of such a disk, it is never called whole by mistake and lost in silence.
    assert codes["machine.data"] in {"data_unreadable", "data_whole"}


def test_commits_are_measured_as_the_writer_makes_them(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    connect = sqlite3.connect

    def tracing(*arguments: object, **named: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **named)  # type: ignore[call-overload]
        connection.set_trace_callback(seen.append)
        return connection

    monkeypatch.setattr(disk.sqlite3, "connect", tracing)
    taken = disk.measure_commits(scene.instance, seconds=0.05)
    assert 1 <= len(taken) <= disk.MOST_COMMITS
    assert all(each > 0 for each in taken)
    assert "PRAGMA synchronous=FULL" in seen
    assert "PRAGMA journal_mode=WAL" in seen
    assert seen.count("COMMIT") == len(taken)
    assert one(disk.durable(scene)).facts["rate"] > 0  # type: ignore[operator]


def test_a_dead_slow_disk_is_asked_for_one_commit_and_no_more(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(disk.measure_commits(scene.instance, seconds=0)) == 1
    monkeypatch.setattr(disk, "measure_commits", lambda folder: [0.4])
    found = one(disk.durable(scene))
    assert (found.code, found.facts["rate"]) == ("commits_poor", 2)
    assert found.text("vi") == "Ổ quá chậm: 2 lần ghi mỗi giây (400,0 ms một lần)"
    assert "400.0 ms" in found.text("en")


@pytest.mark.skipif(os.name != "posix", reason="rights of Windows lie elsewhere")
def test_a_folder_that_others_may_read_is_found(scene: Scene) -> None:
    assert one(disk.folder(scene)).code == "folder_private"
    scene.instance.chmod(0o755)
    assert one(disk.folder(scene)).code == "folder_listed"
    (scene.instance / keys.FILE).chmod(0o644)
    assert one(disk.folder(scene)).code == "folder_open"
    scene.instance.chmod(0o700)
    assert one(disk.folder(scene)).code == "folder_private"


def test_room_is_counted_on_the_disk_of_the_instance(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def usage(path: Path) -> object:
        asked.append(path)
        return type("Usage", (), {"free": 4_000 * MB})()

    monkeypatch.setattr(disk.shutil, "disk_usage", usage)
    found = one(disk.room(scene))
    assert (found.code, found.facts) == ("space_low", {"free": "4000 MB"})
    assert asked == [scene.instance]


def test_the_place_of_the_copies_is_reached_as_a_copy_would(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recovery.make(scene.instance)
    beside = scene.settings.backup_place
    found = one(backup.place(scene))
    assert (found.code, beside.exists()) == ("copies_place_same", False), "a look makes nothing"
    away = scene.settings.model_copy(update={"backup_folder": tmp_path / "no stick" / "copies"})
    gone = one(backup.place(Scene(settings=away, now=scene.now)))
    assert gone.code == "copies_place_away"
    assert "No such file" in str(gone.facts["reason"])
    monkeypatch.setattr(backup, "LEAST_ROOM", 10**18)
    assert one(backup.place(scene)).code == "copies_place_full"


@may_mount
def test_a_stick_is_another_disk_and_its_bare_mount_point_is_none(
    scene: Scene, small_disk: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "LEAST_ROOM", 1_000_000)
    recovery.make(scene.instance)
    stick = small_disk(16)
    settings = scene.settings.model_copy(update={"backup_folder": stick / "copies"})
    there = Scene(settings=settings, now=scene.now)
    assert one(backup.place(there)).code == "copies_place_apart"
    with closing(sqlite3.connect(scene.instance / config.DATABASE)) as raw, raw:
        raw.execute(
            "INSERT INTO conference (id, code, title, title_block, host, venue, address, place,"
            " seated, plan, plan_file, plan_sha256)"
            " VALUES (1, 'x', 'x', '[]', '', '', '', '', '[]', '{}', '', '')"
        )
    copying.make_copy(scene.instance, stick / "copies")
    subprocess.run(["umount", str(stick)], check=True)
    try:
        assert one(backup.place(there)).code == "copies_place_away"
        assert list(stick.iterdir()) == []
    finally:
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(stick)], check=True)
