"""While the hall is served: a copy every minute, in a process of its own, and what became of it.

A copy costs Python work (the book's chain, packing) and waits for a disk that may be a stick. Both
would stop the loop, so the copy is a job of `core/jobs.py` in a lane of its own: a stick that hangs
must not hold up a roster import. A minute in which nothing happened makes no new copy; the last one
is read again instead, and only then the moment of checking moves on.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask

from kiosk import config
from kiosk.backup import copying, recovery, rules
from kiosk.backup.copying import Copy
from kiosk.config import Settings
from kiosk.core import jobs, pool
from kiosk.core.clock import utc_now
from kiosk.core.errors import Refused

log = logging.getLogger(__name__)

#: What live pages follow.
FACT = "backup"

#: Seconds after the start until the first copy: opening the hall comes first.
FIRST = 5.0
#: Seconds until a copy that failed is tried again; sooner than the next regular one.
AGAIN = 20.0
#: Seconds for one copy; a slow stick with many attachments needs some of them.
LONGEST = 300.0

#: A stick may hang when it is read: one native thread of its own waits for it, not the loop.
_reading = pool.Pool(1)


@dataclass(frozen=True)
class Standing:
    """How the copies stand, for the console."""

    worry: rules.Worry
    #: Minutes after which the last good copy is too old.
    patience: int
    folder: Path
    last: Copy | None
    #: When the last copy was made, or found whole again because nothing had changed.
    checked_at: datetime | None
    failure: Refused | None
    failing_since: datetime | None


class Keeper:
    """Makes the copies of a served instance. `start` and `stop` are `kiosk serve`'s."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.extensions["kiosk_settings"]
        self.instance = settings.instance
        self.folder = settings.backup_place
        self.minutes = settings.backup_minutes
        self._hub: Any = app.extensions["kiosk_live"]
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._source: sqlite3.Connection | None = None
        self._opened = 0
        #: The state of the instance that the last good copy holds.
        self._held: object = None
        self._last = copying.last_copy(self.instance)
        self._checked_at = self._last.made_at if self._last else None
        self._failure: Refused | None = None
        self._failing_since: datetime | None = None
        #: True while the first copy since the start is awaited.
        self._waiting = False

    # -- what the console asks -------------------------------------------------------------------

    def standing(self, now: datetime | None = None) -> Standing:
        """How the copies stand now; grows old by itself when nothing is heard any more."""
        return Standing(
            worry=rules.worry(
                last_good_at=self._checked_at,
                failing=self._failure is not None,
                same_disk=self._last is not None and self._last.same_disk,
                waiting=self._waiting,
                now=now or utc_now(),
                every=self.minutes,
            ),
            patience=int(rules.patience(self.minutes).total_seconds() // 60),
            folder=self.folder,
            last=self._last,
            checked_at=self._checked_at,
            failure=self._failure,
            failing_since=self._failing_since,
        )

    # -- the thread --------------------------------------------------------------------------------

    def start(self) -> None:
        self._waiting = True
        self._thread = threading.Thread(target=self._keep, name="backup", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether the hall is being served: copies are made, and devices can be heard."""
        return self._thread is not None and not self._stopped.is_set()

    def stop(self) -> None:
        """End calmly. A copy in the making ends by itself: it has its name only when it is good."""
        self._stopped.set()

    def _keep(self) -> None:
        pause = FIRST
        while not self._stopped.wait(pause):
            pause = self.minutes * 60.0 if self.turn() else AGAIN
        self._close()

    def turn(self) -> bool:
        """One minute's work; True when a good copy of the present state exists afterwards."""
        try:
            self._look_after()
        except Refused as refused:
            self._fail(refused)
        except Exception as broken:
            # The hall goes on whatever happens here; the card and the log say so.
            log.exception("the backup failed")
            self._close()
            self._fail(Refused("job_failed", job="backup_copy", reason=type(broken).__name__))
        else:
            if self._failure is not None:
                log.warning("backup: good again, %s", self._last and self._last.name)
            self._failure = self._failing_since = None
            self._waiting = False
        self._hub.announce({FACT})
        return self._failure is None

    def _fail(self, refused: Refused) -> None:
        if self._failure is None or self._failure.code != refused.code:
            log.warning("backup: %s", refused)  # once, not every twenty seconds
            self._failing_since = utc_now()
        self._failure, self._waiting = refused, False

    def _look_after(self) -> None:
        # Taken before the copy: what changes meanwhile asks for the next one.
        state = self._state()
        if state == self._held and self._last is not None and self._reads_back(self._last):
            self._checked_at = utc_now()
            return
        answer = jobs.run_job(
            "backup_copy",
            {"instance": str(self.instance), "folder": str(self.folder)},
            timeout=LONGEST,
            lane="backup",
        )
        self._last = copying.copy_of(json.loads(answer))
        self._checked_at, self._held = utc_now(), state

    def _state(self) -> object:
        """Changes with every COMMIT of the writer and with every file that a copy holds."""
        recovery.recipient_text(self.instance)
        if self._source is None:
            address = f"{(self.instance / config.DATABASE).absolute().as_uri()}?mode=ro"
            # `data_version` compares two looks of one connection, so it stays open.
            self._source = sqlite3.connect(
                address, uri=True, isolation_level=None, check_same_thread=False, timeout=0
            )
            self._opened += 1
        try:
            (version,) = self._source.execute("PRAGMA data_version").fetchone()
            head = self._source.execute("SELECT max(seq) FROM book_line").fetchone()
        except sqlite3.Error as failed:
            self._close()
            raise Refused("backup_data_damaged", check="database") from failed
        files = [self.instance / name for name in rules.SINGLE_FILES]
        files += sorted((self.instance / rules.ATTACHMENTS).rglob("*"))
        return self._opened, version, head, tuple(map(_mark_of, files))

    def _reads_back(self, copy: Copy) -> bool:
        return _reading.call(_sha256, copy.path) == copy.sha256

    def _close(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None


def _mark_of(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), -1, -1
    return str(path), found.st_size, found.st_mtime_ns


def _sha256(path: Path) -> str:
    """Of a file; empty when it cannot be read, so that a new copy is made and says why."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
