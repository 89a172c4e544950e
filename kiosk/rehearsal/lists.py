"""Two lists on paper, read back as people do: the one for the doors, and attendance (D2)."""

from __future__ import annotations

import io
from typing import Any

from kiosk.core.clock import utc_now
from kiosk.rehearsal.told import Printed
from kiosk.rehearsal.walk import Walk


def print_for_doors(walk: Walk) -> None:
    """The fall-back list as it is now: who is in, and whose box may be ticked."""
    walk.printed_at = utc_now()
    rows = _rows(walk.desk.browser.take("/console/fallback-list", form="xlsx"))
    walk.printed = tuple(
        Printed(number=int(row[0]), state=row[3], awaited=bool(row[4]))
        for row in rows
        if len(row) > 4 and row[0].isdecimal() and row[1]
    )


def print_attendance(walk: Walk) -> None:
    """The totals of the list of attendance, by their words."""
    rows = _rows(walk.secretary.take("/console/attendance-list", form="xlsx"))
    # The summary alone has figures in the fourth column and nothing between.
    walk.totals = {row[0]: row[3] for row in rows if len(row) > 3 and row[3] and not row[1]}


def _rows(workbook: bytes) -> list[list[str]]:
    """The first sheet; nothing where no workbook came."""
    import python_calamine as calamine

    if not workbook:
        return []
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook)) as book:
        return [[_text(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


def _text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
