"""Is this database file whole? Asked of every copy before it counts, and before every restore."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from kiosk.core import audit
from kiosk.core.errors import KioskError

#: In a copy's name before there is a conference.
NO_CODE = "kiosk"


class Unsound(KioskError):
    """The file is no whole conference; `check` names the test that it failed."""

    def __init__(self, check: str) -> None:
        super().__init__(check)
        self.check = check


@dataclass(frozen=True)
class Examined:
    """What a sound database says about itself."""

    #: Revision of its tables.
    schema: str
    #: Short name of the conference.
    code: str
    #: Head of the book: 0 and 64 zeros for an empty one.
    book_seq: int
    book_hash: str
    #: Rows by table.
    rows: dict[str, int]


def examine(path: Path) -> Examined:
    """Read a file that nobody writes from end to end; leaves nothing beside it.

    Raises:
        Unsound: `integrity`, `foreign_keys`, `chain:17` (first wrong line of the book), `tables`,
            or `database` for a file that is none.
    """
    # Immutable: no lock, no -wal or -shm beside a file that must stay as it is.
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"

    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(address, uri=True, isolation_level=None)
        # The file may come from a stick: nothing in its schema may run functions of ours.
        raw.execute("PRAGMA trusted_schema=OFF")
        raw.execute("PRAGMA cell_size_check=ON")
        return raw

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    try:
        raw = connect()
        try:
            found = _facts(raw)
        finally:
            raw.close()
        with Session(engine) as session:
            # The book's table is older than every migration to come: one form for all copies.
            broken = audit.first_break(session)
    except (sqlite3.Error, SQLAlchemyError, ValueError, KeyError, TypeError) as unreadable:
        raise Unsound("database") from unreadable
    finally:
        engine.dispose()
    if broken is not None:
        raise Unsound(f"chain:{broken}")
    return found


def _facts(raw: sqlite3.Connection) -> Examined:
    if raw.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
        raise Unsound("integrity")
    if raw.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise Unsound("foreign_keys")
    tables = [
        str(name)
        for (name,) in raw.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " ORDER BY name"
        )
    ]
    if not {"alembic_version", "book_line", "conference"} <= set(tables):
        raise Unsound("tables")
    rows = {
        name: int(raw.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608
        for name in tables
        if '"' not in name
    }
    # Plain SQL where a room has queries: a copy before a migration has the tables of yesterday.
    code = raw.execute("SELECT code FROM conference").fetchone()
    head = raw.execute("SELECT seq, hash FROM book_line ORDER BY seq DESC LIMIT 1").fetchone()
    (schema,) = raw.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    return Examined(
        schema=str(schema),
        code=str(code[0]) if code else NO_CODE,
        book_seq=int(head[0]) if head else 0,
        book_hash=str(head[1]) if head else audit.BEGINNING,
        rows=rows,
    )
