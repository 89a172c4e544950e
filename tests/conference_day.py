"""A conference for tests of papers: nobody there yet, or people who came in every way."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from sqlalchemy.orm import Session
from support import Clock, Meeting

from kiosk.checkin import desk, gate, paper, rules
from kiosk.checkin import services as checkin
from kiosk.conference import services as conference
from kiosk.core.access import THE_PROGRAM, Actor
from kiosk.core.db import db

LAN = Actor(kind="staff", id=1, name="Lan")


@dataclass
class Day:
    """The small meeting with its application context open."""

    app: Flask
    meeting: Meeting
    clock: Clock

    @property
    def key(self) -> bytes:
        key: bytes = self.app.extensions["kiosk_keys"].badge
        return key

    @property
    def session(self) -> Session:
        db.session.rollback()
        return db.session()

    def scan(self, name: str, *, unit: str = "") -> None:
        answer = gate.scan(
            code=self.meeting.badge_code_of(name, unit=unit),
            scan_id=f"scan-{self.clock.later(minutes=1):%H%M%S%f}",
            device_id=None,
            key=self.key,
            by=THE_PROGRAM,
            clock=self.clock,
        )
        assert answer.outcome in {"admitted", "guest"}

    def set_day(self, *, day: str = "12/03/2026", hour: str = "08:00", title: str = "") -> None:
        conference.change_details(
            title=title or "Hội nghị cán bộ, công chức, viên chức, người lao động năm 2026",
            day=day,
            hour=hour,
            venue="Hội trường A, trụ sở Đảng uỷ - HĐND- UBND phường",
            address="số 106 Đại lộ Trần Hưng Đạo",
            by=LAN,
            clock=self.clock,
        )


def fill(day: Day) -> Day:
    """Five came by badge, one by hand, one by the paper list, one by a substitute; two excused."""
    person = day.meeting.person
    for name in ("Phạm Thị Lan", "Đỗ Văn Ánh", "Lê Minh Đức", "Vũ Thị Yến"):
        day.scan(name)
    day.scan("Trịnh Công Thành")
    checkin.admit_by_hand(
        delegate_id=person("Nguyễn Thị Hồng Nhung").id,
        reason="Quên thẻ",
        by=LAN,
        clock=day.clock,
    )
    number = person("Bùi Thị Thu Hà").number
    paper.merge(numbers=str(number), time="07:31", accept_unknown=False, by=LAN, clock=day.clock)
    desk.record_absence(
        delegate_id=person("Đặng Thùy Dương").id,
        kind="with_reason",
        reason="Nghỉ ốm",
        by=LAN,
        clock=day.clock,
    )
    desk.record_absence(
        delegate_id=person("Ngô Thị Sen").id,
        kind="without_reason",
        reason="",
        by=LAN,
        clock=day.clock,
    )
    replaced = person("Trần Quốc Bảo")
    desk.substitute(
        desk.Newcomer(name="Trần Thị Thay", title="Chuyên viên", unit_id=replaced.unit_id),
        replaced_id=replaced.id,
        passes=rules.PASSES_BY_DEFAULT,
        admit=True,
        key=day.key,
        by=LAN,
        clock=day.clock,
    )
    return day
