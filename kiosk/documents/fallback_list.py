"""The list by which the doors go on when the network is gone (issue 3): printed while all is well.

Everybody's number, name, and whether they are recorded already; a box to tick and a line for the
time. What was ticked from the mark "from here on paper" is typed in again by the desk
(`checkin.paper`), by the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kiosk.checkin import queries as checkin
from kiosk.checkin.queries import AttendanceRow
from kiosk.conference import queries as people
from kiosk.core import typeset
from kiosk.core.clock import hhmm, in_hall
from kiosk.core.errors import Refused
from kiosk.core.names import tidy
from kiosk.documents import facts as common
from kiosk.documents import rules, sheet

Progress = Callable[[int, int], None]

COLUMNS = ("Số", "Họ và tên", "Chức vụ", "Đã ghi", "Đến", "Giờ đến")
_LENGTH = 8


@dataclass(frozen=True)
class Line:
    """One person: to be ticked, or recorded already."""

    number: int
    name: str
    title: str
    #: `vào 07:32`, `ra 09:10`, `vắng có lý do`, `đã có người thay`; empty where nothing is known.
    state: str
    #: In the hall now.
    inside: bool
    #: May come, so there is a box to tick: neither inside nor replaced by somebody else.
    awaited: bool


@dataclass(frozen=True)
class Section:
    """One unit."""

    name: str
    #: `5/12 đã vào`.
    words: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class FallbackList:
    """Everything that the list says but the time of printing."""

    title: str
    event: str
    figures: str
    watermark: str
    sections: tuple[Section, ...]


def facts(session: Session, *, rehearsal: bool) -> FallbackList:
    """Who is in and who is awaited now, by unit, then in Vietnamese order.

    Raises:
        Refused: `conference_missing`, `papers_nobody`.
    """
    meeting = people.conference(session)
    rows = checkin.attendance(session).rows
    if not rows:
        raise Refused("papers_nobody")
    units: dict[str, list[Line]] = {}
    for row in rows:
        units.setdefault(tidy(row.person.unit), []).append(_line(row))
    inside = sum(row.state == "inside" for row in rows)
    event = rules.official(meeting.title)
    return FallbackList(
        title=f"Danh sách giấy tại cổng {event}",
        event=event,
        figures=f"Danh sách có {len(rows)} người, {inside} người đang ở trong hội trường.",
        watermark=common.REHEARSAL if rehearsal else "",
        sections=tuple(
            Section(
                name=unit,
                words=f"{sum(line.inside for line in lines)}/{len(lines)} đã vào",
                lines=tuple(lines),
            )
            for unit, lines in units.items()
        ),
    )


def _line(row: AttendanceRow) -> Line:
    state = ""
    if row.arrival is not None and row.arrival.inside:
        state = f"vào {hhmm(row.arrival.at)}"
    elif row.arrival is not None:
        state = f"ra {hhmm(row.arrival.left_at)}"
    elif row.substitute is not None:
        state = "đã có người thay"
    elif row.state == "with_reason":
        state = "vắng có lý do"
    inside = row.arrival is not None and row.arrival.inside
    return Line(
        number=row.person.number,
        name=tidy(row.person.name),
        title=tidy(row.person.title),
        state=state,
        inside=inside,
        awaited=not inside and row.substitute is None,
    )


def printed_words(at: datetime) -> str:
    """`07:32 ngày 12/03/2026`: on the paper, when it was made."""
    return f"{in_hall(at):%H:%M} ngày {in_hall(at):%d/%m/%Y}"


def payload(found: FallbackList, *, at: datetime) -> dict[str, Any]:
    """The same for `run_job("fallback_list", …)`."""
    return {"list": {**asdict(found), "printed": printed_words(at)}, "at": at.isoformat()}


def job(order: Mapping[str, Any], progress: Progress) -> bytes:
    """PDF and workbook in one answer (`parts` takes them apart); in the worker process."""
    at = datetime.fromisoformat(order["at"])
    found = order["list"]
    made = typeset.pdf(typeset.template("fallback_list"), data=found, at=at, tags=False)
    progress(1, 2)
    return len(made).to_bytes(_LENGTH, "big") + made + _workbook(found, at=at)


def parts(answer: bytes) -> tuple[bytes, bytes]:
    """PDF and workbook out of the job's answer."""
    length = int.from_bytes(answer[:_LENGTH], "big")
    return answer[_LENGTH : _LENGTH + length], answer[_LENGTH + length :]


def _workbook(found: Mapping[str, Any], *, at: datetime) -> bytes:
    with sheet.workbook(found["title"], at=at) as book:
        page = sheet.Page(book, "Danh sách giấy", widths=(8, 34, 28, 16, 8, 14))
        mark = found["watermark"]
        page.heading("DANH SÁCH GIẤY TẠI CỔNG" + (f" ({mark})" if mark else ""))
        page.plain(found["event"], centred=True)
        page.plain(f"Từ đây ghi trên giấy: ……… giờ ……… phút. In lúc {found['printed']}.")
        page.plain(found["figures"])
        page.head(COLUMNS)
        for section in found["sections"]:
            page.part(f"{section['name']} ({section['words']})")
            for line in section["lines"]:
                box = "□" if line["awaited"] else ""
                texts = (line["name"], line["title"], line["state"], box, "")
                page.row((line["number"], *texts), centred=(0, 3, 4))
    return book.bytes
