"""What the secretary waits for: a plan and a roster over HTTP, a sheet of badges, a copy."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from kiosk.config import Settings
from kiosk.core.errors import Refused
from kiosk.founding import make_conference, real_plan
from kiosk.rehearsal.hall import Browser, Statuses, serving, sign_in
from kiosk.rehearsal.people import invent, write_roster_xlsx

#: Rows of the large roster, and badges of the large sheet (design 9).
ROWS, BADGES = 10_000, 2_000
#: Seconds for one file; a page that needs longer has failed the bench.
FILE_WITHIN = 60.0

_DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')


def measure_files(folder: Path) -> Iterator[tuple[str, float | None]]:
    """Name and value of each figure, one round: `roster shown`, `roster stored`, `plan shown` in
    seconds, `badges cpu` in seconds of CPU."""
    roster = folder / "roster.xlsx"
    write_roster_xlsx(invent(ROWS), roster)
    instance = folder / "files"
    made = make_conference(
        Settings(instance=instance, rehearsal=True), plan=real_plan(), rehearsal=True
    )
    with serving(instance, log=folder / "files.log") as server:
        secretary = Browser(server.address, Statuses())
        sign_in(secretary, name=made.account, password=made.password)
        secretary.page("/console/plan")
        name, plan = real_plan()
        yield "plan shown", _upload(secretary, "/console/plan/preview", "plan", name, plan)[0]
        secretary.page("/console/delegates/import")
        path = "/console/delegates/import/preview"
        shown, page = _upload(secretary, path, "roster", roster.name, roster.read_bytes())
        yield "roster shown", shown
        digest = _DIGEST.search(page)
        if digest is None:
            raise Refused("rehearsal_stuck", step=path, status=200)
        begun = time.perf_counter()
        secretary.must("/console/delegates/import", digest=digest[1])
        yield "roster stored", time.perf_counter() - begun
        secretary.close()
    few = folder / "few.xlsx"
    write_roster_xlsx(invent(BADGES), few)
    small = folder / "badges"
    make_conference(
        Settings(instance=small, rehearsal=True),
        plan=real_plan(),
        roster=(few.name, few.read_bytes()),
        rehearsal=True,
    )
    with _cpu_of_children() as spent:
        _kiosk(small, "badges", str(folder / "badges.pdf"))
    yield "badges cpu", spent[0] if spent else None


def _upload(browser: Browser, path: str, field: str, name: str, data: bytes) -> tuple[float, str]:
    """Seconds until the page that shows what a file would do, and the page."""
    begun = time.perf_counter()
    answer = httpx.post(
        browser.address + path,
        files={field: (name, data)},
        headers={
            "X-CSRF-Token": browser.csrf,
            "Origin": browser.address,
            "Cookie": browser.cookies(),
            "HX-Request": "true",
        },
        timeout=FILE_WITHIN,
    )
    seconds = time.perf_counter() - begun
    if answer.status_code != 200:
        raise Refused("rehearsal_stuck", step=path, status=answer.status_code)
    return seconds, answer.text


def _kiosk(instance: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "kiosk.cli", "--instance", str(instance), *words],
        check=True,
        capture_output=True,
        timeout=10 * FILE_WITHIN,
    )


class Busy:
    """Copies and badge sheets one after another, beside whatever else the server does."""

    def __init__(self, instance: Path, folder: Path) -> None:
        self._words = {
            "copy": ["backup", "--to", str(folder)],
            "sheet": ["badges", str(folder / "busy.pdf")],
        }
        self._instance = instance
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        #: Finished runs by kind; without one of each the figure would say nothing.
        self.done = dict.fromkeys(self._words, 0)
        folder.mkdir()

    def keep_going(self) -> None:
        """Start each kind anew as soon as it has ended."""
        for kind, words in self._words.items():
            process = self._running.get(kind)
            if process is not None:
                if process.poll() is None:
                    continue
                if process.returncode != 0:
                    raise Refused(
                        "rehearsal_stuck", step=" ".join(words), status=process.returncode
                    )
                self.done[kind] += 1
            self._running[kind] = subprocess.Popen(
                [sys.executable, "-m", "kiosk.cli", "--instance", str(self._instance), *words],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def close(self) -> None:
        for process in self._running.values():
            process.wait(timeout=FILE_WITHIN)


@contextmanager
def _cpu_of_children() -> Iterator[list[float]]:
    """Seconds of CPU that the processes ended in the block have used; empty on Windows."""
    if sys.platform == "win32":
        yield []
        return
    import resource

    def used() -> float:
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        return spent.ru_utime + spent.ru_stime

    found: list[float] = []
    before = used()
    yield found
    found.append(used() - before)
