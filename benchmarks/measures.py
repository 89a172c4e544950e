"""What is measured, round by round."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import disk, driver
from benchmarks.ballots import measure_ballots
from benchmarks.files import Busy, measure_files
from benchmarks.fleet import measure_fleet
from benchmarks.hall import Hall, Original, cpu_seconds, memory_mb, running
from benchmarks.signing import measure_signing
from benchmarks.writer_units import WRITERS

Tell = Callable[[str], None]

#: Clients that scan at once, and how many scans a round has at each level.
CLIENTS = {1: 120, 16: 320, 64: 480}
LISTENERS = (50, 300, 1_000)
#: The screens that the crowded scans are measured beside.
CROWD_OF = 300
#: Clients and scans while all listeners follow.
CROWDED = (16, 160)
#: Clients and scans over the encrypted door, and over the plain one just before; machines that join
#: at one moment.
ENCRYPTED = (16, 160)
JOINING = 40
#: Clients and scans at a time while a copy and a sheet of badges are made, again and again; so many
#: times at least, and until one of each has ended.
BESIDE = (16, 40)
BESIDE_TIMES = 4
#: No more scans than the hall has people for.
BESIDE_MOST = 12
#: Seconds after which no further round begins: a bench that takes an hour is never run.
LONG_ENOUGH = 300.0
#: Seconds between two changes: longer than the stream's own calm, so that each is drawn at once.
APART = 0.45


@dataclass
class Samples:
    """All samples by figure, and what no round may ever show."""

    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    rounds: int = 0
    server_errors: int = 0
    other_answers: int = 0

    def add(self, figure: str, value: float | None) -> None:
        if value is not None:
            self.values[figure].append(value)


def measure(folder: Path, original: Original, *, rounds: int, quick: bool, tell: Tell) -> Samples:
    """All rounds. Disk, writer and server take turns within each."""
    samples = Samples()
    seconds = 0.25 if quick else 0.5
    enough = time.perf_counter() + LONG_ENOUGH
    for number in range(1, rounds + 1):
        begun = time.perf_counter()
        if begun > enough:
            tell(f"{LONG_ENOUGH:.0f} s are over; the table has {samples.rounds} rounds")
            break
        here = folder / f"round-{number}"
        here.mkdir()
        for units in (1, 32):
            samples.add(f"disk {units}", disk.commits(here, units=units, seconds=seconds))
        for writers, rate in _writer(here, seconds).items():
            samples.add(f"writer {writers}", rate)
        for name, value in measure_ballots(here, seconds):
            samples.add(name, value)
        with running(original, here / "instance") as hall:
            samples.add("start", hall.start_seconds)
            samples.add("idle memory", hall.idle_mb)
            asyncio.run(_load(hall, samples, quick=quick))
            asyncio.run(_beside(hall, samples, here))
            samples.other_answers += asyncio.run(measure_fleet(hall, samples.add))
        if number == 1 or not quick:
            for name, value in (*measure_files(here), *measure_signing(here)):
                samples.add(name, value)
        samples.rounds = number
        tell(f"round {number} of {rounds}: {time.perf_counter() - begun:.1f} s")
    return samples


def _writer(folder: Path, seconds: float) -> dict[int, float]:
    """Units a second by the number of writers, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.writer_units", str(folder), str(seconds)],
        check=True,
        capture_output=True,
        timeout=60 + 3 * seconds,
    )
    found = json.loads(done.stdout)
    return {writers: found[str(writers)] for writers in WRITERS}


async def _load(hall: Hall, samples: Samples, *, quick: bool) -> None:
    """One round against one server: scans with one screen listening, then many screens."""
    first = driver.Listeners()
    await first.join(hall.address, hall.stream_request(), 1)
    # The first answers of a fresh server compile templates and statements.
    await _scans(hall, samples, clients=4, count=24, name=None)
    for clients, count in CLIENTS.items():
        await _scans(
            hall,
            samples,
            clients=clients,
            count=count // 2 if quick else count,
            name=f"scans {clients}",
        )
    await _encrypted(hall, samples)
    first.close()
    for count in LISTENERS:
        await _stream(hall, samples, count)


async def _encrypted(hall: Hall, samples: Samples) -> None:
    """The same scans by both doors of the same server, and a crowd of machines that join."""
    clients, count = ENCRYPTED
    for name, address, tls in (("plain", hall.address, None), ("tls", hall.encrypted, hall.tls)):
        requests = hall.scan_requests(count, address=address)
        gc.collect()
        before = cpu_seconds(hall.pid)
        done = await driver.drive(address, requests, clients=clients, tls=tls)
        after = cpu_seconds(hall.pid)
        samples.server_errors += sum(n for status, n in done.statuses.items() if status >= 500)
        samples.other_answers += sum(n for word, n in done.outcomes.items() if word != "admitted")
        samples.add(f"door {name}", done.rate)
        if before is not None and after is not None:
            samples.add(f"door {name} cpu", (after - before) * 1000 / count)
        before = cpu_seconds(hall.pid)
        done = await driver.join(address, hall.greeting(address), clients=JOINING, tls=tls)
        after = cpu_seconds(hall.pid)
        samples.other_answers += sum(n for status, n in done.statuses.items() if status != 204)
        samples.add(f"join {name}", done.seconds * 1000)
        if before is not None and after is not None:
            samples.add(f"join {name} cpu", (after - before) * 1000 / JOINING)


async def _beside(hall: Hall, samples: Samples, folder: Path) -> None:
    """Scans while a copy and a sheet of badges are being made."""
    busy = Busy(folder / "instance", folder / "busy")
    clients, count = BESIDE
    times: list[float] = []
    scanned = seconds = 0.0
    try:
        for number in range(BESIDE_MOST):
            if number >= BESIDE_TIMES and all(busy.done.values()):
                break
            busy.keep_going()
            done = await driver.drive(hall.address, hall.scan_requests(count), clients=clients)
            samples.server_errors += sum(n for status, n in done.statuses.items() if status >= 500)
            samples.other_answers += sum(
                n for word, n in done.outcomes.items() if word != "admitted"
            )
            times += done.times
            scanned, seconds = scanned + count, seconds + done.seconds
            await asyncio.sleep(APART)
    finally:
        busy.close()
    times.sort()
    samples.add("beside", scanned / seconds)
    samples.add("beside p99", driver.nearest_rank(times, 99))


async def _scans(
    hall: Hall, samples: Samples, *, clients: int, count: int, name: str | None
) -> None:
    requests = hall.scan_requests(count)
    if name is not None:
        gc.collect()  # this client's own pauses are no figure of the server
    before = cpu_seconds(hall.pid)
    done = await driver.drive(hall.address, requests, clients=clients)
    after = cpu_seconds(hall.pid)
    samples.server_errors += sum(n for status, n in done.statuses.items() if status >= 500)
    samples.other_answers += sum(n for word, n in done.outcomes.items() if word != "admitted")
    if name is None:
        return
    samples.add(name, done.rate)
    samples.add(f"{name} p50", done.percentile(50))
    samples.add(f"{name} p99", done.percentile(99))
    if before is not None and after is not None:
        samples.add(f"{name} cpu", (after - before) * 1000 / count)


async def _stream(hall: Hall, samples: Samples, count: int) -> None:
    """From one scan sent to its picture on the last of `count` screens."""
    screens = driver.Listeners()
    try:
        await screens.join(hall.address, hall.stream_request(), count)
        for _ in range(2):
            await asyncio.sleep(APART)
            screens.expect()
            sent = time.perf_counter()
            await _scans(hall, samples, clients=1, count=1, name=None)
            samples.add(f"stream {count}", (await screens.all_pictured() - sent) * 1000)
        samples.add(f"memory {count}", memory_mb(hall.pid))
        if count == CROWD_OF:
            clients, scans = CROWDED
            await _scans(hall, samples, clients=clients, count=scans, name="scans crowded")
        samples.other_answers += screens.lost
    finally:
        screens.close()
        await asyncio.sleep(0.3)
