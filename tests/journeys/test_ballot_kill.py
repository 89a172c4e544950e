"""The plug is pulled while people vote and while the tellers open the box (design 10, issue 5).

Acknowledged = stored = counted, no slip twice, and the box is either still sealed or wholly opened.
`KILLS_FOR_TESTS=1000` makes it the long soak.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from ballot_box import DATABASE, TABLES, Round
from support import ROOT, clean_environment

from kiosk.ballot import box as boxes
from kiosk.ballot import opening
from kiosk.ballot.box import Box

KILLS = int(os.environ.get("KILLS_FOR_TESTS", "60"))
VOTERS = 40

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="a life is a fork; `test_kill.py` runs everywhere"),
]


class Lives:
    """The program of `box_lives.py`, and the pid of the life that it lives now."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "box_lives.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env=clean_environment(PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "tests")])),
        )  # fmt: skip

    def live(self, told: dict[str, Any], moment: Moment) -> list[str]:
        """What the life said before it ended, or was killed at that moment."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        said: list[str] = []
        pid = 0
        timer: threading.Timer | None = None
        while (line := self.process.stdout.readline().strip()) != "ended":
            assert line or self.process.poll() is None, "the program itself has died"
            if line.startswith("child "):
                pid = int(line.removeprefix("child "))
            else:
                said.append(line)
            if pid and timer is None and moment.has_come(said):
                timer = threading.Timer(moment.later, _kill, [pid])
                timer.start()
        if timer is not None:
            timer.cancel()
        return said


class Moment(NamedTuple):
    """When to pull the plug: so many seconds after it has said this so often."""

    word: str
    times: int
    later: float

    @classmethod
    def at_random(cls, random: Random) -> Moment:
        word = random.choice(["alive", "cast", "cast", "shut", "closed", "opened"])
        times = random.randint(1, VOTERS // 2) if word == "cast" else 1
        return cls(word, times, random.uniform(0, 0.02 if word in {"alive", "cast"} else 0.008))

    def has_come(self, said: list[str]) -> bool:
        return sum(each.startswith(self.word) for each in said) >= self.times


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it had ended by itself


@pytest.fixture
def lives() -> Iterator[Lives]:
    program = Lives()
    yield program
    program.process.kill()
    program.process.communicate()


class Hall:
    """One round and everything that its voters were told."""

    def __init__(self, folder: Path) -> None:
        self.round = Round(folder, printed=VOTERS + 20)
        self.round.create()
        with closing(sqlite3.connect(folder / DATABASE)) as raw, raw:
            for statement in TABLES:
                raw.execute(statement)
        self.ballots = [self.round.sealed() for _ in range(VOTERS)]
        self.told: set[int] = set()

    def orders(self, seed: int) -> dict[str, Any]:
        """Every tablet that was not answered sends again; so do some that were."""
        again = [number for number in range(VOTERS) if number not in self.told or number % 7 == 0]
        return {
            "folder": str(self.round.instance),
            "definition": self.round.definition.as_json(),
            "public_key": self.round.public_key.hex(),
            "secret": self.round.secret.encode().hex(),
            "casts": [
                [number, self.round.slips[number].hex(), self.ballots[number].hex()]
                for number in again
            ],
            "seed": seed,
        }

    def heard(self, said: list[str]) -> None:
        self.told |= {int(each.split()[1]) for each in said if each.startswith("cast ")}

    def inspect(self) -> str:
        """Where the round stands on the disk; fails where anything is half done."""
        acknowledged = {self.ballots[number] for number in self.told}
        with closing(sqlite3.connect(self.round.instance / DATABASE)) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (state,) = raw.execute("SELECT state FROM round").fetchone()
            sealed = {row[0] for row in raw.execute("SELECT sealed FROM sealed")}
            opened = raw.execute("SELECT marks, invalid FROM opened ORDER BY place").fetchall()
        if state == "opened":
            assert len(opened) == len(sealed)
            assert acknowledged <= sealed <= set(self.ballots), "acknowledged = stored"
            counted = opening.open_sealed(
                self.round.definition, self.round.public_key, self.round.secret.encode(),
                sorted(sealed),
            )  # fmt: skip
            assert [(one.marks, str(one.invalid)) for one in counted] == opened, "stored = counted"
            return "opened"
        assert not sealed, "still sealed: not one opened ballot"
        self._search_every_byte()
        assert not opened
        self._inspect_box(acknowledged)
        return str(state)

    def _search_every_byte(self) -> None:
        """While the box is locked: no sealed ballot outside of it, nothing of the round inside."""
        folder = self.round.instance
        outside = b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
        inside = b"".join(file.read_bytes() for file in (folder / boxes.FOLDER).iterdir())
        assert not any(ballot[:16] in outside for ballot in self.ballots)
        for value in (self.round.mark, self.round.public_key, *self.round.slips):
            assert value not in inside
        assert self.round.secret.encode() not in outside + inside

    def _inspect_box(self, acknowledged: set[bytes]) -> None:
        box = self.round.open()  # whoever opens it first puts the last COMMIT right
        used = [box.is_used(slip) for slip in self.round.slips]
        assert box.count() == sum(map(bool, used))
        box.close()
        with closing(sqlite3.connect(self.round.path)) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            lying = [row[0] for row in raw.execute("SELECT sealed FROM ballot") if any(row[0])]
        assert len(lying) == len(set(lying)) == sum(map(bool, used)), "no slip twice"
        assert acknowledged <= set(lying) <= set(self.ballots), "acknowledged = stored"
        for number in self.told:
            assert used[number]


def test_no_kill_loses_a_ballot_or_leaves_a_box_half_open(lives: Lives, tmp_path: Path) -> None:
    random = Random(2026)  # noqa: S311 (moments of a test, no secret)
    until, kills, number = time.monotonic() + 20 + KILLS, 0, 0
    died_in: Counter[str] = Counter()
    found: Counter[str] = Counter()
    while kills < KILLS:
        number += 1
        folder = tmp_path / f"hall-{number}"
        folder.mkdir()
        hall = Hall(folder)
        while True:
            assert time.monotonic() < until, "a life does not end"
            said = lives.live(hall.orders(seed=kills), Moment.at_random(random))
            hall.heard(said)
            state = hall.inspect()
            if "gone" in said:
                break
            kills += 1
            died_in[said[-1].split()[0] if said else "start"] += 1
            found[state] += 1
        assert state == "opened"
        assert not hall.round.path.exists()
        assert len(hall.told) == VOTERS
    assert found["voting"]
    assert KILLS < 50 or (found["closed"] and found["opened"]), (died_in, found)
    print(f"{kills} kills in {number} rounds; last word {dict(died_in)}; state {dict(found)}")


def test_a_box_shut_before_a_crash_stays_shut(tmp_path: Path) -> None:
    """Between the two files: the box says no, whatever the database still says."""
    hall = Hall(tmp_path)
    box = hall.round.open()
    box.shut()
    box.close()
    assert hall.inspect() == "voting"
    again = Box(hall.round.path, fingerprint=hall.round.mark)
    assert again.is_shut()
    again.close()
