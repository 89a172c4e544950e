"""From the bytes of a file to rows of tidy text. What the file is, its content decides."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiosk.conference.roster.book_reader import RawSheet, old_sheets_of, sheets_of
from kiosk.conference.roster.guard import MAX_BYTES, Checked, checked_workbook
from kiosk.core.errors import Refused
from kiosk.core.legacy_text import (
    Legacy,
    converted,
    guess,
    is_old,
    looks_like_tcvn3,
    looks_like_vni,
)
from kiosk.core.names import tidy

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls and .doc; also a workbook with a password
_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_MOST_OLD_TEXTS = 5_000  # enough to guess the old font by
_OTHER_PAPERS = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff")
_MARKUP = (b"<?xml", b"<!doctype", b"<html", b"<table")
_SEPARATORS = ",;\t"
_DATE = "%d/%m/%Y"
_MAX_FILLED = 200_000  # cells filled from merged ranges; a roster has far fewer


@dataclass(slots=True)
class Grid:
    """One table: `rows[i]` is row i + 1 of the file, each cell tidy text, blank as "".

    `broken_row` is the row of a text whose quotes do not close; the rows end before it.
    """

    name: str
    rows: list[list[str]]
    broken_row: int | None = None
    visible: bool = True
    #: Rows that the sheet hides, as Excel counts.
    hidden_rows: frozenset[int] = frozenset()
    #: Different texts that look typed for an old font, unchanged, in file order.
    old_texts: tuple[str, ...] = ()

    def guessed(self) -> Legacy | None:
        """The old font that this table speaks for, if any."""
        return guess(list(self.old_texts))


class _Pen:
    """Writes a table as tidy text, in Unicode where a person named the old font.

    A file may be mixed: a list in Unicode with rows pasted from an old one. "Phó phòng" and "Dòng"
    (Dũng in TCVN3) hold the same kind of letters, so a cell is judged with its row: a row in which
    something can only be the old font is converted, one in which something can only be Unicode is
    not, cell by cell apart; of the rest the greater part of the table decides.
    """

    def __init__(self, legacy: Legacy | None) -> None:
        self.legacy = legacy
        #: Different texts that look old, unchanged, in their order.
        self.old: dict[str, None] = {}

    def table(self, raw: Iterable[Sequence[object]]) -> list[list[str]]:
        rows = [list(row) for row in raw]
        kinds = [self._kind(row) for row in rows]
        by_majority = kinds.count(True) > kinds.count(False)
        return [
            [self._cell(cell, row_is_old=by_majority if kind is None else kind) for cell in row]
            for row, kind in zip(rows, kinds, strict=True)
        ]

    def _kind(self, row: list[object]) -> bool | None:
        """True: old; False: Unicode (or both, then each cell for itself); None: either."""
        old = new = False
        for cell in row:
            if not isinstance(cell, str) or cell.isascii():
                continue
            if not is_old(cell):
                new = True
            elif looks_like_tcvn3(cell) or looks_like_vni(cell):
                old = True
                if len(self.old) < _MOST_OLD_TEXTS:
                    self.old[" ".join(cell.split())[:80]] = None
        return None if not old and not new else old and not new

    def _cell(self, cell: object, *, row_is_old: bool) -> str:
        if not isinstance(cell, str):
            return _text(cell)
        if self.legacy is not None and not cell.isascii():
            surely = looks_like_vni if self.legacy is Legacy.VNI else looks_like_tcvn3
            if row_is_old or surely(cell):
                # Before tidying: the soft hyphen is a letter in TCVN3, elsewhere a hidden sign.
                cell = converted(cell, self.legacy)
        return tidy(cell)


def grids_of(data: bytes, legacy: Legacy | None = None) -> list[Grid]:
    """The tables of a file in its order, hidden sheets as well.

    A workbook gives one grid for each sheet. A text gives one for each separator it may have been
    written with; only the one whose header is understood is real. With `legacy` the text of
    every cell is turned into Unicode from that old font.

    Raises `Refused`: `roster_too_large`, `roster_old_excel`, `roster_password`,
    `roster_not_a_sheet`, `roster_wrong_encoding` and the refusals of `checked_workbook`.
    """
    if len(data) > MAX_BYTES:
        raise Refused("roster_too_large", limit_mb=MAX_BYTES // (1024 * 1024))
    if data.startswith(_OLE):
        from kiosk.conference.roster.old_excel import checked_old_workbook

        if _PASSWORD in data:
            raise Refused("roster_password")
        old = checked_old_workbook(data)
        return _workbook(old, old_sheets_of(old.data), legacy)
    if data.startswith(b"PK"):
        checked = checked_workbook(data)
        return _workbook(checked, sheets_of(checked.data), legacy)
    start = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if data.startswith(_OTHER_PAPERS) or start.startswith(_MARKUP):
        raise Refused("roster_not_a_sheet")
    return _text_tables(_decoded(data, legacy), legacy)


def _workbook(checked: Checked, sheets: list[RawSheet], legacy: Legacy | None) -> list[Grid]:
    grids = []
    for sheet in sheets:
        pen = _Pen(legacy)
        rows = pen.table(sheet.rows)
        _fill_down(rows, sheet.merged)
        name = tidy(sheet.name)
        grids.append(
            Grid(
                name,
                rows,
                visible=sheet.is_visible,
                hidden_rows=checked.hidden_rows.get(name, frozenset()),
                old_texts=tuple(pen.old),
            )
        )
    return grids


def _text(value: object) -> str:
    """A number or date as a person sees it. Excel keeps every number as a float: 1.0 is "1"."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.strftime(_DATE)
    return str(value)


def _fill_down(
    rows: list[list[str]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    """Write a cell that is merged over several rows (a unit, mostly) into each of them.

    Only ranges one column wide: a range across columns is a title or a section row.
    """
    budget = _MAX_FILLED
    for (top, left), (bottom, right) in ranges:
        if left != right or top >= len(rows) or left >= len(rows[top]) or not rows[top][left]:
            continue
        for row in rows[top + 1 : bottom + 1][:budget]:
            if left < len(row) and not row[left]:
                row[left] = rows[top][left]
            budget -= 1


def _decoded(data: bytes, legacy: Legacy | None) -> str:
    """The text of a file in UTF-8 (with or without its mark) or UTF-16 (with its mark).

    A file of an old font saved as plain text is bytes of Latin-1, once a person has said so.
    """
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if legacy is None or encoding == "utf-16":
            raise Refused("roster_wrong_encoding") from error
        text = data.decode("latin-1")
    if "\0" in text:  # UTF-16 without its mark, or no text at all
        raise Refused("roster_wrong_encoding")
    return text


def _text_tables(text: str, legacy: Legacy | None) -> list[Grid]:
    first = text[:16].splitlines()[0].strip().lower() if text.strip() else ""
    told = first.removeprefix("sep=") if first.startswith("sep=") else ""
    return [_table(text, separator, legacy) for separator in (told or _SEPARATORS)[:3]]


def _table(text: str, separator: str, legacy: Legacy | None) -> Grid:
    """The records of a text under one separator, numbered as Excel would show them."""
    records: list[list[str]] = []
    pen = _Pen(legacy)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    broken = None
    try:
        records.extend(reader)
    except csv.Error:
        # An open quote swallows the people after it, and a cell above 128 KB is the same slip.
        broken = len(records) + 1
    return Grid("", pen.table(records), broken_row=broken, old_texts=tuple(pen.old))
