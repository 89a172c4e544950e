"""The election of a rehearsed day from its first question to its last result: two rounds.

The first is voted on in item 5, its slips are counted by hand while other items go on, and its box
is opened when item 5 is resumed; the second follows at once. In the first the plug is pulled while
people vote.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from kiosk import config
from kiosk.ballot.box import FOLDER
from kiosk.core.errors import Refused
from kiosk.rehearsal import facts
from kiosk.rehearsal.election import ceremony, paper, search
from kiosk.rehearsal.election.ceremony import deny
from kiosk.rehearsal.election.roles import Roles, choose, with_new_badges
from kiosk.rehearsal.election.round import Round
from kiosk.rehearsal.hall import THIS_LAPTOP_ALONE, Browser, program_path
from kiosk.rehearsal.needles import Needles
from kiosk.rehearsal.told_ballot import When
from kiosk.rehearsal.walk import Walk

#: Sets of slips that are printed before the day.
SETS = (1, 2)
#: Seconds that a sheet of thousands of slips may take on a slow laptop.
PRINT_WITHIN = 240.0
#: Files that hold the ballots of a box that was opened.
DATABASE_FILES = (config.DATABASE, f"{config.DATABASE}-wal")


def print_slips(walk: Walk) -> None:
    """Before the day: a set for each round, for all electors and a tenth more."""
    with facts.reading(walk.settings.instance / config.DATABASE) as source:
        electors = sum(person.elects for person in facts.people_of(source))
    count = electors + electors // 10 + 5
    secretary = _second_window(walk)
    for number in SETS:
        made = secretary.act("/console/ballot/slips", round=number, count=count)
        codes = paper.slips_in(made.content) if made.status_code == 200 else []
        if len(set(codes)) != count:
            raise Refused("rehearsal_stuck", step="/console/ballot/slips", status=made.status_code)
        walk.bags[number] = codes


def _second_window(walk: Walk) -> Browser:
    """The secretary's other window, patient with the printer."""
    window = walk.came(Browser(walk.secretary.address, walk.statuses))
    window.client.cookies = walk.secretary.client.cookies
    window.client.timeout = PRINT_WITHIN
    window.csrf = walk.secretary.csrf
    return window


class Election:
    """Everything between the first question and the last result."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.dice = random.Random(f"{walk.seed}/election")  # noqa: S311 (a rehearsal, no secret)
        self.roles: Roles = choose(walk)
        self.first: Round | None = None

    def begin(self) -> None:
        """In item 5: prepare everything, vote, and close the first round."""
        ceremony.prepare(self.walk, self.roles)
        first = self.first = Round(self.walk, self.roles, self.dice, number=1, is_last=False)
        with self.walk.phase("locking"):
            first.lock()
        at = "/console/ballot/rounds"
        deny(self.walk, "two rounds at once", "ballot_round_running", at, way="tablet")
        with self.walk.phase("issuing"):
            first.issue()
        with self.walk.phase("opened"):
            first.open()
        with self.walk.phase("voting"):
            first.vote(cut=self._pull_the_plug)
        with self.walk.phase("closing"):
            first.close()

    def count_slips(self) -> None:
        """While other items go on: the tellers count by hand; a copy is made of this moment."""
        if self.first is None:
            return
        self.first.sums()
        search.make_copy(self.walk.settings.instance, self.walk.settings.backup_place)
        self._search(self.first, When.CLOSED, copies=True)

    def resolution_waits(self) -> None:
        """R16: nobody adopts a resolution before the result is announced."""
        item = self.walk.items[len(self.walk.items)]
        path = f"/console/agenda/{item}/start"
        deny(self.walk, "the resolution before the result", "ballot_result_not_declared", path)

    def finish(self) -> None:
        """Item 5 goes on: open, read out, declare; and the second round at once."""
        if self.first is None:
            return
        roles = with_new_badges(self.walk, self.roles)
        first, second = self.first, Round(self.walk, roles, self.dice, number=2, is_last=True)
        with self.walk.phase("opening"):
            first.table.try_wrong_codes()
            # Three codes of three tellers, one of them wrong: the box opens and names it.
            first.open_box(right=(1, 3), wrong=(2,))
            self._result(first)
        for name, step in (
            ("second lock", second.lock),
            ("second issue", second.issue),
            ("second open", second.open),
            ("second vote", second.vote),
            ("second close", second.close),
        ):
            with self.walk.phase(name):
                step()
        with self.walk.phase("second count"):
            second.sums()
            self._search(second, When.CLOSED)
            second.open_box(right=(2, 3))
            self._result(second)
        at = "/console/ballot/rounds"
        deny(self.walk, "a third round", "ballot_no_further_round", at, way="tablet")

    def _result(self, held: Round) -> None:
        self._search(held, When.OPENED)
        held.result()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"kiem-lai-luot-{held.table.number}.json"
            file.write_bytes(held.table.export())
            held.verified = _verified(file, held)
        self.walk.noted.rounds.append(held.told())
        self.walk.needles.append(held.needles())

    def _search(self, held: Round, when: When, *, copies: bool = False) -> None:
        folder = self.walk.settings.instance
        # Once a box is opened its ballots lie in the database.
        ended = when is When.OPENED
        self.walk.noted.searched.append(
            search.search(
                folder.parent,
                held.needles(),
                when=when,
                number=held.table.number,
                key=self.walk.made.recovery_key if copies else None,
                allow=DATABASE_FILES if ended else (),
                boxes=[] if ended else sorted((folder / FOLDER).glob("*")),
                opened_before=self.walk.opened_copies,
            )
        )

    def _pull_the_plug(self, held: Round) -> None:
        """Kill the server, look through what lies there, and start it again."""
        self.walk.server.kill()
        try:
            self._search(held, When.KILLED)
        finally:
            self.walk.server.start(THIS_LAPTOP_ALONE)
            # Heard once more, and never again: so the board can call it silent.
            self.walk.fleet.troubled["silent"].beat()


def _verified(file: Path, held: Round) -> dict[str, bool]:
    """What `kiosk ballot verify` says of the export, against the tellers' paper."""
    marks, set_marks = dict(held.table.marks), dict(held.table.set_marks)
    command = [sys.executable, "-m", "kiosk.cli", "ballot", "verify", str(file), "--json"]
    command += ["--fingerprint", marks["console, locked"]]
    command += ["--sealed-fingerprint", set_marks["console, sealed"]]
    done = subprocess.run(  # noqa: S603 (our own program, no shell)
        command,
        env={**os.environ, "PYTHONPATH": program_path()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PRINT_WITHIN,
        check=False,
    )
    try:
        claims: dict[str, bool] = json.loads(done.stdout)["claims"]
    except (ValueError, KeyError):
        return {}
    return claims | {"exit_code": done.returncode == 0}


def search_after(walk: Walk) -> None:
    """After the day: the instance, the log, the copies, and the one that was restored."""
    every = walk.needles
    needles = Needles(
        sealed=[one for each in every for one in each.sealed],
        plain=[one for each in every for one in each.plain],
        slips={one for each in every for one in each.slips},
        codes={one for each in every for one in each.codes},
    )
    walk.noted.searched.append(
        search.search(
            walk.settings.instance.parent,
            needles,
            when=When.COPIED,
            number=0,
            key=walk.made.recovery_key,
            allow=DATABASE_FILES,
            opened_before=walk.opened_copies,
        )
    )
