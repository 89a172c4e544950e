"""Reading a rehearsed day back: from the database after the server has stopped, or beside it.

Only through connections that cannot write. A restored copy is read the same way.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from kiosk import config
from kiosk.agenda.attachments import FOLDER
from kiosk.rehearsal import stored_ballot
from kiosk.rehearsal.stored import (
    Absence,
    Badge,
    BookRow,
    Count,
    Device,
    Duty,
    File,
    Item,
    Mark,
    Member,
    Note,
    Person,
    Scan,
    SelfTest,
    Signature,
    Stay,
    Stored,
    Substitution,
    Undo,
)

Row = TypeVar("Row")


@contextmanager
def reading(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write, beside a running server or after it."""
    # `as_uri` escapes what a folder's name may hold (blanks, `?`, `#`), on Windows too.
    connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
    with closing(connection):
        connection.execute("BEGIN")
        yield connection


def people_of(source: sqlite3.Connection) -> tuple[Person, ...]:
    """The roster in its order."""
    return _rows(
        source,
        Person,
        "SELECT id, number, name, standing, counts_for_quorum, votes, elects FROM delegate"
        " ORDER BY number",
    )


def badges_of(source: sqlite3.Connection) -> tuple[Badge, ...]:
    """Every badge, replaced ones too."""
    return _rows(
        source,
        Badge,
        "SELECT delegate_id, issue, attempt, revoked_at IS NOT NULL FROM badge"
        " ORDER BY delegate_id, issue",
    )


def devices_of(source: sqlite3.Connection) -> tuple[Device, ...]:
    """Every device, revoked ones too."""
    return _rows(
        source,
        Device,
        "SELECT id, kind, direction, name, task, paired_at IS NOT NULL,"
        " revoked_at IS NOT NULL FROM device ORDER BY id",
    )


def items_of(source: sqlite3.Connection) -> tuple[tuple[int, int], ...]:
    """(id, number) of the agenda items in their order."""
    return tuple(source.execute("SELECT id, number FROM agenda_item ORDER BY number"))


def read_stored(instance: Path) -> Stored:
    """Read the whole day of an instance back, in one snapshot."""
    database = instance / config.DATABASE
    with reading(database) as source:
        opened, ended = source.execute("SELECT opened_at, ended_at FROM conference").fetchone()
        base = source.execute("SELECT count FROM quorum_base ORDER BY id DESC LIMIT 1").fetchone()
        (motions,) = source.execute("SELECT count(*) FROM motion").fetchone()
        return Stored(
            people=people_of(source),
            badges=badges_of(source),
            stays=_rows(
                source,
                Stay,
                "SELECT id, delegate_id, entered_at, left_at, undone_at, undo_reason, way,"
                " device_id, left_device_id, claimed_at, reason FROM stay ORDER BY id",
            ),
            scans=_rows(
                source,
                Scan,
                "SELECT scan_id, outcome, detail, delegate_id, stay_id, device_id, direction, at,"
                " claimed_at, repeat_of IS NOT NULL FROM scan ORDER BY id",
            ),
            undos=_rows(
                source,
                Undo,
                "SELECT stay_id, what, reason, was_at, at FROM stay_undo ORDER BY id",
            ),
            absences=_rows(
                source,
                Absence,
                "SELECT delegate_id, kind, reason, replaced_at IS NULL FROM absence ORDER BY id",
            ),
            substitutions=_rows(
                source,
                Substitution,
                "SELECT replaced_id, substitute_id, counts_for_quorum, votes, elects,"
                " ended_at IS NULL FROM substitution ORDER BY id",
            ),
            items=_rows(source, Item, "SELECT id, number, state FROM agenda_item ORDER BY number"),
            marks=_rows(
                source,
                Mark,
                "SELECT i.number, m.what, m.at FROM agenda_mark m"
                " JOIN agenda_item i ON i.id = m.item_id ORDER BY m.id",
            ),
            notes=_rows(
                source,
                Note,
                "SELECT item_id, number, based_on, is_branch, settled_in, text, by_name"
                " FROM agenda_note ORDER BY item_id, number",
            ),
            files=_rows(
                source,
                File,
                "SELECT item_id, name, sha256, removed_at IS NOT NULL FROM agenda_file ORDER BY id",
            ),
            members=_rows(
                source,
                Member,
                "SELECT committee, delegate_id, role, ended_at IS NULL FROM committee_member"
                " ORDER BY committee, position, id",
            ),
            duties=_rows(
                source,
                Duty,
                "SELECT id, owner, done_at IS NOT NULL FROM duty ORDER BY position, id",
            ),
            counts=_rows(
                source,
                Count,
                "SELECT motion_id, number, in_favour, against, other, present, present_source,"
                " present_checkin, reason, at, adopted, all_minus FROM motion_count"
                " ORDER BY motion_id, number",
            ),
            motions=motions,
            rounds=stored_ballot.rounds_of(source),
            holders=stored_ballot.holders_of(source),
            opened_columns=stored_ballot.columns_of(source, "opened_ballot"),
            signatures=_rows(
                source,
                Signature,
                "SELECT s.delegate_id, g.number, g.svg IS NOT NULL, g.text_sha256, g.ink_sha256"
                " FROM pledge_signature g JOIN pledge_signatory s ON s.id = g.signatory_id"
                " ORDER BY g.id",
            ),
            devices=devices_of(source),
            self_tests=_rows(
                source, SelfTest, "SELECT device_id, part, ok, by_name FROM self_test ORDER BY id"
            ),
            base=base[0] if base else None,
            opened_at=_moment(opened),
            ended_at=_moment(ended),
            book=tuple(
                BookRow(row[0], row[1], row[2], json.loads(row[3]), row[4])
                for row in source.execute(
                    'SELECT seq, event, "by", facts, hash FROM book_line ORDER BY seq'
                )
            ),
            first_break=_first_break(database),
            on_disk={
                path.stem: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted((instance / FOLDER).glob("*.pdf"))
            },
        )


def _rows(source: sqlite3.Connection, make: type[Row], query: str) -> tuple[Row, ...]:
    """Rows as frozen values; the columns stand in the order of the fields."""
    hints = get_type_hints(make)
    readers = [_READERS.get(hints[each.name]) for each in fields(make)]  # type: ignore[arg-type]
    return tuple(
        make(
            *(
                value if read is None else read(value)
                for read, value in zip(readers, row, strict=True)
            )
        )
        for row in source.execute(query)
    )


def _first_break(database: Path) -> int | None:
    """The program's own check of the chain, on a connection that cannot write."""
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session
    from sqlalchemy.pool import NullPool

    from kiosk.core import audit

    address = f"{database.resolve().as_uri()}?mode=ro"
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool
    )
    with Session(engine) as session:
        return audit.first_break(session)


def _utc(text: str) -> datetime:
    """A stored time: UTC without a zone, as `core.clock.UtcDateTime` writes it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else _utc(text)


#: What a column needs, by the type of its field.
_READERS: dict[Any, Callable[[Any], Any]] = {
    datetime: _utc,
    datetime | None: _moment,
    bool: bool,
}
