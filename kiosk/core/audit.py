"""The conference book: every act, in order, each line chained to the one before (R24).

A line is never changed or deleted (triggers refuse it); a correction is a new line. The head of
the chain is read inside the unit of work that writes the next line, never kept in memory: a unit
that rolls back must not leave a gap in the chain (measured in the spike, design 2.1).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, Float, Integer, String, Table, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kiosk.core.access import Actor
from kiosk.core.clock import Clock, since_start, utc_now
from kiosk.core.columns import UtcDateTime
from kiosk.core.db import Base

#: What the first line is chained to.
BEGINNING = "0" * 64


class Event(StrEnum):
    """Parent of each room's catalogue; values read `room:thing:past_verb`."""


#: Every catalogued event, by value; filled by `catalogue`.
CATALOGUE: dict[str, type[Event]] = {}


def catalogue(events: type[Event]) -> type[Event]:
    """Register a room's events. The book refuses a line whose event is in no catalogue."""
    for event in events:
        if event.value in CATALOGUE:
            raise ValueError(f"event {event.value} stands in two catalogues")
        CATALOGUE[event.value] = events
    return events


class BookLine(Base):
    """One line of the book."""

    __tablename__ = "book_line"

    #: 1, 2, 3 … without a gap.
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    #: Wall clock of the laptop; for people, never for a decision.
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Seconds since the program started; grows even while the clock is set.
    uptime: Mapped[float] = mapped_column(Float)
    #: `room:thing:past_verb`.
    event: Mapped[str] = mapped_column(String(60), index=True)
    #: `staff:3`, `device:2` or `program`.
    by: Mapped[str] = mapped_column(String(40))
    #: What happened, in numbers and codes; names only where the act is public.
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Hash of the line before, 64 hex digits.
    previous: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of this line with `previous`, 64 hex digits.
    hash: Mapped[str] = mapped_column(String(64))


_table = cast("Table", BookLine.__table__)
_new_line = insert(_table)
_head = select(_table.c.seq, _table.c.hash).order_by(_table.c.seq.desc()).limit(1)


@dataclass(frozen=True)
class Line:
    """A line as pages and the archive see it."""

    seq: int
    at: datetime
    uptime: float
    event: str
    by: str
    facts: dict[str, Any]
    previous: str
    hash: str


def canonical(
    *,
    seq: int,
    at: datetime,
    uptime: float,
    event: str,
    by: str,
    facts: dict[str, Any],
    previous: str,
) -> bytes:
    """The bytes that are hashed: JSON, keys sorted, no spaces, UTF-8 (as RFC 8785 for our types).

    A verifier in another language needs nothing else than this order and SHA-256.
    """
    return json.dumps(
        {
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "by": by,
            "event": event,
            "facts": facts,
            "previous": previous,
            "seq": seq,
            "uptime": f"{uptime:.3f}",
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode()


def record(
    session: Session, event: Event, *, by: Actor, clock: Clock = utc_now, **facts: Any
) -> int:
    """Write one line inside the present unit of work; returns its number.

    Facts are JSON values only. Never a choice on a ballot, a password, a key or a badge code.
    """
    if event.value not in CATALOGUE:
        raise ValueError(f"{event.value} is in no room's catalogue")
    connection = session.connection()
    head = connection.execute(_head).first()
    seq, previous = (head.seq + 1, head.hash) if head else (1, BEGINNING)
    line: dict[str, Any] = {
        "seq": seq,
        "at": clock(),
        "uptime": since_start(),
        "event": event.value,
        "by": by.label,
        "facts": facts,
        "previous": previous,
    }
    digest = hashlib.sha256(canonical(**line)).hexdigest()
    connection.execute(_new_line, {**line, "hash": digest})
    return int(seq)


def read(
    session: Session,
    *,
    newest_first: bool = False,
    limit: int | None = None,
    before: int | None = None,
) -> Iterator[Line]:
    """The lines of the book, oldest first unless asked otherwise."""
    order = _table.c.seq.desc() if newest_first else _table.c.seq
    query = select(_table).order_by(order)
    if before is not None:
        query = query.where(_table.c.seq < before)
    if limit is not None:
        query = query.limit(limit)
    for row in session.execute(query):
        yield Line(**row._mapping)


def latest(session: Session, *events: Event) -> Line | None:
    """The newest line with one of these events; None where there is none."""
    query = (
        select(_table)
        .where(_table.c.event.in_([event.value for event in events]))
        .order_by(_table.c.seq.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Line(**row._mapping)


def lines_of(session: Session, *events: Event) -> Iterator[Line]:
    """The lines with one of these events, the oldest first."""
    query = (
        select(_table)
        .where(_table.c.event.in_([event.value for event in events]))
        .order_by(_table.c.seq)
    )
    for row in session.execute(query):
        yield Line(**row._mapping)


def first_break(session: Session) -> int | None:
    """The number of the first line that does not fit its chain; None when the book is whole."""
    previous, expected = BEGINNING, 1
    for line in read(session):
        digest = hashlib.sha256(
            canonical(
                seq=line.seq,
                at=line.at,
                uptime=line.uptime,
                event=line.event,
                by=line.by,
                facts=line.facts,
                previous=line.previous,
            )
        ).hexdigest()
        if line.seq != expected or line.previous != previous or line.hash != digest:
            return expected
        previous, expected = line.hash, expected + 1
    return None
