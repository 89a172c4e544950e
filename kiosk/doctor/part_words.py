"""What the parts of a self-test are called, for pages, papers, findings and the book."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.core.checks import Said
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
