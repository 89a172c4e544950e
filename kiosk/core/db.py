"""The database: typed models, read-only request sessions, and one writer (design 2.1).

Reading: `db.session` of Flask-SQLAlchemy, one consistent snapshot, `PRAGMA query_only`.
Writing: `with unit_of_work() as session:` and nothing else. Both are explained in
`docs/architecture.md`; the writer itself lives in `core.writer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import Flask, current_app, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import NullPool

from kiosk.core import live
from kiosk.core.errors import KioskError, Refused
from kiosk.core.writer import Writer

#: Names for every constraint, so that a later migration can find and drop it.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of all tables. Foreign keys name tables by string, so no room imports another's."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)

_current: ContextVar[Session | None] = ContextVar("unit_of_work", default=None)

#: True inside a unit of a file beside the database (`core.side_file`).
elsewhere: ContextVar[bool] = ContextVar("unit_elsewhere", default=False)


def init_app(app: Flask) -> None:
    """Bind the read engine and build the writer for this app's database."""
    app.config.setdefault(
        "SQLALCHEMY_ENGINE_OPTIONS",
        # A request gives its connection back before it waits for the writer; 64 scans at once
        # still never wait for a connection.
        {
            "pool_size": 16,
            "max_overflow": 112,
            "connect_args": {"check_same_thread": False},
            # An error in the log must not carry the names it was about.
            "hide_parameters": True,
        },
    )
    db.init_app(app)
    with app.app_context():
        prepare_reader(db.engine)
        app.extensions["kiosk_writer"] = Writer(
            prepare_writer(
                create_engine(
                    db.engine.url,
                    poolclass=NullPool,
                    hide_parameters=True,
                    # 0: not even while connecting may SQLite's own waiting stall the loop.
                    connect_args={"check_same_thread": False, "timeout": 0},
                )
            )
        )


def _pragmas(raw: Any, *, read_only: bool) -> None:
    # The driver must not begin transactions by itself: we say BEGIN, and which kind.
    raw.isolation_level = None
    cursor = raw.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: what was answered as done survives a power cut. NORMAL measured no faster over HTTP.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # 0 on purpose: SQLite's own waiting sleeps inside C and froze every greenlet for 2 s.
    cursor.execute(f"PRAGMA busy_timeout={5000 if read_only else 0}")
    if read_only:
        cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def prepare_reader(engine: Engine) -> Engine:
    """Request connections can read one snapshot and cannot write at all."""

    @event.listens_for(engine, "connect")
    def _connected(raw: Any, _record: object) -> None:
        _pragmas(raw, read_only=True)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def prepare_writer(engine: Engine) -> Engine:
    """The writer's single connection; BEGIN and COMMIT are the writer's own."""

    @event.listens_for(engine, "connect")
    def _connected(raw: Any, _record: object) -> None:
        _pragmas(raw, read_only=False)

    return own_savepoints(engine)


def own_savepoints(engine: Engine) -> Engine:
    """Savepoints without a compiled statement for each of their names."""
    # Every unit has a savepoint with a name of its own, and SQLAlchemy compiles each name as a new
    # statement: a fourteenth of a scan. The names are its own, so nothing needs quoting.
    dialect: Any = engine.dialect
    dialect.do_savepoint = lambda on, name: _raw(on).execute(f"SAVEPOINT {name}")
    dialect.do_release_savepoint = lambda on, name: _raw(on).execute(f"RELEASE {name}")
    dialect.do_rollback_to_savepoint = lambda on, name: _raw(on).execute(f"ROLLBACK TO {name}")
    return engine


def _raw(connection: Connection) -> Any:
    return connection.connection.driver_connection


def in_unit() -> bool:
    """True inside a unit of work of the database."""
    return _current.get() is not None


def writer() -> Writer:
    """The one writer of the running app."""
    found: Writer = current_app.extensions["kiosk_writer"]
    return found


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One act of the conference: all of it is stored durably, or none of it.

    Waits for the writer's turn, runs the body, and returns only after the COMMIT; an act inside
    an act joins it. The body must wait for nothing (no hash, file, network, other session):
    while it waits, every gate waits.

    Raises:
        NotSaved: the disk refused the commit; nothing was stored and no one was told otherwise.
        Refused: with `busy` when another program holds the database; or whatever the body refuses.
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    if elsewhere.get():
        raise KioskError("no unit of work spans two files")
    # Give the read connection back before waiting, and read afresh afterwards.
    end_reading()
    with writer().unit() as session:
        token = _current.set(session)
        try:
            yield session
        finally:
            _current.reset(token)
    end_reading()
    for follow in session.info.pop("after_commit", []):
        follow()
    live.announce(session.info.pop("changed", set()))


def end_reading() -> None:
    """Give the request's read connection back; what it reads next is read afresh."""
    # A request that has read nothing has nothing to end; making a session only to end it costs.
    if has_app_context() and db.session.registry.has() and db.session().in_transaction():
        db.session.rollback()


def after_commit(session: Session, follow: Callable[[], None]) -> None:
    """Do `follow` once this unit is durable; never when it is refused."""
    session.info.setdefault("after_commit", []).append(follow)


def changed(session: Session, *facts: str) -> None:
    """Say which facts this unit changes (`presence`, `agenda` …); live pages follow the commit."""
    session.info.setdefault("changed", set()).update(facts)


@contextmanager
def refusing(code: str, **facts: Any) -> Iterator[None]:
    """Turn the database's last word into the rule's own refusal."""
    try:
        yield
    except IntegrityError as clash:
        raise Refused(code, **facts) from clash
