"""Rules about the meeting and its people that could be disputed in the hall."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum

from kiosk.conference.roster.sheet import Standing
from kiosk.conference.roster.standing import Flags
from kiosk.core.errors import Refused
from kiosk.core.names import fold, tidy

_HOUR = re.compile(r"([01]?\d|2[0-3])[:hH]([0-5]\d)")

#: The law wants the conference within three months of the year's end (Đ.51(1), R5).
LAST_MONTH = 3


def day_of(text: str) -> date | None:
    """`12/03/2026` or `2026-03-12`; None for an empty field. Refused: `day_wrong`."""
    text = text.strip()
    if not text:
        return None
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            found = datetime.strptime(text[:20], form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
        if 2020 <= found.year <= 2100:
            return found
    raise Refused("day_wrong")


def hour_of(text: str) -> str | None:
    """`08:00`, `8:00` or `8h00`; None for an empty field. Refused: `hour_wrong`."""
    text = text.strip()
    if not text:
        return None
    found = _HOUR.fullmatch(text[:10])
    if found is None:
        raise Refused("hour_wrong")
    return f"{int(found[1]):02d}:{found[2]}"


def is_late_in_year(day: date | None, month: str | None) -> bool:
    """R5: True when the conference comes after 31 March; a warning, never a block."""
    if day is not None:
        return day.month > LAST_MONTH
    return month is not None and int(month[5:7]) > LAST_MONTH


def ensure_flags(standing: Standing, flags: Flags) -> None:
    """R2: a guest counts for nothing."""
    if standing is Standing.GUEST and (flags.counts_for_quorum or flags.votes or flags.elects):
        raise Refused("guest_never_counts")


def standing_of(text: str) -> Standing:
    """`delegate` or `guest`. Refused: `standing_unknown`."""
    try:
        return Standing(text)
    except ValueError as unknown:
        raise Refused("standing_unknown") from unknown


def short_text(text: str, *, field: str, most: int) -> str:
    """A field of a form, tidied; refused when longer than its column."""
    if len(text) > most:
        raise Refused("text_too_long", field=field, most=most)
    return text


#: More people than this are not read from the wall; the chair introduces them by voice.
MOST_SEATED = 10


def seated_of(text: str) -> list[list[str]]:
    """Lines of a form as `[name, capacity]`: `Phạm Thị Thanh Vân - Chủ tọa`, one person a line.

    Raises:
        Refused: `seated_too_many`, `text_too_long`.
    """
    people = []
    for line in text.splitlines():
        name, _, capacity = re.sub(r"\s+[-–—]\s+", "\t", tidy(line), count=1).partition("\t")
        if name:
            short_text(name, field="seated", most=120)
            people.append([name, short_text(capacity, field="seated", most=120)])
    if len(people) > MOST_SEATED:
        raise Refused("seated_too_many", most=MOST_SEATED)
    return people


#: Words by which a typed line means a body of the conference, not a title: "Chủ tịch UBMTTQ" does
#: not preside.
_BODIES = {
    "presidium": "(thanh vien |uy vien )?(chu toa|chu tri|doan chu tich|doan chu toa)( hoi nghi)?",
    "secretaries": "(truong |to truong )?(to |ban |doan )?thu ky( doan)?( hoi nghi)?",
}


def body_of_capacity(capacity: str) -> str:
    """`presidium` or `secretaries` where a typed line stands for that body; else empty."""
    words = " ".join(fold(capacity).split())
    return next((body for body, form in _BODIES.items() if re.fullmatch(form, words)), "")


#: How the office itself shortens its long name, e.g. on badges.
_SHORT_WORDS = (
    ("cán bộ", "CB"),
    ("công chức", "CC"),
    ("viên chức", "VC"),
    ("người lao động", "NLĐ"),
)

#: Letters that fit one line of a badge's band.
BAND_LETTERS = 40


def band_of(title: str, host: str) -> tuple[str, str]:
    """The two lines of a badge's band: the conference, shortened where it must be, and the host."""
    if len(title) > BAND_LETTERS:
        for long, short in _SHORT_WORDS:
            title = title.replace(long, short)
    return title, host


class Bar(StrEnum):
    """Why somebody may not stand (Điều 60(2)); `NONE`: somebody decided that nothing bars."""

    HEAD = "head"
    DEPUTY_HEAD = "deputy_head"
    CHIEF_ACCOUNTANT = "chief_accountant"
    NONE = ""


# Chairs of other bodies than the office: their title does not bar them (the board is that of the
# People's Council and Committee).
_OTHER_BODY = re.compile(
    r"\b(mttq|ubmttq\w*|ubmt\w*|mat tran|cong doan|hoi (?!dong\b|nghi\b)\w"
    r"|hoi dong (truong|tu van|giao duc)|doan thanh nien)"
)
_ACCOUNTANT = re.compile(r"\b(ke toan truong|phu trach ke toan|ktt)\b")
# "P.CT UBND", "Phó CT HĐND": offices shorten both words.
_DEPUTY = re.compile(r"\b(pho|p) ?\.? ?(chu tich|ct|thu truong)\b|\bpct\b")
_HEAD = re.compile(r"\b(chu tich|thu truong (co quan|don vi))\b|\bct (ubnd|hdnd)\b")
#: Somebody may hold two offices: "Chủ tịch UBND phường kiêm Chủ tịch Hội Chữ thập đỏ".
_TWO_OFFICES = re.compile(r"[,;/+]| kiem ")


def suggested_bar(title: str) -> Bar | None:
    """What a title suggests; None where it suggests nothing. Never stored by itself."""
    words = fold(title)
    if _ACCOUNTANT.search(words):
        return Bar.CHIEF_ACCOUNTANT
    for office in _TWO_OFFICES.split(words):
        if _OTHER_BODY.search(office):
            continue
        if _DEPUTY.search(office):
            return Bar.DEPUTY_HEAD
        if _HEAD.search(office):
            return Bar.HEAD
    return None
