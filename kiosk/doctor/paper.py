"""The sheet and the printer's test page as PDF; typesetting is the worker's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from kiosk.conference import badge_code
from kiosk.core import qr, typeset
from kiosk.core.checks import State
from kiosk.core.clock import hhmm, in_hall
from kiosk.doctor.fonts import STACKED
from kiosk.doctor.part_words import PARTS, by_whom, part_state
from kiosk.doctor.queries import SelfTestRow
from kiosk.doctor.report import GROUPS, STATES, Line, Report, Todo, Tried
from kiosk.doctor.rules import Part

#: Papers are Vietnamese, whatever language the page has.
VI = "vi"

REHEARSAL = "DIỄN TẬP"

_KINDS = {"": "Máy tính chủ", "gate": "Cổng", "tablet": "Máy tính bảng", "projector": "Máy chiếu"}

Progress = Callable[[int, int], None]


def printed_words(at: datetime) -> str:
    """`06:45 ngày 12/03/2026`."""
    return f"{in_hall(at):%H:%M} ngày {in_hall(at):%d/%m/%Y}"


def sheet(report: Report, *, event: str) -> dict[str, Any]:
    """For `run_job("doctor_sheet", …)`. `event`: what the conference is called."""
    measured = report.measured
    when = "Máy tính chưa được đo."
    if measured is not None:
        by = f"{measured.by_name} cho đo" if measured.by_name else "đo từ dòng lệnh"
        when = f"Máy tính: {by} lúc {printed_words(measured.at)}."
    return {
        "at": report.at.isoformat(),
        "sheet": {
            "title": "Phiếu kiểm tra sẵn sàng",
            "event": event,
            "word": report.word(VI),
            "printed": printed_words(report.at),
            "measured": when,
            "watermark": REHEARSAL if report.is_rehearsal else "",
            "mend": [_to_do(todo) for todo in report.to_mend],
            "read": [_to_do(todo) for todo in report.to_read],
            "groups": [
                {"name": GROUPS[group][0], "lines": [_line(line) for line in lines]}
                for group, lines, _ in report.groups
            ],
            "tried": _tried([report.laptop, *report.devices]),
        },
    }


def _to_do(todo: Todo) -> dict[str, Any]:
    return {
        "name": todo.check.called(VI),
        "text": "; ".join(todo.texts(VI)),
        "do": todo.advice(VI),
        "unknown": todo.state == State.UNKNOWN,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "state": STATES[State(line.state)][0],
        "strong": line.stops,
        "name": line.check.called(VI),
        "text": line.finding.text(VI),
    }


def _tried(machines: Iterable[Tried]) -> list[dict[str, Any]]:
    kinds: dict[str, list[dict[str, Any]]] = {}
    for machine in machines:
        kinds.setdefault(machine.kind, []).append(
            {
                "name": machine.device or "Máy tính này",
                "parts": [
                    _part(part, row, is_spare=part in machine.spare) for part, row in machine.parts
                ],
                "state": STATES[machine.state][0],
                "strong": machine.state in {State.BAD, State.UNKNOWN},
            }
        )
    return [{"name": _KINDS.get(kind, kind), "rows": rows} for kind, rows in kinds.items()]


def _part(part: Part, row: SelfTestRow | None, *, is_spare: bool) -> str:
    """`loa: đạt (Lan, 06:45)`."""
    word, state = PARTS[part][0], part_state(row, is_spare=is_spare).vi
    if row is None:
        return f"{word}: {state}"
    return f"{word}: {state if row.ok else state.upper()} ({by_whom(row).vi}, {hhmm(row.at)})"


def sheet_job(order: Mapping[str, Any], progress: Progress) -> bytes:
    at = datetime.fromisoformat(order["at"])
    made = typeset.pdf(typeset.template("doctor_sheet"), data=order["sheet"], at=at, tags=False)
    progress(1, 1)
    return made


def test_page(*, at: datetime, rehearsal: bool) -> dict[str, Any]:
    """For `run_job("doctor_test_page", …)`."""
    return {
        "at": at.isoformat(),
        "page": {
            "title": "Trang in thử",
            "printed": printed_words(at),
            "letters": STACKED,
            "short": STACKED[:47],
            "qr": qr.svg_path(badge_code.TEST),
            "grouped": badge_code.grouped(badge_code.TEST),
            "watermark": REHEARSAL if rehearsal else "",
        },
    }


def test_page_job(order: Mapping[str, Any], progress: Progress) -> bytes:
    at = datetime.fromisoformat(order["at"])
    made = typeset.pdf(typeset.template("doctor_test_page"), data=order["page"], at=at, tags=False)
    progress(1, 1)
    return made
