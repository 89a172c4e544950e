"""What the parts of a self-test are called, for pages, papers, findings and the book."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.core.checks import NOT_KNOWN, Said
from kiosk.doctor.queries import SelfTestRow
from kiosk.doctor.rules import Part

PARTS: dict[Part, tuple[str, str]] = {
    Part.CAMERA: ("máy ảnh", "camera"),
    Part.TOUCH: ("cảm ứng", "touch"),
    Part.SOUND: ("loa", "sound"),
    Part.SCAN: ("máy quét", "scanner"),
    Part.PICTURE: ("hình chiếu", "picture"),
    Part.PRINT: ("máy in", "printer"),
    Part.CLOCK: ("đồng hồ", "clock"),
    Part.SLEEP: ("chế độ ngủ", "sleep mode"),
    Part.POWER: ("nguồn điện", "power"),
}


def part_word(part: str, language: str) -> str:
    return PARTS[Part(part)][1 if language == "en" else 0]


def listed(parts: Iterable[Part]) -> Said:
    """Several parts in a row, in both languages."""
    words = [PARTS[part] for part in parts]
    return Said(", ".join(vi for vi, _ in words), ", ".join(en for _, en in words))


#: A row of an older version, whose tester nobody asked for.
AT_THE_MACHINE = Said("tại máy", "at the device")


def by_whom(row: SelfTestRow) -> Said:
    """Who tried it. A name that was typed at the machine is no account, and says so."""
    if not row.by_name:
        return AT_THE_MACHINE
    if row.is_typed:
        return Said(f"{row.by_name}, tự ghi tên", f"{row.by_name}, as typed there")
    return Said(row.by_name, row.by_name)


def part_state(row: SelfTestRow | None, *, is_spare: bool) -> Said:
    """`đạt`, `chưa đạt`, `không cần` or `không rõ`."""
    if row is None:
        return Said("không cần", "not needed") if is_spare else Said(*NOT_KNOWN)
    return Said("đạt", "passed") if row.ok else Said("chưa đạt", "failed")
