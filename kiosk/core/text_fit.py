"""Which size and which lines let a text fit a box on paper, before it is typeset.

Widths come from the advance of each letter in the very font file that typst embeds; kerning,
which nearly always narrows, is left out, so that a line that fits here fits on paper.
Lengths are millimetres, type sizes points.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kiosk.core import typeset

MM_PER_POINT = 25.4 / 72
_EM = 1000
# Kerning that widens, rounding in the font: a hundredth is more than was ever measured.
_SAFETY = 1.01
# Above this the count of ways to break a text explodes; then lines are simply filled.
_MOST_WORDS = 16

_DASHES = frozenset("-–—")

_FILES = {
    400: "BeVietnamPro_400Regular.ttf",
    600: "BeVietnamPro_600SemiBold.ttf",
    700: "BeVietnamPro_700Bold.ttf",
    800: "BeVietnamPro_800ExtraBold.ttf",
}


@dataclass(frozen=True)
class Fitted:
    """Lines of one size (points) that fit."""

    size: float
    lines: tuple[str, ...]


def tidy(text: str) -> str:
    """NFC, one blank between words, nothing invisible: the only form that is measured."""
    shown = "".join(
        sign if unicodedata.category(sign) not in ("Cc", "Cf", "Cs") else " "
        for sign in unicodedata.normalize("NFC", text)
    )
    return " ".join(shown.split())


def width(text: str, *, size: float, weight: int) -> float:
    """Millimetres that the text takes in Be Vietnam Pro at `size` points."""
    ems = sum(_advance(sign, weight) for sign in text)
    return ems * size * MM_PER_POINT * _SAFETY


def rise(text: str, *, weight: int) -> float:
    """How far the ink goes above the baseline, in em; capitals with two marks (Ễ) reach 1.15."""
    return max((_ink_top(sign, weight) for sign in text), default=0.0)


def wrap(text: str, *, size: float, weight: int, limit: float) -> list[str]:
    """Lines filled from the left, each at most `limit` wide.

    Breaks between words; a word alone wider than the line is cut inside, as the last resort.
    A dash that stands alone stays with the word before it, so that no line begins with one.
    """
    lines: list[str] = []
    for word in _words(text, size=size, weight=weight, limit=limit):
        together = f"{lines[-1]} {word}" if lines else word
        if lines and width(together, size=size, weight=weight) <= limit:
            lines[-1] = together
        else:
            lines.append(word)
    return lines


def pretty(text: str, *, size: float, weight: int, limit: float) -> list[str]:
    """`wrap`, but the last line is not one lonely word where the line above can spare one."""
    lines = wrap(text, size=size, weight=weight, limit=limit)
    if len(lines) < 2 or " " in lines[-1] or lines[-2].count(" ") < 2:
        return lines
    kept, moved = lines[-2].rsplit(" ", 1)
    last = f"{moved} {lines[-1]}"
    if moved in _DASHES or width(last, size=size, weight=weight) > limit:
        return lines
    return [*lines[:-2], kept, last]


def balanced(
    text: str,
    *,
    size: float,
    weight: int,
    limit: float,
    accept: Callable[[Sequence[str]], bool] = lambda lines: True,
) -> list[str] | None:
    """The fewest lines that fit, broken so that the longest is as short as can be.

    Only breaks that `accept` allows are taken; None when it allows none.
    """
    filled = wrap(text, size=size, weight=weight, limit=limit)
    words = _words(text, size=size, weight=weight, limit=limit)
    if len(words) > _MOST_WORDS:
        return filled if accept(filled) else None
    best: tuple[float, list[str]] | None = None
    for cuts in itertools.combinations(range(1, len(words)), max(len(filled) - 1, 0)):
        edges = (0, *cuts, len(words))
        lines = [" ".join(words[a:b]) for a, b in itertools.pairwise(edges)]
        longest = max((width(line, size=size, weight=weight) for line in lines), default=0.0)
        if longest <= limit and (best is None or longest < best[0]) and accept(lines):
            best = (longest, lines)
    return best[1] if best else None


def shrink(
    fits: Callable[[float], Sequence[str] | None], *, steps: Sequence[float], factor: float = 0.9
) -> Fitted:
    """The first of `steps` at which `fits` gives lines; below the last one, ever smaller.

    Text is finite, so this ends; nothing is ever cut off with an ellipsis (looks/README.md).
    """
    smaller = (steps[-1] * factor**n for n in itertools.count(1))
    for size in itertools.chain(steps, smaller):
        lines = fits(size)
        if lines is not None:
            return Fitted(size=round(size, 3), lines=tuple(lines))
    raise AssertionError("an endless row of sizes ended")


def _words(text: str, *, size: float, weight: int, limit: float) -> list[str]:
    glued: list[str] = []
    for word in text.split():
        if glued and word in _DASHES:
            glued[-1] = f"{glued[-1]} {word}"
        else:
            glued.append(word)
    pieces: list[str] = []
    for word in glued:
        rest = word
        while len(rest) > 1 and width(rest, size=size, weight=weight) > limit:
            # A glued dash may be what is too wide; a piece is then cut before its blank.
            count = _longest_start(rest, size=size, weight=weight, limit=limit)
            pieces.append(rest[:count].rstrip())
            rest = rest[count:].lstrip()
        if rest:
            pieces.append(rest)
    return pieces


def _longest_start(word: str, *, size: float, weight: int, limit: float) -> int:
    """How many letters of `word` fit, at least one."""
    total = 0.0
    for count, sign in enumerate(word):
        total += width(sign, size=size, weight=weight)
        if total > limit:
            return max(count, 1)
    return len(word)


@lru_cache(maxsize=4096)
def _advance(sign: str, weight: int) -> float:
    """Width of one letter in em."""
    return float(_font(weight).getlength(sign)) / _EM


@lru_cache(maxsize=4096)
def _ink_top(sign: str, weight: int) -> float:
    return -float(_font(weight).getbbox(sign, anchor="ls")[1]) / _EM


@lru_cache(maxsize=len(_FILES))
def _font(weight: int) -> Any:
    from PIL import ImageFont

    # BASIC: the other layout engine is not in every Pillow, and would answer differently.
    return ImageFont.truetype(
        typeset.FONTS / _FILES[weight], _EM, layout_engine=ImageFont.Layout.BASIC
    )
