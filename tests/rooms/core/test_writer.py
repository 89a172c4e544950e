"""The one writer (design 2.1, lessons 57): shared commits, lone refusals, a disk that says no."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from support import ROOT, clean_environment

from kiosk.core import db as core_db
from kiosk.core import writer as core_writer
from kiosk.core.db import after_commit, changed, db, unit_of_work
from kiosk.core.errors import NotSaved, Refused
from kiosk.core.writer import Writer

ADD = text("INSERT INTO unit (name, key, position) VALUES (:name, :name, 1)")


@pytest.fixture
def writer(app: Flask) -> Writer:
    found: Writer = app.extensions["kiosk_writer"]
    return found


@pytest.fixture
def file(app: Flask) -> Path:
    return Path(app.instance_path) / "kiosk.sqlite3"


def add(app: Flask, name: str, body: Callable[[Any], None] | None = None) -> str:
    """One act in the caller's own thread."""
    with app.app_context(), unit_of_work() as session:
        session.execute(ADD, {"name": name})
        if body is not None:
            body(session)
    return name


def stored(file: Path) -> set[str]:
    """What a program that knows nothing of ours finds in the file."""
    with closing(sqlite3.connect(file)) as other:
        return {name for (name,) in other.execute("SELECT name FROM unit")}


@contextmanager
def crowd(
    app: Flask, writer: Writer, names: list[str], body: Callable[[Any], None] | None = None
) -> Iterator[list[Future[str]]]:
    """Let acts queue behind one that holds the turn, so that all of them share its COMMIT."""
    with ThreadPoolExecutor(len(names)) as pool:
        futures: list[Future[str]] = []
        with app.app_context(), unit_of_work() as session:
            session.execute(ADD, {"name": "first"})
            futures.extend(pool.submit(add, app, name, body) for name in names)
            wait_until(lambda: writer._waiting == len(names))
            yield futures


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.001)


# -- shared commits ------------------------------------------------------------------------------


def test_acts_that_wait_together_share_one_durable_commit(
    app: Flask, writer: Writer, file: Path
) -> None:
    names = [f"unit {number}" for number in range(20)]
    with crowd(app, writer, names) as futures:
        assert stored(file) == set(), "nothing shows before the COMMIT"
    assert [future.result() for future in futures] == names
    assert (writer.commits, writer.units) == (1, 21)
    assert stored(file) == {"first", *names}


def test_a_crowd_larger_than_a_batch_is_split(
    app: Flask, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_writer, "BATCH", 8)
    with crowd(app, writer, [f"unit {number}" for number in range(20)]):
        pass
    assert writer.units == 21
    assert writer.commits == 3


def test_many_threads_without_any_order_lose_nothing(
    app: Flask, writer: Writer, file: Path
) -> None:
    def many(thread: int) -> None:
        for number in range(10):
            add(app, f"{thread}-{number}")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(many, range(16)))
    assert len(stored(file)) == 160
    assert writer.units == 160
    assert writer.commits < 160


def test_nobody_is_told_before_the_commit(
    app: Flask, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    commit = writer._commit

    def slow() -> None:
        time.sleep(0.05)
        assert told == []
        commit()

    monkeypatch.setattr(writer, "_commit", slow)
    with crowd(app, writer, ["a", "b"]) as futures:
        for future in futures:
            future.add_done_callback(lambda done: told.append(done.result()))
    assert sorted(told) == ["a", "b"]


# -- one act that fails, alone -------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [Refused("already_inside", name="An"), ZeroDivisionError("a bug"), SystemExit(3)]
)
def test_one_that_fails_rolls_back_alone_and_the_others_are_stored(
    app: Flask, writer: Writer, file: Path, error: BaseException
) -> None:
    def body(session: Any) -> None:
        if session.scalar(text("SELECT name FROM unit ORDER BY id DESC LIMIT 1")) == "bad":
            raise error

    with crowd(app, writer, ["a", "bad", "c"], body) as futures:
        pass
    assert futures[0].result() == "a"
    assert futures[2].result() == "c"
    assert futures[1].exception() is error
    assert stored(file) == {"first", "a", "c"}
    assert writer.commits == 1


def test_a_broken_constraint_hurts_its_own_act_alone(
    app: Flask, writer: Writer, file: Path
) -> None:
    with crowd(app, writer, ["a", "first", "c"]) as futures:
        pass
    assert futures[1].exception() is not None
    assert stored(file) == {"first", "a", "c"}


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_stopped_body_gives_its_turn_back(
    app: Flask, file: Path, stop: type[BaseException]
) -> None:
    def body(_session: Any) -> None:
        raise stop

    with pytest.raises(stop):
        add(app, "stopped", body)
    add(app, "next")
    assert stored(file) == {"next"}


def test_a_body_that_breaks_its_own_savepoint_never_keeps_the_turn(app: Flask, file: Path) -> None:
    def body(session: Any) -> None:
        session.connection().exec_driver_sql("ROLLBACK")
        raise Refused("busy")

    with pytest.raises(Refused):
        add(app, "lost", body)
    add(app, "next")
    assert stored(file) == {"next"}


# -- an act inside an act, and reading -----------------------------------------------------------


def test_an_act_inside_an_act_joins_it(app: Flask, writer: Writer, file: Path) -> None:
    with app.app_context():
        with unit_of_work() as outer:
            outer.execute(ADD, {"name": "outer"})
            with unit_of_work() as inner:
                assert inner is outer
                inner.execute(ADD, {"name": "inner"})
        assert stored(file) == {"outer", "inner"}

        def refused() -> None:
            with unit_of_work():
                add(app, "inner 2")
                raise Refused("busy")

        with pytest.raises(Refused):
            refused()
    assert stored(file) == {"outer", "inner"}
    assert writer.units == 2, "a refused act counts as a turn, not as one stored"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO unit (name, key, position) VALUES ('x', 'x', 1)",
        "UPDATE unit SET name = 'x'",
        "DELETE FROM unit",
        "DROP TABLE unit",
    ],
)
def test_the_session_of_a_request_cannot_write(app: Flask, statement: str) -> None:
    add(app, "a")
    with app.app_context():
        with pytest.raises(OperationalError, match="readonly"):
            db.session.execute(text(statement))
        db.session.rollback()
        assert db.session.scalar(text("SELECT count(*) FROM unit")) == 1


def test_after_an_act_the_request_reads_what_it_stored(app: Flask) -> None:
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM unit")) == 0
        with unit_of_work() as session:
            session.execute(ADD, {"name": "a"})
        assert db.session.scalar(text("SELECT count(*) FROM unit")) == 1


def test_one_reading_is_one_snapshot(app: Flask) -> None:
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM unit")) == 0
        thread = threading.Thread(target=add, args=(app, "a"))
        thread.start()
        thread.join()
        assert db.session.scalar(text("SELECT count(*) FROM unit")) == 0
        db.session.rollback()
        assert db.session.scalar(text("SELECT count(*) FROM unit")) == 1


def test_what_is_stored_is_durable_and_keys_are_checked(app: Flask, writer: Writer) -> None:
    add(app, "a")
    raw = writer._raw()
    assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert raw.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert raw.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert raw.execute("PRAGMA busy_timeout").fetchone() == (0,)


# -- a COMMIT that fails -------------------------------------------------------------------------


def test_a_failed_commit_refuses_the_whole_batch_and_nobody_is_told_otherwise(
    app: Flask, writer: Writer, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[str] = []
    announced: list[set[str]] = []
    monkeypatch.setattr(core_db.live, "announce", announced.append)

    def body(session: Any) -> None:
        after_commit(session, lambda: followed.append("told"))
        changed(session, "presence")

    def broken() -> None:
        monkeypatch.undo()
        monkeypatch.setattr(core_db.live, "announce", announced.append)
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(writer, "_commit", broken)
    with pytest.raises(NotSaved), crowd(app, writer, ["a", "b", "c"], body) as futures:
        pass
    assert [type(future.exception()) for future in futures] == [NotSaved] * 3
    assert stored(file) == set()
    assert followed == []
    assert announced == []
    assert writer.commits == 0

    add(app, "later", body)
    assert stored(file) == {"later"}
    assert followed == ["told"]
    assert announced == [{"presence"}]


def test_hooks_and_news_of_a_refused_act_are_dropped(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[set[str]] = []
    monkeypatch.setattr(core_db.live, "announce", announced.append)

    def body(session: Any) -> None:
        after_commit(session, lambda: announced.append({"hook"}))
        changed(session, "presence")
        raise Refused("busy")

    with pytest.raises(Refused):
        add(app, "a", body)
    assert announced == []


# -- a full disk ---------------------------------------------------------------------------------


@contextmanager
def full_disk(writer: Writer) -> Iterator[None]:
    """A disk with room for nothing more, also after the writer opens its file again."""

    def limit(raw: sqlite3.Connection, _record: object) -> None:
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count={pages}")

    with writer._turn:
        writer._drop_connection()
    event.listen(writer.engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(writer.engine, "connect", limit)
        with writer._turn:
            writer._drop_connection()


def big(session: Any) -> None:
    session.execute(text("UPDATE unit SET name = :name"), {"name": "x" * 500_000})


def test_a_full_disk_refuses_in_words_and_writing_goes_on_once_there_is_room(
    app: Flask, writer: Writer, file: Path
) -> None:
    add(app, "before")
    with full_disk(writer):
        for _ in range(3):
            with pytest.raises(NotSaved):
                add(app, "too much", big)
        assert stored(file) == {"before"}
    add(app, "after")
    assert stored(file) == {"before", "after"}


def test_a_disk_that_fills_up_inside_a_batch_never_stores_half_an_act(
    app: Flask, writer: Writer, file: Path
) -> None:
    def body(session: Any) -> None:
        if session.scalar(text("SELECT name FROM unit ORDER BY id DESC LIMIT 1")) == "b":
            big(session)

    with full_disk(writer):
        failure: BaseException | None = None
        try:
            with crowd(app, writer, ["a", "b", "c"], body) as futures:
                pass
        except NotSaved as refused:
            failure = refused
        told = {
            name for name, future in zip("abc", futures, strict=True) if future.exception() is None
        }
        refusals = [future.exception() for future in futures if future.exception() is not None]
        assert all(isinstance(refused, NotSaved) for refused in refusals)
        assert isinstance(futures[1].exception(), NotSaved)
        expected = told | (set() if failure else {"first"})
        assert stored(file) == expected, "what is stored is exactly what was said"
    add(app, "after")
    assert "after" in stored(file)


# -- another program holds the file --------------------------------------------------------------


@contextmanager
def held(file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_held_database_is_waited_for_then_refused_and_later_written(
    app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_writer, "PATIENCE", 0.1)
    with held(file):
        begun = time.monotonic()
        with pytest.raises(Refused, match="busy"):
            add(app, "a")
        assert 0.1 <= time.monotonic() - begun < 2
    add(app, "b")
    assert stored(file) == {"b"}


def test_a_short_hold_is_waited_out(app: Flask, file: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        with held(file):
            future = pool.submit(add, app, "a")
            time.sleep(0.1)
            assert not future.done()
        assert future.result(timeout=5) == "a"


def test_a_whole_crowd_is_refused_at_once_and_not_one_after_another(
    app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_writer, "PATIENCE", 0.5)
    with held(file), ThreadPoolExecutor(12) as pool:
        begun = time.monotonic()
        futures = [pool.submit(add, app, f"unit {number}") for number in range(12)]
        codes = {str(future.exception(timeout=20)) for future in futures}
        # One after another it would be six seconds, and a minute with the hall's patience.
        assert time.monotonic() - begun < 3
    assert codes == {"busy"}
    add(app, "b")
    assert stored(file) == {"b"}


# -- the same under gevent, in a process of its own ----------------------------------------------

SCRIPT = """
from gevent import monkey; monkey.patch_all()
import sqlite3, sys, time
import gevent
from gevent.event import Event
from sqlalchemy import text
from kiosk import config, create_app
from kiosk.core import pool
from kiosk.core.db import unit_of_work
from kiosk.core.errors import NotSaved, Refused

app = create_app(config.load(sys.argv[1]))
writer = app.extensions["kiosk_writer"]
ADD = text("INSERT INTO unit (name, key, position) VALUES (:name, :name, 1)")
assert pool.under_gevent()

def add(name, body=None):
    with app.app_context(), unit_of_work() as session:
        session.execute(ADD, {"name": name})
        if body:
            body(session)
    return name

def stored():
    with app.app_context():
        from kiosk.core.db import db
        return set(db.session.scalars(text("SELECT name FROM unit")))

# 1. sixty-four greenlets at once: few commits, nothing lost
crowd = [gevent.spawn(add, f"g{number}") for number in range(64)]
gevent.joinall(crowd, raise_error=True, timeout=20)
assert all(greenlet.ready() for greenlet in crowd)
assert stored() == {f"g{number}" for number in range(64)}
assert writer.units == 64 and writer.commits < 16, (writer.units, writer.commits)

# 2. some refuse, some are killed while they wait, some while their COMMIT runs
def refuse(session):
    raise Refused("busy")

slow = Event()
commit = writer._commit
def slow_commit():
    time_to_kill()
    gevent.monkey.get_original("time", "sleep")(0.2)
    commit()
hub_async = gevent.get_hub().loop.async_()
hub_async.start(slow.set)
def time_to_kill():
    hub_async.send()
writer._commit = slow_commit
first = gevent.spawn(add, "k first")
slow.wait(5)
queue = [gevent.spawn(add, f"k{number}", refuse if number == 1 else None) for number in range(4)]
gevent.sleep(0)
queue[2].kill(block=False)
first.kill(block=False)
gevent.joinall([first, *queue], timeout=10)
assert all(greenlet.ready() for greenlet in [first, *queue]), "somebody waits for ever"
writer._commit = commit
now = stored()
assert "k first" in now, "a COMMIT that ran to its end was reported as failed"
assert {"k0", "k3"} <= now, now
assert not {"k1", "k2"} & now, now
assert queue[0].value == "k0" and queue[3].value == "k3"

# 3. a commit that fails refuses its whole batch, and the next works
def broken():
    writer._commit = commit
    raise sqlite3.OperationalError("disk I/O error")
def slow_then_broken():
    writer._commit = broken
    gevent.monkey.get_original("time", "sleep")(0.1)
    commit()
writer._commit = slow_then_broken
gathering = gevent.spawn(add, "gathering")
gevent.sleep(0)
batch = [gevent.spawn(add, f"b{number}") for number in range(8)]
gevent.joinall([gathering, *batch], timeout=10)
assert gathering.value == "gathering"
assert [type(greenlet.exception) for greenlet in batch] == [NotSaved] * 8
assert not any(name.startswith("b") for name in stored())

# 4. another program holds the file: the loop goes on
other = sqlite3.connect(app.instance_path + "/kiosk.sqlite3", isolation_level=None)
other.execute("BEGIN IMMEDIATE")
waiting = gevent.spawn(add, "held")
beats, longest, last = 0, 0.0, time.monotonic()
until = last + 0.5
while time.monotonic() < until:
    gevent.sleep(0.005)
    now = time.monotonic()
    longest, last, beats = max(longest, now - last), now, beats + 1
assert not waiting.ready()
assert longest < 0.25, f"the loop stood still for {longest:.3f} s"
other.execute("ROLLBACK")
waiting.join(5)
assert waiting.value == "held"
print("whole")
"""


def test_the_writer_keeps_its_word_under_gevent(made_instance: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(made_instance)],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "whole", done.stderr
