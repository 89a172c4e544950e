"""What a person said about a file, from a form or the command line, as `Choices`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kiosk.conference.roster.preview import MOST_COLUMNS, place_of
from kiosk.conference.roster.sheet import Choices, Column
from kiosk.core.errors import Refused
from kiosk.core.legacy_text import Legacy
from kiosk.core.names import tidy

_MOST_ROWS = 20_001
_LONGEST_UNIT = 200


def choices_of(
    columns: Mapping[int, str],
    *,
    header_row: str = "",
    sheet: str = "",
    legacy: str = "",
    hidden_rows: bool = False,
    all_proper: bool = False,
    proper: Iterable[str] = (),
    others: Iterable[str] = (),
    same: Iterable[str] = (),
    unit: str = "",
) -> Choices:
    """The choices of a form: what each column holds by its place (blank: nothing).

    Raises `Refused`: `roster_mapping_wrong` for a column that is named twice, a word or a row that
    no page of ours sends.
    """
    try:
        named = [(Column(word), place) for place, word in columns.items() if word]
        font = Legacy(legacy) if legacy else None
        row = int(header_row) if header_row else None
        chosen = Choices(
            mapping=tuple(sorted(named, key=lambda each: each[1])),
            header_row=row,
            sheet=sheet[:80],
            legacy=font,
            hidden_rows=hidden_rows,
            all_proper=all_proper,
            proper=frozenset(map(int, proper)),
            others=frozenset(map(int, others)),
            same=frozenset(map(int, same)),
            unit=tidy(unit)[:_LONGEST_UNIT],
        )
    except ValueError as wrong:
        raise Refused("roster_mapping_wrong") from wrong
    # `IGNORED` says only that a column was looked at; any number of columns may be that.
    told = [column for column, _ in named if column is not Column.IGNORED]
    if len(set(told)) != len(told) or not all(0 <= at < MOST_COLUMNS for _, at in named):
        raise Refused("roster_mapping_wrong")
    if row is not None and not 0 <= row <= _MOST_ROWS:
        raise Refused("roster_mapping_wrong")
    kept = tuple((column, at) for column, at in chosen.mapping if column is not Column.IGNORED)
    if named and Column.NAME not in told:
        raise Refused("roster_mapping_wrong")
    return replace(chosen, mapping=kept)


def choices_of_words(mapping: str, **more: object) -> Choices:
    """The choices of a command line: `name=B,title=C,unit=D`.

    Raises `Refused`: `roster_mapping_wrong`.
    """
    columns: dict[int, str] = {}
    for pair in filter(None, (piece.strip() for piece in mapping.split(","))):
        word, equals, letters = pair.partition("=")
        place = place_of(letters.strip())
        if not equals or place is None or place in columns:
            raise Refused("roster_mapping_wrong")
        columns[place] = word.strip()
    return choices_of(columns, **more)  # type: ignore[arg-type]
