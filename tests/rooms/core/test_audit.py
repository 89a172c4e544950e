"""The conference book (R24): chained, never changed, whole after any refused act."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from kiosk.checkin.events import CheckinEvent
from kiosk.core import audit
from kiosk.core.access import THE_PROGRAM, Actor
from kiosk.core.audit import Event
from kiosk.core.db import db, unit_of_work
from kiosk.core.errors import NotSaved, Refused

LAN = Actor(kind="staff", id=3, name="Lan")
AT = datetime(2026, 3, 12, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture
def hall(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def write(**facts: Any) -> int:
    with unit_of_work() as session:
        return audit.record(session, CheckinEvent.UNDONE, by=LAN, clock=lambda: AT, **facts)


def lines() -> list[audit.Line]:
    db.session.rollback()
    return list(audit.read(db.session()))


def test_the_hashed_bytes_are_a_promise_to_other_programs() -> None:
    assert (
        audit.canonical(
            seq=7,
            at=datetime(2026, 3, 12, 8, 2, 3, 4, tzinfo=timezone(timedelta(hours=7))),
            uptime=12.5,
            event="checkin:stay:undone",
            by="staff:3",
            facts={"reason": "nhầm người «Đỗ»", "delegate": 5, "stay": None},
            previous="0" * 64,
        )
        == (
            '{"at":"2026-03-12T01:02:03.000004+00:00","by":"staff:3","event":"checkin:stay:undone",'
            '"facts":{"delegate":5,"reason":"nhầm người «Đỗ»","stay":null},'
            f'"previous":"{"0" * 64}","seq":7,"uptime":"12.500"}}'
        ).encode()
    )


def test_lines_are_numbered_from_one_and_chained(hall: Flask) -> None:
    assert [write(delegate=number) for number in range(4)] == [1, 2, 3, 4]
    found = lines()
    assert [line.seq for line in found] == [1, 2, 3, 4]
    assert found[0].previous == "0" * 64
    assert [line.previous for line in found[1:]] == [line.hash for line in found[:-1]]
    assert found[0].at == AT
    assert found[0].by == "staff:3"
    assert audit.first_break(db.session()) is None


def test_another_program_can_check_the_chain_with_json_and_sha256_alone(hall: Flask) -> None:
    write(reason="nhầm", delegate=1)
    write(reason="nhầm lần nữa", delegate=2, share=[1, 2.5, True, None, {"x": "ơ"}])
    previous = "0" * 64
    for line in lines():
        parts = {
            "seq": line.seq,
            "at": line.at.isoformat(timespec="microseconds"),
            "uptime": f"{line.uptime:.3f}",
            "event": line.event,
            "by": line.by,
            "facts": line.facts,
            "previous": previous,
        }
        packed = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(packed.encode()).hexdigest()
        assert line.hash == previous


@given(
    facts=st.dictionaries(
        st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=1, max_size=5),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**53), 2**53)
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(st.characters(codec="utf-8"), max_size=10),
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=5,
        ),
        max_size=4,
    ),
    at=st.datetimes(
        min_value=datetime(2020, 1, 1),  # noqa: DTZ001 (hypothesis adds the zone)
        max_value=datetime(2099, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=7))]),
    ),
)
def test_what_is_hashed_survives_the_way_through_the_database(
    facts: dict[str, Any], at: datetime
) -> None:
    parts = {
        "seq": 1, "uptime": 0.1, "event": "e", "by": "b", "previous": "p",
    }  # fmt: skip
    stored = json.loads(json.dumps(facts))
    back = at.astimezone(UTC).replace(tzinfo=None).replace(tzinfo=UTC)
    assert audit.canonical(**parts, at=at, facts=facts) == audit.canonical(
        **parts, at=back, facts=stored
    )


# -- never changed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE book_line SET by = 'staff:9'",
        "UPDATE book_line SET seq = seq + 10",
        "DELETE FROM book_line",
        "DELETE FROM book_line WHERE seq = 2",
        "REPLACE INTO book_line SELECT 1, at, uptime, event, 'x', facts, previous, hash"
        " FROM book_line WHERE seq = 1",
    ],
)
def test_the_database_itself_refuses_to_change_the_book(hall: Flask, statement: str) -> None:
    write(delegate=1)
    write(delegate=2)
    before = lines()
    with pytest.raises((IntegrityError, DBAPIError)), unit_of_work() as session:
        session.execute(text(statement))
    assert lines() == before


def forge(app: Flask, statement: str) -> None:
    """What a technician with the file open in another program can do."""
    with closing(sqlite3.connect(Path(app.instance_path) / "kiosk.sqlite3")) as other:
        other.execute("DROP TRIGGER book_line_no_update")
        other.execute("DROP TRIGGER book_line_no_delete")
        other.execute(statement)
        other.commit()


@pytest.mark.parametrize(
    ("statement", "breaks_at"),
    [
        ("UPDATE book_line SET by = 'staff:9' WHERE seq = 3", 3),
        ("UPDATE book_line SET facts = '{\"delegate\": 9}' WHERE seq = 2", 2),
        ("UPDATE book_line SET at = '2026-03-12 09:00:00.000000' WHERE seq = 1", 1),
        ("UPDATE book_line SET uptime = uptime + 1 WHERE seq = 5", 5),
        ("UPDATE book_line SET event = 'checkin:base:fixed' WHERE seq = 4", 4),
        ("DELETE FROM book_line WHERE seq = 3", 3),
        ("DELETE FROM book_line WHERE seq = 1", 1),
        ("UPDATE book_line SET seq = 99 WHERE seq = 2", 2),
        ("UPDATE book_line SET hash = previous WHERE seq = 2", 2),
    ],
)
def test_a_forged_line_is_found_and_named(hall: Flask, statement: str, breaks_at: int) -> None:
    for number in range(5):
        write(delegate=number)
    assert audit.first_break(db.session()) is None
    db.session.rollback()
    forge(hall, statement)
    assert audit.first_break(db.session()) == breaks_at


def test_a_line_forged_with_a_matching_hash_breaks_the_next_one(hall: Flask) -> None:
    for number in range(3):
        write(delegate=number)
    first = lines()[0]
    parts = {
        name: getattr(first, name) for name in ("seq", "at", "uptime", "event", "facts", "previous")
    }
    digest = hashlib.sha256(audit.canonical(**parts, by="staff:9")).hexdigest()
    db.session.rollback()
    forge(hall, f"UPDATE book_line SET by = 'staff:9', hash = '{digest}' WHERE seq = 1")  # noqa: S608
    assert audit.first_break(db.session()) == 2


# -- what may be written -------------------------------------------------------------------------


class Strange(Event):
    THING = "nowhere:thing:happened"


def test_an_event_of_no_catalogue_is_refused_and_nothing_is_stored(hall: Flask) -> None:
    with pytest.raises(ValueError, match="catalogue"), unit_of_work() as session:
        audit.record(session, Strange.THING, by=THE_PROGRAM)
    assert lines() == []


def test_one_event_stands_in_one_catalogue() -> None:
    class Twice(Event):
        UNDONE = CheckinEvent.UNDONE.value

    with pytest.raises(ValueError, match="two catalogues"):
        audit.catalogue(Twice)
    assert audit.CATALOGUE[CheckinEvent.UNDONE.value] is CheckinEvent


def test_events_read_room_thing_past_verb() -> None:
    for value in audit.CATALOGUE:
        parts = value.split(":")
        assert len(parts) == 3, value
        assert all(part.replace("_", "").isalpha() and part.islower() for part in parts), value


def test_a_refused_act_leaves_no_gap_in_the_book(hall: Flask) -> None:
    write(delegate=1)

    def refused() -> None:
        with unit_of_work() as session:
            assert audit.record(session, CheckinEvent.UNDONE, by=LAN) == 2
            raise Refused("busy")

    with pytest.raises(Refused):
        refused()
    assert write(delegate=2) == 2
    assert audit.first_break(db.session()) is None


def test_a_failed_commit_leaves_no_gap_in_the_book(
    hall: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = hall.extensions["kiosk_writer"]

    def broken() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "_commit", broken)
        with pytest.raises(NotSaved):
            write(delegate=1)
    assert write(delegate=2) == 1
    assert audit.first_break(db.session()) is None


def test_a_crowd_that_half_refuses_writes_a_whole_book(hall: Flask) -> None:
    def act(number: int) -> None:
        with hall.app_context(), unit_of_work() as session:
            audit.record(session, CheckinEvent.UNDONE, by=LAN, delegate=number)
            if number % 2:
                raise Refused("busy")

    with ThreadPoolExecutor(12) as pool:
        results = [pool.submit(act, number) for number in range(60)]
    assert sum(isinstance(each.exception(), Refused) for each in results) == 30
    found = lines()
    assert [line.seq for line in found] == list(range(1, 31))
    assert sorted(line.facts["delegate"] for line in found) == list(range(0, 60, 2))
    assert audit.first_break(db.session()) is None


def test_the_book_is_read_in_pages_from_the_newest(hall: Flask) -> None:
    for number in range(5):
        write(delegate=number)
    session = db.session()
    newest = [line.seq for line in audit.read(session, newest_first=True, limit=2)]
    assert newest == [5, 4]
    older = [line.seq for line in audit.read(session, newest_first=True, limit=2, before=4)]
    assert older == [3, 2]
