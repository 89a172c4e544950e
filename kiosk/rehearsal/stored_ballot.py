"""What a rehearsed election leaves in the database, as frozen values, and how it is read."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StoredRound:
    """One round."""

    number: int
    kind: str
    state: str
    #: Delegates that stand in it, in the order of the ballot.
    candidates: tuple[int, ...]
    slips_printed: int | None
    slips_left: int | None
    slips_in_box: int | None
    #: People on the list of electors, and those of them who drew a slip.
    roll: frozenset[int]
    drew: frozenset[int]
    present: int | None
    cast: int | None
    fingerprint: str
    set_fingerprint: str
    counts: dict[str, Any]
    votes: dict[str, Any]
    #: The sealed set in the order in which it is stored.
    sealed: tuple[bytes, ...]
    #: Marks and reason of each opened ballot by its place.
    opened: tuple[tuple[tuple[int, ...], str], ...]
    helpers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """A table in which a sealed ballot, or its id, stands."""

    table: str
    columns: tuple[str, ...]


def rounds_of(source: sqlite3.Connection) -> tuple[StoredRound, ...]:
    """Every round in its order."""
    found = source.execute(
        "SELECT id, number, kind, state, candidates, slips_printed, slips_left, slips_in_box,"
        ' present, "cast", fingerprint, set_fingerprint, counts, votes FROM ballot_round'
        " ORDER BY number"
    ).fetchall()
    return tuple(_round(source, *row) for row in found)


def _round(source: sqlite3.Connection, key: int, *row: Any) -> StoredRound:
    (number, kind, state, candidates, printed, left, in_box, present, cast, mark, set_mark) = row[
        :11
    ]
    counts, votes = (json.loads(text) for text in row[11:])

    def column(query: str) -> tuple[Any, ...]:
        return tuple(each for (each,) in source.execute(query, (key,)))

    return StoredRound(
        number=number,
        kind=kind,
        state=state,
        candidates=tuple(each["delegate"] for each in json.loads(candidates)),
        slips_printed=printed,
        slips_left=left,
        slips_in_box=in_box,
        roll=frozenset(column("SELECT delegate_id FROM ballot_roll WHERE round_id = ?")),
        drew=frozenset(column("SELECT delegate_id FROM slip_mark WHERE round_id = ?")),
        present=present,
        cast=cast,
        fingerprint=mark,
        set_fingerprint=set_mark,
        counts=counts,
        votes=votes,
        sealed=column("SELECT sealed FROM sealed_ballot WHERE round_id = ?"),
        opened=tuple(
            (tuple(marks), invalid)
            for marks, invalid in source.execute(
                "SELECT marks, invalid FROM opened_ballot WHERE round_id = ? ORDER BY place", (key,)
            )
        ),
        helpers=column("SELECT name FROM round_helper WHERE round_id = ? ORDER BY id"),
    )


def holders_of(source: sqlite3.Connection) -> tuple[Holder, ...]:
    """Every table in which a value of the sealed set stands, whatever its column is called."""
    sealed = {bytes(row[0]) for row in source.execute("SELECT sealed FROM sealed_ballot")}
    known: set[Any] = sealed | {each.hex() for each in sealed}
    if not known:
        return ()
    tables = [
        name
        for (name,) in source.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    found = []
    for table in sorted(tables):
        rows = source.execute(f'SELECT * FROM "{table}"')  # noqa: S608 (names of our own tables)
        columns = tuple(each[0] for each in rows.description)
        if any(value in known for row in rows for value in row if isinstance(value, (str, bytes))):
            found.append(Holder(table, columns))
    return tuple(found)


def columns_of(source: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """The columns of one table."""
    return tuple(row[1] for row in source.execute(f'PRAGMA table_info("{table}")'))
