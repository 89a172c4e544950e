"""The printed slips as the tellers hold them: read out of the PDF, never out of the database.

Only as much of a PDF as typst writes for this sheet: streams packed with zlib, fonts with a table
from glyphs to letters, text in literal strings of two bytes a glyph (ISO 32000-1, 7.3.4.2, 9.10.3).
"""

from __future__ import annotations

import re
import zlib

from kiosk.ballot import slips

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*(?:stream\r?\n|endobj)", re.S)
_LENGTH = re.compile(rb"/Length (\d+)")
_FONT = re.compile(rb"/(f\d+) (\d+) 0 R")
_UNICODE = re.compile(rb"/ToUnicode (\d+) 0 R")
_PAIR = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4,})>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})>")
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\[((?:\((?:\\.|[^()\\])*\)|[-\d. ])*)\]\s*TJ", re.S)
_STRING = re.compile(rb"\(((?:\\.|[^()\\])*)\)", re.S)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_CODE = re.compile(r"\d{5}[ \u00a0]\d{5}")


def slips_in(made: bytes) -> list[str]:
    """The codes of a sheet of slips, ten digits each, in the order of printing."""
    return [code for text in texts(made) for code in _codes(text)]


def _codes(text: str) -> list[str]:
    found = _CODE.fullmatch(text)
    code = slips.clean(text.replace("\u00a0", " ")) if found else None
    return [code] if code is not None else []


def texts(made: bytes) -> list[str]:
    """Every run of letters on every page; a run never crosses a line."""
    heads: dict[int, bytes] = {}
    streams: dict[int, bytes] = {}
    for found in _OBJECT.finditer(made):
        number, head = int(found[1]), found[2]
        heads[number] = head
        length = _LENGTH.search(head)
        if found[0].endswith(b"\n") and length is not None:
            raw = made[found.end() : found.end() + int(length[1])]
            streams[number] = _unpacked(raw) if b"/FlateDecode" in head else raw
    fonts = {
        name: _letters(streams.get(int(table[1]), b""))
        for head in heads.values()
        for name, number in _FONT.findall(head)
        if (table := _UNICODE.search(heads.get(int(number), b""))) is not None
    }
    pages = [each for each in streams.values() if b" Tf" in each and b"TJ" in each]
    return [text for page in pages for text in _shown(page, fonts)]


def _unpacked(raw: bytes) -> bytes:
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return b""


def _letters(table: bytes) -> dict[int, str]:
    """A font's table: the letters of each glyph."""
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.S):
        for glyph, letters in _PAIR.findall(block):
            found[int(glyph, 16)] = bytes.fromhex(letters.decode()).decode("utf-16-be", "replace")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, letter in _RANGE.findall(block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(int(letter, 16) + step)
    return found


def _shown(page: bytes, fonts: dict[bytes, dict[int, str]]) -> list[str]:
    font: dict[int, str] = {}
    found = []
    for each in _SHOWN.finditer(page):
        if each[1] is not None:
            font = fonts.get(each[1], {})
            continue
        raw = b"".join(_plain(part) for part in _STRING.findall(each[2] or b""))
        glyphs = (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw) - 1, 2))
        found.append("".join(font.get(glyph, "\ufffd") for glyph in glyphs))
    return found


def _plain(string: bytes) -> bytes:
    def meant(escape: re.Match[bytes]) -> bytes:
        said = escape[1]
        return bytes([int(said, 8)]) if said.isdigit() else _LETTERS.get(said, said)

    return _ESCAPE.sub(meant, string)
