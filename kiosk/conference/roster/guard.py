"""A workbook is looked through before any library opens it: sizes, spread, repeated texts.

An `.xlsx` is a zip of XML, and a few kilobytes can ask for many gigabytes: a zip bomb, two cells
at opposite corners of a sheet (the reader keeps a full rectangle), or one long shared text used
in every cell. `checked_workbook` unpacks each part itself within limits, weighs it, and hands on
a plain copy made only of parts that passed, so that nothing unseen reaches the reader.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET  # only for parts that this module has read before
from xml.parsers import expat

from kiosk.core.errors import Refused
from kiosk.core.names import tidy

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 96 * 1024 * 1024
MAX_CELLS = 2_000_000  # of the rectangle around all filled cells; about 20,000 rows of 100
MAX_TEXT = 64 * 1024 * 1024  # characters, each use of a shared text counted
_MAX_PARTS = 2_000
# Office XML packs 10 to 40 times; only a bomb goes beyond. Small parts may pack as they like.
_MAX_RATIO, _RATIO_FROM = 150, 8 * 1024 * 1024
_PIECE = 256 * 1024
_UTF8 = {"utf-8", "utf8", "us-ascii", "ascii"}
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,4})\$?(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Checked:
    """A workbook that may be opened, and the rows that its sheets hide (as Excel counts)."""

    data: bytes
    hidden_rows: dict[str, frozenset[int]]


def checked_workbook(data: bytes) -> Checked:
    """The same workbook, unpacked, with only its XML parts.

    Raises `Refused`: `roster_unreadable` (broken, packed too tightly, or too big unpacked),
    `roster_not_a_sheet` (a zip that is no workbook), `roster_stray_cell` (a filled cell so far
    away that the table between would not fit; fact `cell`).
    """
    weights = _Weights()
    clean = io.BytesIO()
    hidden: dict[str, frozenset[int]] = {}
    index: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(clean, "w") as out:
            parts = packed.infolist()
            names = {part.filename.casefold() for part in parts}
            if "xl/workbook.xml" not in names:
                raise Refused("roster_not_a_sheet")
            if len(parts) > _MAX_PARTS or len(names) != len(parts):
                raise Refused("roster_unreadable", why="parts")
            if sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Refused("roster_unreadable", why="size")
            for part in parts:
                name = part.filename.casefold()
                if name.endswith((".xml", ".rels")):
                    whole, rows = weights.weigh(_unpacked(data, part))
                    out.writestr(part.filename, whole)
                    if rows:
                        hidden[name] = rows
                    if name in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}:
                        index[name] = whole
        weights.judge()
        return Checked(clean.getvalue(), _by_sheet(hidden, index))
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, ET.ParseError, EOFError) as error:
        raise Refused("roster_unreadable", why="broken") from error
    except (OSError, ValueError, RuntimeError, NotImplementedError, OverflowError) as error:
        raise Refused("roster_unreadable", why="broken") from error


def _by_sheet(
    hidden: dict[str, frozenset[int]], index: dict[str, bytes]
) -> dict[str, frozenset[int]]:
    """Hidden rows by the name of the sheet: the workbook names a relation, that one the part."""
    if not hidden or len(index) < 2:
        return {}
    targets = {}
    for relation in ET.fromstring(index["xl/_rels/workbook.xml.rels"]):  # noqa: S314
        target = relation.get("Target", "").lstrip("/").casefold()
        whole = target if target.startswith("xl/") else f"xl/{target}"
        targets[relation.get("Id", "")] = whole
    found = {}
    for element in ET.fromstring(index["xl/workbook.xml"]).iter():  # noqa: S314
        if element.tag.rpartition("}")[2] == "sheet":
            relation_id = next(
                (value for key, value in element.items() if key.rpartition("}")[2] == "id"), ""
            )
            rows = hidden.get(targets.get(relation_id, ""))
            if rows:
                found[tidy(element.get("name", ""))] = rows
    return found


def _unpacked(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """One part in pieces, never more than it declares (a lie about the size is the bomb)."""
    if part.flag_bits & 0x1:
        raise Refused("roster_password")
    head = part.header_offset
    if data[head : head + 4] != b"PK\x03\x04":
        raise zipfile.BadZipFile
    skip = 30 + int.from_bytes(data[head + 26 : head + 28], "little")
    skip += int.from_bytes(data[head + 28 : head + 30], "little")
    raw = data[head + skip : head + skip + part.compress_size]
    if part.file_size > _RATIO_FROM and part.file_size > _MAX_RATIO * max(len(raw), 1):
        raise Refused("roster_unreadable", why="size")
    if part.compress_type == zipfile.ZIP_STORED:
        if len(raw) != part.file_size:
            raise zipfile.BadZipFile
        yield raw
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile
    unpacker, left, total = zlib.decompressobj(-15), raw, 0
    while not unpacker.eof:
        piece = unpacker.decompress(left, _PIECE)
        left = unpacker.unconsumed_tail
        total += len(piece)
        if total > part.file_size or (not piece and not left and not unpacker.eof):
            raise Refused("roster_unreadable", why="size")
        yield piece
    if total != part.file_size:
        raise zipfile.BadZipFile


class _Weights:
    """What a workbook would cost to hold: filled rectangles and texts."""

    def __init__(self) -> None:
        self._shared: list[int] = []  # length of each shared text
        self._uses: list[Counter[int]] = []  # of each shared text, per sheet

    def weigh(self, pieces: Iterator[bytes]) -> tuple[bytes, frozenset[int]]:
        """Read one XML part through; returns it whole, with the rows that it hides."""
        part = _Part()
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = part.start
        parser.EndElementHandler = part.end
        parser.StartDoctypeDeclHandler = part.doctype
        parser.XmlDeclHandler = part.declaration
        parser.CharacterDataHandler = part.text
        whole = []
        for piece in pieces:
            parser.Parse(piece, False)
            whole.append(piece)
        parser.Parse(b"", True)
        self._shared.extend(part.shared)
        if part.uses:
            self._uses.append(part.uses)
        return b"".join(whole), frozenset(part.hidden)

    def judge(self) -> None:
        """Refuse texts that are short in the file and enormous when written out."""
        known = len(self._shared)
        for uses in self._uses:
            total = sum(self._shared[at] * n for at, n in uses.items() if 0 <= at < known)
            if total > MAX_TEXT:
                raise Refused("roster_unreadable", why="size")


class _Part:
    """One XML part as it streams by: where its filled cells are, and its shared texts."""

    def __init__(self) -> None:
        self.shared: list[int] = []
        self.uses: Counter[int] = Counter()
        self.hidden: set[int] = set()
        self._row = self._column = 0
        self._kind = ""
        self._value: list[str] | None = None
        self._in_shared = self._in_text = False
        self._top = self._left = 0
        self._bottom = self._right = 0
        self._letters: dict[str, int] = {}

    def doctype(self, *_: object) -> None:
        raise Refused("roster_unreadable", why="broken")  # no office program writes one

    def declaration(self, _version: str, encoding: str | None, _alone: int) -> None:
        if encoding and encoding.lower() not in _UTF8:
            raise Refused("roster_unreadable", why="broken")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2] if ":" in name else name
        if local == "c":
            self._cell(attributes)
        elif local == "v":
            self._filled()
            self._value = [] if self._kind == "s" else None
        elif local == "is":
            self._filled()
        elif local == "row":
            at = attributes.get("r", "")
            self._row = int(at) if at.isdecimal() else self._row + 1
            if attributes.get("hidden") in {"1", "true"} and len(self.hidden) < MAX_CELLS // 2:
                self.hidden.add(self._row)
            self._column = 0
        elif local == "si":
            self.shared.append(0)
            self._in_shared = True
        elif local == "t":
            self._in_text = True

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2] if ":" in name else name
        if local == "v" and self._value is not None:
            index = "".join(self._value).strip()
            if index.isdecimal():
                self.uses[int(index)] += 1
            self._value = None
        elif local == "si":
            self._in_shared = False
        elif local == "t":
            self._in_text = False

    def text(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)
        elif self._in_shared and self._in_text:
            self.shared[-1] += len(text)

    def _cell(self, attributes: dict[str, str]) -> None:
        self._kind = attributes.get("t", "")
        self._column += 1
        reference = attributes.get("r")
        if reference is not None:
            found = _REFERENCE.fullmatch(reference)
            if found is None:
                raise Refused("roster_unreadable", why="broken")
            self._row = int(found[2])
            self._column = self._letters.get(found[1]) or self._number(found[1])

    def _number(self, letters: str) -> int:
        """A column's letters as a number from 1 (`AA` is 27)."""
        number = 0
        for letter in letters.upper():
            number = number * 26 + ord(letter) - 64
        self._letters[letters] = number
        return number

    def _filled(self) -> None:
        row, column = self._row, self._column
        if not self._bottom:
            self._top = self._bottom = row
            self._left = self._right = column
        elif self._top <= row <= self._bottom and self._left <= column <= self._right:
            return
        self._top, self._bottom = min(self._top, row), max(self._bottom, row)
        self._left, self._right = min(self._left, column), max(self._right, column)
        # Counted from the first cell of the sheet, since the reader keeps that whole rectangle.
        if self._bottom * self._right > MAX_CELLS:
            raise Refused("roster_stray_cell", cell=f"{_letters(column)}{row}")


def _letters(column: int) -> str:
    """A column number from 1 as its letters (27 is `AA`)."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
