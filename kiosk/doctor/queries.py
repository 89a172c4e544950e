"""Reading self-tests, and what the book last said about a way to the internet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.core import audit
from kiosk.core.clock import HALL
from kiosk.doctor import rules
from kiosk.doctor.events import DoctorEvent
from kiosk.doctor.models import SelfTest
from kiosk.doctor.rules import Part


@dataclass(frozen=True)
class SelfTestRow:
    """The newest try of one part today."""

    part: Part
    ok: bool
    at: datetime
    #: Who was signed in at that machine, or wrote a name there; empty on rows of older versions.
    by_name: str
    #: Somebody without an account: the name is what was typed.
    is_typed: bool = False


#: By device, None for the laptop itself; then by part.
SelfTests = Mapping[int | None, Mapping[Part, SelfTestRow]]


def self_tests_today(session: Session, now: datetime) -> SelfTests:
    """The newest result of each part of each machine since midnight in the hall.

    One from the future (the clock was set back) counts as little as one of yesterday.
    """
    found: dict[int | None, dict[Part, SelfTestRow]] = {}
    rows = session.execute(
        select(
            SelfTest.device_id,
            SelfTest.part,
            SelfTest.ok,
            SelfTest.at,
            SelfTest.by,
            SelfTest.by_name,
        )
        .where(SelfTest.at >= rules.day_begins(now, hall=HALL), SelfTest.at <= now)
        .order_by(SelfTest.at, SelfTest.id)
    )
    for row in rows:
        part = Part(row.part)
        found.setdefault(row.device_id, {})[part] = SelfTestRow(
            part, row.ok, row.at, row.by_name, is_typed=not row.by.startswith("staff")
        )
    return found


def route_in_the_book(session: Session) -> bool | None:
    """What the book last said: a way to the internet (True), none (False), or nothing yet."""
    last = audit.latest(session, DoctorEvent.ROUTE_FOUND, DoctorEvent.ROUTE_GONE)
    return None if last is None else last.event == DoctorEvent.ROUTE_FOUND
