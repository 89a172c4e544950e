"""A copy is examined, locked, read back and renamed, or there is no copy."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import namedtuple
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from ballot_box import Round
from keeping import Kept
from support import ROOT, Meeting, clean_environment

from kiosk.backup import archive, copying, locking, recovery, restoring
from kiosk.core.access import THE_PROGRAM
from kiosk.core.errors import Refused
from kiosk.devices import services as devices

POSIX = sys.platform != "win32"


def test_a_copy_holds_the_database_the_keys_the_settings_and_the_attachments(kept: Kept) -> None:
    (kept.instance / "config.toml").write_text("port = 8090\n", encoding="utf-8")
    attached = kept.instance / "files" / "7" / "báo cáo.pdf"
    attached.parent.mkdir(parents=True)
    attached.write_bytes(b"%PDF-1.7 " * 1000)
    # A locked box with a ballot in it (design 5.4): in no copy, whatever else is.
    round_ = Round(kept.instance)
    round_.create()
    box = round_.open()
    box.cast(round_.slips[0], round_.sealed())
    copy = kept.copy()
    box.close()
    assert kept.names == [copy.name]
    done = restoring.restore(copy.path, kept.key, kept.instance.with_name("new"))
    assert {member.name for member in done.manifest.members} == {
        "kiosk.sqlite3",
        "keys.json",
        "config.toml",
        "recovery.txt",
        "files/7/báo cáo.pdf",
    }
    assert (copy.delegates, done.manifest.rows["delegate"]) == (13, 13)
    for name in ("keys.json", "config.toml", "recovery.txt", "files/7/báo cáo.pdf"):
        assert (done.folder / name).read_bytes() == (kept.instance / name).read_bytes()


def test_nothing_readable_leaves_the_instance_folder(kept: Kept) -> None:
    sealed = kept.copy().path.read_bytes()
    for word in ("Nguyễn Văn An", "Hải Dương", "Trường Tiểu học", "SQLite format 3", "keys.json"):
        assert word.encode() not in sealed
    secret = (kept.instance / "keys.json").read_bytes()
    assert secret[20:60] not in sealed
    if POSIX:
        assert (kept.place / kept.names[0]).stat().st_mode & 0o077 == 0
        assert kept.place.stat().st_mode & 0o077 == 0
    assert not (kept.instance / copying.WORK).exists()


def test_without_a_recipient_nothing_is_written_at_all(made_instance: Path) -> None:
    place = made_instance.with_name("copies")
    with pytest.raises(Refused, match="backup_no_recipient"):
        copying.make_copy(made_instance, place)
    (made_instance / recovery.FILE).write_text("age1nonsense\n", encoding="ascii")
    with pytest.raises(Refused, match="backup_no_recipient"):
        copying.make_copy(made_instance, place)
    assert not place.exists()


def test_two_copies_of_one_second_stand_side_by_side(bare: Kept) -> None:
    at = datetime(2026, 3, 12, 0, 30, tzinfo=UTC)
    for _ in range(2):
        copying.make_copy(bare.instance, bare.place, clock=lambda: at)
    assert bare.names == [
        "kiosk-20260312-073000.kiosk-backup",
        "kiosk-20260312-073001.kiosk-backup",
    ]
    last = copying.last_copy(bare.instance)
    assert last is not None
    assert last.name == bare.names[1]


def test_a_one_off_place_is_neither_noted_nor_cleared(bare: Kept) -> None:
    stick = bare.instance.with_name("stick")
    stick.mkdir()
    made = copying.make_copy(bare.instance, stick, ours=False)
    assert made.path.exists()
    assert copying.last_copy(bare.instance) is None


def test_a_place_inside_the_instance_is_refused(bare: Kept) -> None:
    with pytest.raises(Refused, match="backup_folder_inside"):
        copying.make_copy(bare.instance, bare.instance / "copies")


def test_a_stick_that_was_pulled_out_does_not_come_to_life_as_a_folder(bare: Kept) -> None:
    gone = bare.instance.with_name("media") / "stick" / "copies"
    with pytest.raises(Refused, match="backup_folder_unreachable"):
        copying.make_copy(bare.instance, gone)
    assert not gone.parent.parent.exists()


def test_the_empty_mount_point_of_a_stick_is_no_second_place(bare: Kept) -> None:
    noted = bare.copy().as_json() | {"same_disk": False}  # yesterday it was a stick
    (bare.instance / copying.LAST).write_text(json.dumps(noted), encoding="utf-8")
    shutil.rmtree(bare.place)
    with pytest.raises(Refused, match="backup_folder_unreachable"):
        bare.copy()
    assert not bare.place.exists()
    # Who wants the copies there all the same makes the folder; the card then warns of the one disk.
    bare.place.mkdir()
    assert bare.copy().same_disk


@pytest.mark.parametrize("where", ["instance", "place"])
def test_a_full_disk_is_said_before_the_hall_needs_the_room(
    bare: Kept, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    usage = namedtuple("usage", "total used free")
    bare.place.mkdir()

    def room(path: Path) -> usage:
        full = bare.place if where == "place" else bare.instance
        return usage(10**9, 10**9, 1000 if Path(path).is_relative_to(full) else 10**9)

    monkeypatch.setattr(shutil, "disk_usage", room)
    with pytest.raises(Refused, match="backup_disk_full"):
        bare.copy()
    assert bare.names == []
    assert not (bare.instance / copying.WORK).exists()


def test_a_stick_full_of_our_own_copies_is_not_the_end_of_copying(
    bare: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    first = bare.copy()
    upgrade = bare.copy(before_upgrade=True)
    holds = 5 * first.bytes + (1 << 20)  # three of ours beside the one before the upgrade

    def room(path: Path) -> usage:
        if Path(path) != bare.place:
            return usage(10**12, 0, 10**12)
        used = sum(each.stat().st_size for each in bare.place.iterdir())
        return usage(holds, used, holds - used)

    monkeypatch.setattr(shutil, "disk_usage", room)
    made = [
        copying.make_copy(
            bare.instance, bare.place, clock=lambda late=minute: first.made_at + late
        ).name
        for minute in (timedelta(minutes=number) for number in range(1, 7))
    ]
    assert upgrade.name in bare.names
    ours = [name for name in bare.names if name != upgrade.name]
    assert 2 <= len(ours) < 7
    assert ours == sorted([first.name, *made])[-len(ours) :]  # the newest
    last = copying.last_copy(bare.instance)
    assert last is not None
    assert last.name == made[-1]
    # A stranger has filled it to the brim: then nothing of ours goes in vain.
    left = bare.names
    (bare.place / "film.mp4").write_bytes(b"x" * (holds + 3 * first.bytes))
    with pytest.raises(Refused, match="backup_disk_full"):
        bare.copy()
    assert bare.names == sorted([*left, "film.mp4"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_while_we_write_is_told_from_a_broken_file(
    tmp_path: Path, other_key: str
) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"x" * 500_000)
    sealed = tmp_path / "sealed"
    identity = recovery.parse_key(other_key)
    locking.seal(plain, sealed, identity.to_public())
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        pytest.raises(OSError, match="No space left"),
    ):
        locking.open_sealed(sealed, full, identity)


def test_a_medium_that_gives_back_other_bytes_gets_no_named_copy(
    bare: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def rotten(handle: int) -> None:
        real(handle)
        for part in bare.place.glob("*.part"):
            data = bytearray(part.read_bytes())
            data[-5] ^= 1
            part.write_bytes(data)

    monkeypatch.setattr(os, "fsync", rotten)
    with pytest.raises(Refused, match="backup_not_read_back"):
        bare.copy()
    assert bare.names == []
    assert copying.last_copy(bare.instance) is None


def test_a_broken_book_is_not_called_a_good_copy(kept: Kept) -> None:
    first = kept.copy()
    with sqlite3.connect(kept.instance / "kiosk.sqlite3") as raw:
        for (name,) in raw.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute("UPDATE book_line SET facts = '{\"count\": 0}' WHERE seq = 2")
    raw.close()
    with pytest.raises(Refused) as said:
        kept.copy()
    assert (said.value.code, said.value.facts) == ("backup_data_damaged", {"check": "chain:2"})
    assert kept.names == [first.name]


def test_an_attachment_that_no_restore_would_take_stops_the_copy(bare: Kept) -> None:
    (bare.instance / "files").mkdir()
    (bare.instance / "files" / "aux.pdf").write_bytes(b"x")
    with pytest.raises(Refused, match="backup_file_name_unsafe"):
        bare.copy()


def test_old_copies_and_litter_go_and_strangers_stay(bare: Kept) -> None:
    bare.place.mkdir()
    for minute in range(70):
        name = f"kiosk-20200101-{minute // 60:02d}{minute % 60:02d}00.kiosk-backup"
        (bare.place / name).write_bytes(b"")
    litter = bare.place / "kiosk-20200101-000000.kiosk-backup.0a1b2c3d.part"
    for path in (litter, bare.place / "tài liệu.part"):
        path.write_bytes(b"")
        os.utime(path, (1, 1))
    copy = bare.copy()
    assert not litter.exists()
    assert "tài liệu.part" in bare.names
    assert len(bare.names) == 60 + 1  # both hours are among the last 60; and the stranger
    assert copy.name in bare.names


KILLED = """
import os, signal, sys
from pathlib import Path
from kiosk.backup import copying, locking
point = sys.argv[3]
def die(*a, **k):
    print("here", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
if point == "snapshot":
    copying.soundness.examine = die
elif point == "sealing":
    real = locking._Through.write
    def write(self, step):
        done = real(self, step)
        if self.file is not None and self.size > 3000:
            self.file.flush(); die()
        return done
    locking._Through.write = write
elif point == "reading":
    locking.open_sealed = die
elif point == "renaming":
    Path.replace = die
copying.make_copy(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.skipif(not POSIX, reason="SIGKILL")
@pytest.mark.parametrize("point", ["snapshot", "sealing", "reading", "renaming"])
def test_a_kill_in_the_middle_leaves_no_broken_named_copy(kept: Kept, point: str) -> None:
    good = kept.copy()
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(kept.instance), str(kept.place), point],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    named = [name for name in kept.names if name.endswith(".kiosk-backup")]
    assert named == [good.name]
    # And the next one is not in the way of what was left.
    again = kept.copy()
    assert not (kept.instance / copying.WORK).exists()
    restoring.restore(again.path, kept.key, kept.instance.with_name("new"), only_check=True)


def test_a_second_maker_waits_and_then_says_so(bare: Kept) -> None:
    with copying._alone(bare.instance, 1.0), pytest.raises(Refused, match="backup_busy"):
        copying.make_copy(bare.instance, bare.place, patience=0.05)


def test_a_copy_under_24_writers_holds_every_act_acknowledged_before_it_began(
    kept: Kept, meeting: Meeting
) -> None:
    done: list[str] = []
    stop = threading.Event()
    key = meeting.app.extensions["kiosk_keys"].tokens

    def work(number: int) -> None:
        count = 0
        while not stop.is_set():
            name = f"máy {number} {count}"
            with meeting.app.app_context():
                devices.add_device(kind="gate", name=name, by=THE_PROGRAM, key=key)
            done.append(name)
            count += 1

    with ThreadPoolExecutor(24) as crowd:
        workers = [crowd.submit(work, number) for number in range(24)]
        time.sleep(0.3)
        acknowledged = set(done)
        copy = kept.copy()
        stop.set()
        for worker in workers:
            worker.result()
    assert len(acknowledged) > 24
    assert len(done) > len(acknowledged), "nobody wrote while the copy was made"
    new = restoring.restore(copy.path, kept.key, kept.instance.with_name("new")).folder
    raw = sqlite3.connect(new / "kiosk.sqlite3")
    stored = {name for (name,) in raw.execute("SELECT name FROM device")}
    raw.close()
    assert acknowledged <= stored


def test_the_file_opens_with_any_age_tool(kept: Kept) -> None:
    sealed = kept.copy().path.read_bytes()
    assert sealed.startswith(b"age-encryption.org/v1\n-> X25519 ")
    plain = pyrage.decrypt(sealed, [recovery.parse_key(kept.key)])
    assert plain[:2] == b"PK"


def test_a_copy_before_an_upgrade_says_so_in_its_name(bare: Kept) -> None:
    assert bare.copy(before_upgrade=True).name.endswith("-upgrade.kiosk-backup")


def test_every_member_is_proven_by_the_manifest(
    kept: Kept, rebuilt: Callable[..., Path], tmp_path: Path
) -> None:
    forged = rebuilt(lambda plain: None)
    done = restoring.restore(forged, kept.key, tmp_path / "new")
    assert done.manifest.format == archive.FORMAT
