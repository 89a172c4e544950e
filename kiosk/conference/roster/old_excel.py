"""An old workbook (`.xls`) is walked through before any library opens it.

Excel 97–2003 keeps its sheets as records (MS-XLS 2.3) in one stream of a small file system of
512-byte sectors (MS-CFB 2). The reader library keeps a full rectangle around all filled cells, so
two cells at opposite corners cost half a gigabyte; this walk finds them first, and on the way the
rows that are hidden (which the library does not tell) and a password.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from kiosk.conference.roster.guard import MAX_CELLS, Checked
from kiosk.core.errors import Refused
from kiosk.core.names import tidy

_FREE_FROM = 0xFFFFFFFA  # DIFSECT, FATSECT, ENDOFCHAIN, FREESECT and beyond
_ENTRY = 128
_SHORT_STREAM = 4096
_STREAMS = ("workbook", "book")
_LOCKED = "encryptedpackage"
_MOST_SHEETS = 256

# Records (MS-XLS 2.3.1).
_BOUND_SHEET, _BOF, _EOF, _FILE_PASS, _ROW = 0x0085, 0x0809, 0x000A, 0x002F, 0x0208
_CELLS = frozenset(
    {0x0203, 0x0204, 0x0205, 0x0006, 0x027E, 0x00FD, 0x00D6, 0x0201, 0x0003, 0x0004, 0x0005}
)
_MANY_CELLS = frozenset({0x00BD, 0x00BE})  # several cells of one row in one record
_HIDDEN = 0x20


def checked_old_workbook(data: bytes) -> Checked:
    """The same workbook, and the rows it hides by sheet.

    Raises `Refused`: `roster_password`, `roster_old_excel` (no workbook inside, or broken: an old
    Word file looks the same from outside), `roster_stray_cell` (fact `cell`).
    """
    try:
        stream = _stream(data)
        return Checked(data, _walk(stream))
    except (struct.error, IndexError, ValueError) as broken:
        raise Refused("roster_old_excel") from broken


def _stream(data: bytes) -> bytes:
    """The stream of the workbook, put together from its sectors."""
    shift, short_shift = struct.unpack_from("<HH", data, 30)
    if shift not in {9, 12} or short_shift != 6:
        raise Refused("roster_old_excel")
    size = 1 << shift
    files = _Sectors(data, size)
    (first,) = struct.unpack_from("<I", data, 48)
    folder = files.chain(first)
    root: tuple[int, int] | None = None
    found: tuple[int, int] | None = None
    for at in range(0, len(folder) - _ENTRY + 1, _ENTRY):
        (letters,) = struct.unpack_from("<H", folder, at + 64)
        name = folder[at : at + max(0, min(letters, 64) - 2)].decode("utf-16-le", "replace")
        kind = folder[at + 66]
        start, length = struct.unpack_from("<II", folder, at + 116)
        if name.lower() == _LOCKED:
            raise Refused("roster_password")
        if kind == 5:
            root = (start, length)
        elif kind == 2 and name.lower() in _STREAMS and found is None:
            found = (start, length)
    if found is None:
        raise Refused("roster_old_excel")
    start, length = found
    if length >= _SHORT_STREAM or root is None:
        return files.chain(start)[:length]
    # Short streams live in 64-byte pieces of the root's own stream.
    (short_first,) = struct.unpack_from("<I", data, 60)
    table = files.chain(short_first)
    links = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
    pool = files.chain(root[0])
    pieces, seen = [], 0
    while start < _FREE_FROM and seen <= len(links):
        pieces.append(pool[start * 64 : start * 64 + 64])
        start, seen = links[start], seen + 1
    return b"".join(pieces)[:length]


class _Sectors:
    """The sectors of a compound file and the table that chains them."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size
        self._count = max(0, (len(data) - size) // size) + 1
        tables = list(struct.unpack_from("<109I", data, 76))
        (more, how_many) = struct.unpack_from("<II", data, 68)
        while more < _FREE_FROM and how_many and len(tables) <= self._count:
            sector = self._sector(more)
            *part, more = struct.unpack(f"<{size // 4}I", sector)
            tables += part
            how_many -= 1
        links: list[int] = []
        for place in tables:
            if place < _FREE_FROM and len(links) <= self._count:
                links += struct.unpack(f"<{size // 4}I", self._sector(place))
        self._links = links

    def _sector(self, place: int) -> bytes:
        start = (place + 1) * self._size
        piece = self._data[start : start + self._size]
        return piece.ljust(self._size, b"\0")

    def chain(self, place: int) -> bytes:
        """All sectors from one on; a chain that runs in a ring is broken."""
        pieces: list[bytes] = []
        while place < _FREE_FROM:
            if len(pieces) > self._count or place >= self._count:
                raise Refused("roster_old_excel")
            pieces.append(self._sector(place))
            place = self._links[place]
        return b"".join(pieces)


@dataclass
class _Sheet:
    hidden: set[int] = field(default_factory=set)
    bottom: int = 0
    right: int = 0

    def cell(self, row: int, column: int) -> None:
        self.bottom, self.right = max(self.bottom, row + 1), max(self.right, column + 1)
        if self.bottom * self.right > MAX_CELLS:
            letter = chr(65 + column) if column < 26 else ""
            letter = letter or chr(64 + column // 26) + chr(65 + column % 26)
            raise Refused("roster_stray_cell", cell=f"{letter}{row + 1}")


def _walk(stream: bytes) -> dict[str, frozenset[int]]:
    """Every record once: names of sheets by their place, then the cells and rows of each."""
    names: dict[int, str] = {}
    hidden: dict[str, frozenset[int]] = {}
    sheet = _Sheet()
    name, place, cells = "", 0, 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        if kind == _FILE_PASS:
            raise Refused("roster_password")
        if kind == _BOUND_SHEET and len(names) < _MOST_SHEETS and len(body) >= 8:
            names[struct.unpack_from("<I", body)[0]] = _name(body)
        elif kind == _BOF:
            name, sheet = names.get(place, ""), _Sheet()
        elif kind == _EOF and sheet.hidden:
            hidden[name] = frozenset(sheet.hidden)
        elif kind == _ROW and len(body) >= 16:
            if struct.unpack_from("<H", body, 12)[0] & _HIDDEN:
                sheet.hidden.add(struct.unpack_from("<H", body)[0] + 1)
        elif kind in _CELLS and len(body) >= 4:
            sheet.cell(*struct.unpack_from("<HH", body))
            cells += 1
        elif kind in _MANY_CELLS and len(body) >= 6:
            row, last = (
                struct.unpack_from("<H", body)[0],
                struct.unpack_from("<H", body, -2 % len(body))[0],
            )
            sheet.cell(row, last)
            cells += 1
        place += 4 + length
    if not names or not cells:
        raise Refused("roster_old_excel")
    return hidden


def _name(body: bytes) -> str:
    """The name in a BOUNDSHEET record: BIFF8 says whether its letters are wide, BIFF5 has bytes."""
    count, wide = body[6], body[7]
    if wide == 1 and len(body) >= 8 + 2 * count:
        return tidy(body[8 : 8 + 2 * count].decode("utf-16-le", "replace"))
    if wide == 0 and len(body) >= 8 + count:
        return tidy(body[8 : 8 + count].decode("latin-1"))
    return tidy(body[7 : 7 + count].decode("latin-1"))
