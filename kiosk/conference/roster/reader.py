"""Read a roster as offices write it: titles above, sections by unit, totals and signatures below.

`read_roster` is pure and all or nothing: it returns what every row is, or raises one refusal
about the whole file. Shapes of real lists: domain.md 7 (Excel rosters).
"""

from __future__ import annotations

import re
from pathlib import PureWindowsPath

from kiosk.conference.roster import lines
from kiosk.conference.roster.cells import Grid, grids_of
from kiosk.conference.roster.headers import (
    HEADER_WITHIN,
    columns_of,
    find_header,
    header_words,
    second_line,
    split_name,
)
from kiosk.conference.roster.people import PersonReader
from kiosk.conference.roster.sheet import AS_IT_IS, Choices, Column, Finding, Sheet, Standing
from kiosk.core.errors import Refused
from kiosk.core.names import tidy

MAX_ROWS = 20_000
_COLUMN_NUMBER = re.compile(r"\(?\s*(\d{1,2}|[A-Z])\s*\)?")
_NAME_HEADER = ("họ", "ho ", "ho,", "tên", "ten ", "đại biểu", "dai bieu", "full", "name")
_UNDER_HEADER = {"nam", "nu", "ngay sinh", "nam sinh", "ngay", "thang", "ky ten"}


def read_roster(data: bytes, *, filename: str, choices: Choices = AS_IT_IS) -> Sheet:
    """What a roster file says: `.xlsx`, `.xls`, or text with commas, semicolons or tabs.

    The first visible sheet with a header is read unless `choices` names another or maps the
    columns by hand; the name of the file only names it. Raises `Refused`: `roster_too_large`,
    `roster_unreadable`, `roster_stray_cell`, `roster_wrong_encoding`, `roster_broken_quotes`,
    `roster_old_excel`, `roster_password`, `roster_not_a_sheet`, `roster_old_font`,
    `roster_no_header`, `roster_mapping_wrong`, `roster_too_many_rows`, `roster_no_people`.
    """
    return read_grids(grids_of(data, choices.legacy), filename=filename, choices=choices)


def read_grids(grids: list[Grid], *, filename: str, choices: Choices) -> Sheet:
    """The same, for tables already taken from the file."""
    grid, header, columns, others = table_in(grids, choices)
    if grid.broken_row is not None:
        raise Refused("roster_broken_quotes", row=grid.broken_row)
    reading = _Reading(grid, header, columns, choices)
    reading.read()
    for other in others:
        reading.suspect(header + 1, "other_sheet_not_read", sheet=other.name[:80])
    if not reading.people.rows and not reading.people.rejected:
        hidden = sum(each.reason == "hidden_row" for each in reading.skipped)
        if not hidden:
            raise Refused("roster_no_people")
    return Sheet(
        filename=tidy(PureWindowsPath(filename).name)[:120],
        sheet_name=grid.name,
        header_row=header + 1,
        columns=frozenset(columns),
        rows=tuple(reading.people.rows),
        skipped=tuple(sorted(reading.skipped, key=_by_row)),
        rejected=tuple(sorted(reading.people.rejected, key=_by_row)),
        suspicious=tuple(sorted(reading.people.suspicious, key=_by_row)),
        places=tuple(sorted(columns.items(), key=lambda each: each[1])),
    )


def table_in(
    grids: list[Grid], choices: Choices
) -> tuple[Grid, int, dict[Column, int], list[Grid]]:
    """The table to read, the place of its header (-1: none), its columns, other such tables."""
    candidates = [grid for grid in grids if grid.name == choices.sheet] if choices.sheet else []
    candidates = candidates or [grid for grid in grids if grid.visible] or grids
    if not candidates:
        raise Refused("roster_no_header", within=HEADER_WITHIN)
    if choices.mapping or choices.header_row is not None:
        return _mapped(candidates, choices)
    readable = [
        (grid, found) for grid in candidates if (found := find_header(grid.rows)) is not None
    ]
    if not readable:
        _refuse_without_header(candidates)
    if len({grid.name for grid in candidates}) == 1:
        # One text under several separators: the one that tells most columns apart is right.
        readable = [max(readable, key=lambda each: len(each[1][1]))]
    grid, (header, columns) = readable[0]
    if not second_line(grid.rows, header, columns):
        split_name(grid.rows, header, columns)
    elif Column.GIVEN not in columns:
        split_name(grid.rows, header + 1, columns)
    return grid, header, columns, [other for other, _ in readable[1:]]


def _mapped(grids: list[Grid], choices: Choices) -> tuple[Grid, int, dict[Column, int], list[Grid]]:
    """A table whose columns a person has named. Refused: `roster_mapping_wrong`."""
    found = [(grid, find_header(grid.rows)) for grid in grids]
    # Of one text under several separators the widest is the table.
    grid, header = max(
        found, key=lambda each: (each[1] is not None, max(map(len, each[0].rows), default=0))
    )
    place = header[0] if header else -1
    if choices.header_row is not None:
        place = choices.header_row - 1
    if not -1 <= place < len(grid.rows):
        raise Refused("roster_mapping_wrong")
    columns = dict(choices.mapping)
    if not columns:
        columns = columns_of(grid.rows[place]) or {} if place >= 0 else {}
    width = max(map(len, grid.rows), default=0)
    doubled = len(set(columns.values())) != len(columns)
    if Column.NAME not in columns or doubled or not all(0 <= at < width for at in columns.values()):
        raise Refused("roster_mapping_wrong")
    return grid, place, columns, []


def _by_row(finding: Finding) -> int:
    return finding.row


def _refuse_without_header(grids: list[Grid]) -> None:
    """No table has a header: say why as exactly as the file allows."""
    broken = next((grid.broken_row for grid in grids if grid.broken_row is not None), None)
    if broken is not None:
        raise Refused("roster_broken_quotes", row=broken)
    top = [cell for grid in grids for row in grid.rows[:HEADER_WITHIN] for cell in row]
    if any(grid.old_texts for grid in grids) or any(map(lines.looks_like_old_font, top)):
        raise Refused("roster_old_font")
    raise Refused("roster_no_header", within=HEADER_WITHIN)


class _Reading:
    """One pass over the rows below the header, with what the rows above have settled."""

    def __init__(
        self, grid: Grid, header: int, columns: dict[Column, int], choices: Choices
    ) -> None:
        self.grid, self.header, self.columns = grid, header, columns
        self.people = PersonReader(columns, choices)
        self._hidden = frozenset() if choices.hidden_rows else grid.hidden_rows
        self.skipped: list[Finding] = []
        self._foot = False  # below a total or a signature: unnumbered rows are not people
        self._top = True  # nothing read below the header yet
        self._section_first = 0  # people before the current section, to check its total

    def skip(self, row: int, reason: str) -> None:
        self.skipped.append(Finding(row, reason))

    def suspect(self, row: int, reason: str, **facts: str | int) -> None:
        self.people.suspicious.append(Finding(row, reason, facts))

    def read(self) -> None:
        rows = self.grid.rows
        for place in range(self.header):
            if any(rows[place]):
                self.skip(place + 1, "title")
        first = self.header + 1
        if self.header >= 0 and second_line(rows, self.header, dict(self.columns)):
            self.skip(first + 1, "repeated_header")
            first += 1
        filled_rows = 0
        for place in range(first, len(rows)):
            cells = rows[place]
            if not any(cells):
                continue
            filled_rows += 1
            if filled_rows > MAX_ROWS:
                raise Refused("roster_too_many_rows", limit=MAX_ROWS)
            self._read_row(place + 1, cells)
        self._forgive_empty_tail()
        self.people.finish()

    def _cell(self, cells: list[str], column: Column) -> str:
        place = self.columns.get(column)
        return cells[place] if place is not None and place < len(cells) else ""

    def _read_row(self, row: int, cells: list[str]) -> None:
        top, self._top = self._top, False
        filled = [cell for cell in cells if cell]
        number_text = self._cell(cells, Column.NUMBER)
        name = self.people.name_in(cells)
        number = whole_number(number_text)
        if self._is_header_again(cells, name, top=top):
            self.skip(row, "repeated_header")
            self._top = True  # numbers of the columns may follow
        elif top and len(filled) > 2 and all(map(_COLUMN_NUMBER.fullmatch, filled)):
            self.skip(row, "column_numbers")
        elif number is None and (lines.is_total(filled[0]) or lines.is_total(name)):
            self._total(row, filled)
        elif (section := self._section_in(cells, filled, number_text, name, number)) is not None:
            self._open_section(row, section)
        elif number is None and self._is_foot(filled, name):
            self._foot = True
            self._skip_foot(row, name, cells)
        elif number is None and self._foot:
            self._skip_foot(row, name, cells)
        elif not name and number is None and len(filled) == 1:
            self.skip(row, "unread")
            self.suspect(row, "row_not_understood", text=filled[0][:80])
        elif row in self._hidden:
            # Hidden people are shown in the preview and come only when somebody says so.
            self.skipped.append(Finding(row, "hidden_row", {"text": (name or filled[0])[:80]}))
        else:
            self._foot = False
            self.people.read(row, number, cells)

    def _is_header_again(self, cells: list[str], name: str, *, top: bool) -> bool:
        if name.lower().startswith(_NAME_HEADER):
            columns = columns_of(cells)
            if columns is not None and columns[Column.NAME] == self.columns[Column.NAME]:
                return True
        if name or not top:
            return False
        return all(header_words(cell) in _UNDER_HEADER for cell in cells if cell)

    def _total(self, row: int, filled: list[str]) -> None:
        self.skip(row, "total")
        # Without a column of numbers the rows after a subtotal may be people like any others.
        self._foot = Column.NUMBER in self.columns
        written = next((n for text in filled if (n := lines.counted(text)) is not None), None)
        counts = self.people.counts_since(self._section_first)
        if written is not None and written not in counts:
            self.suspect(row, "total_differs", written=written, read=max(counts))

    def _section_in(
        self, cells: list[str], filled: list[str], number_text: str, name: str, number: int | None
    ) -> str | None:
        """The text of a section row, or None when the row is none."""
        words = [cell for cell in filled if not lines.is_count(cell)]
        lone = words[0] if len(words) == 1 else None
        if number is None:
            if (
                len(words) == 2
                and words[0] == number_text
                and lines.SECTION_MARK.fullmatch(number_text)
            ):
                return words[1]
            if lone is None or lines.is_signature(lone):
                return None
            named = lines.has_section_prefix(lone) or lines.reads_like_a_unit(lone)
            return lone if named else None
        if lone is not None and lone == name and lines.reads_like_a_unit(name):
            return name
        return None

    def _open_section(self, row: int, text: str) -> None:
        self.skip(row, "section")
        self._foot = False
        self._section_first = self.people.count
        if lines.says_guest(text):
            self.people.open_section(lines.section_name(text), Standing.GUEST)
        elif lines.section_of_delegates(text):
            self.people.open_section("", Standing.DELEGATE)
        else:
            self.people.open_section(lines.section_name(text), None)

    def _is_foot(self, filled: list[str], name: str) -> bool:
        if name:
            return lines.is_signature(name) or lines.is_signature(filled[0])
        return any(map(lines.is_signature, filled))

    def _skip_foot(self, row: int, name: str, cells: list[str]) -> None:
        self.skip(row, "signature")
        title = self._cell(cells, Column.TITLE)
        if name and title and not lines.is_signature(name) and not lines.is_signature(title):
            self.suspect(row, "looks_like_a_person_below", text=name[:80])

    def _forgive_empty_tail(self) -> None:
        """Numbers written ahead below the last person promise nobody: skipped, not rejected."""
        rejected = self.people.rejected
        last = self.people.last_row_with_text
        for finding in [each for each in rejected if each.row > last]:
            rejected.remove(finding)
            self.skip(finding.row, "number_only")


def whole_number(text: str) -> int | None:
    """The number in a cell of the STT column (`1`, `01.`, `1)`), else None."""
    digits = text.rstrip(".) ")
    return int(digits) if digits.isdecimal() and len(digits) <= 6 else None
