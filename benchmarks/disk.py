"""The yardstick: durable commits of this disk, by SQLite alone (WAL, `synchronous=FULL`)."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path


def commits(folder: Path, *, units: int, seconds: float) -> float:
    """Units a second, `units` of them in each durable COMMIT. A unit writes two small rows."""
    file = folder / f"disk-{units}.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        run = connection.execute
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=FULL")
        run("CREATE TABLE IF NOT EXISTS stay (id INTEGER PRIMARY KEY, delegate INT, at TEXT)")
        run("CREATE TABLE IF NOT EXISTS line (seq INTEGER PRIMARY KEY, facts TEXT, hash TEXT)")
        done = 0
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            run("BEGIN IMMEDIATE")
            for _ in range(units):
                run("SAVEPOINT unit")
                run("INSERT INTO stay (delegate, at) VALUES (?, ?)", (done, "2026-03-12 07:00:00"))
                run("INSERT INTO line (facts, hash) VALUES (?, ?)", ('{"delegate": 1}', "0" * 64))
                run("RELEASE unit")
                done += 1
            run("COMMIT")
        return done / (time.perf_counter() - begun)
