"""A search through every byte that a rehearsed server leaves on the disk.

For thousands of ballots in megabytes: every window of eight bytes is compared with the beginnings
of all needles at once; what looks like one is then compared in full.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from kiosk.backup import copying, restoring
from kiosk.ballot.box import FOLDER
from kiosk.core.errors import Refused
from kiosk.rehearsal.needles import Needles
from kiosk.rehearsal.told_ballot import Searched, When

#: Bytes of a window.
WIDE = 8
#: Digits of slips and codes as they are stored or printed, whole numbers alone.
_NUMBERS = re.compile(rb"(?<![0-9A-Za-z])\d{5}[ \-]?\d{5}(?![0-9A-Za-z])")
_CODES = re.compile(rb"(?<![0-9A-Za-z])\d{4}[ \-]?\d{4}[ \-]?\d{4}[ \-]?\d{2}(?![0-9A-Za-z])")


def files_below(folder: Path) -> Iterator[Path]:
    """Every file, but those of the boxes."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.parent.name != FOLDER:
            yield path


def look(
    blobs: Iterable[tuple[str, bytes]], needles: Needles, *, allow: Iterable[str] = ()
) -> tuple[list[str], int, int]:
    """`what: file` of everything found, and how many files and bytes were looked through.

    Sealed ballots may stand in files whose names end as one of `allow`.
    """
    written = needles.written()
    by_start: dict[int, list[bytes]] = {}
    for each in written:
        by_start.setdefault(int.from_bytes(each[:WIDE], sys.byteorder), []).append(each)
    starts = frozenset(by_start)
    ends, found, files, size = tuple(allow), [], 0, 0
    for name, blob in blobs:
        files, size = files + 1, size + len(blob)
        kinds = {written[each] for each in _hits(blob, by_start, starts)}
        if ends and name.endswith(ends):
            kinds.discard("sealed ballot")
        if any(_digits(each) in needles.slips for each in _NUMBERS.findall(blob)):
            kinds.add("slip")
        if any(_digits(each) in needles.codes for each in _CODES.findall(blob)):
            kinds.add("teller's code")
        found += [f"{kind}: {name}" for kind in sorted(kinds)]
    return found, files, size


def _digits(raw: bytes) -> str:
    return raw.replace(b" ", b"").replace(b"-", b"").decode("ascii")


def _hits(blob: bytes, by_start: dict[int, list[bytes]], starts: frozenset[int]) -> list[bytes]:
    """Needles that stand somewhere in the blob."""
    found = []
    for offset in range(WIDE):
        end = offset + (len(blob) - offset) // WIDE * WIDE
        windows = memoryview(blob)[offset:end].cast("B").cast("Q")
        if starts.isdisjoint(windows):
            continue
        for start in starts.intersection(windows):
            found += [needle for needle in by_start[start] if needle in blob]
    return found


def search(
    out: Path,
    needles: Needles,
    *,
    when: When,
    number: int,
    key: str | None = None,
    allow: Iterable[str] = (),
    boxes: Iterable[Path] = (),
    opened_before: set[str] | None = None,
) -> Searched:
    """Look through a whole rehearsal's folder, and with `key` through its copies, opened.

    `boxes` are looked through for everything but sealed ballots. `opened_before` names copies that
    an earlier search has opened, which cannot have learnt anything since; it is added to.
    """
    blobs = [(str(path.relative_to(out)), _read(path)) for path in files_below(out)]
    found, files, size = look(blobs, needles, allow=allow)
    inside = Needles(plain=needles.plain, slips=needles.slips, codes=needles.codes)
    more, some, bits = look(((path.name, _read(path)) for path in boxes), inside)
    found, files, size = found + more, files + some, size + bits
    copies, boxes_found = 0, []
    known = set() if opened_before is None else opened_before
    every_copy = sorted(out.rglob(f"*{_ENDING}")) if key else []
    for path in (each for each in every_copy if each.name not in known):
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "opened"
            try:
                restoring.restore(path, key or "", target)
            except (Refused, OSError):
                # Half written when the server was killed: it opens for nobody.
                continue
            copies += 1
            known.add(path.name)
            every = [each for each in target.rglob("*") if each.is_file()]
            boxes_found += [
                f"{path.name}: {each.name}"
                for each in every
                if each.suffix == ".box" or FOLDER in each.relative_to(target).parts
            ]
            opened = ((f"{path.name}/{each.name}", _read(each)) for each in every)
            more, some, bits = look(opened, needles, allow=allow)
            found, files, size = found + more, files + some, size + bits
            shutil.rmtree(target, ignore_errors=True)
    return Searched(
        when=when,
        round=number,
        files=files,
        bytes=size,
        copies=copies,
        ballots=len(needles.sealed),
        found=tuple(found),
        boxes_in_copies=tuple(boxes_found),
    )


def _read(path: Path) -> bytes:
    """A file as it is now; one that goes away meanwhile holds nothing."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


_ENDING = ".kiosk-backup"


def make_copy(instance: Path, place: Path) -> None:
    """A copy at this moment, as `kiosk backup` makes it beside a running server."""
    copying.make_copy(instance, place)
