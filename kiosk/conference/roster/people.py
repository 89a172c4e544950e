"""One row of a roster as a person: what is taken, what is refused, what somebody should see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.conference.roster import lines
from kiosk.conference.roster.sheet import (
    AS_IT_IS,
    Choices,
    Column,
    Finding,
    RosterRow,
    Standing,
    unit_key,
)
from kiosk.core.names import fold, is_all_capitals, name_key, proper_case

LONGEST_NAME = 120
LONG_UNIT = 100  # longer is imported, but somebody should look
# Longer cells are a slip of the file (an open quote, a pasted page), never a person's data.
_LONGEST = {
    Column.TITLE: 200,
    Column.UNIT: 200,
    Column.SEAT: 20,
    Column.NOTE: 1_000,
    Column.ADDRESS: 40,
    Column.GENDER: 40,
    Column.STANDING: 200,
}
#: Columns whose text never reaches a stored person (R22).
_NEVER_STORED = frozenset({Column.IGNORED, Column.BIRTH, Column.MALE, Column.FEMALE})
_SAME_AS_ABOVE = {'"', "''", "“", "”", "nt", "-nt-", "- nt -", "//", "như trên"}
#: Day 0 of Excel's calendar of 1900, as it counts every day since March of that year.
_EXCEL_BEGINS = date(1899, 12, 30)
_LAST_OF_CENTURY = 99
#: `5/6/20` is nobody's 1920: who works here was born later, or in this century.
_YOUNGEST = 30
_DIGIT = re.compile(r"\d")
_ODD_SIGN = re.compile(r"[^\w\s'’.\u0300-\u036f-]|_")
_NO_TITLE = re.compile(r"[-–—.\s]*")
_NO_LETTER = re.compile(r"[^a-z]+")
_ADDRESS = {
    "ong": "Ông",
    "o": "Ông",
    "nam": "Ông",
    "ba": "Bà",
    "b": "Bà",
    "nu": "Bà",
    "dongchi": "Đồng chí",
    "dc": "Đồng chí",
}
# Ông is a surname too (Ông Cao Thắng): only before a whole name of three words is it a doubt.
_ADDRESS_IN_NAME = re.compile(r"(ông|bà)[\s.:]+(\S+\s+){2}\S|(đồng chí|đ/c|đc)[\s.:]+\S", re.I)
_DELEGATE_WORDS = re.compile(
    r"(dai bieu|db)( (chinh thuc|duong nhien|(duoc )?(trieu tap|bau)))?|chinh thuc|duong nhien"
    r"|delegate|(duoc )?(trieu tap|bau)"
)


def birth_date(text: str) -> str:
    """One spelling of a date however a file writes it: `01/05/1980`, `05/1980`, `1980`, or "".

    Told are `1/5/80`, `1980-05-01`, `ngày 1 tháng 5 năm 1980`, `01051980` and the whole number
    by which Excel counts days from 1900, so that two spellings never make two people of one.
    """
    if len(text) == 5 and text.isdecimal():
        return (_EXCEL_BEGINS + timedelta(days=int(text))).strftime("%d/%m/%Y")
    if len(text) == 8 and text.isdecimal():
        text = f"{text[:2]}/{text[2:4]}/{text[4:]}"
    numbers = [int(each) for each in re.findall(r"\d+", text)[:3]]
    if len(numbers) == 3 and numbers[0] > _LAST_OF_CENTURY:
        numbers.reverse()
    *before, year = numbers or [0]
    if len(before) == 2 and year <= _LAST_OF_CENTURY:
        year += 1900 if year > _YOUNGEST else 2000
    if not 1900 <= year <= 2099:
        return ""
    if len(before) == 2 and before[1] > 12 >= before[0]:
        before.reverse()
    return "/".join([*(f"{each:02d}" for each in before), str(year)])


@dataclass(frozen=True, slots=True)
class _Apart:
    """What can tell two people of one name in one unit apart."""

    row: int
    title: str
    seat: str
    birth: str

    def differs_from(self, other: _Apart) -> str:
        """The first column in which both say something and not the same; "" for none.

        A year against a whole date says nothing when the date holds the year.
        """
        if self.title and other.title and self.title != other.title:
            return "title"
        if self.seat and other.seat and self.seat != other.seat:
            return "seat"
        mine, theirs = self.birth, other.birth
        if mine and theirs and mine not in theirs and theirs not in mine:
            return "birth"
        return ""


class PersonReader:
    """Reads people's rows one after another and remembers what repeats."""

    def __init__(self, columns: dict[Column, int], choices: Choices = AS_IT_IS) -> None:
        self.rows: list[RosterRow] = []
        self.rejected: list[Finding] = []
        self.suspicious: list[Finding] = []
        self.count = 0  # rows that should be people, rejected ones as well
        self.last_row_with_text = 0
        self._columns = columns
        self._choices = choices
        self._taken = [each for each in columns.items() if each[0] not in _NEVER_STORED]
        self._section = ""
        self._section_standing: Standing | None = None
        self._unit_above = ""
        self._units: dict[str, str] = {}  # first spelling of each unit
        #: (name, unit) to what tells each person of that name and unit apart.
        self._seen: dict[tuple[str, str], list[_Apart]] = {}
        self._by_name: dict[str, list[RosterRow]] = {}

    def open_section(self, unit: str, standing: Standing | None) -> None:
        """People below belong to this unit, unless their own column says another."""
        # "A. Đại biểu" names no unit, and neither keeps the one above nor takes its place.
        self._section = unit
        self._section_standing = standing
        self._unit_above = ""

    def counts_since(self, first: int) -> set[int]:
        """The numbers that a total row may rightly show: all, delegates only, this section."""
        delegates = sum(1 for each in self.rows if each.standing is Standing.DELEGATE)
        return {self.count, self.count - first, delegates, delegates + len(self.rejected)}

    def read(self, row: int, number: int | None, cells: list[str]) -> None:
        """Take one row as a person, or reject it with the first reason that stands."""
        self.count += 1
        name = self.name_in(cells)
        numbered = bool(self._cell(cells, Column.NUMBER))
        if name or sum(map(bool, cells)) > numbered:
            self.last_row_with_text = row
        reason = self._why_not(name, cells)
        if reason is not None:
            self._reject(row, *reason)
            return
        unit = self._unit_of(cells)
        if not unit:
            self._reject(row, "unit_missing", {})
            return
        standing = self._standing_of(cells)
        if standing is None:
            said = self._cell(cells, Column.STANDING)[:40]
            self._reject(row, "standing_not_understood", {"text": said})
            return
        key = (name_key(name), unit_key(unit))
        before = self._seen.setdefault(key, [])
        this = _Apart(
            row,
            name_key(self._cell(cells, Column.TITLE)),
            self._cell(cells, Column.SEAT).casefold(),
            self._birth_in(cells),
        )
        if before:
            told = [this.differs_from(other) for other in before]
            by_person = row in self._choices.others
            if not all(told) and not by_person:
                first = before[told.index("")].row
                self._reject(row, "same_person_twice", {"first_row": first, "text": name[:80]})
                return
            by = "person" if not all(told) else told[0]
            first = before[0].row
            self._suspect(row, "same_name_told_apart", first_row=first, by=by, text=name[:80])
        before.append(this)
        shown = name
        if is_all_capitals(name) and (self._choices.all_proper or row in self._choices.proper):
            shown = proper_case(name)
        title = self._cell(cells, Column.TITLE)
        person = RosterRow(
            row=row,
            number=number,
            name=shown,
            address_form=self._address_of(row, cells),
            title="" if _NO_TITLE.fullmatch(title) else title,
            unit=unit,
            seat=self._cell(cells, Column.SEAT),
            standing=standing[0],
            standing_stated=standing[1],
            note=self._cell(cells, Column.NOTE),
            respelled=shown != name,
            renames=row in self._choices.same,
        )
        self.rows.append(person)
        self._by_name.setdefault(key[0], []).append(person)
        self._look_at(person, name)

    def finish(self) -> None:
        """Say which names stand in two units: one person counted twice, or two people."""
        for people in self._by_name.values():
            first = people[0]
            for person in people[1:]:
                if unit_key(person.unit) != unit_key(first.unit):
                    self._suspect(
                        person.row,
                        "same_name_in_two_units",
                        first_row=first.row,
                        text=person.name[:80],
                    )

    def _cell(self, cells: list[str], column: Column) -> str:
        place = self._columns.get(column)
        return cells[place] if place is not None and place < len(cells) else ""

    def name_in(self, cells: list[str]) -> str:
        """The whole name, from one column, two (họ đệm, tên) or three (họ, chữ đệm, tên)."""
        if Column.GIVEN not in self._columns:
            return self._cell(cells, Column.NAME)
        parts = [self._cell(cells, each) for each in (Column.NAME, Column.MIDDLE, Column.GIVEN)]
        return " ".join(filter(None, parts))

    def _birth_in(self, cells: list[str]) -> str:
        """The birth date, or what of it is known: looked at, never kept (R22)."""
        said = [self._cell(cells, each) for each in (Column.BIRTH, Column.MALE, Column.FEMALE)]
        return birth_date(next(filter(None, said), ""))

    def _reject(self, row: int, reason: str, facts: dict[str, str | int]) -> None:
        self.rejected.append(Finding(row, reason, facts))

    def _suspect(self, row: int, reason: str, **facts: str | int) -> None:
        self.suspicious.append(Finding(row, reason, facts))

    def _why_not(self, name: str, cells: list[str]) -> tuple[str, dict[str, str | int]] | None:
        """The first thing wrong with the cells themselves."""
        for column, place in self._taken:
            cell = cells[place] if place < len(cells) else ""
            if not cell:
                continue
            if lines.is_formula(cell) or (column is Column.NAME and lines.is_error(cell)):
                return "formula", {"column": column.value}
            if len(cell) > _LONGEST.get(column, len(cell)):
                return "cell_too_long", {"column": column.value, "limit": _LONGEST[column]}
        if not name:
            return "name_missing", {}
        if len(name) > LONGEST_NAME:
            return "name_too_long", {"limit": LONGEST_NAME}
        if not any(sign.isalpha() for sign in name):
            return "name_without_letters", {}
        return None

    def _unit_of(self, cells: list[str]) -> str:
        own = self._cell(cells, Column.UNIT)
        if own.lower() in _SAME_AS_ABOVE:
            own = self._unit_above
        elif own:
            self._unit_above = own
        unit = own or self._section or self._choices.unit
        return self._units.setdefault(unit_key(unit), unit) if unit else ""

    def _standing_of(self, cells: list[str]) -> tuple[Standing, bool] | None:
        """Standing, and whether the file states it; None when the words are not understood."""
        said = self._cell(cells, Column.STANDING)
        if said:
            if lines.says_guest(said) or fold(said) in {"guest", "moi"}:
                return Standing.GUEST, True
            if _DELEGATE_WORDS.fullmatch(fold(said)):
                return Standing.DELEGATE, True
            return None
        if lines.says_guest(self._cell(cells, Column.NOTE)):
            return Standing.GUEST, True
        if self._section_standing is not None:
            return self._section_standing, True
        return Standing.DELEGATE, False

    def _address_of(self, row: int, cells: list[str]) -> str | None:
        """The form of address from its own column, else from the sex: never from the name."""
        for column in (Column.ADDRESS, Column.GENDER):
            said = self._cell(cells, column)
            word = _NO_LETTER.sub("", fold(said))
            if word in _ADDRESS:
                return _ADDRESS[word]
            if word and word != "ongba":
                self._suspect(row, "address_not_understood", text=said)
        male, female = self._cell(cells, Column.MALE), self._cell(cells, Column.FEMALE)
        if male and female:
            self._suspect(row, "address_not_understood", text=f"Nam {male[:20]}, Nữ {female[:20]}")
            return None
        # The birth date stands in the column of the sex (domain.md 7).
        return "Ông" if male else "Bà" if female else None

    def _look_at(self, person: RosterRow, name: str) -> None:
        """What imports, but deserves a person's eye; `name` as the file spells it."""
        row = person.row
        if any(map(lines.looks_like_old_font, (name, person.title, person.unit))):
            self._suspect(row, "old_font", text=name)
        if is_all_capitals(name):
            self._suspect(row, "all_capitals", text=name, proposal=proper_case(name))
        if len(name.split()) == 1:
            self._suspect(row, "one_word_name", text=name)
        if _DIGIT.search(name):
            self._suspect(row, "digits_in_name", text=name)
        elif not name.replace(" ", "").isalpha() and _ODD_SIGN.search(name):
            self._suspect(row, "signs_in_name", text=name)
        if _ADDRESS_IN_NAME.match(name):
            self._suspect(row, "address_in_name", text=name)
        if len(person.unit) > LONG_UNIT:
            self._suspect(row, "long_unit", length=len(person.unit))
