"""The hall side of a ballot that is killed again and again: a program that lives many lives.

    python tests/box_lives.py

Patched like `kiosk serve`. It reads one line of JSON for each life, forks (so that a thousand lives
need one start), and the child casts what it is told, then closes, opens and deletes the box, saying
every step on standard output *after* it is durable: "cast 7", "shut", "closed", "opened", "gone".
The steps are those of `kiosk/ballot/opening.py`; `ballot_box.TABLES` stand for the room's tables.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402 (sockets, locks and threads must be gevent's before anything else)
import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from random import Random  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
import nacl.public  # noqa: E402, F401 (before the fork, so that a life begins at once)
from ballot_box import DATABASE  # noqa: E402
from flask import Flask  # noqa: E402
from sqlalchemy import text  # noqa: E402

from kiosk.ballot import box as boxes  # noqa: E402
from kiosk.ballot import opening  # noqa: E402
from kiosk.ballot.box import Box  # noqa: E402
from kiosk.ballot.definition import Definition, fingerprint  # noqa: E402
from kiosk.core import db as core_db  # noqa: E402
from kiosk.core.db import db, unit_of_work  # noqa: E402


def say(words: str) -> None:
    os.write(1, f"{words}\n".encode("ascii"))


def live(told: dict[str, Any]) -> None:
    """One life, from the start of the server to the end of the round, if nobody kills it."""
    folder = Path(told["folder"])
    app = Flask("lives")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{(folder / DATABASE).as_posix()}"
    core_db.init_app(app)
    with app.app_context():
        state = _state()
    boxes.sweep(folder, done=[1] if state == "opened" else [])
    say("alive")
    if state != "opened":
        definition = Definition.of_json(told["definition"])
        public_key = bytes.fromhex(told["public_key"])
        box = Box(boxes.path_of(folder, 1), fingerprint=fingerprint(public_key, definition))
        if not box.is_shut():
            _vote(box, told["casts"], Random(told["seed"]))  # noqa: S311 (an order for a test)
        _close_and_open(app, box, definition, public_key, bytes.fromhex(told["secret"]))
    say("gone")


def _state() -> str:
    found: str = db.session.execute(text("SELECT state FROM round")).scalar_one()
    db.session.rollback()
    return found


def _vote(box: Box, casts: list[list[Any]], random: Random) -> None:
    """Eight tablets at once; some send everything twice."""
    waiting = list(casts)
    random.shuffle(waiting)

    def tablet(twice: bool) -> None:
        while waiting:
            number, slip, sealed = waiting.pop()
            for _ in range(1 + twice):
                box.cast(bytes.fromhex(slip), bytes.fromhex(sealed))
            say(f"cast {number}")
            gevent.sleep(random.random() / 200)

    gevent.joinall([gevent.spawn(tablet, number < 2) for number in range(8)], raise_error=True)


def _close_and_open(
    app: Flask, box: Box, definition: Definition, public_key: bytes, secret: bytes
) -> None:
    box.shut()
    say("shut")
    with app.app_context(), unit_of_work() as session:
        session.execute(text("UPDATE round SET state = 'closed'"))
    say("closed")
    sealed = box.sealed_set()
    ballots = opening.open_sealed(definition, public_key, secret, sealed)
    with app.app_context(), unit_of_work() as session:
        session.execute(
            text("INSERT INTO sealed VALUES (:sealed)"), [{"sealed": one} for one in sealed]
        )
        session.execute(
            text("INSERT INTO opened VALUES (:place, :marks, :invalid)"),
            [
                {"place": place, "marks": one.marks, "invalid": str(one.invalid)}
                for place, one in enumerate(ballots)
            ],
        )
        session.execute(
            text("UPDATE round SET state = 'opened', secret = :secret"), {"secret": secret}
        )
    say("opened")
    box.destroy()


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                live(json.loads(line))
            finally:
                os._exit(0)
        say(f"child {child}")
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()
