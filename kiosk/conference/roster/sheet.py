"""What a roster file says, once read: people, and every row that is not one, with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from kiosk.core.legacy_text import Legacy
from kiosk.core.names import fold

_NO_WORD = re.compile(r"[^a-z0-9]+")


class Standing(StrEnum):
    """Whether a person is convened with full rights or only invited (R2)."""

    DELEGATE = "delegate"
    GUEST = "guest"


class Column(StrEnum):
    """What a column of the file holds.

    `GIVEN` is the last part of a name that stands in two columns, `MIDDLE` what stands between
    them where there are three. Of `BIRTH`, `MALE` and
    `FEMALE` (a birth date in the column of the sex) only the sex is taken and, to tell two people
    of one name apart, the date looked at; it is never kept (R22). `IGNORED` is left unread.
    """

    NUMBER = "number"
    NAME = "name"
    MIDDLE = "middle"
    GIVEN = "given"
    TITLE = "title"
    UNIT = "unit"
    ADDRESS = "address_form"
    GENDER = "gender"
    SEAT = "seat"
    STANDING = "standing"
    NOTE = "note"
    BIRTH = "birth"
    MALE = "male"
    FEMALE = "female"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided about a file after looking at it; nothing of this is ever guessed."""

    #: Which column holds what, from 0; empty: as the header says.
    mapping: tuple[tuple[Column, int], ...] = ()
    #: Row of the header as Excel counts, 0 for none; None: found by its words.
    header_row: int | None = None
    #: Name of the sheet to read; "": the first visible one with a header.
    sheet: str = ""
    #: The old font that the text was typed in; None: the text is Unicode.
    legacy: Legacy | None = None
    #: People in hidden rows are people too.
    hidden_rows: bool = False
    #: Write every name in capitals as proposed.
    all_proper: bool = False
    #: Rows whose name in capitals is written as proposed.
    proper: frozenset[int] = frozenset()
    #: Rows that are another person than the one of the same name in the same unit.
    others: frozenset[int] = frozenset()
    #: Rows that are a stored person whose name was spelled nearly so.
    same: frozenset[int] = frozenset()
    #: The unit of everybody for whom the file names none (a list of one office).
    unit: str = ""


#: A file as it reads by itself.
AS_IT_IS = Choices()


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person as the file has them, tidied.

    `row` is the row that Excel shows, from 1. `number` is the file's own numbering, which
    usually starts again in each unit. `standing_stated` is false when nothing in the file
    speaks of standing and the default (delegate) was taken.
    """

    row: int
    number: int | None
    name: str
    address_form: str | None
    title: str
    unit: str
    seat: str
    standing: Standing
    standing_stated: bool
    note: str
    #: The name is no longer the file's own spelling: a person chose the proposal.
    respelled: bool = False
    #: A person said that this is the stored person of nearly this name.
    renames: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to say about one row: a reason code and the facts of its sentence."""

    row: int
    reason: str
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole roster file, in file order.

    `skipped` rows are never people (titles, sections, totals, signatures); `rejected` rows should
    be people and cannot be; `suspicious` rows are people whom somebody should look at first.
    `columns` are the columns the file has, so that a missing one is not taken for empty cells.
    """

    filename: str
    sheet_name: str
    header_row: int
    columns: frozenset[Column]
    rows: tuple[RosterRow, ...]
    skipped: tuple[Finding, ...]
    rejected: tuple[Finding, ...]
    suspicious: tuple[Finding, ...]
    #: Where each column stands, from 0.
    places: tuple[tuple[Column, int], ...] = ()


@lru_cache(maxsize=4096)
def unit_key(unit: str) -> str:
    """The key by which two spellings are the same unit.

    Marks, case and punctuation do not count, `&` reads as "và": `Văn phòng HĐND&UBND` and
    `Văn phòng HĐND và UBND` are one.
    """
    return _NO_WORD.sub(" ", fold(unit).replace("&", " va ")).strip() or fold(unit)
