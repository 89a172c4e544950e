"""A SQLite file of its own beside the database, written as the database is (design 2.1, 5.4).

The same queue, savepoints and group COMMIT, on its own connection; its COMMITs take turns with the
database's in the one committing thread. It is never attached, and no unit of work spans both files:
what belongs together in two files could come apart in a crash, so nothing may rely on it.

Such a file keeps no history. Instead of a write-ahead log, which holds every change in its order
until somebody clears it, a rollback journal holds what the last pages were and is cut to nothing at
each COMMIT. The connection keeps the file for itself: another program that opened it could hold up
a deletion, or read along.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from kiosk.core import db
from kiosk.core.errors import KioskError
from kiosk.core.writer import Writer

#: Files that SQLite may put beside one of ours.
BESIDE = ("-journal", "-wal", "-shm")

_PRAGMAS = (
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA journal_mode=TRUNCATE",
    # FULL also makes the cutting of the journal durable, or it would undo the last COMMIT.
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    # Nothing goes to a temporary file, and no page to the file before its COMMIT.
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_spill=OFF",
    # As in `core.db`: SQLite's own waiting would freeze the loop.
    "PRAGMA busy_timeout=0",
)


class SideFile:
    """One existing file. `close` gives it back; until then no other program can open it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # EXCLUSIVE: a reader who is in already is met at the beginning of a unit, where the
        # writer asks again and says `busy`, not at its COMMIT.
        self._writer = Writer(_engine(path), begin="BEGIN EXCLUSIVE")

    @contextmanager
    def unit(self) -> Iterator[Connection]:
        """One act: all of it is durable when the block has ended, or none of it.

        The rules of `core.db.unit_of_work`: the body waits for nothing.

        Raises:
            NotSaved: the disk refused, or the file is gone; nothing was stored.
            Refused: `busy` when another program holds the file; or whatever the body refuses.
            KioskError: inside another unit of work, of this file or of the database.
        """
        if db.in_unit() or db.elsewhere.get():
            raise KioskError("no unit of work spans two files")
        db.end_reading()
        with self._writer.unit() as session:
            token = db.elsewhere.set(True)
            try:
                yield session.connection()
            finally:
                db.elsewhere.reset(token)

    def close(self) -> None:
        self._writer.close()


def _engine(path: Path) -> Engine:
    uri = f"{path.absolute().as_uri()}?mode=rw"

    def connect() -> sqlite3.Connection:
        # mode=rw: a file that is gone is an error, never a new and empty one.
        return sqlite3.connect(
            uri, uri=True, timeout=0, isolation_level=None, check_same_thread=False
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connected(raw: Any, _record: object) -> None:
        for pragma in _PRAGMAS:
            raw.execute(pragma)

    return db.own_savepoints(engine)


def remove(path: Path) -> bool:
    """Delete a side file and whatever SQLite left beside it; True when there was one.

    The file itself goes last: while it is there, the next start tries again.

    Raises:
        OSError: where the system does not let it go (on Windows, while a program reads it).
    """
    there = path.exists()
    for end in BESIDE:
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    return there


def make_durable(path: Path) -> None:
    """Bring a file, or the names in a folder, onto the disk (no effect on a folder of Windows)."""
    if path.is_dir() and os.name == "nt":
        return
    # Windows flushes only what is open for writing.
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
