"""What one row of a roster is, by its words: a section, a total, a signature, old font text.

The patterns read tone marks where a surname would otherwise be mistaken: `Tống Công Minh` is a
person and `Tổng cộng` is not, `Đoàn Văn Hậu` is a person and `Đoàn Thanh niên` is a unit.
"""

from __future__ import annotations

import re

from kiosk.core.names import fold

_TOTAL = re.compile(
    r"(tổng cộng|tổng số|cộng|tổng)\b\s*($|[:.\d(=]|\w+ (này )?(có|là|:)|người|đại biểu|đơn vị)"
    r"|(ấn định )?danh sách (này )?(gồm|có)\b|ấn định danh sách"
)
_SIGNATURE = re.compile(
    r"(người (lập|tổng hợp|duyệt|kiểm tra)|lập biểu|(phó )?chủ tịch|thủ trưởng|thay mặt|xác nhận"
    r"|nơi nhận|ký tên|đại diện|(phó )?(chánh văn phòng|giám đốc|trưởng phòng|bí thư)"
    r"|(phó )?trưởng ban|đã ký|ký, )(?!\w)|(kt|tm|tl|tuq|q)\.|\(\s*(đã )?ký|ghi chú\s*:|lưu ý\s*:"
    r"|(.{0,60}[,\s])?ngày\b.{0,20}\btháng\b"
)
_ROMAN = r"[IVXLC]{1,6}"
_PREFIX = re.compile(rf"(?:(?:{_ROMAN}|[A-H]|\d{{1,2}})\s*[.)/:–—-]\s*)(?=\S)")
_STRONG_PREFIX = re.compile(rf"(?:{_ROMAN}|[A-H])\s*[.)/:–—-]\s*(?=\S)")
SECTION_MARK = re.compile(rf"({_ROMAN}|[A-H])\s*[.)]?")
_COUNT = r"\d+\s*(?:người|đại biểu|đ/c|đồng chí|cán bộ|cbccvc|cb)"
_TRAILING_COUNT = re.compile(rf"\s*[:(–—-]*\s*\(?\s*(?:gồm|có)?\s*{_COUNT}[^)]*\)?\s*$", re.I)
_COUNT_CELL = re.compile(rf"\(?\s*(?:\d+|{_COUNT})\s*\)?", re.I)
_UNIT = re.compile(
    r"(văn phòng|phòng|các (phòng|ban|đơn vị|tổ chức|cơ quan|trường)|ban(?! văn\b| thị\b)"
    r"|trung tâm|(ủy|uỷ) ban|ubmt\w*|mttq|mặt trận|đảng (ủy|uỷ|bộ)|chi bộ|thường trực|lãnh đạo"
    r"|hđnd|ubnd|hội đồng|đoàn (thanh niên|tncs|thể)|hội (nông dân|cựu|liên hiệp|chữ|phụ nữ|người)"
    r"|công đoàn|công an (phường|xã|quận|thành phố|khu vực)|trường (học|mầm|tiểu|trung|mn|th)\w*"
    r"|trạm|tổ|khối|đội|sở|chi cục|đơn vị|cơ quan|khách mời|đại biểu|khu phố|quân sự|ban chỉ huy"
    r"|bch|bộ phận|nhóm)(?!\w)"
)
_STANDING_ONLY = re.compile(r"(cac )?dai bieu( chinh thuc| duong nhien| duoc trieu tap)?")
_FORMULA = re.compile(
    r"=\s*[^\s=]|[+@-]\s*(\w+[\w.]*\s*[(!|]|\$?[A-Z]{1,3}\$?\d+\b|\d[\d.,]*\s*[-+*/^])|.*\|\s*'"
)
_ERROR = re.compile(r"#(N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|####*)", re.I)
# TCVN3 letters that no Vietnamese text in Unicode has (domain.md 7): most of its signs.
_TCVN3 = re.compile("[µ¸¶·¹¨»¾¼½Æ©ÇËÎÏÑªÖ×ØÞßäåæçëîïñö÷øûüþ¬§¡¢£¤¥¦®«\u00ad]")


def is_total(text: str) -> bool:
    """Whether a text opens a total row (`Tổng cộng: 186`, `Danh sách này có 27 người`)."""
    return bool(_TOTAL.match(text.lower()))


def is_signature(text: str) -> bool:
    """Whether a text belongs to the foot of a paper (`Người lập biểu`, a place and date)."""
    return bool(_SIGNATURE.match(text.lower()))


def is_count(text: str) -> bool:
    """Whether a cell only counts (`27`, `27 người`)."""
    return bool(_COUNT_CELL.fullmatch(text))


def reads_like_a_unit(text: str) -> bool:
    """Whether a text begins as the name of an office, a room or a body does."""
    return bool(_UNIT.match(_PREFIX.sub("", text, count=1).lower()))


def has_section_prefix(text: str) -> bool:
    """Whether a text begins with a Roman number or a capital letter as a section does."""
    return bool(_STRONG_PREFIX.match(text))


def section_name(text: str) -> str:
    """The unit that a section row names: its number and its count taken off."""
    name = _TRAILING_COUNT.sub("", _PREFIX.sub("", text, count=1))
    return name.strip(" :.-–—") or text


def section_of_delegates(text: str) -> bool:
    """Whether a section only says that delegates follow, and names no unit."""
    return bool(_STANDING_ONLY.fullmatch(fold(section_name(text))))


def says_guest(text: str) -> bool:
    """Whether a text calls somebody a guest (`khách mời`), and does not deny it."""
    words = fold(text)
    return bool(re.search(r"\bkhach( moi|$)|^khach\b", words)) and not re.search(
        r"\bkhong( \w+){0,2} khach\b", words
    )


def is_formula(text: str) -> bool:
    """Whether a cell starts as a formula does; a phone number or a dash before a title does not."""
    return text[:1] in "=+@-" and bool(text) and bool(_FORMULA.match(text))


def is_error(text: str) -> bool:
    """Whether a cell shows an error of Excel instead of text (`#N/A`)."""
    return bool(_ERROR.fullmatch(text))


def looks_like_old_font(text: str) -> bool:
    """Whether a text was typed for a .VnTime font (TCVN3): `Qu¸ch §ång Th¾ng`."""
    return bool(_TCVN3.search(text))


def counted(text: str) -> int | None:
    """The first number of a total row, if it has one."""
    found = re.search(r"\d{1,6}", text.replace(".", ""))
    return int(found[0]) if found else None
