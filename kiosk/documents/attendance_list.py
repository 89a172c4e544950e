"""D2 Danh sách đại biểu – điểm danh: any time, before, during and after (domain.md 4).

Every figure comes from `checkin.queries.attendance`; nothing is counted here but rows of a group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kiosk.checkin import queries as checkin
from kiosk.checkin.queries import AttendanceRow
from kiosk.conference import queries as people
from kiosk.core import typeset
from kiosk.core.clock import hhmm, in_hall
from kiosk.core.figures import percent
from kiosk.core.names import tidy
from kiosk.documents import facts as common
from kiosk.documents import rules, sheet
from kiosk.documents.facts import Letterhead

Progress = Callable[[int, int], None]

COLUMNS = ("STT", "Họ và tên", "Chức vụ", "Giờ đến", "Ký tên", "Ghi chú")


@dataclass(frozen=True)
class Line:
    """One person of the list."""

    #: From 1 over all delegates, and from 1 again over all guests.
    ordinal: int
    name: str
    title: str
    #: `07:32`, the server's time of the first arrival that stands; empty without one.
    arrived: str
    note: str


@dataclass(frozen=True)
class Section:
    """One unit."""

    name: str
    #: `5/12 có mặt`.
    words: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class AttendancePaper:
    """Everything that the list says."""

    title: str
    head: Letterhead
    event: str
    time: str
    venue: str
    sections: tuple[Section, ...]
    guests: tuple[Section, ...]
    #: Words and number, in the order of the paper.
    totals: tuple[tuple[str, str], ...]
    #: The moment of the figures, in words.
    as_of: str
    chair: str
    watermark: str


def facts(session: Session, *, rehearsal: bool, now: datetime) -> AttendancePaper:
    """The list as it stands at `now`. Refused: `conference_missing`."""
    meeting = people.conference(session)
    found = checkin.attendance(session)
    ended = meeting.ended_at is not None
    base = checkin.base_in_force(session)
    convened = found.convened if base is None else base.count
    totals = [("Triệu tập", str(found.convened))]
    if convened != found.convened:
        totals.append(("Số triệu tập đã chốt để tính tỷ lệ", str(convened)))
    silent = "Vắng không lý do" if ended else "Vắng không lý do hoặc chưa đến"
    totals += [
        ("Có mặt", str(found.present)),
        ("Tỷ lệ có mặt", percent(found.present, convened) if convened else "không có"),
        ("Vắng có lý do", str(found.absent_with_reason)),
        (silent, str(found.absent_without_reason)),
    ]
    if found.others:
        totals.append(("Đại biểu có mặt không tính vào tỷ lệ", str(found.others)))
    totals.append(("Khách mời có mặt", str(found.guests)))
    event = rules.official(meeting.title)
    moment = in_hall(now)
    return AttendancePaper(
        title=f"Danh sách đại biểu – điểm danh {event}",
        head=common.letterhead(
            meeting, kind="", dated=rules.date_line(common.held_on(meeting), meeting.month)
        ),
        event=event,
        time=rules.time_line(meeting.day, meeting.hour, meeting.month),
        venue=common.venue(meeting),
        sections=_sections((row for row in found.rows if not row.person.is_guest), ended=ended),
        guests=_sections((row for row in found.rows if row.person.is_guest), ended=ended),
        totals=tuple(totals),
        as_of=f"Số liệu điểm danh đến {moment:%H} giờ {moment:%M} phút, "
        f"{rules.date_line(moment.date())}.",
        chair=common.chair(session),
        watermark=common.watermark(meeting, rehearsal=rehearsal),
    )


def _sections(rows: Iterable[AttendanceRow], *, ended: bool) -> tuple[Section, ...]:
    units: dict[str, list[tuple[int, AttendanceRow]]] = {}
    for ordinal, row in enumerate(rows, start=1):
        units.setdefault(row.person.unit, []).append((ordinal, row))
    return tuple(
        Section(
            name=tidy(unit),
            words=f"{sum(row.arrival is not None for _, row in group)}/{len(group)} có mặt",
            lines=tuple(
                Line(
                    ordinal=ordinal,
                    name=tidy(row.person.name),
                    title=tidy(row.person.title),
                    arrived=hhmm(row.arrival.at) if row.arrival else "",
                    note=note(row, ended=ended),
                )
                for ordinal, row in group
            ),
        )
        for unit, group in units.items()
    )


def note(row: AttendanceRow, *, ended: bool) -> str:
    """What the last column says: absence, way of recording, substitution; short, in this order.

    Before the end nobody is called absent who may still come; only what was recorded is written.
    """
    parts: list[str] = []
    if row.arrival is None:
        if row.substitute is not None:
            # The recorded reason says no more than that; the name does.
            parts.append(f"Vắng có lý do: {row.substitute.name} dự thay")
        elif row.counts_as == "with_reason" and row.absence is not None:
            parts.append(f"Vắng có lý do: {row.absence.reason}")
        elif row.absence is not None or (ended and not row.person.is_guest):
            parts.append("Vắng không lý do")
    elif row.arrival.way == "hand":
        parts.append(" ".join(filter(None, ["Ghi tay:", row.arrival.by])))
    elif row.arrival.way == "paper":
        parts.append("Theo danh sách giấy")
    if row.arrival is not None and row.arrival.claimed_at is not None:
        parts.append(f"đến lúc {hhmm(row.arrival.claimed_at)} khi mất nối")
    if row.arrival is not None and row.arrival.left_at is not None:
        parts.append(f"về lúc {hhmm(row.arrival.left_at)}")
    if row.sits_in_for is not None:
        parts.append(f"dự thay {row.sits_in_for.name}")
    words = tidy("; ".join(parts))
    return words[:1].upper() + words[1:]


def payload(paper: AttendancePaper, *, form: str, at: datetime) -> dict[str, Any]:
    """The same for `run_job("attendance_list", …)`; `form` is `pdf` or `xlsx`."""
    return {"paper": asdict(paper), "form": form, "at": at.isoformat()}


def job(order: Mapping[str, Any], progress: Progress) -> bytes:
    """The list as PDF/A or as a workbook; in the worker process."""
    at = datetime.fromisoformat(order["at"])
    paper = order["paper"]
    if order["form"] == "xlsx":
        return _workbook(paper, at=at)
    return typeset.pdf(typeset.template("attendance_list"), data=paper, at=at, tags=False)


def _workbook(paper: Mapping[str, Any], *, at: datetime) -> bytes:
    with sheet.workbook(paper["title"], at=at) as book:
        page = sheet.Page(book, "Điểm danh", widths=(6, 30, 24, 10, 18, 30))
        mark = paper["watermark"]
        page.heading("DANH SÁCH ĐẠI BIỂU – ĐIỂM DANH" + (f" ({mark})" if mark else ""))
        page.plain(paper["event"], centred=True)
        page.plain(f"Thời gian: {paper['time']}. Địa điểm: {paper['venue']}.")
        page.head(COLUMNS)
        for title, sections in (("A. ĐẠI BIỂU", "sections"), ("B. KHÁCH MỜI", "guests")):
            page.part(title)
            if not paper[sections]:
                page.plain("Không có")
            for section in paper[sections]:
                page.part(f"{section['name']} ({section['words']})")
                for line in section["lines"]:
                    texts = (line["name"], line["title"], line["arrived"], "", line["note"])
                    page.row((line["ordinal"], *texts), centred=(0, 3))
        page.part("C. TỔNG HỢP")
        for words, figure in paper["totals"]:
            page.total(words, figure)
        page.plain(paper["as_of"])
        page.pair("NGƯỜI LẬP DANH SÁCH", "TM. CHỦ TỌA")
        page.gap(4)
        page.pair("", paper["chair"])
    return book.bytes
