"""The header row: which column holds what, told by the words that offices write there."""

from __future__ import annotations

import re

from kiosk.conference.roster.sheet import Column
from kiosk.core.errors import Refused
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
    (
        Column.IGNORED,
        re.compile(
            r"(ngay|nam|ngay thang|ngay thang nam) sinh.*|ky ten.*|ky nhan|chu ky.*|.*dien thoai.*"
            r"|sdt|email|thu dien tu|.*cccd.*|.*can cuoc.*|.*cmnd.*|dia chi.*|que quan|trinh do.*"
        ),
    ),
)
_FAMILY_PART = re.compile(r"ho|ho (va )?(ten )?(dem|lot|chu dem|chu lot|ten dem|ten lot)")
_GIVEN_PART = re.compile(r"ten")


def header_words(cell: str) -> str:
    """The words of a header cell: folded, signs dropped (`Họ & tên:` → `ho ten`)."""
    return _NO_WORD.sub(" ", fold(cell)).strip()


def columns_of(cells: list[str]) -> dict[Column, int] | None:
    """Which column holds what if this row is a header, else None.

    A header names at least the people and one thing more. The first of two like columns counts.
    Raises `Refused("roster_split_name")` when the name stands in two columns (họ đệm, tên).
    """
    found: dict[Column, int] = {}
    family = given = False
    for place, cell in enumerate(cells):
        if not cell or len(cell) > _LONGEST_HEADER:
            continue
        words = header_words(cell)
        kind = next((kind for kind, pattern in _WORDS if pattern.fullmatch(words)), None)
        if kind is not None:
            found.setdefault(kind, place)
        elif _FAMILY_PART.fullmatch(words):
            family = True
        elif _GIVEN_PART.fullmatch(words):
            given = True
    if family and given and Column.NAME not in found and found:
        # Half a name would be stored as a whole one; better to ask than to guess.
        raise Refused("roster_split_name")
    if Column.NAME not in found or len(found) < 2:
        return None
    return found


def find_header(rows: list[list[str]]) -> tuple[int, dict[Column, int]] | None:
    """The place of the first header row among the first rows (from 0), with its columns."""
    for place, cells in enumerate(rows[:HEADER_WITHIN]):
        columns = columns_of(cells)
        if columns is not None:
            return place, columns
    return None


def refuse_split_names(rows: list[list[str]], header: int, columns: dict[Column, int]) -> None:
    """Refuse a list whose one name header stands over two columns (họ đệm, then tên).

    The second half has no header of its own, so it is known by its cells: most named rows have
    letters there. Raises `Refused("roster_split_name")`.
    """
    name, after = columns[Column.NAME], columns[Column.NAME] + 1
    if after in columns.values() or (after < len(rows[header]) and rows[header][after]):
        return
    below = [row for row in rows[header + 1 :] if len(row) > name and row[name]]
    both = sum(len(row) > after and any(map(str.isalpha, row[after])) for row in below)
    if both and 2 * both > len(below):
        raise Refused("roster_split_name")
