"""Lists as workbooks (xlsxwriter): text stays text, the head comes back on every printed page."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kiosk.core.names import tidy

_FONT = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
_CELL = {**_FONT, "border": 1, "text_wrap": True}


@dataclass
class Book:
    """A workbook in the making; `bytes` is there once the block has ended."""

    book: Any
    bytes: bytes = b""


@contextmanager
def workbook(title: str, *, at: datetime) -> Iterator[Book]:
    """A new workbook. A cell such as `=cmd|…` or `http://…` is text, never a formula or a link."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties(
        {"title": tidy(title), "created": at.astimezone(UTC).replace(tzinfo=None, microsecond=0)}
    )
    made = Book(book)
    yield made
    book.close()
    made.bytes = out.getvalue()


class Page:
    """One sheet for A4 portrait, written from the top down."""

    def __init__(self, book: Book, name: str, *, widths: Sequence[float]) -> None:
        self._last = len(widths) - 1
        self._sheet = book.book.add_worksheet(name)
        self._formats: dict[str, Any] = {}
        self._book = book.book
        self._at = 0
        self._sheet.set_paper(9)
        self._sheet.set_portrait()
        self._sheet.set_margins(left=1.18, right=0.59, top=0.79, bottom=0.79)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_footer("&C&P/&N")
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)

    def _style(self, key: str, **more: Any) -> Any:
        if key not in self._formats:
            self._formats[key] = self._book.add_format({**_CELL, **more})
        return self._formats[key]

    def _across(self, text: str, style: Any) -> None:
        self._sheet.merge_range(self._at, 0, self._at, self._last, "", style)
        self._sheet.write_string(self._at, 0, tidy(text), style)
        self._at += 1

    def heading(self, text: str) -> None:
        self._across(
            text, self._style("heading", bold=True, border=0, align="center", font_size=14)
        )

    def plain(self, text: str, *, centred: bool = False) -> None:
        align = "center" if centred else "left"
        self._sheet.set_row(self._at, 16 * (1 + len(text) // 95))
        self._across(text, self._style(f"plain {align}", border=0, align=align))

    def part(self, text: str) -> None:
        self._across(text, self._style("part", bold=True))

    def head(self, words: Sequence[str]) -> None:
        """The head of the columns: stays on the screen, and comes back on every page."""
        style = self._style("head", bold=True, align="center", bg_color="#EEEEEE")
        for column, text in enumerate(words):
            self._sheet.write_string(self._at, column, text, style)
        self._sheet.repeat_rows(self._at)
        self._at += 1
        self._sheet.freeze_panes(self._at, 0)

    def row(self, cells: Sequence[str | int], *, centred: Collection[int] = ()) -> None:
        for column, value in enumerate(cells):
            style = (
                self._style("middle", align="center") if column in centred else self._style("cell")
            )
            if isinstance(value, int):
                self._sheet.write_number(self._at, column, value, style)
            else:
                self._sheet.write_string(self._at, column, tidy(value), style)
        self._at += 1

    def total(self, words: str, figure: str) -> None:
        """One figure of the summary; a whole number is a number for whoever adds up."""
        style = self._style("words", border=0)
        number = self._style("figure", border=0, bold=True, align="right")
        self._sheet.merge_range(self._at, 0, self._at, 2, "", style)
        self._sheet.write_string(self._at, 0, words, style)
        if figure.isdecimal():
            self._sheet.write_number(self._at, 3, int(figure), number)
        else:
            self._sheet.write_string(self._at, 3, figure, number)
        self._at += 1

    def pair(self, left: str, right: str) -> None:
        """Two signers side by side."""
        style = self._style("signer", border=0, bold=True, align="center")
        self._sheet.merge_range(self._at, 0, self._at, 1, "", style)
        self._sheet.write_string(self._at, 0, left, style)
        self._sheet.merge_range(self._at, self._last - 1, self._at, self._last, "", style)
        self._sheet.write_string(self._at, self._last - 1, tidy(right), style)
        self._at += 1

    def gap(self, rows: int) -> None:
        self._at += rows
