"""One copy: snapshot, examine, pack, lock, read back, rename; then old copies go.

The whole of it runs in a process of its own while the hall is served (`job`), or in the command
line. SQLite is asked for the snapshot (`VACUUM INTO` needs a read lock alone); the database file is
never opened by other means, for closing such a handle would drop the server's locks (POSIX).
Plain text exists only below the instance folder, where it lies anyway: the second place gets
nothing but encrypted bytes.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock, Timeout

import kiosk
from kiosk import config
from kiosk.backup import archive, locking, recovery, rules, soundness
from kiosk.config import Settings
from kiosk.core.clock import Clock, in_hall, utc_now
from kiosk.core.errors import Refused

#: One maker of copies at a time, be it the server's or the command line's.
LOCK = "backup.lock"
#: Plain files of a copy in the making; emptied by whoever holds the lock.
WORK = "backup-work"
#: The last good copy, noted here and not on the stick: the stick is what gets lost (lesson 55).
LAST = "backup.json"
#: End of a file that is not whole yet; a copy has its name only when it has been read back.
PART = ".part"

#: Bytes that the hall's own disk keeps whatever is copied: a full disk refuses scans.
SPARE = 64 << 20
#: Seconds after which somebody else's unfinished file is litter.
_LITTER = 3600

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


@dataclass(frozen=True)
class Copy:
    """A good copy: examined, locked, read back and renamed."""

    folder: str
    name: str
    #: When the snapshot was taken.
    made_at: datetime
    bytes: int
    sha256: str
    code: str
    #: Last line of the book in it.
    book_seq: int
    book_hash: str
    delegates: int
    #: True when one broken disk would take the conference and this copy.
    same_disk: bool
    #: Seconds from the beginning of the snapshot to the finished name.
    seconds: float

    @property
    def path(self) -> Path:
        return Path(self.folder) / self.name

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"made_at": self.made_at.isoformat()}


def copy_of(said: dict[str, Any]) -> Copy:
    """A copy from its JSON; KeyError, TypeError or ValueError for anything else."""
    return Copy(**(said | {"made_at": datetime.fromisoformat(said["made_at"])}))


def make_copy(
    instance: Path,
    folder: Path,
    *,
    before_upgrade: bool = False,
    ours: bool = True,
    patience: float = 60,
    clock: Clock = utc_now,
) -> Copy:
    """Make one good copy of an instance in `folder`, or none at all.

    `ours`: this folder is the instance's place for copies; old ones are cleared away there, and
    the copy is noted as its last good one. `patience` in seconds waits for another maker.

    Raises:
        Refused: `backup_no_recipient`, `backup_folder_inside`, `backup_folder_unreachable`,
            `backup_disk_full`, `backup_data_damaged`, `backup_file_name_unsafe`,
            `backup_not_read_back`, `backup_busy`.
    """
    recipient = recovery.parse_recipient(recovery.recipient_text(instance))
    _reach(folder, instance)
    with _alone(instance, patience) as work:
        begun, made_at = time.monotonic(), clock()
        examined, packed = _packed(instance, work, made_at)
        with _disk(folder):
            taken = os.listdir(folder)
            same_disk = instance.stat().st_dev == folder.stat().st_dev
        name = rules.free_name(
            examined.code, in_hall(made_at), taken, before_upgrade=before_upgrade
        )
        if ours:
            _make_room(instance, folder, code=examined.code, size=packed.stat().st_size)
        sha256, size = _stored(packed, folder, name, recipient)
        copy = Copy(
            folder=str(folder),
            name=name,
            made_at=made_at,
            bytes=size,
            sha256=sha256,
            code=examined.code,
            book_seq=examined.book_seq,
            book_hash=examined.book_hash,
            delegates=examined.rows.get("delegate", 0),
            same_disk=same_disk,
            seconds=round(time.monotonic() - begun, 3),
        )
        if ours:
            # Noted only now: the note must never run ahead of the copy (lesson 58).
            _note(instance, copy)
            _clear(folder, copy)
        return copy


def before_upgrade(settings: Settings) -> None:
    """A copy before a migration; without it the migration must not be done.

    Raises:
        Refused: `backup_before_upgrade_failed`, from the refusal of the copy.
    """
    try:
        make_copy(settings.instance, settings.backup_place, before_upgrade=True)
    except Refused as cause:
        raise Refused("backup_before_upgrade_failed") from cause


class _Progress(Protocol):
    def __call__(self, done: int, total: int, /) -> None: ...


def job(payload: dict[str, Any], progress: _Progress) -> bytes:
    """The copy that the running server asks for, in a process of its own (`core/jobs.py`)."""
    copy = make_copy(Path(payload["instance"]), Path(payload["folder"]))
    progress(1, 1)
    return json.dumps(copy.as_json()).encode()


def last_copy(instance: Path) -> Copy | None:
    """The last good copy that was noted; None when there is none, or the note is spoiled."""
    try:
        return copy_of(json.loads((instance / LAST).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def copies(folder: Path) -> list[tuple[rules.CopyName, int]]:
    """The copies in a folder with their sizes in bytes, newest first.

    Raises:
        Refused: `backup_folder_unreachable`.
    """
    with _disk(folder):
        found = [
            (read, entry.stat().st_size)
            for entry in os.scandir(folder)
            if (read := rules.read_name(entry.name)) is not None and entry.is_file()
        ]
    return sorted(found, reverse=True)


# -- the steps -----------------------------------------------------------------------------------


def _reach(folder: Path, instance: Path) -> None:
    """The folder exists and can be written. Only its last part is made: a stick that was pulled
    out must not come to life as a folder of the laptop's own disk, be it at the mount point or,
    where that stays behind empty, in it."""
    if folder.resolve().is_relative_to(instance.resolve()):
        raise Refused("backup_folder_inside", folder=str(folder))
    with _disk(folder):
        if not folder.is_dir():
            ensure_may_be_made(folder, instance)
            folder.mkdir(mode=0o700)


def ensure_may_be_made(folder: Path, instance: Path) -> None:
    """Refuse to make the folder of copies where a stick is missing. OSError says why."""
    last = last_copy(instance)
    if (
        last is not None
        and last.folder == str(folder)
        and not last.same_disk
        and folder.parent.stat().st_dev == instance.stat().st_dev
    ):
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))


@contextlib.contextmanager
def _alone(instance: Path, patience: float) -> Iterator[Path]:
    """The turn to make a copy, and an empty private folder for it."""
    work = instance / WORK
    lock = FileLock(instance / LOCK, timeout=patience)
    with _disk(instance):
        try:
            lock.acquire()
        except Timeout as held:  # an OSError too, so it is told apart in here
            raise Refused("backup_busy") from held
    try:
        with _disk(instance):
            # What a killed maker left; the lock says that nobody uses it.
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(mode=0o700)
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        lock.release()


def _packed(instance: Path, work: Path, made_at: datetime) -> tuple[soundness.Examined, Path]:
    snapshot, packed = work / "snapshot.sqlite3", work / "packed.zip"
    with _disk(work):
        whole = sum(path.stat().st_size for _, path in _attachments(instance))
        whole += 3 * (instance / config.DATABASE).stat().st_size + SPARE
        if shutil.disk_usage(work).free < whole:
            raise _full(work, whole)
        _snapshot(instance / config.DATABASE, snapshot)
        try:
            examined = soundness.examine(snapshot)
        except soundness.Unsound as unsound:
            raise Refused("backup_data_damaged", check=unsound.check) from unsound
        single = [
            (name, instance / name) for name in rules.SINGLE_FILES if (instance / name).is_file()
        ]
        archive.pack(
            packed,
            # Listed after the snapshot: a file lies there before its row is committed, so every
            # attachment that the copied rows name is in the copy.
            [(rules.DATABASE, snapshot), *single, *_attachments(instance)],
            program=kiosk.__version__,
            made_at=made_at,
            examined=examined,
        )
    return examined, packed


def _attachments(instance: Path) -> list[tuple[str, Path]]:
    """Every file below `files/`, sorted; links are no files of ours."""
    top = instance / rules.ATTACHMENTS
    return sorted(
        (path.relative_to(instance).as_posix(), path)
        for path in top.rglob("*")
        if path.is_file() and not path.is_symlink()
    )


def _snapshot(database: Path, into: Path) -> None:
    # SQLite would make the file readable for all; into an empty one it keeps our rights.
    os.close(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        source = sqlite3.connect(
            f"{database.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5
        )
        try:
            source.execute("VACUUM INTO ?", (str(into),))
        finally:
            source.close()
    except sqlite3.Error as failed:
        code = getattr(failed, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise _full(into.parent, database.stat().st_size) from failed
        if code == sqlite3.SQLITE_BUSY:
            raise Refused("backup_busy") from failed
        raise Refused("backup_data_damaged", check="snapshot") from failed


#: Bytes that a new copy needs beyond its own.
_MARGIN = 1 << 20


def _make_room(instance: Path, folder: Path, *, code: str, size: int) -> None:
    """Give up our oldest copies where the new one has no room; what is left says the rest."""
    with _disk(folder):
        missing = size + _MARGIN - shutil.disk_usage(folder).free
        if missing <= 0:
            return
        last = last_copy(instance)
        sizes = {str(read): size for read, size in copies(folder)}
    gone = rules.given_up_for_room(
        sizes, code=code, last_good=last.name if last else "", missing=missing
    )
    with contextlib.suppress(OSError):
        for name in gone:
            (folder / name).unlink()


def _stored(packed: Path, folder: Path, name: str, recipient: Any) -> tuple[str, int]:
    """Write under a passing name, read back, then give it its own."""
    size = packed.stat().st_size
    part = folder / f"{name}.{secrets.token_hex(4)}{PART}"
    with _disk(folder):
        if shutil.disk_usage(folder).free < size + _MARGIN:
            raise _full(folder, size)
        try:
            sealed = locking.seal(packed, part, recipient)
            part.replace(folder / name)
        except locking.NotTheSame as other:
            raise Refused("backup_not_read_back", folder=str(folder)) from other
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        make_durable(folder)
    return sealed


def make_durable(folder: Path) -> None:
    """Names too survive a power cut, where the system can be asked for it (not on Windows)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):  # some sticks and network folders cannot
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _note(instance: Path, copy: Copy) -> None:
    with _disk(instance):
        aside = instance / f"{LAST}{PART}"
        aside.write_text(json.dumps(copy.as_json()), encoding="utf-8")
        aside.replace(instance / LAST)


def _clear(folder: Path, copy: Copy) -> None:
    """Old copies go only now; that one cannot be deleted is no reason to call the new one bad."""
    with contextlib.suppress(OSError):
        names = os.listdir(folder)
        litter = [name for name in names if name.endswith(PART) and rules.ENDING in name]
        for name in litter:
            if time.time() - (folder / name).stat().st_mtime > _LITTER:
                (folder / name).unlink()
        for name in rules.superfluous(names, newest_good=copy.name):
            (folder / name).unlink()


@contextlib.contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """What the disk says, as a refusal that tells a person what to do."""
    try:
        yield
    except OSError as failed:
        if failed.errno in _FULL:
            raise _full(folder, 0) from failed
        reason = failed.strerror or type(failed).__name__
        raise Refused("backup_folder_unreachable", folder=str(folder), reason=reason) from failed


def _full(folder: Path, size: int) -> Refused:
    return Refused("backup_disk_full", folder=str(folder), megabytes=size // 1_000_000 + 1)
