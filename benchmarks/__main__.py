"""`python -m benchmarks [--quick] [--write docs/performance.md]`."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import table
from benchmarks.hall import found
from benchmarks.measures import measure
from kiosk.core.errors import Refused

#: People in the hall: enough that every scan of a round is somebody's first.
DELEGATES = 2_000


def tell(text: str) -> None:
    """Progress goes to standard error; standard output is the table."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _last_words(refused: Refused) -> str:
    """The refusal, and the end of the log that it names."""
    log = Path(str(refused.facts.get("log", "")))
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    return "\n".join([str(refused), *lines[-20:]])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two short rounds, under a minute")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the data lies; its disk is measured")
    parser.add_argument("--write", type=Path, help="replace the table in this file")
    given = parser.parse_args()
    rounds = 2 if given.quick else max(1, given.rounds)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    begun = time.perf_counter()
    with TemporaryDirectory(prefix="kiosk-bench-", dir=given.folder) as made:
        folder = Path(made).resolve()
        facts = table.machine(delegates=DELEGATES)
        tell(facts)
        original = found(folder / "original", delegates=DELEGATES)
        try:
            samples = measure(folder, original, rounds=rounds, quick=given.quick, tell=tell)
        except Refused as refused:
            # The folder goes with its log; say what the server said.
            tell(_last_words(refused))
            raise SystemExit(1) from refused
    facts = f"{facts}; {samples.rounds} rounds"
    lines = list(table.rows(samples))
    out = table.plain(facts, lines)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(out.encode(encoding, errors="replace").decode(encoding) + "\n")
    tell(f"{time.perf_counter() - begun:.0f} s")
    if given.write:
        table.put_into(given.write, table.markdown(facts, lines))


if __name__ == "__main__":
    main()
