"""Vietnamese names: one spelling to store, one order to list, one key to search and compare.

Sources: domain.md 7 (order of letters and tones, both places of the tone mark, the search key)
and packages.md 4 (the letter order equal to ICU 72 `vi`). Everything here is a pure function of
its text. The keys are plain strings meant for an indexed column that is compared byte by byte
(SQLite BINARY, PostgreSQL COLLATE "C"); a column with a locale of its own would reorder them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# The primary order of ICU `vi`: signs, then digits, then letters (packages.md 4).
_SIGNS = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_DIGITS = "0123456789"
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# "!" is the first visible sign: every weight is one printable ASCII character, and the space
# that ends a level is below them all, so that a prefix sorts before the longer word.
_WEIGHT = {sign: chr(0x21 + place) for place, sign in enumerate(_SIGNS + _DIGITS + _LETTERS)}
_END = " "
_UNLISTED = "~"  # above every listed weight: other scripts and signs come after z
# huyền, hỏi, ngã, sắc, nặng; no mark is 0 (CLDR `vi`).
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
# Breve, circumflex and horn make another letter, not another tone.
_LETTER_MARKS = frozenset("\u0306\u0302\u031b")

#: Signs of our sentences that old code pages lack.
_PLAIN_SIGNS = str.maketrans({"«": '"', "»": '"', "“": '"', "”": '"', "…": "...", "–": "-"})

_CLUSTER = re.compile(r"[^\u0300-\u036f][\u0300-\u036f]*|[\u0300-\u036f]+")
_MARKS = re.compile(r"[\u0300-\u036f]+")
_WORD = re.compile(r"[^\W_]+")


def nfc(text: str) -> str:
    """The text in NFC, the one form that this program stores (Office on a Mac writes NFD)."""
    return unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """The text as a person meant it: NFC, any run of odd spaces as one space, no hidden signs.

    Tabs, line breaks and no-break spaces become a space; control, bidirectional, zero-width and
    other format characters and lone surrogates are dropped. Letters and signs are never changed.
    """
    if not text.isprintable():  # false for exactly the kinds that `_seen` handles
        text = "".join(map(_seen, text))
    return " ".join(nfc(text).split())


def _seen(sign: str) -> str:
    """What is left of one character: itself, a space, or nothing."""
    if sign.isspace():
        return " "
    return "" if unicodedata.category(sign) in {"Cc", "Cf", "Cs"} else sign


@lru_cache(maxsize=4096)
def _weights(cluster: str) -> tuple[str, str, str]:
    """Primary, tone and case weight of one letter with its marks (given in NFD)."""
    base, marks = cluster[0], cluster[1:]
    low = base.lower()
    own = "".join(mark for mark in marks if mark in _LETTER_MARKS)
    letter = nfc(low + own)
    tones = "".join(_TONES[mark] for mark in marks if mark in _TONES)
    strange = "".join(
        f"9{ord(mark):04x}" for mark in marks if mark not in _TONES and mark not in _LETTER_MARKS
    )
    primary = _WEIGHT.get(letter)
    if primary is None and low in _WEIGHT:  # a breve on an e: an e with a mark we do not know
        primary, strange = _WEIGHT[low], strange + "".join(f"9{ord(mark):04x}" for mark in own)
    if primary is None:
        primary = "".join(f"{_UNLISTED}{ord(sign):06x}" for sign in letter)
    return primary, (tones + strange) or "0", "0" if low == base else "1"


def collation_key(text: str) -> str:
    """The key that puts any text (a unit, a title) into plain Vietnamese order.

    Letters are compared over the whole text first, then tones, then case, as ICU `vi` does; the
    tidied text ends the key, so that two texts share a key only when they are the same.
    """
    clean = tidy(text)
    return f"{_levels(clean)}{_END}{_END}{clean}"


def sort_key(name: str) -> str:
    """The key that lists people as Vietnamese lists do: given name, family name, middle names.

    The given name is the last word, the family name the first (domain.md 7). Same rules for
    storing as `collation_key`.
    """
    clean = tidy(name)
    given, family, middle = "", "", ""
    if clean:
        words = clean.split(" ")
        given = words[-1]
        family = words[0] if len(words) > 1 else ""
        middle = " ".join(words[1:-1])
    return f"{_END}{_END}".join([_levels(given), _levels(family), _levels(middle), clean])


def _levels(clean: str) -> str:
    """The three levels of one text in one string: all letters, then all tones, then all cases."""
    clusters = _CLUSTER.findall(unicodedata.normalize("NFD", clean))
    weights = [_weights(cluster) for cluster in clusters]
    return _END.join("".join(weight[level] for weight in weights) for level in range(3))


def fold(text: str) -> str:
    """The search key: no marks, đ as d, no case (`Nguyễn Đức Thuỷ` → `nguyen duc thuy`)."""
    plain = _without_marks(tidy(text)).casefold()
    # Folding case can bring a mark back (İ → i + dot), so marks are dropped once more.
    return tidy(_without_marks(plain).replace("đ", "d"))


def without_marks(text: str) -> str:
    """`Không tìm thấy` → `Khong tim thay`: for a terminal that cannot write Vietnamese."""
    return _without_marks(text).replace("đ", "d").replace("Đ", "D").translate(_PLAIN_SIGNS)


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    parts = _MARKS.sub("", unicodedata.normalize("NFD", text))
    if parts.replace("đ", "").replace("Đ", "").isascii():
        return parts  # Vietnamese ends here; the slow way is for all other scripts
    return "".join(sign for sign in parts if not unicodedata.category(sign).startswith("M"))


def matches(query: str, folded_name: str) -> bool:
    """Whether every word typed begins another word of the name, in any order.

    `folded_name` comes from `fold`, usually from an indexed column. An empty query matches all.
    """
    words = folded_name.split()
    # Longest first: a short prefix must not take the word that only the long one fits.
    for typed in sorted(fold(query).split(), key=len, reverse=True):
        hit = next((word for word in words if word.startswith(typed)), None)
        if hit is None:
            return False
        words.remove(hit)
    return True


@lru_cache(maxsize=32768)
def name_key(name: str) -> str:
    """The key by which two spellings are the same name.

    Case, NFC/NFD, spaces, punctuation and the place of the tone mark inside a word do not count
    (Hòa = Hoà, Thúy = Thuý); the tone and the letter do (Hoa, Hòa and Hóa are three names).
    """
    # NFC first makes one word of a letter and its marks; marks that stay apart still count.
    words = re.split(r"[^\w\u0300-\u036f]+|_+", tidy(name).casefold())
    return " ".join(_word_key(word) for word in words if word)


def _word_key(word: str) -> str:
    letters, tones = [], []
    for sign in unicodedata.normalize("NFD", word):
        if sign in _TONES:
            tones.append(_TONES[sign])
        else:
            letters.append(sign)
    return nfc("".join(letters)) + "".join(sorted(tones))


def same_name(a: str, b: str) -> bool:
    """Whether two spellings are one name (see `name_key`)."""
    return name_key(a) == name_key(b)


def is_all_capitals(name: str) -> bool:
    """Whether a name is written in capitals only, as many office lists do."""
    clean = nfc(name)
    return clean.isupper() and sum(sign.isalpha() for sign in clean) > 1


def proper_case(name: str) -> str:
    """A name in capitals as a name is written: `NGUYỄN THỊ ÁNH TUYẾT` → `Nguyễn Thị Ánh Tuyết`.

    A name that already has small letters is only tidied: its owner's spelling stands.
    """
    clean = tidy(name)
    if not is_all_capitals(clean):
        return clean
    return nfc(_WORD.sub(lambda word: word[0][:1] + word[0][1:].lower(), clean))
