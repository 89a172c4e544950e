"""Small tools for Vietnamese text: folding to bare letters, tidy spaces, ends without stops."""

from __future__ import annotations

import re
import unicodedata


class _FoldTable(dict[int, str]):
    """Code point -> one bare lower-case letter, learnt as letters come by."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        bare = unicodedata.normalize("NFD", letter)[0]
        bare = {"đ": "d", "Đ": "d"}.get(bare, bare).lower()
        if len(bare) != 1:
            bare = letter
        self[code] = bare
        return bare


_FOLD = _FoldTable()
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """Bare lower-case letters of an NFC text, letter for letter.

    The result has the length of `text`, so that a place found in it is a place in `text`.
    """
    return text.translate(_FOLD)


def tidy(text: str) -> str:
    """One space between words, none at the ends."""
    return _SPACES.sub(" ", text).strip()


def without_stop(text: str) -> str:
    """The text without the marks that end a line of a plan (`.`, `;`, `:`, `,`, `./.`)."""
    return tidy(text).rstrip(" .;:,/")


def words_in(text: str) -> int:
    """How many words stand in the text."""
    return len(text.split())


def is_capitals(text: str) -> bool:
    """Whether the text has letters and none of them is small."""
    return text.upper() == text and text.lower() != text


# A full stop ends a sentence only after a small letter, a digit or a bracket ("TP. Hải Phòng",
# "TM. ỦY BAN" do not end), and only before a capital.
_SENTENCE_END = re.compile(r"(?<=[\w)])\.\s+(?=\S)")


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, each without its closing mark."""
    text = tidy(text)
    pieces: list[str] = []
    start = 0
    for stop in _SENTENCE_END.finditer(text):
        before, after = text[stop.start() - 1], text[stop.end()]
        if before.isupper() or not after.isupper():
            continue
        pieces.append(text[start : stop.start()])
        start = stop.end()
    pieces.append(text[start:])
    return [piece for piece in map(without_stop, pieces) if piece]
