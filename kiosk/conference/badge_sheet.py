"""Badge sheets: A4, eight badges of 95 x 68 mm, to be cut on the dashed lines (looks/print.css).

A page starts anew with every unit, because a clerk hands the sheets out by unit; guests, who come
from many offices, share theirs. The order within is the caller's (Vietnamese order, D2).

Everything is measured here, before typst: sizes, lines and baselines (`core/text_fit.py`). So a
name of sixty letters or a unit of a hundred wraps between words, becomes smaller, and never leaves
its badge or comes nearer to the QR code than four modules. Lengths are millimetres, type points.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from kiosk.conference import badge_code
from kiosk.core import qr, text_fit, typeset
from kiosk.core.errors import Refused
from kiosk.core.text_fit import MM_PER_POINT, Fitted

#: `BadgeFace.standing` of a guest (R2); every other standing is a delegate's badge.
GUEST = "guest"

_DELEGATE_LABEL = "Đại biểu"
_GUEST_LABEL = "Khách mời"

_COLUMNS, _ROWS = 2, 4
_WIDE, _HIGH = 95.0, 68.0
_EDGE = 6.0
_BAND = 11.0
# Delegate: lacquer above a rule of 0.7; guest: white between a bar of 2.4 and the same rule.
_BAND_MIDDLE = {False: 5.15, True: 6.35}
_BAND_ROOM = {False: 9.4, True: 7.6}

_QR_SIDE = 24.5
# ISO/IEC 18004: four modules of white on every side of the 21.
_WHITE = _QR_SIDE / 21 * qr.QUIET
_FOOT = _HIGH - 3.4  # baseline of the digits and of the last line about the person
_CODE_SIZE = 6.8
_CAPITAL = 0.71  # height of a figure in em
_QR_X = _WIDE - _EDGE - _QR_SIDE
_QR_Y = _FOOT - _CODE_SIZE * _CAPITAL * MM_PER_POINT - _WHITE - _QR_SIDE
_LEFT_COLUMN = _QR_X - _WHITE - _EDGE

# A middle line of text: from the middle of its box down to the baseline, in em.
_TO_BASELINE = 0.36
_NAME_LEAD, _CAPITALS_LEAD, _ABOUT_LEAD, _BAND_LEAD = 1.2, 1.32, 1.32, 1.25
_NAME_TOP = _BAND + 1.0
_NAME_SIZES = (29, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9)
# Tighter letters (the look) pay for the wider blanks that the template sets ("Nữ Hoàng": the horn
# of ữ fills half a blank), so that the measured widths hold.
_NAME_TRACKING = -0.01


@dataclass(frozen=True)
class BadgeFace:
    """What is printed on one badge. `number` is the delegate's; guests have none."""

    number: int | None
    name: str
    title: str
    unit: str
    standing: str
    code: str


Progress = Callable[[int, int], None]


def badge_sheet(
    badges: Sequence[BadgeFace],
    *,
    heading: tuple[str, str],
    watermark: str | None,
    at: datetime | None = None,
    progress: Progress = lambda done, total: None,
) -> bytes:
    """The sheets as one PDF, fonts embedded; the same badges give the same bytes.

    `heading` is the short title of the conference and the name of the office, one line each in
    the band. `watermark` is printed pale under every badge (a rehearsal's "DIỄN TẬP").
    `at` is the moment written into the file's properties.
    About 3 s of work for a thousand badges: call it through `core.jobs`, never in the server's
    loop. Raises Refused("no_badges") for nothing, ValueError for a code that is none.
    """
    if not badges:
        raise Refused("no_badges")
    heading_lines = {
        (guest, label): _heading(heading, guest=guest, label=label)
        for guest, label in {(_is_guest(face), _label(face)) for face in badges}
    }
    sheets: list[dict[str, Any]] = []
    done = 0
    for unit, group in _by_unit(badges):
        pages = [
            group[start : start + _COLUMNS * _ROWS]
            for start in range(0, len(group), _COLUMNS * _ROWS)
        ]
        for part, page in enumerate(pages, start=1):
            faces = []
            for face in page:
                faces.append(_face(face, heading_lines[_is_guest(face), _label(face)]))
                done += 1
                if done % 50 == 0:
                    progress(done, len(badges))
            across, down = _cuts(len(page))
            sheets.append(
                {
                    "unit": _one_line(unit, size=8, weight=600, limit=150, baseline=8),
                    "badges": len(group),
                    "part": part,
                    "parts": len(pages),
                    "faces": faces,
                    "across": across,
                    "down": down,
                }
            )
    made = typeset.pdf(
        typeset.template("badge_sheet"),
        data={
            "title": " – ".join(filter(None, map(text_fit.tidy, heading))),
            "qr": {"x": _QR_X, "y": _QR_Y, "side": _QR_SIDE},
            "watermark": _watermark(watermark),
            "sheets": sheets,
        },
        at=at,
    )
    progress(len(badges), len(badges))
    return made


def job_payload(
    badges: Iterable[BadgeFace],
    *,
    heading: tuple[str, str],
    watermark: str | None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """The same arguments for `run_job("badge_sheet", …)`."""
    return {
        "badges": [asdict(face) for face in badges],
        "heading": list(heading),
        "watermark": watermark,
        "at": at.isoformat() if at else None,
    }


def job(payload: Mapping[str, Any], progress: Progress) -> bytes:
    """`badge_sheet` in the worker process."""
    event, office = payload["heading"]
    return badge_sheet(
        [BadgeFace(**face) for face in payload["badges"]],
        heading=(event, office),
        watermark=payload["watermark"],
        at=datetime.fromisoformat(payload["at"]) if payload["at"] else None,
        progress=progress,
    )


def _is_guest(face: BadgeFace) -> bool:
    return face.standing == GUEST


def _label(face: BadgeFace) -> str:
    if _is_guest(face):
        return _GUEST_LABEL
    return _DELEGATE_LABEL if face.number is None else f"{_DELEGATE_LABEL} {face.number}"


def _by_unit(badges: Sequence[BadgeFace]) -> list[tuple[str, list[BadgeFace]]]:
    """Groups in the order in which they first appear; all guests are one group."""
    groups: dict[tuple[bool, str], list[BadgeFace]] = {}
    for face in badges:
        guest = _is_guest(face)
        unit = _GUEST_LABEL if guest else text_fit.tidy(face.unit)
        groups.setdefault((guest, unit), []).append(face)
    return [(unit, group) for (_, unit), group in groups.items()]


def _face(face: BadgeFace, heading: list[dict[str, Any]]) -> dict[str, Any]:
    if not badge_code.well_formed(face.code):
        raise ValueError("a badge is printed with a well-formed code only")
    guest = _is_guest(face)
    middle = _BAND_MIDDLE[guest]
    return {
        "guest": guest,
        "icon": middle - 2.5,
        "heading": heading,
        "right": _row(_label(face), size=9, weight=700, baseline=middle + _drop(9)),
        "name": _name(text_fit.tidy(face.name)),
        "about": _about(text_fit.tidy(face.title), text_fit.tidy(face.unit)),
        "qr": qr.svg_path(face.code),
        "code": _row(badge_code.grouped(face.code), size=_CODE_SIZE, weight=600, baseline=_FOOT),
    }


def _name(name: str) -> list[dict[str, Any]]:
    """As large as fits between band and QR code; the look's three sizes are the largest.

    A last line that reaches over the QR code must end four modules above it; a shorter one may
    come down beside it. So "Nguyễn Thượng / Nghĩa" stays at 24 points.
    """
    largest = 29 if len(name) <= 14 else 24 if len(name) <= 25 else 23
    lead = _CAPITALS_LEAD if name.isupper() else _NAME_LEAD

    def ceiling(lines: Sequence[str], size: float) -> float:
        """Top of the block; marks that rise above their line (Ễ) must not touch the band."""
        above = text_fit.rise(lines[0], weight=800) - (lead / 2 + _TO_BASELINE) if lines else 0.0
        return _NAME_TOP + max(0.0, above) * size * MM_PER_POINT

    def floor(lines: Sequence[str], size: float) -> float:
        last = text_fit.width(lines[-1], size=size, weight=800) if lines else 0.0
        return _QR_Y - (_WHITE if last > _LEFT_COLUMN else 0.8)

    def fits(size: float) -> Sequence[str] | None:
        most = 1 if size > 24 else 5

        def accept(lines: Sequence[str]) -> bool:
            high = len(lines) * size * lead * MM_PER_POINT
            return len(lines) <= most and ceiling(lines, size) + high <= floor(lines, size)

        return text_fit.balanced(
            name, size=size, weight=800, limit=_WIDE - 2 * _EDGE, accept=accept
        )

    fitted = text_fit.shrink(fits, steps=[step for step in _NAME_SIZES if step <= largest])
    middle = (ceiling(fitted.lines, fitted.size) + floor(fitted.lines, fitted.size)) / 2
    return [
        {**row, "tracking": _NAME_TRACKING}
        for row in _rows(fitted, weight=800, lead=lead, middle=middle)
    ]


def _about(title: str, unit: str) -> list[dict[str, Any]]:
    """Title (bold) and unit beside the QR code, standing on the baseline of its digits."""
    room = _FOOT - _QR_Y - 2.0

    def parts(size: float) -> tuple[list[str], list[str]]:
        return (
            text_fit.pretty(title, size=size, weight=700, limit=_LEFT_COLUMN),
            text_fit.pretty(unit, size=size, weight=400, limit=_LEFT_COLUMN),
        )

    def fits(size: float) -> Sequence[str] | None:
        lines = [*itertools.chain(*parts(size))]
        lead = size * _ABOUT_LEAD * MM_PER_POINT
        return lines if len(lines) * lead <= room else None

    size = text_fit.shrink(fits, steps=(10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6)).size
    bold, plain = parts(size)
    lead = size * _ABOUT_LEAD * MM_PER_POINT
    weights = [700] * len(bold) + [400] * len(plain)
    lines = [*bold, *plain]
    return [
        _row(line, size=size, weight=weight, baseline=_FOOT - lead * (len(lines) - 1 - index))
        for index, (line, weight) in enumerate(zip(lines, weights, strict=True))
    ]


def _heading(heading: tuple[str, str], *, guest: bool, label: str) -> list[dict[str, Any]]:
    """Conference and office in the band, left of the label."""
    room = _WIDE - 2 * _EDGE - 7.0 - text_fit.width(label, size=9, weight=700) - 2.0
    texts = [text_fit.tidy(text) for text in heading]

    def fits(size: float) -> Sequence[str] | None:
        lines = [
            line
            for text in texts
            for line in text_fit.wrap(text, size=size, weight=600, limit=room)
        ]
        return lines if len(lines) * size * _BAND_LEAD * MM_PER_POINT <= _BAND_ROOM[guest] else None

    fitted = text_fit.shrink(fits, steps=(7.6, 7.2, 6.8, 6.4, 6, 5.6, 5.2))
    return _rows(fitted, weight=600, lead=_BAND_LEAD, middle=_BAND_MIDDLE[guest])


def _watermark(words: str | None) -> list[dict[str, Any]] | None:
    """Pale and slanting under the left half, well away from the QR code."""
    if words is None:
        return None
    text = text_fit.tidy(words)
    return _one_line(text, size=28, weight=800, limit=_LEFT_COLUMN - 1, baseline=_FOOT - 5)


def _one_line(
    text: str, *, size: float, weight: int, limit: float, baseline: float
) -> list[dict[str, Any]]:
    natural = text_fit.width(text, size=size, weight=weight)
    fitting = size if natural <= limit else size * limit / natural
    return [_row(text, size=fitting, weight=weight, baseline=baseline)]


def _rows(fitted: Fitted, *, weight: int, lead: float, middle: float) -> list[dict[str, Any]]:
    """Lines as one block around `middle`."""
    pitch = fitted.size * lead * MM_PER_POINT
    first = middle - pitch * (len(fitted.lines) - 1) / 2 + _drop(fitted.size)
    return [
        _row(line, size=fitted.size, weight=weight, baseline=first + pitch * index)
        for index, line in enumerate(fitted.lines)
    ]


def _row(text: str, *, size: float, weight: int, baseline: float) -> dict[str, Any]:
    return {
        "text": text,
        "size": round(size, 3),
        "weight": weight,
        "tracking": 0,
        "y": round(baseline, 3),
    }


def _drop(size: float) -> float:
    return size * _TO_BASELINE * MM_PER_POINT


def _cuts(count: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Cell edges, each once: two dashed lines on one another would look like a solid one."""
    cells = [(index % _COLUMNS, index // _COLUMNS) for index in range(count)]
    across = {(x, y) for x, y in cells} | {(x, y + 1) for x, y in cells}
    down = {(x, y) for x, y in cells} | {(x + 1, y) for x, y in cells}
    return sorted(across), sorted(down)
