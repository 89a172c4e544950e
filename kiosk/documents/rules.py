"""Words of Decree 30/2020 papers (R21, domain.md 5): dates, offices, signers; pure."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from kiosk.core.errors import Refused

#: Where the clerk writes by hand.
DOTS = "……"

_WEEKDAYS = ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy")


class Way(StrEnum):
    """How an invitation reached its person."""

    PAPER = "paper"
    ZALO = "zalo"
    EMAIL = "email"


def way_of(text: str) -> Way:
    """`paper`, `zalo` or `email`. Refused: `invitation_way_unknown`."""
    try:
        return Way(text)
    except ValueError as unknown:
        raise Refused("invitation_way_unknown") from unknown


# -- spelling --------------------------------------------------------------------------------------

# "Uỷ ban" and "Ủy ban" stand side by side in the plan; papers write one (domain.md 5). Whole words
# only: a person called Uỷ keeps the name, because names never come through here.
_COMMITTEE = re.compile(r"\b([uU])(ỷ|Ỷ)(?!\w)")
# "HĐND- UBND": a dash between two words has a blank on both sides or on none.
_DASH = re.compile(r"(?<=\w)(?: +-|- +| +- +)(?=\w)")


def official(text: str) -> str:
    """Office wording in one spelling: `Đảng uỷ - HĐND- UBND` → `Đảng ủy - HĐND - UBND`."""

    def hook_first(found: re.Match[str]) -> str:
        letter = "Ủ" if found[1] == "U" else "ủ"
        return letter + ("Y" if found[2] == "Ỷ" else "y")

    # Blanks first: a line break beside a dash is a blank too.
    return _DASH.sub(" - ", _COMMITTEE.sub(hook_first, " ".join(text.split())))


_COUNCILS = (
    (re.compile(r"(?:UBND|Ủy ban nhân dân)\b", re.IGNORECASE), "UBND", "Ủy ban nhân dân"),
    (re.compile(r"(?:HĐND|Hội đồng nhân dân)\b", re.IGNORECASE), "HĐND", "Hội đồng nhân dân"),
)


def office_words(host: str) -> str:
    """The office in full, for a sentence: `UBND phường X` → `Ủy ban nhân dân phường X`."""
    host = official(host)
    for begins, _, full in _COUNCILS:
        if found := begins.match(host):
            return f"{full}{host[found.end() :]}"
    return host


def office_lines(host: str) -> tuple[str, ...]:
    """The issuing office at the top left, in capitals; a council's place has its own line."""
    full = office_words(host)
    for _, _, council in _COUNCILS:
        if full.startswith(f"{council} "):
            return council.upper(), full[len(council) + 1 :].upper()
    return (full.upper(),) if full else (DOTS,)


def symbol(kind: str, host: str) -> str:
    """`GM-UBND`: what follows the number; the part of an unknown office is left to the clerk."""
    host = official(host)
    short = next((short for begins, short, _ in _COUNCILS if begins.match(host)), DOTS)
    return f"{kind}-{short}"


# -- dates -----------------------------------------------------------------------------------------


def date_line(day: date | None, month: str | None = None) -> str:
    """`ngày 05 tháng 02 năm 2026`, zeros as Decree 30 wants them; blanks for what is not known.

    `month` is `2026-03` where only the month is known.
    """
    if day is not None:
        return f"ngày {day.day:02d} tháng {_month(day.month)} năm {day.year}"
    if month:
        return f"ngày {DOTS} tháng {_month(int(month[5:7]))} năm {month[:4]}"
    return f"ngày {DOTS} tháng {DOTS} năm {DOTS}"


def undated_line(day: date | None, month: str | None) -> str:
    """For a paper that the clerk dates when it is numbered: only the year is printed."""
    year = str(day.year) if day else month[:4] if month else DOTS
    return f"ngày {DOTS} tháng {DOTS} năm {year}"


def _month(number: int) -> str:
    return f"{number:02d}" if number < 3 else str(number)


def time_line(day: date | None, hour: str | None, month: str | None = None) -> str:
    """`08 giờ 00 phút, thứ Năm, ngày 12 tháng 3 năm 2026`; blanks for what is not known."""
    hours, minutes = hour.split(":") if hour else (DOTS, DOTS)
    parts = [f"{hours} giờ {minutes} phút", date_line(day, month)]
    if day is not None:
        parts.insert(1, weekday(day))
    return ", ".join(parts)


def weekday(day: date) -> str:
    """`thứ Năm`, `Chủ nhật`."""
    return "Chủ nhật" if day.weekday() == 6 else f"thứ {_WEEKDAYS[day.weekday()]}"


# -- signers ---------------------------------------------------------------------------------------

#: What stands where the plan names nobody; right in every office.
ANY_HEAD = "THỦ TRƯỞNG CƠ QUAN"

_DEPUTY = re.compile(r"^Phó ([a-zđ])")


def capacity_lines(capacity: str | None) -> tuple[str, ...]:
    """`TM. ỦY BAN NHÂN DÂN - CHỦ TỊCH` → its lines over the signature, in capitals."""
    lines = tuple(
        official(part).upper() for part in re.split(r" +- +", capacity or "") if part.strip()
    )
    return lines or (ANY_HEAD,)


def presides(capacity: str | None, name: str | None, host: str) -> str:
    """Who presides, from the plan's signer: `Phạm Thị A, Chủ tịch Ủy ban nhân dân phường X`.

    Only the head or a deputy who signs for the office presides; who signs by its order (TL., TUQ.)
    does not, and then the office's leaders are named.
    """
    lines = capacity_lines(capacity)
    office = office_words(host)
    if not name or lines == (ANY_HEAD,) or lines[0].startswith(("TL.", "TUQ.")):
        return f"Lãnh đạo {office}"
    title = re.sub(r"^(?:TM|KT|Q)\. *", "", lines[-1]).capitalize()
    title = _DEPUTY.sub(lambda found: f"Phó {found[1].upper()}", title)
    return f"{name}, {title} {office}"


def address_words(form: str | None) -> tuple[str, str]:
    """How a person is addressed: before the name, and inside a sentence. Never guessed."""
    return (form, form.lower()) if form else ("Ông/Bà", "ông/bà")
