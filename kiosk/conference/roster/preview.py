"""What a person sees before a roster is stored: the columns, old fonts, hidden rows and sheets.

A file that cannot be read yet is previewed too: then the columns are shown so that somebody can
say what they hold, or the text in both old and new letters so that somebody can confirm the font.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.conference.roster.cells import Grid, grids_of
from kiosk.conference.roster.headers import find_header, second_line
from kiosk.conference.roster.reader import read_grids, table_in
from kiosk.conference.roster.sheet import AS_IT_IS, Choices, Column, Sheet
from kiosk.core.errors import Refused
from kiosk.core.legacy_text import Legacy, converted

#: So many columns can be mapped by hand; a roster has about ten.
MOST_COLUMNS = 40
_SAMPLES = 3
_SAMPLE_LETTERS = 40
_OLD_SAMPLES = 8
#: Refusals that a person can lift by naming the columns, the font or another sheet.
_TO_BE_CHOSEN = frozenset(
    {"roster_no_header", "roster_old_font", "roster_mapping_wrong", "roster_no_people"}
)


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column of the file as the mapping shows it."""

    place: int
    #: As Excel names it.
    letter: str
    header: str
    samples: tuple[str, ...]
    meaning: Column | None


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet of the workbook that has a header, or is the only one."""

    name: str
    visible: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A roster as it would read under these choices; without `sheet`, why it does not."""

    choices: Choices
    sheet: Sheet | None
    refusal: str
    facts: dict[str, str | int]
    columns: tuple[ColumnView, ...]
    #: As Excel counts; 0 for none.
    header_row: int
    sheets: tuple[SheetView, ...]
    #: Rows below the header that the sheet hides although something stands in them.
    hidden_rows: int
    #: The font that the text speaks for, never applied by itself.
    guessed: Legacy | None
    #: Texts of the file before and after, by the chosen font, else by the guessed one.
    old_texts: tuple[tuple[str, str], ...]


def preview_roster(data: bytes, *, filename: str, choices: Choices = AS_IT_IS) -> Preview:
    """Look at a file under the choices of a person.

    Raises `Refused` for what no choice can mend: the codes of `grids_of` and
    `roster_broken_quotes`, `roster_too_many_rows`.
    """
    grids = grids_of(data, choices.legacy)
    sheet, refusal, facts = None, "", {}
    try:
        sheet = read_grids(grids, filename=filename, choices=choices)
    except Refused as refused:
        if refused.code not in _TO_BE_CHOSEN or not any(map(any, grids[0].rows)):
            raise
        refusal, facts = refused.code, refused.facts
    grid, header, columns = _shown_table(grids, choices)
    guessed = grid.guessed()
    by = choices.legacy or guessed
    return Preview(
        choices=choices,
        sheet=sheet,
        refusal=refusal,
        facts=facts,
        columns=_views(grid, header, columns),
        header_row=header + 1,
        sheets=_sheets(grids, grid),
        hidden_rows=sum(
            header + 1 < row <= len(grid.rows) and any(grid.rows[row - 1])
            for row in grid.hidden_rows
        ),
        guessed=guessed,
        old_texts=tuple((text, converted(text, by)) for text in grid.old_texts[:_OLD_SAMPLES])
        if by
        else (),
    )


def _shown_table(grids: list[Grid], choices: Choices) -> tuple[Grid, int, dict[Column, int]]:
    """The table whose columns are shown, also when it cannot be read yet."""
    try:
        grid, header, columns, _ = table_in(grids, choices)
    except Refused:
        named = [grid for grid in grids if grid.name == choices.sheet] if choices.sheet else []
        shown = named or [grid for grid in grids if grid.visible] or grids
        grid = max(shown, key=lambda each: max(map(len, each.rows), default=0))
        header = (choices.header_row or 0) - 1
        if not -1 <= header < len(grid.rows):
            header = -1
        return grid, header, dict(choices.mapping)
    return grid, header, columns


def _views(grid: Grid, header: int, columns: dict[Column, int]) -> tuple[ColumnView, ...]:
    meaning = {place: column for column, place in columns.items()}
    width = min(max(map(len, grid.rows), default=0), MOST_COLUMNS)
    first = header + 1
    if header >= 0 and Column.NAME in columns and second_line(grid.rows, header, dict(columns)):
        first += 1
    below = grid.rows[first : first + 200]
    views = []
    for place in range(width):
        cells = [row[place] for row in below if place < len(row) and row[place]]
        above = grid.rows[header] if header >= 0 else []
        views.append(
            ColumnView(
                place=place,
                letter=letter_of(place),
                header=above[place][:60] if place < len(above) else "",
                samples=tuple(cell[:_SAMPLE_LETTERS] for cell in cells[:_SAMPLES]),
                meaning=meaning.get(place),
            )
        )
    return tuple(views)


def _sheets(grids: list[Grid], shown: Grid) -> tuple[SheetView, ...]:
    # The three readings of one text share their (empty) name: there is nothing to choose.
    if len({grid.name for grid in grids}) < 2:
        return ()
    return tuple(
        SheetView(grid.name, grid.visible, chosen=grid.name == shown.name)
        for grid in grids
        if grid.name == shown.name or find_header(grid.rows) is not None
    )


def letter_of(place: int) -> str:
    """A column from 0 as Excel names it: 0 is `A`, 26 is `AA`."""
    letters = ""
    place += 1
    while place > 0:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place_of(letters: str) -> int | None:
    """The column that Excel names so, from 0; None for what is no name of a column."""
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        return None
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return place - 1
