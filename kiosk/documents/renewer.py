"""While the hall is served: the fall-back list, renewed every minute when something has changed.

The same minute forgets previews of files that nobody has imported for a day.

Two files lie in `<instance>/print`, always whole: a new one is written beside the old one and takes
its name only when it is on the disk. Typesetting is a job of `core/jobs.py`, never the loop's. What
fails here is logged, and the day goes on with the last good list, which bears its own time.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask

from kiosk.config import Settings
from kiosk.core import audit, jobs, pool, uploads
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.documents import fallback_list
from kiosk.documents.fallback_list import FallbackList

log = logging.getLogger(__name__)

FOLDER = "print"
NAME = "danh-sach-giay"

#: Seconds after the start until the first list; opening the hall and its first copy come first.
FIRST = 10.0
EVERY = 60.0
#: Seconds that a list may wait and work; a badge sheet of 2,000 may stand before it.
LONGEST = 30.0

#: A slow disk is waited for by a native thread of its own, not by the loop.
_writing = pool.Pool(1)


@dataclass(frozen=True)
class Printed:
    """The newest good list."""

    pdf: bytes
    xlsx: bytes
    at: datetime


class Renewer:
    """Keeps the list of a served instance. `start` and `stop` are `kiosk serve`'s."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.extensions["kiosk_settings"]
        self._app = app
        self._rehearsal = settings.rehearsal
        self.folder = settings.instance / FOLDER
        self._stopped = threading.Event()
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        #: The last book line when the people were looked at; a minute without lines needs no look.
        self._seen: int | None = None
        self._facts: FallbackList | None = None
        self._failed = ""
        self.printed: Printed | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._keep, name="fallback-list", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End calmly; a list in the making is left to end by itself."""
        self._stopped.set()

    def _keep(self) -> None:
        pause = FIRST
        while not self._stopped.wait(pause):
            pause = EVERY
            self.turn()

    def turn(self) -> bool:
        """One minute's work; True when the list of now is there afterwards."""
        uploads.sweep(self.folder.parent)
        try:
            with self._app.app_context():
                self._renew()
        except Refused as refused:
            # Before there are people there is no list; that is not worth a line every minute.
            if refused.code not in {"conference_missing", "papers_nobody"}:
                self._say(str(refused))
            return False
        except Exception as broken:
            # The hall goes on whatever happens here.
            if type(broken).__name__ != self._failed:
                log.exception("the fall-back list failed")
            self._failed = type(broken).__name__
            return False
        self._failed = ""
        return True

    def _say(self, what: str) -> None:
        if what != self._failed:
            log.warning("fall-back list: %s", what)  # once, not every minute
        self._failed = what

    def newest(self) -> Printed:
        """The list of now; where none can be made, the last good one, which bears its time.

        Raises:
            Refused: what stands in the way, where there has never been one; `conference_missing`,
                `papers_nobody`, `job_failed` …
        """
        try:
            with self._app.app_context():
                self._renew()
        except Refused:
            if self.printed is None:
                raise
            log.warning("fall-back list: the last good one is given out", exc_info=True)
        assert self.printed is not None  # noqa: S101 (made, or refused above)
        return self.printed

    def _renew(self) -> None:
        with self._turn:
            session = db.session()
            head = next((line.seq for line in audit.read(session, newest_first=True, limit=1)), 0)
            if head == self._seen and self.printed is not None:
                return
            found = fallback_list.facts(session, rehearsal=self._rehearsal)
            # No snapshot is held open while the worker works.
            db.session.remove()
            if found != self._facts or self.printed is None:
                at = utc_now()
                answer = jobs.run_job(
                    "fallback_list", fallback_list.payload(found, at=at), timeout=LONGEST
                )
                pdf, xlsx = fallback_list.parts(answer)
                self.printed, self._facts = Printed(pdf=pdf, xlsx=xlsx, at=at), found
                self._write(((".pdf", pdf), (".xlsx", xlsx)))
            self._seen = head

    def _write(self, files: Iterable[tuple[str, bytes]]) -> None:
        for ending, data in files:
            try:
                _writing.call(put, self.folder / f"{NAME}{ending}", data)
            except OSError as failed:
                # Windows: somebody has the old list open. The new one lies beside it.
                log.warning("fall-back list: %s", failed)
                _writing.call(put, self.folder / f"{NAME}-moi{ending}", data)


def put(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: nobody ever prints half a list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
