"""The ballot box: slips that may be used once, and sealed ballots (design 5.3, 5.4).

The box is a SQLite file of its own. It knows no person, no moment, no device, and nothing in it
stands in the order of arrival: its bytes depend only on *which* slips were used and *which* ballots
lie in it. To that end nothing is ever added to the file. When the box is made, every slip gets its
row, in the order of its hash, and ballots get twice as many empty rows as there are slips. A cast
overwrites one byte of a slip and the empty rows that the ballot's own hash leads to; where two
hashes lead to the same row, the greater hash takes it and the other moves on, whichever came first
(an ordered hash table; Amble and Knuth 1974, Blelloch and Golovin 2007).

A slip's row holds a hash of the database's hash, under a key that only the box has, so that no
value stands in both. Which slip cast which ballot is written nowhere.

This file imports no table and no room but its own pure ones (import contract `box`).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from kiosk.core import pool, side_file
from kiosk.core.errors import Refused
from kiosk.core.side_file import SideFile

#: Folder of the boxes inside the instance; no copy of the conference holds it (`backup.rules`).
FOLDER = "boxes"

_NAME = re.compile(r"round-(\d{1,4})\.box(?:\.part)?", re.ASCII)

_SCHEMA = """
PRAGMA page_size = 4096;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE box (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    format TEXT NOT NULL,
    sealed_length INTEGER NOT NULL,
    places INTEGER NOT NULL,
    salt BLOB NOT NULL,
    belongs BLOB NOT NULL,
    shut INTEGER NOT NULL
);
CREATE TABLE slip (
    place INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    used INTEGER NOT NULL CHECK (used IN (0, 1))
);
CREATE TABLE ballot (
    place INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL
);
"""
_FORMAT = "kiosk-box/1"
_SALT = 32


class Cast(StrEnum):
    """What became of a cast that was not refused. The voter is told the same for both."""

    #: The slip is used and the ballot lies in the box.
    DROPPED = "dropped"
    #: Both were so already: the answer before was lost.
    AGAIN = "again"


def path_of(instance: Path, round_number: int) -> Path:
    """Where the box of a round lies."""
    return instance / FOLDER / f"round-{round_number}.box"


def create(path: Path, *, slips: Collection[bytes], sealed_length: int, fingerprint: bytes) -> None:
    """Make an empty box that takes one ballot of `sealed_length` bytes for each of `slips`.

    `slips` are hashes of `slips.slip_hash`, `fingerprint` that of the round: with it `Box` knows
    whether a file is its own. The file appears under its name when it is whole and durable.

    Raises:
        Refused: `ballot_box_exists`, `ballot_box_without_slips`.
        OSError, sqlite3.Error: when the disk does not take it.
    """
    if path.exists():
        raise Refused("ballot_box_exists")
    if not slips:
        raise Refused("ballot_box_without_slips")
    pool.commits.call(_make, path, frozenset(slips), sealed_length, fingerprint)


def _make(path: Path, slips: frozenset[bytes], sealed_length: int, fingerprint: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.parent.chmod(0o700)
    part = path.with_name(path.name + ".part")
    side_file.remove(part)
    part.touch(mode=0o600)
    salt = secrets.token_bytes(_SALT)
    places = 2 * len(slips)
    with closing(sqlite3.connect(part, isolation_level=None)) as raw:
        raw.executescript(_SCHEMA)
        raw.execute("BEGIN")
        raw.execute(
            "INSERT INTO box VALUES (1, ?, ?, ?, ?, ?, 0)",
            (_FORMAT, sealed_length, places, salt, _keyed(salt, fingerprint)),
        )
        raw.executemany(
            "INSERT INTO slip VALUES (?, ?, 0)",
            enumerate(sorted(_keyed(salt, slip) for slip in slips)),
        )
        nothing = bytes(sealed_length)
        raw.executemany("INSERT INTO ballot VALUES (?, ?)", ((at, nothing) for at in range(places)))
        raw.execute("COMMIT")
    side_file.make_durable(part)
    part.rename(path)
    side_file.make_durable(path.parent)


class Box:
    """A box that was made. One object for each file and process; `close` when it is done with."""

    def __init__(self, path: Path, *, fingerprint: bytes) -> None:
        """Raises Refused: `ballot_box_missing`, `ballot_box_of_another_round`, `busy`."""
        if not path.exists():
            raise Refused("ballot_box_missing")
        self.path = path
        self._file = SideFile(path)
        try:
            with self._file.unit() as on:
                row = on.exec_driver_sql(
                    "SELECT format, sealed_length, places, salt, belongs FROM box"
                ).one()
            if row.format != _FORMAT:
                raise Refused("ballot_box_of_another_round")
            self._salt: bytes = row.salt
            self._belongs: bytes = row.belongs
            self.ensure_belongs(fingerprint)
        except BaseException:
            self._file.close()
            raise
        self.sealed_length: int = row.sealed_length
        self._places: int = row.places
        self._nothing = bytes(self.sealed_length)

    def ensure_belongs(self, fingerprint: bytes) -> None:
        """Refused with `ballot_box_of_another_round` unless the box is of this fingerprint."""
        if not hmac.compare_digest(self._belongs, _keyed(self._salt, fingerprint)):
            raise Refused("ballot_box_of_another_round")

    def cast(self, slip: bytes, sealed: bytes) -> Cast:
        """Use up the slip and drop the ballot: durable when this returns, or nothing of it.

        `slip` is a hash of `slips.slip_hash`. A used slip with a ballot that lies in the box is
        answered as before, also after the voting: the box does not know which slip brought which
        ballot, and changes nothing.

        Raises:
            Refused: `ballot_wrong_length`, `ballot_box_shut`, `ballot_slip_unknown`,
                `ballot_slip_used`, `ballot_bytes_again` (another's bytes under a fresh slip).
            NotSaved: the disk refused; the voter must be told so, and may cast again.
        """
        if len(sealed) != self.sealed_length or sealed == self._nothing:
            raise Refused("ballot_wrong_length")
        with self._file.unit() as on:
            row = on.exec_driver_sql(
                "SELECT place, used FROM slip WHERE hash = ?", (_keyed(self._salt, slip),)
            ).one_or_none()
            lies_in_it = self._holds(on, sealed)
            if row is not None and row.used and lies_in_it:
                return Cast.AGAIN
            # Also after the closing: whoever lost an answer must not hear that nothing was taken.
            if row is not None and row.used:
                raise Refused("ballot_slip_used")
            if self._is_shut(on):
                raise Refused("ballot_box_shut")
            if row is None:
                raise Refused("ballot_slip_unknown")
            if lies_in_it:
                raise Refused("ballot_bytes_again")
            on.exec_driver_sql("UPDATE slip SET used = 1 WHERE place = ?", (row.place,))
            self._drop(on, sealed)
        return Cast.DROPPED

    def count(self) -> int:
        """How many ballots lie in the box: the one figure that may be shown before it is opened."""
        with self._file.unit() as on:
            return self._used(on)

    def is_used(self, slip: bytes) -> bool | None:
        """Whether a slip was used; None for one that this box does not know. For the voter's page,
        before the ballot is shown; `cast` decides."""
        with self._file.unit() as on:
            row = on.exec_driver_sql(
                "SELECT used FROM slip WHERE hash = ?", (_keyed(self._salt, slip),)
            ).one_or_none()
        return None if row is None else bool(row.used)

    def shut(self) -> int:
        """No ballot from here on (R12); returns how many lie in the box. Quiet when it is shut."""
        with self._file.unit() as on:
            on.exec_driver_sql("UPDATE box SET shut = 1")
            return self._used(on)

    def is_shut(self) -> bool:
        with self._file.unit() as on:
            return self._is_shut(on)

    def sealed_set(self) -> tuple[bytes, ...]:
        """Every sealed ballot, sorted by its bytes.

        Raises:
            Refused: `ballot_box_open` before `shut`; `ballot_box_damaged` when there are not as
                many ballots as used slips.
        """
        with self._file.unit() as on:
            if not self._is_shut(on):
                raise Refused("ballot_box_open")
            used = self._used(on)
            found = on.exec_driver_sql(
                "SELECT sealed FROM ballot WHERE sealed <> ?", (self._nothing,)
            ).scalars()
            ballots = tuple(sorted(set(found)))
        if len(ballots) != used:
            raise Refused("ballot_box_damaged", used=used, ballots=len(ballots))
        return ballots

    def close(self) -> None:
        """Give the file back, for the end of the program or before it is deleted."""
        self._file.close()

    def destroy(self) -> None:
        """Close and delete the box: its ballots lie opened in the database, or the round is void.

        Raises:
            OSError: where the system does not let it go yet; `sweep` tries again at the start.
        """
        self.close()
        remove(self.path)

    # -- inside a unit ---------------------------------------------------------------------------

    @staticmethod
    def _is_shut(on: Any) -> bool:
        return bool(on.exec_driver_sql("SELECT shut FROM box").scalar_one())

    @staticmethod
    def _used(on: Any) -> int:
        return int(on.exec_driver_sql("SELECT count(*) FROM slip WHERE used = 1").scalar_one())

    def _at(self, on: Any, place: int) -> bytes:
        found: bytes = on.exec_driver_sql(
            "SELECT sealed FROM ballot WHERE place = ?", (place,)
        ).scalar_one()
        return found

    def _home(self, sealed: bytes) -> int:
        return int.from_bytes(_rank(sealed)[-8:], "big") % self._places

    def _holds(self, on: Any, sealed: bytes) -> bool:
        place = self._home(sealed)
        while (held := self._at(on, place)) != self._nothing:
            if held == sealed:
                return True
            if _rank(held) < _rank(sealed):
                return False  # it would have given way
            place = (place + 1) % self._places
        return False

    def _drop(self, on: Any, sealed: bytes) -> None:
        place = self._home(sealed)
        # Ends: half of the places are empty for ever.
        while (held := self._at(on, place)) != self._nothing:
            if _rank(held) < _rank(sealed):
                self._put(on, place, sealed)
                sealed = held
            place = (place + 1) % self._places
        self._put(on, place, sealed)

    @staticmethod
    def _put(on: Any, place: int, sealed: bytes) -> None:
        on.exec_driver_sql("UPDATE ballot SET sealed = ? WHERE place = ?", (sealed, place))


def _rank(sealed: bytes) -> bytes:
    """The id of a ballot, the hash of its bytes; its order decides who gives way."""
    return hashlib.sha256(sealed).digest()


def _keyed(salt: bytes, value: bytes) -> bytes:
    return hmac.new(salt, value, hashlib.sha256).digest()


# -- the end of a box -----------------------------------------------------------------------------


def remove(path: Path) -> bool:
    """Delete a box that no `Box` holds; True when there was one.

    Raises:
        OSError: where the system does not let it go.
    """
    gone = side_file.remove(path)
    with suppress(OSError):
        side_file.make_durable(path.parent)
    return gone


def sweep(instance: Path, *, done: Iterable[int]) -> list[int]:
    """At every start, before a box is used: delete boxes of rounds that are opened or void.

    A crash between the opening and the deletion leaves one. What was only half made goes too; a
    box of a round that is not in `done` stays. Returns the rounds whose box has gone; one that the
    system still holds is tried at the next start.
    """
    finished = set(done)
    gone = []
    for path in sorted((instance / FOLDER).glob("round-*.box*")):
        named = _NAME.fullmatch(path.name)
        if named is None:
            continue
        number = int(named[1])
        if path.suffix == ".part" or number in finished:
            with suppress(OSError):
                remove(path)
                if path.suffix != ".part":
                    gone.append(number)
    return gone
