"""The secret ballot: casts into the box, opening and counting, sealing in a slow browser.

Casts run as `python -m benchmarks.ballots FOLDER SECONDS`: a process of its own, because only a
server's process is monkey-patched. It prints one JSON object: tablets → casts a second.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from kiosk.ballot import box as boxes
from kiosk.ballot import judging, keys, opening, slips
from kiosk.ballot.definition import Definition, Style, fingerprint, sealed_fingerprint
from kiosk.ballot.outcome import Base, Kind, Tie, decide

TABLETS = (1, 16, 64)
#: Ballots of a hall, of a large one, and of design 9.
COUNTS = (300, 1_000, 10_000)
#: Slips of the box that is cast into; its size is what a cast could depend on.
SLIPS = 20_000

BOARD = Definition(
    conference="0123456789ab",
    round=1,
    kind=Kind.A,
    seats=5,
    style=Style.CHOOSE,
    candidates=("Trần An", "Lê Bình", "Đỗ Chi", "Vũ Dũng", "Hồ Đạt", "Lý Giang", "Mai Hạnh"),
)

#: How many times slower than this machine the tablet is made (issue 5).
THROTTLE = 6
_STATIC = Path(boxes.__file__).resolve().parents[1] / "static"
_HERE = "http://127.0.0.1:9"
_SCRIPTS = ("vendor/tweetnacl-1.0.3.min.js", "vendor/tweetnacl-sealedbox-1.2.0.js")


def measure_ballots(folder: Path, seconds: float) -> Iterator[tuple[str, float | None]]:
    """Name and value of each figure, one round: `casts N` a second, `open N` in seconds, `seal` in
    milliseconds (None where there is no browser)."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.ballots", str(folder), str(seconds)],
        check=True,
        capture_output=True,
        timeout=60 + 10 * seconds,
    )
    for tablets, rate in json.loads(done.stdout).items():
        yield f"casts {tablets}", rate
    codes = [keys.fresh_code() for _ in range(5)]
    lock = opening.lock_box(codes)
    typed = {slot: codes[slot - 1] for slot in (1, 2, 3)}
    for count in COUNTS:
        sealed = _sealed(lock.public_key, count)
        begun = time.perf_counter()
        opened = opening.unseal(definition=BOARD, lock=lock, codes=typed, sealed=sealed)
        decide(
            kind=BOARD.kind,
            seats=BOARD.seats,
            base=Base.PRESENT,
            tie=Tie.SECOND_ROUND,
            counts=opened.tally.counts(summoned=count, present=count, issued=count),
            candidates=opened.tally.stood(BOARD),
        )
        yield f"open {count}", time.perf_counter() - begun
        assert opened.sealed_fingerprint == sealed_fingerprint(sealed)
        assert opened.tally.valid == count
    yield "seal", _in_a_slow_browser(lock.public_key)


def _sealed(public_key: bytes, count: int) -> tuple[bytes, ...]:
    from nacl.public import PublicKey, SealedBox

    mark, closer = fingerprint(public_key, BOARD), SealedBox(PublicKey(public_key))
    many = len(BOARD.candidates)
    return tuple(
        sorted(
            closer.encrypt(
                judging.plain(BOARD, mark, [int(at == ballot % many) for at in range(many)])
            )
            for ballot in range(count)
        )
    )


def _in_a_slow_browser(public_key: bytes) -> float | None:
    """Milliseconds for one ballot in Chromium with a throttled CPU; the median of thirty."""
    path = shutil.which(os.environ.get("BROWSER_FOR_TESTS", "chromium"))
    if path is None:
        return None
    try:
        from playwright.sync_api import Route, sync_playwright
    except ImportError:
        return None

    def answer(route: Route) -> None:
        way = route.request.url.removeprefix(f"{_HERE}/")
        if way:
            route.fulfill(body=(_STATIC / way).read_bytes(), content_type="text/javascript")
            return
        tags = "".join(f'<script src="/{each}"></script>' for each in _SCRIPTS)
        route.fulfill(body=f"<!doctype html>{tags}", content_type="text/html")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.route("**/*", answer)
        page.goto(f"{_HERE}/")
        slow = page.context.new_cdp_session(page)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
        found: float = page.evaluate(
            """async (ballot) => {
                const { seal } = await import('/js/seal.js');
                const times = [];
                for (let turn = 0; turn < 30; turn += 1) {
                    const begun = performance.now();
                    await seal(ballot, [1, 0, 0, 1, 0, 0, 0]);
                    times.push(performance.now() - begun);
                }
                return times.sort((a, b) => a - b)[15];
            }""",
            {"publicKey": public_key.hex(), "definition": BOARD.as_json()},
        )
        browser.close()
    return found


def casts(folder: Path, seconds: float) -> dict[int, float]:
    """Casts a second while so many tablets cast, each as fast as its answers come."""
    import gevent

    key = slips.round_key(secrets.token_bytes(32), conference="bench", round_number=1)
    hashes = [slips.slip_hash(key, code) for code in slips.fresh(SLIPS)]
    mark, length = secrets.token_bytes(32), judging.sealed_length(BOARD)
    path = boxes.path_of(folder, 1)
    boxes.create(path, slips=hashes, sealed_length=length, fingerprint=mark)
    box = boxes.Box(path, fingerprint=mark)
    found = {}
    for tablets in TABLETS:
        before, begun = len(hashes), time.perf_counter()
        until = begun + seconds

        def tablet(until: float) -> None:
            while time.perf_counter() < until and hashes:
                box.cast(hashes.pop(), secrets.token_bytes(length))

        gevent.joinall([gevent.spawn(tablet, until) for _ in range(tablets)], raise_error=True)
        found[tablets] = (before - len(hashes)) / (time.perf_counter() - begun)
    assert box.count() == SLIPS - len(hashes)
    box.close()
    return found


if __name__ == "__main__":
    print(json.dumps(casts(Path(sys.argv[1]), float(sys.argv[2]))))
