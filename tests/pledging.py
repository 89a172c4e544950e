"""Tools of the tests of the pledge: a ready text, strokes of a hand, a hall that signs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from support import Clock, Meeting

from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.pledge import queries, services, signatories, signing
from kiosk.pledge import text as texts
from kiosk.pledge.queries import PledgeView, SignatoryRow
from kiosk.pledge.signing import Given

LAN = Actor(kind="staff", id=1, name="Lan")

#: A name as somebody writes it, on a pad of 1,200 by 480.
NAME = [
    [240, 360, 264, 216, 312, 108, 360, 72, 348, 168, 336, 288, 396, 360, 456, 300],
    [288, 228, 384, 204, 480, 192],
]
OTHER = [[300, 100, 500, 300, 700, 90, 650, 260], [600, 200, 800, 300]]


def sent(strokes: object = NAME, pad: object = (1200, 480)) -> str:
    return json.dumps({"pad": list(pad), "strokes": strokes})  # type: ignore[call-overload]


def ready_text(**fields: object) -> texts.Text:
    given = {
        "title": "Giao ước thi đua",
        "about": "Thực hiện nhiệm vụ năm 2026",
        "bases": "Luật Thực hiện dân chủ ở cơ sở",
        "opening": "Các phòng, ban, đơn vị thống nhất ký kết:",
        "headings": [("Nhiệm vụ", "Hoàn thành 100% nhiệm vụ\nĐúng hạn từ 99% hồ sơ")],
        "targets": [("Phòng Văn hóa - Xã hội", "Xử lý 100% văn bản điện tử")],
        "closing": "Các đơn vị cam kết thực hiện.",
        **fields,
    }
    return texts.checked(**given)  # type: ignore[arg-type]


@dataclass
class Signing:
    """The pledge of the small meeting: three heads of units sign, and the tests act."""

    app: Flask
    meeting: Meeting
    clock: Clock
    tablets: tuple[Actor, ...]

    @property
    def key(self) -> bytes:
        key: bytes = self.app.extensions["kiosk_keys"].badge
        return key

    def view(self) -> PledgeView:
        with self.app.app_context():
            db.session.rollback()
            return queries.pledge(db.session())

    def row(self, name: str) -> SignatoryRow:
        return next(row for row in self.view().signatories if row.name == name)

    def book(self) -> list[tuple[str, dict[str, object]]]:
        with self.app.app_context():
            db.session.rollback()
            return [
                (line.event.removeprefix("pledge:"), line.facts)
                for line in audit.read(db.session())
                if line.event.startswith("pledge:")
            ]

    def ready(self) -> None:
        """A text and the heads of units; nothing is open."""
        with self.app.app_context():
            services.save_text(ready_text(), seen=0, by=LAN, clock=self.clock)
            signatories.propose(by=LAN, clock=self.clock)

    def open(self) -> None:
        self.ready()
        with self.app.app_context():
            services.open_signing(by=LAN, clock=self.clock)

    def begin(self, name: str, *, tablet: int = 0) -> str:
        with self.app.app_context():
            return signing.begin(
                code=self.meeting.badge_code_of(name), key=self.key, by=self.tablets[tablet]
            )

    def sign(
        self, token: str, *, strokes: object = NAME, tablet: int = 0, text: str | None = None
    ) -> Given:
        fixed = self.view().fixed
        with self.app.app_context():
            return signing.sign(
                token=token,
                text_sha256=text or (fixed.sha256 if fixed else ""),
                sent=sent(strokes),
                by=self.tablets[tablet],
                clock=self.clock,
            )

    def code_of(self, act: Callable[[], object]) -> str:
        with pytest.raises(Refused) as error, self.app.app_context():
            act()
        return error.value.code
