"""Small roster files made in memory."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

MADE = datetime.datetime(2026, 3, 12, tzinfo=datetime.UTC)
Rows = list[list[Any]]


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    """Make a workbook: sheets by name, ranges to merge, names of hidden sheets."""

    def make(
        rows: Rows | dict[str, Rows], *, merged: tuple[str, ...] = (), hidden: tuple[str, ...] = ()
    ) -> bytes:
        out = io.BytesIO()
        sheets = rows if isinstance(rows, dict) else {"Danh sách": rows}
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(out, options) as book:
            book.set_properties({"created": MADE})  # the same bytes at every run
            for name, lines in sheets.items():
                sheet = book.add_worksheet(name)
                for at, line in enumerate(lines):
                    for place, cell in enumerate(line):
                        if cell not in ("", None):
                            sheet.write(at, place, cell)
                for area in merged:
                    sheet.merge_range(area, "")
                    first = area.split(":")[0]
                    column, row = ord(first[0]) - 65, int(first[1:]) - 1
                    sheet.write(row, column, lines[row][column])
                if name in hidden:
                    sheet.hide()
                elif hidden:
                    sheet.activate()
                    sheet.set_first_sheet()
        return out.getvalue()

    return make
