"""What a rehearsed day leaves behind: what people were told, and what is stored.

The invariants (`invariants`) compare the two. Everything here is a frozen value, so that a test
can doctor one fact and see the right invariant break. The database is read after the server has
stopped, through connections that cannot write.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from kiosk.checkin.rules import quorum_needed


class Scene(StrEnum):
    """Why somebody stood at the gate in this rehearsal."""

    ARRIVAL = "arrival"
    GUEST = "guest"
    #: A replaced badge: the new one.
    NEW_BADGE = "new_badge"
    #: A replaced badge: the lost one, found by somebody.
    OLD_BADGE = "old_badge"
    #: The badge still lay on the scanner.
    SAME_GATE = "same_gate"
    #: The same person walks to the next gate.
    OTHER_GATE = "other_gate"
    #: The same badge at two gates at the same instant.
    RACE = "race"
    #: The page got no answer and sends the same scan again.
    SENT_AGAIN = "sent_again"
    #: Taken back at the gate, and scanned once more.
    READMITTED = "readmitted"
    FORGED = "forged"
    UNREADABLE = "unreadable"
    #: After the conference has ended.
    TOO_LATE = "too_late"


#: Outcomes by which a gate says that somebody is in the hall now.
WELCOME = frozenset({"admitted", "returned", "guest"})


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of a gate, as the gate's page got it."""

    scan_id: str
    #: Place of the gate in the rehearsal, from 0.
    gate: int
    scene: Scene
    #: Whose badge it is; None for a code that nobody has.
    delegate_id: int | None
    #: HTTP status; 0 when no answer came at all.
    status: int
    #: `data-outcome` of the answer; empty when it named none.
    outcome: str
    #: The page says: answered before.
    repeated: bool
    #: Milliseconds from sending to the whole answer.
    ms: float


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the roster."""

    id: int
    standing: str
    counts_for_quorum: bool
    votes: bool


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge; its 14 digits are derived elsewhere."""

    delegate_id: int
    issue: int
    attempt: int
    revoked: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """A stored answer."""

    scan_id: str
    outcome: str
    delegate_id: int | None
    stay_id: int | None


@dataclass(frozen=True, slots=True)
class Stay:
    """A stored stay in the hall."""

    id: int
    delegate_id: int
    entered_at: datetime
    left_at: datetime | None
    undone_at: datetime | None
    undo_reason: str
    way: str

    @property
    def holds(self) -> bool:
        """True until the person leaves or the entry is taken back."""
        return self.left_at is None and self.undone_at is None

    def held_at(self, moment: datetime) -> bool:
        """What was true then, also where it was taken back later."""
        gone = min((at for at in (self.left_at, self.undone_at) if at), default=None)
        return self.entered_at <= moment and (gone is None or gone > moment)


@dataclass(frozen=True, slots=True)
class Mark:
    """One step of one agenda item."""

    item: int  # its number, 1 to 9
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Count:
    """One count of hands."""

    motion_id: int
    number: int
    in_favour: int
    against: int
    other: int
    present: int
    present_source: str
    present_checkin: int
    reason: str
    at: datetime
    adopted: bool


@dataclass(frozen=True, slots=True)
class BookRow:
    """One line of the conference book."""

    seq: int
    event: str
    by: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Stored:
    """The database of the rehearsed day."""

    people: tuple[Person, ...]
    badges: tuple[Badge, ...]
    stays: tuple[Stay, ...]
    scans: tuple[Scan, ...]
    #: (number, state) in order.
    items: tuple[tuple[int, str], ...]
    marks: tuple[Mark, ...]
    counts: tuple[Count, ...]
    motions: int
    devices: int
    #: The base of the quorum in force; None when it was never fixed.
    base: int | None
    opened_at: datetime | None
    ended_at: datetime | None
    book: tuple[BookRow, ...]
    #: What `core.audit.first_break` says.
    first_break: int | None

    def present_at(self, moment: datetime) -> int:
        """People who count for the quorum (R3, first flag) in the hall at that moment."""
        counting = {person.id for person in self.people if person.counts_for_quorum}
        return len(counting & self._inside(moment))

    def voters_at(self, moment: datetime) -> int:
        """People who may vote by hand (R3, second flag) in the hall at that moment."""
        voting = {person.id for person in self.people if person.votes}
        return len(voting & self._inside(moment))

    def _inside(self, moment: datetime) -> set[int]:
        return {stay.delegate_id for stay in self.stays if stay.held_at(moment)}


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure of presence that somebody read while nothing moved."""

    at: datetime
    #: `console`, `projector` or `stream`.
    place: str
    #: None when the page showed no figure.
    present: int | None


@dataclass(frozen=True, slots=True)
class Try:
    """An act of the secretary, and how it was answered."""

    what: str
    at: datetime
    status: int


@dataclass(frozen=True)
class Day:
    """Everything the invariants look at."""

    convened: int
    told: tuple[Told, ...]
    stored: Stored
    shown: tuple[Shown, ...]
    #: Acts that had to be refused.
    forbidden: tuple[Try, ...]
    #: Attempts to open, in order.
    openings: tuple[Try, ...]
    #: Entries that were taken back at a gate, as (delegate, status of the answer).
    undone: tuple[tuple[int, int], ...]
    #: Milliseconds from an act to its picture on the wall; None when no picture came.
    lags: tuple[float | None, ...]
    #: After its stream was cut, the projector showed the right figure again without help.
    healed: bool
    #: How often each HTTP status was seen by any client.
    statuses: dict[int, int]
    #: Lines of the server's log.
    log: tuple[str, ...]

    @property
    def needed(self) -> int:
        """People needed for the opening (R1)."""
        return quorum_needed(self.convened)

    def scene(self, *scenes: Scene) -> list[Told]:
        """Answers of some scenes."""
        return [answer for answer in self.told if answer.scene in scenes]


# -- reading ---------------------------------------------------------------------------------


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
    rows = source.execute(
        "SELECT id, standing, counts_for_quorum, votes FROM delegate ORDER BY number"
    )
    return tuple(Person(row[0], row[1], bool(row[2]), bool(row[3])) for row in rows)


def badges_of(source: sqlite3.Connection) -> tuple[Badge, ...]:
    """Every badge, replaced ones too."""
    rows = source.execute(
        "SELECT delegate_id, issue, attempt, revoked_at IS NOT NULL FROM badge"
        " ORDER BY delegate_id, issue"
    )
    return tuple(Badge(row[0], row[1], row[2], bool(row[3])) for row in rows)


def items_of(source: sqlite3.Connection) -> tuple[tuple[int, int], ...]:
    """(id, number) of the agenda items in their order."""
    return tuple(source.execute("SELECT id, number FROM agenda_item ORDER BY number"))


def read_stored(database: Path) -> Stored:
    """Read the whole day back, in one snapshot."""
    with reading(database) as source:
        query = source.execute
        opened, ended = query("SELECT opened_at, ended_at FROM conference WHERE id = 1").fetchone()
        base = query("SELECT count FROM quorum_base ORDER BY id DESC LIMIT 1").fetchone()
        return Stored(
            people=people_of(source),
            badges=badges_of(source),
            stays=tuple(
                Stay(row[0], row[1], _utc(row[2]), _moment(row[3]), _moment(row[4]), *row[5:])
                for row in query(
                    "SELECT id, delegate_id, entered_at, left_at, undone_at, undo_reason, way"
                    " FROM stay ORDER BY id"
                )
            ),
            scans=tuple(
                Scan(*row)
                for row in query(
                    "SELECT scan_id, outcome, delegate_id, stay_id FROM scan ORDER BY id"
                )
            ),
            items=tuple(query("SELECT number, state FROM agenda_item ORDER BY number")),
            marks=tuple(
                Mark(row[0], row[1], _utc(row[2]))
                for row in query(
                    "SELECT i.number, m.what, m.at FROM agenda_mark m"
                    " JOIN agenda_item i ON i.id = m.item_id ORDER BY m.id"
                )
            ),
            counts=tuple(
                Count(*(*row[:9], _utc(row[9]), bool(row[10])))
                for row in query(
                    "SELECT motion_id, number, in_favour, against, other, present,"
                    " present_source, present_checkin, reason, at, adopted FROM motion_count"
                    " ORDER BY motion_id, number"
                )
            ),
            motions=query("SELECT count(*) FROM motion").fetchone()[0],
            devices=query("SELECT count(*) FROM device").fetchone()[0],
            base=base[0] if base else None,
            opened_at=_moment(opened),
            ended_at=_moment(ended),
            book=tuple(
                BookRow(row[0], row[1], row[2], json.loads(row[3]))
                for row in query('SELECT seq, event, "by", facts FROM book_line ORDER BY seq')
            ),
            first_break=_first_break(database),
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
