"""Lines become paragraphs: wrapped lines are joined, numbered ones stand alone.

A plain text does not say where a paragraph ends. Texts taken from a PDF are wrapped at the width of
the page and may have an empty line after every line; texts typed by hand have one line per
paragraph. Both are told apart by the lines themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kiosk.conference.plan.letters import fold, is_capitals, tidy
from kiosk.conference.plan.marks import Mark, Rank, mark_of
from kiosk.conference.plan.model import SourceLine

#: Capitals are wider: so many small letters take the room of one.
_CAPITAL_WIDTH = 1.35
#: A wrapped page is not wider than this; longer lines mean that nothing was wrapped.
_WIDEST_PAGE = 130
#: Part of the page's width from which a line counts as full. Letters differ in width, and the
#: width is only counted, so there is some slack.
_FULL = 0.93
#: The same for a line that ends without any mark and so hardly ends a paragraph.
_FULL_UNENDED = 0.85

_ENDS = (".", ";", ":", "!", "?")
#: "nhiệm kỳ / 2026 - 2028": no line of a plan begins with a year of its own accord.
_YEAR = re.compile(r"20\d\d\b(?![/.])")
_DECORATION = re.compile(r"[\s_\-–—=*.…~]+")
#: Lines that always begin something new, whatever stands before them (folded).
_ALWAYS_NEW = re.compile(
    r"(?:noi nhan\b|can cu\b|tren day la\b|kinh gui\b|cong hoa xa hoi|doc lap ?[-–] ?tu do"
    r"|(?:tm|kt|tl|tuq|q)\. )"
)


@dataclass(frozen=True)
class Paragraph:
    """One or more lines that belong together."""

    lines: tuple[SourceLine, ...]
    mark: Mark | None
    #: Without its mark, joined by single spaces.
    text: str

    @property
    def rank(self) -> Rank:
        return self.mark.rank if self.mark else Rank.PLAIN


@dataclass(frozen=True)
class _Page:
    """How the text was laid out."""

    wrapped: bool
    width: float
    #: Empty lines stand also inside paragraphs and so say nothing.
    airy: bool

    def is_full(self, line: str, following: str) -> bool:
        """Whether the first word of the following line had no room on this one."""
        first = following.split(maxsplit=1)[0]
        share = _FULL if line.rstrip().endswith(_ENDS) else _FULL_UNENDED
        return self.wrapped and _width(line) + 1 + _width(first) >= self.width * share


def paragraphs_of(lines: list[SourceLine]) -> list[Paragraph]:
    """The paragraphs of a plan, from top to bottom; lines of mere dashes are left out."""
    lines = [line for line in lines if not _DECORATION.fullmatch(line.text)]
    page = _page_of(lines)
    groups: list[tuple[list[SourceLine], Mark | None]] = []
    numbers: dict[Rank, int] = {}
    for line in lines:
        mark = mark_of(line.text.strip())
        if groups:
            previous, previous_mark = groups[-1]
            if mark and _is_false_mark(mark, previous[-1], line, page, numbers):
                mark = None
                previous.append(line)
                continue
            if mark is None and _continues(previous, previous_mark, line, page):
                previous.append(line)
                continue
        if mark:
            numbers[mark.rank] = mark.value
        groups.append(([line], mark))
    return [_paragraph(group, mark) for group, mark in groups]


def unmarked(paragraph: Paragraph) -> Paragraph:
    """The same paragraph with its mark taken for text."""
    text = tidy(" ".join(line.text for line in paragraph.lines))
    return replace(paragraph, mark=None, text=text)


def _paragraph(lines: list[SourceLine], mark: Mark | None) -> Paragraph:
    first = lines[0].text.strip()[mark.length if mark else 0 :]
    return Paragraph(
        tuple(lines), mark, tidy(" ".join([first, *(line.text for line in lines[1:])]))
    )


def _width(text: str) -> float:
    text = tidy(text)
    capitals = sum(letter.isupper() for letter in text)
    return len(text) + (_CAPITAL_WIDTH - 1) * capitals


def _leaves_bracket_open(text: str) -> bool:
    return text.rfind("(") > text.rfind(")")


def _page_of(lines: list[SourceLine]) -> _Page:
    widths = sorted(_width(line.text) for line in lines)
    width = widths[-max(1, len(widths) // 20)] if widths else 0.0
    # Only a wrapped line begins with a small letter.
    broken = sum(
        line.begins is not False
        and line.text.lstrip()[:1].islower()
        and mark_of(line.text.strip()) is None
        for line in lines
    )
    airy = sum(line.after_blank for line in lines) > 0.6 * len(lines)
    enough = broken >= max(2, len(lines) // 12)
    return _Page(enough and width <= _WIDEST_PAGE, width, airy)


def _is_false_mark(
    mark: Mark, before: SourceLine, line: SourceLine, page: _Page, numbers: dict[Rank, int]
) -> bool:
    """A wrapped line may begin with what only looks like a mark: "Điều / 53. Thảo luận"."""
    if line.begins or before.text.endswith(_ENDS):
        return False
    if not page.is_full(before.text, line.text):
        return False
    if mark.rank is Rank.BULLET:
        return not is_capitals(before.text)
    if mark.rank in {Rank.ROMAN, Rank.PART, Rank.PLUS}:
        return False
    return mark.value not in {1, numbers.get(mark.rank, 0) + 1}


def _continues(  # noqa: PLR0911 - one return per reason reads best
    group: list[SourceLine], mark: Mark | None, line: SourceLine, page: _Page
) -> bool:
    before = group[-1].text.strip()
    text = tidy(line.text)
    if _ALWAYS_NEW.match(fold(text)):
        return False
    if line.begins is not None and not page.wrapped:
        return line.begins is False
    if mark and mark.rank <= Rank.ROMAN and is_capitals(before):
        return is_capitals(text) and page.is_full(before, text)
    starts_small = text[:1].islower()
    if line.after_blank and not page.airy:
        return starts_small and not before.endswith(_ENDS)
    if before.endswith("./."):
        return False
    if page.wrapped and _leaves_bracket_open(before):
        return True
    if (starts_small or _YEAR.match(text)) and not before.endswith(_ENDS):
        return True
    return page.is_full(before, text) and not before.endswith(":")
