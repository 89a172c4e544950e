"""The header row: which column holds what, told by the words that offices write there."""

from __future__ import annotations

import re

from kiosk.conference.roster.sheet import Column
from kiosk.core.names import fold

HEADER_WITHIN = 20
_LONGEST_HEADER = 60  # longer texts in the first rows are titles
_NO_WORD = re.compile(r"[^a-z0-9]+")

# Tried in this order on the folded words of a cell. `Chức vụ, đơn vị` together is a title.
_WORDS: tuple[tuple[Column, re.Pattern[str]], ...] = (
    (Column.NUMBER, re.compile(r"stt|tt|so tt|so thu tu|no")),
    (
        Column.NAME,
        re.compile(
            r"(ho (va )?ten|ho (chu )?dem va ten|ho va ten khai sinh|ten dai bieu|full name|name)"
            r"( (cua )?(dai bieu|can bo|cac dai bieu|cb|cbcc|nguoi|thanh vien).*)?"
            r"|dai bieu|ho ten chu dem"
        ),
    ),
    (Column.TITLE, re.compile(r"(chuc (vu|danh)|title|vi tri (viec lam|cong tac)).*")),
    (Column.SEAT, re.compile(r"(so |vi tri |cho )?(ghe|ngoi)( ngoi)?|vi tri( ghe| ngoi)*|seat")),
    (
        Column.UNIT,
        re.compile(r"(ten )?(don vi|phong ban|phong|co quan|noi cong tac|bo phan|unit)\b.*"),
    ),
    (Column.ADDRESS, re.compile(r"ong ba|ba ong|(cach )?xung ho|danh xung")),
    (Column.GENDER, re.compile(r"gioi tinh|gioi|nam nu|phai")),
    (Column.STANDING, re.compile(r"(tu cach|thanh phan|loai dai bieu|dien dai bieu).*|standing")),
    (Column.NOTE, re.compile(r"ghi chu.*|note")),
    (Column.BIRTH, re.compile(r"(ngay|nam|thang|ngay thang|ngay thang nam) sinh.*")),
    (
        Column.IGNORED,
        re.compile(
            r"ky ten.*|ky nhan|chu ky.*|.*dien thoai.*"
            r"|sdt|email|thu dien tu|.*cccd.*|.*can cuoc.*|.*cmnd.*|dia chi.*|que quan|trinh do.*"
        ),
    ),
)
_FAMILY_PART = re.compile(r"ho|ho (va )?(ten )?(dem|lot|chu dem|chu lot|ten dem|ten lot)")
_MIDDLE_PART = re.compile(r"((chu|ten) )?(dem|lot)|ten giua")
_GIVEN_PART = re.compile(r"ten")
#: What else a second header line may hold.
_UNDER = frozenset({"ngay sinh", "nam sinh", "ngay", "thang", "nam", "ky ten", "dem", "lot"})


def header_words(cell: str) -> str:
    """The words of a header cell: folded, signs dropped (`Họ & tên:` → `ho ten`)."""
    return _NO_WORD.sub(" ", fold(cell)).strip()


def kind_of(cell: str) -> Column | None:
    """What one header cell says its column holds; None when it says nothing known."""
    if not cell or len(cell) > _LONGEST_HEADER:
        return None
    words = header_words(cell)
    # With its marks: folded, "Năm" (year) and "Nam" (man) are the same.
    plain = cell.lower().strip(" .:()")
    if plain == "nam":
        return Column.MALE
    if plain == "nữ":
        return Column.FEMALE
    if _GIVEN_PART.fullmatch(words):
        return Column.GIVEN
    if _MIDDLE_PART.fullmatch(words):
        return Column.MIDDLE
    return next((kind for kind, pattern in _WORDS if pattern.fullmatch(words)), None)


def columns_of(cells: list[str]) -> dict[Column, int] | None:
    """Which column holds what if this row is a header, else None.

    A header names at least the people and one thing more. The first of two like columns counts.
    A name in two columns (họ đệm, tên) is `NAME` and `GIVEN`, in three `MIDDLE` stands between.
    """
    found: dict[Column, int] = {}
    family: int | None = None
    for place, cell in enumerate(cells):
        kind = kind_of(cell)
        if kind is not None:
            found.setdefault(kind, place)
        elif family is None and _FAMILY_PART.fullmatch(header_words(cell)):
            family = place
    if Column.NAME not in found and family is not None and Column.GIVEN in found:
        found[Column.NAME] = family
        if found[Column.GIVEN] == family + 2 and not cells[family + 1]:
            found[Column.MIDDLE] = family + 1
    elif Column.NAME not in found or found.get(Column.GIVEN) != _after_name(found):
        # A lone "Tên" is no half of a name.
        found.pop(Column.GIVEN, None)
    if Column.GIVEN not in found or found.get(Column.MIDDLE) != found[Column.GIVEN] - 1:
        found.pop(Column.MIDDLE, None)
    if Column.NAME not in found or len(found) < 2:
        return None
    return found


def _after_name(columns: dict[Column, int]) -> int:
    """Where the given name stands: beside the family name, or beside the middle name there."""
    beside = columns[Column.NAME] + 1
    return beside + 1 if columns.get(Column.MIDDLE) == beside else beside


def find_header(rows: list[list[str]]) -> tuple[int, dict[Column, int]] | None:
    """The place of the first header row among the first rows (from 0), with its columns."""
    for place, cells in enumerate(rows[:HEADER_WITHIN]):
        columns = columns_of(cells)
        if columns is not None:
            return place, columns
    return None


def second_line(rows: list[list[str]], header: int, columns: dict[Column, int]) -> bool:
    """Whether the row below is the second line of the header; then `columns` learns from it.

    Such a line holds header words and nothing else: `Họ đệm | Tên` below `Họ và tên`, `Nam | Nữ`
    below `Ngày sinh`, or cells merged over both lines again.
    """
    if header + 1 >= len(rows):
        return False
    below = rows[header + 1]
    filled = [(place, cell) for place, cell in enumerate(below) if cell]
    above = rows[header]
    kinds: list[tuple[int, Column | None]] = []
    for place, cell in filled:
        kind = kind_of(cell)
        family = bool(_FAMILY_PART.fullmatch(header_words(cell))) and len(cell) <= _LONGEST_HEADER
        merged = place < len(above) and above[place] == cell
        if kind is None and not family and not merged and header_words(cell) not in _UNDER:
            return False
        kinds.append((place, Column.NAME if family else kind))
    if not filled:
        return False
    if len(filled) == 1 and kinds[0][0] == columns[Column.NAME]:
        return False  # one word in the column of names is rather somebody's name
    taken = set(columns.values())
    for place, kind in kinds:
        if kind is Column.MIDDLE:
            if place == columns[Column.NAME] + 1:
                columns.setdefault(kind, place)
        elif kind is Column.GIVEN and place == _after_name(columns):
            columns.setdefault(kind, place)
        elif kind in {Column.MALE, Column.FEMALE}:
            columns[kind] = place
            if columns.get(Column.BIRTH) == place:
                del columns[Column.BIRTH]  # the date stands under the sex
        elif kind not in {None, Column.NAME, Column.GIVEN} and place not in taken:
            columns.setdefault(kind, place)
    return True


def split_name(rows: list[list[str]], header: int, columns: dict[Column, int]) -> None:
    """Learn of a name whose one header stands over two columns (họ đệm, then tên).

    The second half has no header of its own, so it is known by its cells: most named rows have
    letters there.
    """
    name, after = columns[Column.NAME], columns[Column.NAME] + 1
    if after in columns.values() or (after < len(rows[header]) and rows[header][after]):
        return
    below = [row for row in rows[header + 1 :] if len(row) > name and row[name]]
    both = sum(len(row) > after and any(map(str.isalpha, row[after])) for row in below)
    if both and 2 * both > len(below):
        columns[Column.GIVEN] = after
