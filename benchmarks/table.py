"""The table: each figure beside the limit of the same run and the goal of design 9."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from benchmarks.ballots import COUNTS, THROTTLE
from benchmarks.ballots import TABLETS as BALLOT_TABLETS
from benchmarks.files import BADGES, ROWS
from benchmarks.fleet import TABLETS
from benchmarks.measures import (
    BESIDE,
    CROWD_OF,
    CROWDED,
    ENCRYPTED,
    JOINING,
    LISTENERS,
    Samples,
)
from benchmarks.signing import SIGNATORIES
from benchmarks.signing import TABLETS as SIGNING
from kiosk.core.clock import HALL

BEGIN = "<!-- bench: begin, written by `make bench` -->"
END = "<!-- bench: end -->"

HEAD = ("figure", "median", "least to most", "beside it", "goal (design 9)")


def machine(*, delegates: int) -> str:
    """When and where this is measured; called before the load begins."""
    load = f", load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    return (
        f"{datetime.now(HALL):%d/%m/%Y %H:%M}, {platform.system()} {platform.machine()},"
        f" {os.cpu_count()} cores{load}, Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version};"
        f" {delegates} delegates"
    )


def rows(samples: Samples) -> Iterator[tuple[str, ...]]:
    """Every line of the table."""
    every = samples.values
    middle = {name: statistics.median(values) for name, values in every.items()}

    def line(
        name: str, words: str, *, digits: int = 0, beside: str = "", goal: str = ""
    ) -> Iterator[tuple[str, ...]]:
        if name in middle:
            least, most = min(every[name]), max(every[name])
            yield (
                words,
                f"{middle[name]:,.{digits}f}",
                f"{least:,.{digits}f} to {most:,.{digits}f}",
                beside,
                goal,
            )

    yield from line("disk 1", "durable commits a second, 1 unit each", goal="the yardstick")
    yield from line("disk 32", "units a second, 32 in each commit", goal="the yardstick")
    for writers in (1, 16, 64):
        limit = middle["disk 1" if writers == 1 else "disk 32"]
        share = f"{middle[f'writer {writers}'] / limit:.0%} of the disk"
        yield from line(f"writer {writers}", f"writer, {writers} at once: units/s", beside=share)
    for clients in (1, 16, 64):
        name = f"scans {clients}"
        share = f"{middle[name] / middle['disk 1']:.0%} of commits one by one"
        wanted = {"": "", " p99": "", " cpu": ""}
        if clients == 64:
            wanted = {"": "≥ 400", " p99": "≤ 150", " cpu": "≤ 2.5"}
        yield from line(name, f"scans/s, {clients} clients", beside=share, goal=wanted[""])
        yield from line(f"{name} p50", f"scan p50 ms, {clients} clients", digits=1)
        yield from line(
            f"{name} p99", f"scan p99 ms, {clients} clients", digits=1, goal=wanted[" p99"]
        )
        yield from line(
            f"{name} cpu", f"server CPU ms a scan, {clients} clients", digits=2, goal=wanted[" cpu"]
        )
    for count in LISTENERS:
        goal = {300: "≤ 50", 1_000: "≤ 150"}.get(count, "")
        yield from line(
            f"stream {count}", f"scan sent → last of {count} screens, ms", digits=1, goal=goal
        )
        goal = "≤ 120" if count == max(LISTENERS) else ""
        yield from line(f"memory {count}", f"server MB, {count} screens", goal=goal)
    yield from line("follow", f"secretary's tap → last of {TABLETS} tablets told, ms", digits=1)
    yield from line("kB a tablet", "server kB for one connected tablet")
    if "scans crowded" in middle:
        alone = middle[f"scans {CROWDED[0]}"]
        yield from line(
            "scans crowded",
            f"scans/s, {CROWDED[0]} clients and {CROWD_OF} screens",
            beside=f"{middle['scans crowded'] / alone:.0%} of the same with one screen",
            goal="≥ 67% of it",
        )
    if "beside" in middle:
        alone = middle[f"scans {BESIDE[0]}"]
        yield from line(
            "beside",
            f"scans/s, {BESIDE[0]} clients, a copy and a badge sheet being made",
            beside=f"{middle['beside'] / alone:.0%} of the same alone",
        )
        yield from line("beside p99", "scan p99 ms then", digits=1)
    if "door tls" in middle:
        yield from _encrypted(line, middle)
    yield from _ballot(line, middle)
    yield from line("plan shown", "the real plan: upload to preview, s", digits=2)
    yield from line("roster shown", f"roster of {ROWS:,} rows: to preview, s", digits=2, goal="≤ 2")
    yield from line("roster stored", "… from there to stored, s", digits=2, goal="≤ 3")
    yield from line("badges cpu", f"{BADGES:,} badges as PDF, s of CPU", digits=1, goal="≤ 8")
    yield from line(
        "signatures", f"signatures/s, {SIGNATORIES} people at {SIGNING} tablets at once"
    )
    yield from line("sign p50", "… signature p50 ms", digits=1)
    yield from line("sign cpu", "… server CPU ms a signature, its pictures drawn", digits=1)
    yield from line("sheet", f"one sheet with {SIGNATORIES} signatures as PDF, s", digits=2)
    yield from line("first ink", "touch → ink on the pad, CPU six times slower, ms", digits=0)
    yield from line("start", "start to first answer, s", digits=2, goal="≤ 1.5")
    yield from line("idle memory", "idle server, MB", goal="≤ 100")
    yield ("answers 5xx", str(samples.server_errors), "", "", "0")
    yield ("scans not admitted, screens lost", str(samples.other_answers), "", "", "0")


def _ballot(
    line: Callable[..., Iterator[tuple[str, ...]]], middle: Mapping[str, float]
) -> Iterator[tuple[str, ...]]:
    """The box without HTTP, the opening by the tellers, the seal on a weak tablet."""
    for tablets in BALLOT_TABLETS:
        limit = middle["disk 1" if tablets == 1 else "disk 32"]
        share = f"{middle[f'casts {tablets}'] / limit:.0%} of the disk"
        goal = "≥ 200" if tablets == max(BALLOT_TABLETS) else ""
        yield from line(
            f"casts {tablets}", f"box, {tablets} tablets at once: casts/s", beside=share, goal=goal
        )
    for count in COUNTS:
        goal = "≤ 3" if count == max(COUNTS) else ""
        words = f"{count:,} ballots: three codes typed → result, s"
        yield from line(f"open {count}", words, digits=2, goal=goal)
    words = f"one ballot sealed in Chromium at a {THROTTLE}th of its speed, ms"
    yield from line("seal", words, digits=1)


def _encrypted(
    line: Callable[..., Iterator[tuple[str, ...]]], middle: Mapping[str, float]
) -> Iterator[tuple[str, ...]]:
    """The encrypted door beside the plain one of the same server."""
    clients = ENCRYPTED[0]
    share = f"{middle['door tls'] / middle['door plain']:.0%} of the plain door just before"
    yield from line("door tls", f"scans/s over TLS, {clients} clients", beside=share)
    plain = f"{middle['door plain cpu']:.2f} plain" if "door plain cpu" in middle else ""
    yield from line("door tls cpu", "server CPU ms a scan over TLS", digits=2, beside=plain)
    plain = f"{middle['join plain']:.0f} plain"
    words = f"{JOINING} machines join at one moment over TLS: the last is answered, ms"
    yield from line("join tls", words, beside=plain)
    plain = f"{middle['join plain cpu']:.2f} plain" if "join plain cpu" in middle else ""
    yield from line("join tls cpu", "server CPU ms a machine then", digits=2, beside=plain)


def markdown(facts: str, lines: list[tuple[str, ...]]) -> str:
    """A table for `docs/performance.md`."""
    text = [facts, "", "| " + " | ".join(HEAD) + " |", "|---|--:|---|---|---|"]
    text += ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join(text)


def plain(facts: str, lines: list[tuple[str, ...]]) -> str:
    """A table for the terminal."""
    whole = [HEAD, *lines]
    wide = [max(len(line[place]) for line in whole) for place in range(len(HEAD))]
    return "\n".join(
        [
            facts,
            *(
                "  ".join(cell.ljust(wide[at]) for at, cell in enumerate(line)).rstrip()
                for line in whole
            ),
        ]
    )


def put_into(file: Path, text: str) -> None:
    """Replace what stands between the markers. ValueError when the file has none."""
    old = file.read_text(encoding="utf-8")
    before, begin, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file} has no bench markers")
    file.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8", newline="\n")
