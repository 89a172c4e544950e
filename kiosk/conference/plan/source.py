"""The bytes of a file become lines of text, whatever the file is called.

What a file is, its content says: the name is only repeated in refusals. Read are UTF-8 and UTF-16
texts and Word's `.docx`; everything else is refused with a code that says what was found.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import PurePath

from kiosk.conference.plan.model import SourceLine
from kiosk.core.errors import Refused

#: Bytes. The same limit as every upload.
MOST_BYTES = 20 * 1024 * 1024
#: Letters of text. The longest plan we know has 7,000; beyond this it is another kind of file.
MOST_LETTERS = 1_000_000

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
#: (first bytes, what people call such a file)
_OTHER_FILES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7Z"),
    (b"MZ", "EXE"),
)

_ODD_SPACES = {ord(space): " " for space in "\u00a0\u1680\u202f\u205f\u3000\u2007"}
_ODD_SPACES |= dict.fromkeys(range(0x2000, 0x200B), " ")
#: Letters without width: joiners, marks of direction, a BOM inside, the soft hyphen.
_NO_WIDTH = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)]
)
_TABLE: dict[int, str | None] = {**_ODD_SPACES, **_NO_WIDTH, ord("\t"): "    "}
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_LINE_ENDS = re.compile(r"\r\n|[\n\r\f\v\x85\u2028\u2029]")

# Text typed in a TCVN3 font and stored as if it were Latin-1: "Qu¸ch §ång Th¾ng".
_TCVN3_LETTERS = re.compile("[¸µ¶·¹¨»¾¼½Æ©ÊÇÈÉË®§¬­]")
_VIETNAMESE_LETTERS = re.compile("[ăắằẳẵặấầẩẫậđếềểễệơớờởỡợưứừửữựạảẹẻịỉọỏụủ]", re.IGNORECASE)


def read_source(data: bytes, *, filename: str) -> list[SourceLine]:
    """The lines of a plan file that are not empty, from top to bottom.

    Raises `Refused`: `plan_too_large`, `plan_empty`, `plan_old_word`, `plan_encrypted`,
    `plan_wrong_kind`, `plan_wrong_encoding`, `plan_unreadable`, `plan_too_long`.
    """
    name = shown_name(filename)
    if len(data) > MOST_BYTES:
        raise Refused("plan_too_large", filename=name, limit_mb=MOST_BYTES // 1024 // 1024)
    if not data:
        raise Refused("plan_empty", filename=name)
    if data.startswith(_OLE):
        # Word puts a document with a password into the same container that the old `.doc` is.
        if _ENCRYPTED_PACKAGE in data:
            raise Refused("plan_encrypted", filename=name)
        raise Refused("plan_old_word", filename=name)
    for magic, found in _OTHER_FILES:
        if data.startswith(magic):
            raise Refused("plan_wrong_kind", filename=name, found=found)
    if data.startswith(b"PK"):
        from kiosk.conference.plan.word import word_lines

        lines = word_lines(data, filename=name)
    else:
        lines = [(text, None) for text in _LINE_ENDS.split(_decoded(data, name))]
    return _cleaned(lines, name)


def shown_name(filename: str) -> str:
    """The last part of a file's name, short enough and safe for a sentence."""
    plain = PurePath(filename.replace("\\", "/")).name
    plain = "".join(letter for letter in plain if letter.isprintable())
    return unicodedata.normalize("NFC", plain)[:80]


def _decoded(data: bytes, name: str) -> str:
    encoding = "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as broken:
        raise Refused("plan_wrong_encoding", filename=name) from broken
    if "\x00" in text:
        raise Refused("plan_wrong_encoding", filename=name)
    return text


def _cleaned(lines: list[tuple[str, bool | None]], name: str) -> list[SourceLine]:
    if sum(len(text) for text, _ in lines) > MOST_LETTERS:
        raise Refused("plan_too_long", filename=name, limit=MOST_LETTERS)
    cleaned: list[SourceLine] = []
    blank = False
    for number, (raw, begins) in enumerate(lines, start=1):
        text = _CONTROLS.sub("", unicodedata.normalize("NFC", raw)).translate(_TABLE).rstrip()
        if not text:
            blank = True
            continue
        cleaned.append(SourceLine(number, text, begins, after_blank=blank))
        blank = False
    if not cleaned:
        raise Refused("plan_empty", filename=name)
    _refuse_tcvn3(cleaned, name)
    return cleaned


def _refuse_tcvn3(lines: list[SourceLine], name: str) -> None:
    """Old fonts give text that is valid and unreadable: better one sentence than nine odd items."""
    text = "\n".join(line.text for line in lines)
    odd = len(_TCVN3_LETTERS.findall(text))
    if odd >= 20 and odd > len(_VIETNAMESE_LETTERS.findall(text)):
        raise Refused("plan_wrong_encoding", filename=name)
