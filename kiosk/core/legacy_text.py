"""Text typed for fonts older than Unicode: TCVN3 (.VnTime, .VnTimeH) and VNI (VNI-Times).

Such text is stored as Western letters that only the old font shows as Vietnamese: the font's name
is lost when a file is read, and the same letters may be real ones. So nothing here decides: it
detects, converts for a preview, and a person confirms. Table of TCVN3 and both samples: domain.md
7 (V41); order of tones in each group of TCVN3: huyền, sắc, hỏi, ngã, nặng.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Legacy(StrEnum):
    """How an old text is turned into Unicode; chosen by a person, never by us."""

    #: .VnTime and the other small-letter fonts.
    TCVN3 = "tcvn3"
    #: .VnTimeH: the bytes of small letters, shown by the font as capitals.
    TCVN3_CAPITALS = "tcvn3-capitals"
    #: VNI-Times: two signs for each marked letter.
    VNI = "vni"


# (old signs, Unicode letters): the 74 pairs of domain.md 7.
_TCVN3_PAIRS: tuple[tuple[str, str], ...] = (
    ("µ¸¶·¹", "àáảãạ"),
    ("¨»¾¼½Æ", "ăằắẳẵặ"),
    ("©ÇÊÈÉË", "âầấẩẫậ"),
    ("®", "đ"),
    ("ÌÐÎÏÑ", "èéẻẽẹ"),
    ("ªÒÕÓÔÖ", "êềếểễệ"),
    ("×ÝØÜÞ", "ìíỉĩị"),
    ("ßãáâä", "òóỏõọ"),
    ("«åèæçé", "ôồốổỗộ"),
    ("¬êíëìî", "ơờớởỡợ"),
    ("ïóñòô", "ùúủũụ"),
    ("\u00adõøö÷ù", "ưừứửữự"),
    ("úýûüþ", "ỳýỷỹỵ"),
    ("¡¢§£¤¥¦", "ĂÂĐÊÔƠƯ"),
)
TCVN3 = {
    ord(old): new
    for olds, news in _TCVN3_PAIRS
    for old, new in zip(olds, unicodedata.normalize("NFC", news), strict=True)
}
# Old letters that no Vietnamese text in Unicode has.
_ONLY_TCVN3 = re.compile("[µ¸¶·¹¨»¾¼½Æ©ÇËÎÏÑªÖ×ØÞßäåæçëîïñö÷øûüþ¬§¡¢£¤¥¦®«\u00ad]")

# Second signs of VNI after a plain letter: sắc, huyền, hỏi, ngã, nặng.
_TONE_SIGNS = "ùøûõï"
_CIRCUMFLEX_SIGNS = "áàåãä"
_BREVE_SIGNS = "éèúüë"
_TONE_MARKS = dict(zip(_TONE_SIGNS, "\u0301\u0300\u0309\u0303\u0323", strict=True))


def _vni_table() -> dict[str, str]:
    table = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị"}
    table["î"] = "ỵ"
    for base in "aeouy":
        for sign, mark in _TONE_MARKS.items():
            table[base + sign] = unicodedata.normalize("NFC", base + mark)
    for base, horned in (("ô", "ơ"), ("ö", "ư")):
        for sign, mark in _TONE_MARKS.items():
            table[base + sign] = unicodedata.normalize("NFC", horned + mark)
    tones = "\u0301\u0300\u0309\u0303\u0323"
    for base in "aeo":
        table[base + "â"] = unicodedata.normalize("NFC", base + "\u0302")
        for sign, mark in zip(_CIRCUMFLEX_SIGNS, tones, strict=True):
            table[base + sign] = unicodedata.normalize("NFC", base + "\u0302" + mark)
    table["aê"] = "ă"
    for sign, mark in zip(_BREVE_SIGNS, tones, strict=True):
        table["a" + sign] = unicodedata.normalize("NFC", "ă" + mark)
    capitals = {old.upper(): new.upper() for old, new in table.items()}
    # "Aâ": a capital with a small sign occurs where only the first letter is large.
    mixed = {old[0].upper() + old[1]: new.upper() for old, new in table.items() if len(old) == 2}
    return {**table, **mixed, **capitals}


VNI = _vni_table()
_VNI_SIGN = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))
# A plain vowel before a sign that no word of Vietnamese in Unicode puts there.
_ONLY_VNI = re.compile(
    f"[aeoy][{_TONE_SIGNS}äåë]|e[áàã]|[oe]â|aâ|aê|a[{_BREVE_SIGNS}]|[ôö][{_TONE_SIGNS}]|u[øûõï]|ñ[aeouöôi]",
    re.IGNORECASE,
)
_BEYOND_OLD_FONTS = re.compile("[^\x00-\xff]")


def is_old(text: str) -> bool:
    """Whether a text can have been typed for an old font: nothing in it is beyond Latin-1."""
    return not text.isascii() and _BEYOND_OLD_FONTS.search(text) is None


def looks_like_tcvn3(text: str) -> bool:
    """`Qu¸ch §ång Th¾ng`: signs that Vietnamese in Unicode never has."""
    return is_old(text) and _ONLY_TCVN3.search(text) is not None


def looks_like_vni(text: str) -> bool:
    """`Coäng hoøa xaõ hoäi`: a plain vowel followed by another with a mark."""
    return is_old(text) and _ONLY_VNI.search(text) is not None


def guess(texts: list[str]) -> Legacy | None:
    """Which old font the texts speak for, to be offered to a person; None for neither.

    Signs are counted text by text: one odd sign in a long list of Unicode names is no old font.
    """
    tcvn3 = vni = 0
    for text in texts:
        if looks_like_vni(text):
            vni += 1
        elif looks_like_tcvn3(text):
            tcvn3 += 1
    if not tcvn3 and not vni:
        return None
    return Legacy.TCVN3 if tcvn3 >= vni else Legacy.VNI


def converted(text: str, legacy: Legacy) -> str:
    """One text as Unicode. A text that holds a letter beyond Latin-1 is Unicode already and stays.

    The conversion is letter by letter and never fails: signs that the table lacks stay.
    """
    if _BEYOND_OLD_FONTS.search(text) is not None:
        return text
    if legacy is Legacy.VNI:
        return _VNI_SIGN.sub(lambda found: VNI[found[0]], text)
    plain = text.translate(TCVN3)
    return plain.upper() if legacy is Legacy.TCVN3_CAPITALS else plain
