"""One writer: units of work in a row on one connection, one durable COMMIT for all who wait.

SQLite has one writer anyway; making the queue ours gives fairness, no "database is locked", and
one fsync for a whole crowd at the gates (design 2.1; measured 1,938 / 13,400 / 33,391 units a
second at 1 / 16 / 64 writers). Each unit runs in the caller's own greenlet or thread under its
own SAVEPOINT; the last in line commits, and only then do all of the batch return.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import NestedTransaction
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from kiosk.core import pool
from kiosk.core.errors import KioskError, NotSaved, Refused

log = logging.getLogger(__name__)

#: A crowd larger than this is split, so that the first in line does not wait for the hundredth.
BATCH = 64

#: Seconds to ask again for a database that another program holds (a backup, a technician's tool),
#: counted from the moment the unit came: a whole queue must not be refused one after another.
PATIENCE = 5.0

#: Seconds of asking that are left to a unit whose patience went by in the queue.
LAST_TRY = 0.05

#: What SQLite says when the disk, not the statement, is at fault (primary result codes).
_DISK = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }
)


class _Batch:
    """Units that share one COMMIT, and what became of it."""

    def __init__(self) -> None:
        self.units = 0
        self.settled = threading.Event()
        self.failure: BaseException | None = None

    def settle(self, failure: BaseException | None = None) -> None:
        self.failure = failure
        self.settled.set()

    def wait(self) -> None:
        self.settled.wait()
        if self.failure is not None:
            raise NotSaved() from self.failure


class Writer:
    """The only way to write. `unit()` is for `core.db.unit_of_work`, not for rooms."""

    def __init__(self, engine: Engine, *, begin: str = "BEGIN IMMEDIATE") -> None:
        self.engine = engine
        self._begin_words = begin
        self.commits = 0
        self.units = 0
        self._turn = threading.Semaphore(1)
        self._count = threading.Lock()
        self._waiting = 0
        self._batch: _Batch | None = None
        self._connection: Connection | None = None

    # -- the queue ---------------------------------------------------------------------------

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """Wait for the turn, run the body under a savepoint, return after the COMMIT."""
        until = time.monotonic() + PATIENCE
        self._take_turn()
        # From here until _leave() or _abandon() this caller alone touches the connection.
        batch = self._open_batch(until)
        batch.units += 1
        connection = self._connected()
        try:
            savepoint = connection.begin_nested()
        except BaseException as failure:
            self._abandon(batch, failure)
            raise NotSaved() from failure
        session = Session(
            bind=connection, join_transaction_mode="rollback_only", expire_on_commit=False
        )
        try:
            yield session
            session.flush()
            savepoint.commit()
        except BaseException as refusal:
            self._undo(session, savepoint, batch, refusal)
            if _is_disk(refusal):
                raise NotSaved() from refusal
            raise
        session.close()
        self._leave(batch)
        batch.wait()

    def _take_turn(self) -> None:
        with self._count:
            self._waiting += 1
        try:
            self._turn.acquire()
        except BaseException:
            # Stopped while queueing. Someone may have left the COMMIT to us as the next in line,
            # so we still take the turn once, and pass it on.
            self._turn.acquire()
            self._step_up()
            if self._batch is not None:
                self._leave(self._batch)
            else:
                self._turn.release()
            raise
        self._step_up()

    def _step_up(self) -> None:
        with self._count:
            self._waiting -= 1

    def _open_batch(self, until: float) -> _Batch:
        if self._batch is None:
            try:
                self._begin(until)
            except BaseException:
                self._turn.release()
                raise
            self._batch = _Batch()
        return self._batch

    def _leave(self, batch: _Batch) -> None:
        with self._count:
            pass_on = self._waiting > 0 and batch.units < BATCH
        if pass_on:
            self._turn.release()
            return
        committed: list[bool] = []
        failure: BaseException | None = None
        stopped: BaseException | None = None

        def commit() -> None:
            self._commit()
            committed.append(True)

        try:
            pool.commits.call(commit)
        except BaseException as refused:
            # A caller that is stopped while its COMMIT runs must not report it as failed: `call`
            # returns only when the COMMIT has ended, one way or the other.
            if committed:
                stopped = refused
            else:
                log.error("COMMIT failed, %d units refused: %s", batch.units, refused)
                failure = refused
                self._drop_connection()
        if committed:
            self._forget_transaction()
            self.commits += 1
            self.units += batch.units
        self._batch = None
        self._turn.release()
        batch.settle(failure)
        if stopped is not None:
            raise stopped

    def _undo(
        self,
        session: Session,
        savepoint: NestedTransaction,
        batch: _Batch,
        refusal: BaseException,
    ) -> None:
        """Roll back one unit alone; if SQLite has dropped the whole batch, refuse it all."""
        try:
            session.close()
            if savepoint.is_active:
                savepoint.rollback()
            batch_lives = self._raw().in_transaction
        except BaseException as broken:
            # Whatever it was: a turn that nobody gives back would stop every gate for ever.
            self._abandon(batch, broken)
            return
        if not batch_lives:
            # A full or broken disk makes SQLite roll back by itself, the others' work included.
            self._abandon(batch, refusal)
            return
        self._leave(batch)

    def _abandon(self, batch: _Batch, failure: BaseException) -> None:
        log.error("the batch is lost, %d units refused: %s", batch.units, failure)
        self._drop_connection()
        self._batch = None
        self._turn.release()
        batch.settle(failure)

    # -- the connection ----------------------------------------------------------------------

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self.engine.connect()
        return self._connection

    def _raw(self) -> sqlite3.Connection:
        raw: Any = self._connected().connection.driver_connection
        if raw is None:
            raise KioskError("the writer has lost its connection")
        return raw  # type: ignore[no-any-return]

    def _begin(self, until: float) -> None:
        until = max(until, time.monotonic() + LAST_TRY)
        while True:
            try:
                # Connecting is inside: a new file is turned to WAL then, which also needs the lock.
                self._raw().execute(self._begin_words)
                break
            except (sqlite3.Error, DBAPIError) as error:
                if "locked" not in str(error):
                    self._drop_connection()
                    raise NotSaved() from error
                if time.monotonic() > until:
                    raise Refused("busy") from error
                # Cooperative under gevent; SQLite's own waiting would freeze the whole hall.
                time.sleep(0.005)
        self._connected().begin()

    def _commit(self) -> None:
        self._raw().execute("COMMIT")

    def _forget_transaction(self) -> None:
        """SQLAlchemy keeps its own picture of the transaction; the COMMIT itself was ours."""
        try:
            transaction = self._connected().get_transaction()
            if transaction is not None:
                transaction.commit()
        except (SQLAlchemyError, sqlite3.Error) as error:
            # What is stored is stored; only the connection is of no more use.
            log.warning("the writer's connection is renewed: %s", error)
            self._drop_connection()

    def _drop_connection(self) -> None:
        """Start over with a fresh connection; whatever was open is rolled back by closing it."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.invalidate()
            connection.close()
        except (DBAPIError, sqlite3.Error) as error:
            log.warning("closing a broken connection: %s", error)

    def close(self) -> None:
        """Give the connection back, for tests and a calm end of the program."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self.engine.dispose()


def _is_disk(error: BaseException) -> bool:
    """True when a statement failed for want of a disk: full, unreadable, read-only."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    # The extended code carries the primary one in its low byte.
    return isinstance(code, int) and code & 0xFF in _DISK
