"""The sheets of a workbook as the reader library sees them, and nothing understood yet.

The library is Rust. A workbook of ours never harms it; one whose bytes were changed makes it panic,
and an `.xls` with a forged length can make it ask for a terabyte, which ends the whole process
without a word. So an `.xls` is read in a process of its own (12 of 3,000 damaged files did that).
"""

from __future__ import annotations

import contextlib
import io
import pickle
from dataclasses import dataclass
from typing import Any, cast

from kiosk.core import jobs
from kiosk.core.errors import Refused

#: Bytes that the reading of an `.xls` may ask for; the largest list that we take needs a tenth.
_MOST_MEMORY = 2 << 30
#: Seconds for one workbook.
_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet: its cells as Python values, from the first row on."""

    name: str
    is_visible: bool
    rows: list[list[Any]]
    merged: list[tuple[tuple[int, int], tuple[int, int]]]


def sheets_of(data: bytes) -> list[RawSheet]:
    """The worksheets of an `.xlsx` in its order. Refused: `roster_unreadable`."""
    import python_calamine as calamine

    sheets = []
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for place, about in enumerate(book.sheets_metadata):
                if about.typ is not calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_index(place)
                sheets.append(
                    RawSheet(
                        name=about.name,
                        is_visible=about.visible is calamine.SheetVisibleEnum.Visible,
                        rows=sheet.to_python(skip_empty_area=False),
                        merged=list(sheet.merged_cell_ranges or []),
                    )
                )
    except Exception as error:
        raise Refused("roster_unreadable", why="broken") from error
    except BaseException as error:
        # A panic inside the Rust reader is no Exception; anything else (Ctrl+C) passes on.
        if type(error).__name__ != "PanicException":
            raise
        raise Refused("roster_unreadable", why="broken") from error
    return sheets


def old_sheets_of(data: bytes) -> list[RawSheet]:
    """The worksheets of an `.xls`, read where a crash takes nobody along.

    Refused: `roster_unreadable`.
    """
    try:
        made = jobs.run_job("old_workbook", {"data": data}, timeout=_WITHIN, lane="old_workbook")
    except Refused as refused:
        if refused.code in {"job_failed", "job_timed_out"}:
            raise Refused("roster_unreadable", why="broken") from refused
        raise
    # Our own child process wrote these bytes a moment ago; nothing else can reach the pipe.
    return cast("list[RawSheet]", pickle.loads(made))  # noqa: S301


def job(order: dict[str, Any], progress: object) -> bytes:
    """For `kiosk.job`: the sheets, pickled for the process that asked."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # not on Windows; there the process ends when memory does

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    return pickle.dumps(sheets_of(order["data"]))
