"""Compare a roster file with the people already stored: new, changed, unchanged, not in the file.

Nothing is ever removed because a file leaves it out; `absent` only says who it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from kiosk.conference.roster.sheet import Column, Finding, RosterRow, Sheet, Standing, unit_key
from kiosk.conference.roster.standing import Flags, default_flags
from kiosk.core.names import fold, name_key

T = TypeVar("T")


class Change(StrEnum):
    """What importing one row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Known:
    """A person as stored. `number` is the conference's own, unique, shown on the badge."""

    id: int
    number: int
    name: str
    unit: str
    title: str
    address_form: str | None
    seat: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of the file beside the stored one, if any.

    `number` is the stored number, or the next free one for a new person. `changed` names the
    fields that differ: name, title, unit, address_form, seat, standing. `unsure` marks one of
    several people of one name in one unit who could be told apart by their order only. `like` is
    the stored person of the unit whom the file does not name and whose name is spelled nearly so:
    somebody should say whether a spelling was corrected, for one person must not count twice.
    """

    row: RosterRow
    change: Change
    number: int
    known: Known | None = None
    changed: tuple[str, ...] = ()
    unsure: bool = False
    like: Known | None = None

    def after(self) -> Known | RosterRow:
        """The person as they would stand after the import.

        For a new person the row itself; for a stored one the stored record with only the changed
        fields taken from the file, so that spellings and choices made by hand stay.
        """
        if self.known is None:
            return self.row
        return replace(self.known, **{name: getattr(self.row, name) for name in self.changed})


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every person of the file in file order, and the stored people whom it does not name."""

    entries: tuple[Entry, ...]
    absent: tuple[Known, ...]

    def count(self, change: Change) -> int:
        """How many entries are of this kind."""
        return sum(1 for entry in self.entries if entry.change is change)


def compare(stored: Iterable[Known], sheet: Sheet, *, last_number: int = 0) -> Comparison:
    """Match the rows of a file with the stored people.

    First by name and unit; then by name alone when exactly one stored person and one row have
    it (the person moved to another unit). Case, NFC/NFD, the place of tone marks and the order
    of columns never make a change; a column that the file does not have changes nothing. People of
    one name in one unit are told apart by title and seat, else by their order. Somebody whose name
    was corrected is another person until a person says otherwise (`RosterRow.renames`).

    `last_number` is the highest number ever given: new people get numbers above it.
    """
    known = list(stored)
    row_keys = [name_key(row.name) for row in sheet.rows]
    matches, unsure = _by_name_and_unit(known, sheet, row_keys)
    by_name = _alone(known, [name_key(each.name) for each in known])
    rows_alone = _alone(list(sheet.rows), row_keys)

    for at, key in enumerate(row_keys):
        if at not in matches and key in rows_alone and key in by_name:
            matches[at] = by_name[key]
    taken = {match.id for match in matches.values()}
    left = [each for each in known if each.id not in taken]
    alike = _alike(left, [(at, row) for at, row in enumerate(sheet.rows) if at not in matches])

    next_number = max((each.number for each in known), default=0)
    next_number = max(next_number, last_number) + 1
    entries: list[Entry] = []
    met: set[int] = set()
    for at, row in enumerate(sheet.rows):
        like = alike.get(at)
        match = matches.get(at) or (like if row.renames else None)
        if match is None:
            entries.append(Entry(row, Change.NEW, next_number, like=like))
            next_number += 1
            continue
        met.add(match.id)
        fields = _differences(match, row, sheet.columns)
        if match is like:
            fields = ("name", *(each for each in fields if each != "name"))
        kind = Change.CHANGED if fields else Change.UNCHANGED
        entries.append(
            Entry(row, kind, match.number, match, fields, unsure=at in unsure, like=like)
        )
    absent = tuple(each for each in known if each.id not in met)
    return Comparison(tuple(entries), absent)


def _by_name_and_unit(
    known: list[Known], sheet: Sheet, row_keys: list[str]
) -> tuple[dict[int, Known], set[int]]:
    """The stored person of each row (by its place), and the rows that only their order tells."""
    people: dict[tuple[str, str], list[Known]] = {}
    for each in known:
        people.setdefault((name_key(each.name), unit_key(each.unit)), []).append(each)
    rows: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(sheet.rows):
        rows.setdefault((row_keys[at], unit_key(row.unit)), []).append(at)
    matches: dict[int, Known] = {}
    unsure: set[int] = set()
    for both, places in rows.items():
        there = sorted(people.get(both, ()), key=lambda each: each.number)
        if len(places) > 1 or len(there) > 1:
            for same in (_same_title_and_seat, _same_title, _same_seat):
                for at in list(places):
                    fits = [each for each in there if same(each, sheet.rows[at])]
                    if len(fits) == 1:
                        matches[at] = fits[0]
                        there.remove(fits[0])
                        places.remove(at)
            unsure.update(places if there else ())
        matches.update(zip(places, there, strict=False))
    return matches, unsure


def _alike(left: list[Known], rows: list[tuple[int, RosterRow]]) -> dict[int, Known]:
    """The one stored person left over in a row's unit whose name differs by marks or a letter."""
    if not left:
        return {}
    people: dict[tuple[str, str], set[int]] = {}
    by_id = {each.id: each for each in left}
    for each in left:
        for spelling in _spellings(each.name):
            people.setdefault((unit_key(each.unit), spelling), set()).add(each.id)
    found: dict[int, int] = {}
    for at, row in rows:
        near: set[int] = set()
        for spelling in _spellings(row.name):
            near |= people.get((unit_key(row.unit), spelling), set())
        if len(near) == 1:
            found[at] = near.pop()
    claims = Counter(found.values())
    return {at: by_id[which] for at, which in found.items() if claims[which] == 1}


def _spellings(name: str) -> set[str]:
    """The folded name, and that name without any one of its letters: near names share one."""
    folded = fold(name)
    return {folded, *(folded[:at] + folded[at + 1 :] for at in range(len(folded)))}


def _same_title_and_seat(known: Known, row: RosterRow) -> bool:
    return _same_title(known, row) and known.seat.casefold() == row.seat.casefold()


def _same_title(known: Known, row: RosterRow) -> bool:
    return name_key(known.title) == name_key(row.title)


def _same_seat(known: Known, row: RosterRow) -> bool:
    return bool(row.seat) and known.seat.casefold() == row.seat.casefold()


def _alone(items: Sequence[T], keys: Sequence[str]) -> dict[str, T]:
    """The items whose key no other has."""
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return {key: item for item, key in zip(items, keys, strict=True) if counts[key] == 1}


def _differences(known: Known, row: RosterRow, columns: frozenset[Column]) -> tuple[str, ...]:
    found = []
    if row.respelled and known.name != row.name:
        found.append("name")
    if Column.TITLE in columns and name_key(known.title) != name_key(row.title):
        found.append("title")
    if unit_key(known.unit) != unit_key(row.unit):
        found.append("unit")
    says_address = not columns.isdisjoint(
        {Column.ADDRESS, Column.GENDER, Column.MALE, Column.FEMALE}
    )
    # "Nam" and "Nữ" cannot say đồng chí, so a sex column does not undo what a person chose.
    if says_address and row.address_form != known.address_form:
        from_gender = Column.ADDRESS not in columns
        if not (from_gender and (row.address_form is None or known.address_form == "Đồng chí")):
            found.append("address_form")
    if Column.SEAT in columns and known.seat.casefold() != row.seat.casefold():
        found.append("seat")
    # A default is no statement: a guest marked by hand stays one when the file comes again.
    if row.standing_stated and known.standing is not row.standing:
        found.append("standing")
    return tuple(found)


def as_json(
    sheet: Sheet, comparison: Comparison, *, flags: dict[int, Flags] | None = None
) -> dict[str, Any]:
    """The answer of `kiosk roster --json`: counts, rows that are not people, the delegates.

    `flags` are the stored flags by `Known.id`, where the office has set them; all others are
    the defaults of R2 and R3. Keys and their order are a promise to the callers outside.
    """
    stored = flags or {}
    return {
        "new": comparison.count(Change.NEW),
        "changed": comparison.count(Change.CHANGED),
        "unchanged": comparison.count(Change.UNCHANGED),
        "skipped": [_short(finding) for finding in sheet.skipped],
        "rejected": [_short(finding) for finding in sheet.rejected],
        "suspicious": [{**_short(finding), **finding.facts} for finding in sheet.suspicious],
        "delegates": [_person(entry, stored) for entry in comparison.entries],
    }


def _short(finding: Finding) -> dict[str, str | int]:
    return {"row": finding.row, "reason": finding.reason}


def _person(entry: Entry, stored: dict[int, Flags]) -> dict[str, Any]:
    person = entry.after()
    flags = default_flags(person.standing, person.unit)
    # Flags set by hand belong to a standing in a unit; they end when either changes.
    if entry.known is not None and not {"unit", "standing"} & set(entry.changed):
        flags = stored.get(entry.known.id, flags)
    return {
        "number": entry.number,
        "name": person.name,
        "address_form": person.address_form,
        "title": person.title,
        "unit": person.unit,
        "seat": person.seat,
        "standing": person.standing.value,
        "counts_for_quorum": flags.counts_for_quorum,
        "votes": flags.votes,
        "elects": flags.elects,
    }
