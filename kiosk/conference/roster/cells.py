"""From the bytes of a file to rows of tidy text. What the file is, its content decides."""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import dataclass

from kiosk.conference.roster.guard import MAX_BYTES, checked_workbook
from kiosk.core.errors import Refused
from kiosk.core.names import tidy

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls and .doc; also a workbook with a password
_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_OTHER_PAPERS = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff")
_MARKUP = (b"<?xml", b"<!doctype", b"<html", b"<table")
_SEPARATORS = ",;\t"
_DATE = "%d/%m/%Y"
_MAX_FILLED = 200_000  # cells filled from merged ranges; a roster has far fewer


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: `rows[i]` is row i + 1 of the file, each cell tidy text, blank as "".

    `broken_row` is the row of a text whose quotes do not close; the rows end before it.
    """

    name: str
    rows: list[list[str]]
    broken_row: int | None = None


def grids_of(data: bytes) -> list[Grid]:
    """The visible tables of a file, in its order.

    A workbook gives one grid for each visible sheet. A text gives one for each separator it may
    have been written with; only the one whose header is understood is real.

    Raises `Refused`: `roster_too_large`, `roster_old_excel`, `roster_password`,
    `roster_not_a_sheet`, `roster_wrong_encoding` and the refusals of `checked_workbook`.
    """
    if len(data) > MAX_BYTES:
        raise Refused("roster_too_large", limit_mb=MAX_BYTES // (1024 * 1024))
    if data.startswith(_OLE):
        raise Refused("roster_password" if _PASSWORD in data else "roster_old_excel")
    if data.startswith(b"PK"):
        return _workbook(checked_workbook(data))
    start = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if data.startswith(_OTHER_PAPERS) or start.startswith(_MARKUP):
        raise Refused("roster_not_a_sheet")
    return _text_tables(_decoded(data))


def _workbook(data: bytes) -> list[Grid]:
    import python_calamine as calamine

    grids = []
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for place, about in enumerate(book.sheets_metadata):
                if (
                    about.visible is calamine.SheetVisibleEnum.Visible
                    and about.typ is calamine.SheetTypeEnum.WorkSheet
                ):
                    sheet = book.get_sheet_by_index(place)
                    rows = [
                        [_text(cell) for cell in row]
                        for row in sheet.to_python(skip_empty_area=False)
                    ]
                    _fill_down(rows, sheet.merged_cell_ranges or [])
                    grids.append(Grid(tidy(about.name), rows))
    except Exception as error:
        raise Refused("roster_unreadable", why="broken") from error
    except BaseException as error:
        # A panic inside the Rust reader is no Exception; anything else (Ctrl+C) passes on.
        if type(error).__name__ != "PanicException":
            raise
        raise Refused("roster_unreadable", why="broken") from error
    return grids


def _text(value: object) -> str:
    """A cell as a person sees it. Excel keeps every number as a float: 1.0 is "1"."""
    if isinstance(value, str):
        return tidy(value)
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


def _decoded(data: bytes) -> str:
    """The text of a file in UTF-8 (with or without its mark) or UTF-16 (with its mark)."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("roster_wrong_encoding") from error
    if "\0" in text:  # UTF-16 without its mark, or no text at all
        raise Refused("roster_wrong_encoding")
    return text


def _text_tables(text: str) -> list[Grid]:
    first = text[:16].splitlines()[0].strip().lower() if text.strip() else ""
    told = first.removeprefix("sep=") if first.startswith("sep=") else ""
    return [_table(text, separator) for separator in (told or _SEPARATORS)[:3]]


def _table(text: str, separator: str) -> Grid:
    """The records of a text under one separator, numbered as Excel would show them."""
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for record in reader:
            rows.append([tidy(cell) for cell in record])
    except csv.Error:
        # An open quote swallows the people after it, and a cell above 128 KB is the same slip.
        return Grid("", rows, broken_row=len(rows) + 1)
    return Grid("", rows)
