"""The way back: a copy becomes an instance again, whole or not at all.

Everything is proven in a folder of its own beside the target, which nobody takes for a conference;
one rename makes it one. The restored conference has the keys, so badges, devices and signed-in
staff go on as before.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from kiosk import config, instance
from kiosk.backup import archive, locking, recovery, soundness
from kiosk.backup.copying import make_durable
from kiosk.backup.events import BackupEvent
from kiosk.config import Settings
from kiosk.core import audit, keys
from kiosk.core.access import THE_PROGRAM
from kiosk.core.clock import Clock, utc_now
from kiosk.core.errors import Refused

#: Files that a folder may hold and still be empty: the shipped `instance/` explains itself.
_NOTHING = frozenset({"README.md"})


@dataclass(frozen=True)
class Restored:
    """What lay in the copy."""

    folder: Path
    manifest: archive.Manifest

    def as_json(self) -> dict[str, Any]:
        said = self.manifest
        return {
            "instance": str(self.folder),
            "code": said.code,
            "made_at": said.made_at.isoformat(),
            "program": said.program,
            "book": {"seq": said.book_seq, "hash": said.book_hash},
            "rows": said.rows,
            "files": len(said.members),
        }


#: What a room changes in a conference that was restored, in the unit of that line of the book.
Settle = Callable[[Session, Clock], None]


def _as_it_is(_session: Session, _clock: Clock) -> None:
    """Nothing changes in the rooms."""


def restore(
    file: Path,
    key: str,
    target: Path,
    *,
    settle: Settle = _as_it_is,
    only_check: bool = False,
    clock: Clock = utc_now,
) -> Restored:
    """Make `target`, an empty or missing folder, the conference that lies in `file`.

    `settle` is `ballot.rounds.void_restored`; copies know no room. With `only_check` everything is
    proven and nothing is left behind.

    Raises:
        Refused: `restore_folder_not_empty`, `recovery_key_wrong`, `recovery_key_does_not_fit`,
            `backup_not_ours`, `backup_unreadable`, `backup_damaged`, `backup_from_newer_program`,
            `backup_disk_full`, `restore_folder_unwritable`: nothing of the copy is left behind.
    """
    if not only_check:
        _ensure_empty(target)
    identity = recovery.parse_key(key)
    _ensure_ours(file)
    with _aside(target) as aside:
        made = aside / "instance"
        manifest = _proven(file, identity, aside, made)
        if not only_check:
            _continue_book(made, file, manifest, settle, clock)
            _move(made, target)
    return Restored(folder=target, manifest=manifest)


def _ensure_empty(target: Path) -> None:
    try:
        if {entry.name for entry in os.scandir(target)} - _NOTHING:
            raise Refused("restore_folder_not_empty", folder=str(target))
    except FileNotFoundError:
        return
    except OSError as other:  # a file where a folder should be, or no right to look
        raise Refused(
            "restore_folder_unwritable", folder=str(target), reason=other.strerror or "?"
        ) from other


def _ensure_ours(file: Path) -> None:
    try:
        with file.open("rb") as source:
            begins = source.read(len(locking.MAGIC))
    except OSError as missing:
        raise Refused(
            "backup_unreadable", file=file.name, reason=missing.strerror or "?"
        ) from missing
    if begins != locking.MAGIC:
        raise Refused("backup_not_ours", file=file.name)


@contextlib.contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """A hidden folder on the target's own disk, gone when the block ends, however it ends."""
    prefix = f".{target.name}.restoring-"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in target.parent.glob(f"{prefix}*"):
            shutil.rmtree(left, ignore_errors=True)  # of a restore that was killed
        aside = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))  # 0700
    except OSError as failed:
        raise _unwritable(target, failed) from failed
    try:
        yield aside
    except OSError as failed:
        raise _unwritable(target, failed) from failed
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _unwritable(target: Path, failed: OSError) -> Refused:
    return Refused("restore_folder_unwritable", folder=str(target), reason=failed.strerror or "?")


def _proven(file: Path, identity: Any, aside: Path, made: Path) -> archive.Manifest:
    """Open, unpack and examine; nothing is believed that was not compared."""
    try:
        packed = _opened(file, identity, aside)
        manifest = archive.unpack(packed, made)
        packed.unlink()
        # Before the database is looked at: a newer program may keep its book otherwise.
        if manifest.format != archive.FORMAT or not instance.knows_schema(manifest.schema):
            raise Refused(
                "backup_from_newer_program", file=file.name, version=manifest.program[:20]
            )
        found = soundness.examine(made / config.DATABASE)
        said = (manifest.schema, manifest.code, manifest.book_seq, manifest.book_hash)
        if said != (found.schema, found.code, found.book_seq, found.book_hash):
            raise archive.Damaged("book")
        if manifest.rows != found.rows:
            raise archive.Damaged("rows")
        keys.load(made)
    except (archive.Damaged, soundness.Unsound) as broken:
        raise Refused("backup_damaged", file=file.name, check=broken.check) from broken
    except Refused as refused:
        if refused.code not in {"keys_missing", "keys_damaged"}:
            raise
        raise Refused("backup_damaged", file=file.name, check="keys") from refused
    return manifest


def _opened(file: Path, identity: Any, aside: Path) -> Path:
    packed = aside / "packed.zip"
    size = file.stat().st_size
    if size > shutil.disk_usage(aside).free:
        raise Refused("backup_disk_full", folder=str(aside.parent), megabytes=size // 1_000_000 + 1)
    try:
        with packed.open("xb") as into:
            locking.open_sealed(file, into, identity)
    except locking.SourceFailed as gone:
        raise Refused("backup_unreadable", file=file.name, reason=str(gone)) from gone
    except locking.NotOpened as closed:
        if closed.fits:
            raise Refused("backup_damaged", file=file.name, check="age") from closed
        raise Refused("recovery_key_does_not_fit", file=file.name) from closed
    return packed


def _continue_book(
    made: Path, file: Path, manifest: archive.Manifest, settle: Settle, clock: Clock
) -> None:
    """Bring the tables up to date and write the line that says where this book comes from."""
    settings = Settings.model_construct(instance=made)
    # The file itself is the copy before the migration.
    instance.upgrade(settings, before=lambda _: None)
    with file.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    engine = create_engine(settings.database_url, poolclass=NullPool)
    try:
        with Session(engine) as session, session.begin():
            audit.record(
                session,
                BackupEvent.RESTORED,
                by=THE_PROGRAM,
                clock=clock,
                copy=file.name,
                copy_sha256=digest,
                made_at=manifest.made_at.isoformat(),
                book_seq=manifest.book_seq,
                program=manifest.program,
            )
            # No copy holds a locked box, and rooms say what that means for them.
            settle(session, clock)
    finally:
        engine.dispose()


def _move(made: Path, target: Path) -> None:
    for path in made.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    if target.is_dir():
        for name in _NOTHING:
            if (target / name).is_file():
                shutil.copy2(target / name, made / name)
                (target / name).unlink()
        try:
            target.rmdir()  # Windows renames onto nothing, not even onto an empty folder
        except OSError as filled:
            raise Refused("restore_folder_not_empty", folder=str(target)) from filled
    for folder in (*(path for path in made.rglob("*") if path.is_dir()), made):
        make_durable(folder)
    made.rename(target)
    make_durable(target.parent)
