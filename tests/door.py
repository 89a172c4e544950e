"""The door on the small meeting: scans by name, with the test's own clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask import Flask
from support import Clock, Meeting

from kiosk.checkin import gate, queries
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.db import db


@dataclass
class Door:
    """Two ways in and one out; every scan has a number of its own."""

    app: Flask
    meeting: Meeting
    clock: Clock
    north: int = 0
    south: int = 0
    out: int = 0
    desk: Actor = field(default=Actor(kind="staff", id=7, name="Bàn 1"))
    _ids: Any = field(default_factory=lambda: count(1))

    def scan(
        self, who: str, *, at: int | None = None, scan_id: str | None = None, **more: Any
    ) -> gate.Answer:
        """Scan somebody's first badge at a gate; `who` is a name, or 14 digits."""
        device = at if at is not None else self.north
        return gate.scan(
            code=who if who.isdigit() else self.meeting.badge_code_of(who),
            scan_id=scan_id or f"scan-{next(self._ids):08d}",
            device_id=device,
            key=self.key,
            by=Actor(kind="device", id=device, name="Cổng"),
            clock=self.clock,
            **more,
        )

    @property
    def key(self) -> bytes:
        key: bytes = self.app.extensions["kiosk_keys"].badge
        return key

    def present(self) -> int:
        return queries.presence(db.session()).present

    def id_of(self, name: str) -> int:
        return self.meeting.person(name).id

    def row(self, name: str) -> queries.AttendanceRow:
        return queries.attendance_of(db.session(), [self.id_of(name)])[0]

    def events(self, prefix: str = "checkin:") -> list[str]:
        return [line.event for line in audit.read(db.session()) if line.event.startswith(prefix)]
