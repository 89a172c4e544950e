"""The marks that begin a paragraph of a plan: "II.", "3.", "3.1.", "b)", "-", "+"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from kiosk.conference.plan.numbering import formatted


class Rank(IntEnum):
    """How high in the outline a mark stands; a smaller rank holds the larger ones."""

    PART = 0  # A.
    ROMAN = 1  # II.
    NUMBER = 2  # 3.
    NUMBER_WITHIN = 3  # 1. under a heading that is numbered 3. itself
    DOTTED = 4  # 3.1.
    DOTTED_TWICE = 5  # 3.1.2.
    LETTER = 6  # b)
    BULLET = 7  # -
    PLUS = 8  # +
    PLAIN = 9  # no mark


@dataclass(frozen=True)
class Mark:
    """A mark at the start of a line."""

    rank: Rank
    #: Its place in its list; 0 for bullets.
    value: int
    #: Letters of the line that it takes, the space behind it included.
    length: int


# "V/v tổ chức …" (về việc) is no fifth part.
_ROMAN = re.compile(
    r"(?:(?:PHẦN|Phần|MỤC|Mục)\s+)?(?!V/[vV]\b)([IVX]{1,6})(?:\s?[.)/:]\s*|\s?[-–]\s+)(?=\S)"
)
_NUMBER = re.compile(
    r"\(?(\d{1,2}(?:\.\d{1,2}){0,3})"
    r"(?:\s?[.)/:]\s*(?=[^\s\d./])|\)\s+(?=\S)|\s?[-–]\s+(?=[^\W\d]))"
)
_DOTTED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})\s+(?=[^\W\d])")
_PART = re.compile(r"([A-EGHĐ])\s?[.)/]\s+(?=\S)")
# "(i), (ii), (iii)" between two brackets; "i)" is the letter after h.
_SMALL_ROMAN = re.compile(r"\(([ivx]{1,5})\)\s*(?=[^\s\d])")
_LETTER = re.compile(r"\(?([a-zđ])\s?(?:[.)/]\s*|[-–]\s+)(?=[^\s\d])")
_BULLET = re.compile(r"(?:[-–—−•·*▪●○◦‣∙❖➢➤►✓■□◆\uf02d\uf0b7\uf0a7]\s*|o\s+)(?=[^\W_]|[(\"“'‘\[])")
_PLUS = re.compile(r"\+\s*(?=\S)")
_ROMAN_VALUES = {formatted(value, "upperRoman"): value for value in range(1, 40)}
_PARTS = "ABCDĐEGH"
_LETTERS = "abcdđeghiklmnopqrstuvxy"


def mark_of(text: str) -> Mark | None:  # noqa: PLR0911 - one return per kind of mark reads best
    """The mark that `text`, which has no space before it, begins with; None when it has none."""
    found = _ROMAN.match(text)
    if found and found.group(1) in _ROMAN_VALUES:
        return Mark(Rank.ROMAN, _ROMAN_VALUES[found.group(1)], found.end())
    found = _NUMBER.match(text) or _DOTTED.match(text)
    if found:
        numbers = found.group(1).split(".")
        rank = (Rank.NUMBER, Rank.DOTTED, Rank.DOTTED_TWICE, Rank.DOTTED_TWICE)[len(numbers) - 1]
        return Mark(rank, int(numbers[-1]), found.end())
    found = _PART.match(text)
    if found:
        return Mark(Rank.PART, _PARTS.find(found.group(1)) + 1, found.end())
    found = _SMALL_ROMAN.match(text)
    if found and found.group(1).upper() in _ROMAN_VALUES:
        return Mark(Rank.LETTER, _ROMAN_VALUES[found.group(1).upper()], found.end())
    found = _LETTER.match(text)
    if found:
        return Mark(Rank.LETTER, _LETTERS.find(found.group(1)) + 1, found.end())
    found = _BULLET.match(text)
    if found:
        return Mark(Rank.BULLET, 0, found.end())
    found = _PLUS.match(text)
    if found:
        return Mark(Rank.PLUS, 0, found.end())
    return None
