"""What stands after the last section: "Nơi nhận" and the signature."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiosk.conference.plan.letters import fold, is_capitals, tidy, without_stop
from kiosk.conference.plan.marks import mark_of
from kiosk.conference.plan.model import Signer, SourceLine
from kiosk.conference.plan.paragraphs import Paragraph

_CAPACITY = re.compile(
    r"^(?:(?:tm|kt|tl|tuq|q)\.|t/m)|\b(?:chu tich|uy ban|ubnd|hdnd|bi thu|truong|pho|giam doc"
    r"|thu truong|chanh van phong|hoi dong)\b"
)
_BEGINS_SIGNATURE = re.compile(r"^(?:(?:tm|kt|tl|tuq|q)\. ?|t/m )\S|^(?:pho )?chu tich$")
_STAMP = re.compile(r"^\(.*\)$|^da ky$")
_COLUMNS = re.compile(r" {4,}")
_CLOSING = re.compile(r"tren day la |trong qua trinh (?:to chuc )?(?:trien khai|thuc hien)")


@dataclass(frozen=True)
class Ending:
    """The facts of the ending, and the lines that it does not understand."""

    recipients: tuple[str, ...]
    signer: Signer | None
    unread: tuple[SourceLine, ...]


def ending_starts(paragraphs: list[Paragraph]) -> int:
    """Where the ending begins: at "Nơi nhận" or at the signature; the length if there is none."""
    for at, paragraph in enumerate(paragraphs):
        words = fold(paragraph.text)
        signs = paragraph.mark is None and is_capitals(paragraph.text)
        if words.startswith("noi nhan") or (signs and _BEGINS_SIGNATURE.match(words)):
            return at
    return len(paragraphs)


def is_closing_sentence(text: str) -> bool:
    """The sentence that every plan ends with, and that says nothing new."""
    return _CLOSING.match(fold(text)) is not None


def read_ending(paragraphs: list[Paragraph]) -> Ending:
    """Recipients in order and the signer. A capacity of several lines is joined by " - "."""
    recipients: list[str] = []
    capacity: list[str] = []
    name: str | None = None
    unread: list[SourceLine] = []
    for line in (line for paragraph in paragraphs for line in paragraph.lines):
        for cell in filter(None, map(tidy, _COLUMNS.split(line.text.strip()))):
            words = fold(cell)
            if words.startswith("noi nhan"):
                inline = cell.partition(":")[2]
                recipients += [piece for piece in map(without_stop, inline.split(";")) if piece]
            elif _STAMP.match(words):
                continue
            elif is_capitals(cell) and _CAPACITY.search(words):
                capacity.append(tidy(cell))
            elif capacity and _is_name(cell):
                name = tidy(cell)
            elif not capacity or mark_of(cell) or cell.endswith((";", ".")):
                _add_recipient(recipients, cell)
            else:
                unread.append(line)
    signer = Signer(" - ".join(capacity) or None, name) if capacity or name else None
    return Ending(tuple(filter(None, map(without_stop, recipients))), signer, tuple(unread))


def _add_recipient(recipients: list[str], cell: str) -> None:
    mark = mark_of(cell)
    if mark is None and recipients and cell[:1].islower():
        recipients[-1] = f"{recipients[-1]} {tidy(cell)}"
    else:
        recipients.append(tidy(cell[mark.length if mark else 0 :]))


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 8 and all(
        word[:1].isupper() and word.strip(".").isalpha() for word in words
    )
