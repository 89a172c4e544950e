"""Units of work a second through the one writer, under gevent, without HTTP.

Run as `python -m benchmarks.writer_units FOLDER SECONDS`: a process of its own, because only a
server's process is monkey-patched. Prints one JSON object: writers → units a second.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402 (sockets, locks and threads must be gevent's before anything else)
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import gevent  # noqa: E402
from flask import Flask  # noqa: E402
from sqlalchemy import insert  # noqa: E402

from kiosk.checkin.models import QuorumBase  # noqa: E402
from kiosk.core import db as core_db  # noqa: E402
from kiosk.core.clock import utc_now  # noqa: E402
from kiosk.core.db import unit_of_work, writer  # noqa: E402

WRITERS = (1, 16, 64)

_FACTS = {"count": 186, "roster": 186, "kind": "delegates", "reason": "", "by": "program"}

_row = insert(QuorumBase)  # a small table that refers to no other


def measure(app: Flask, writers: int, seconds: float) -> float:
    """Units a second while so many greenlets write, each as fast as its answers come."""
    done = 0
    until = time.perf_counter() + seconds

    def write() -> None:
        nonlocal done
        with app.app_context():
            while time.perf_counter() < until:
                with unit_of_work() as session:
                    session.execute(_row, {**_FACTS, "at": utc_now()})
                done += 1

    begun = time.perf_counter()
    gevent.joinall([gevent.spawn(write) for _ in range(writers)], raise_error=True)
    return done / (time.perf_counter() - begun)


def main() -> None:
    folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
    app = Flask("bench")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{(folder / 'units.sqlite3').as_posix()}"
    core_db.init_app(app)
    with app.app_context():
        QuorumBase.__table__.create(writer().engine, checkfirst=True)  # type: ignore[attr-defined]
    found = {str(writers): measure(app, writers, seconds) for writers in WRITERS}
    with app.app_context():
        writer().close()
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
