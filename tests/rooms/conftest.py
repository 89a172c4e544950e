"""A small hall for tests of rooms without pages: the real writer on a temporary SQLite file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

import kiosk.agenda.events
import kiosk.checkin.events
import kiosk.conference.events
import kiosk.motions.events  # noqa: F401 (every room registers its catalogue)
from kiosk.agenda.models import AgendaItem
from kiosk.checkin.models import Stay
from kiosk.conference.models import Conference, Delegate, Unit
from kiosk.core import audit
from kiosk.core import db as core_db
from kiosk.core.access import Actor
from kiosk.core.db import Base, unit_of_work, writer
from kiosk.devices.models import Device
from kiosk.motions.models import Motion

#: Tables that the rooms under test refer to; naming them here loads their models.
TABLES = (AgendaItem, Conference, Device, Motion, Stay)


@dataclass
class SmallHall:
    """A conference with people, a clock that stands until it is moved, and two secretaries."""

    app: Flask
    now: datetime = datetime(2026, 3, 12, 1, 0, tzinfo=UTC)  # 08:00 in the hall
    lan: Actor = field(default=Actor(kind="staff", id=1, name="Lan"))
    minh: Actor = field(default=Actor(kind="staff", id=2, name="Minh"))

    def clock(self) -> datetime:
        return self.now

    def later(self, *, minutes: float) -> datetime:
        self.now += timedelta(minutes=minutes)
        return self.now

    @property
    def session(self) -> Session:
        """A fresh reading of what is really stored."""
        core_db.db.session.rollback()
        return core_db.db.session()

    def book(self, prefix: str) -> list[tuple[str, dict[str, Any]]]:
        """Events of one room with their facts, oldest first."""
        return [
            (line.event, line.facts)
            for line in audit.read(self.session)
            if line.event.startswith(prefix)
        ]

    def seat(self, count: int) -> None:
        """Let the first `count` people of the roster be in the hall, and nobody else."""
        with unit_of_work() as session:
            session.query(Stay).delete()
            session.execute(
                insert(Stay),
                [
                    {"delegate_id": number, "entered_at": self.now - timedelta(minutes=30)}
                    for number in range(1, count + 1)
                ],
            )


@pytest.fixture
def hall_of(tmp_path: Path) -> Iterator[Callable[..., SmallHall]]:
    """Build a hall: `hall_of(people=85, present=60)`; everyone counts and may vote."""
    app = Flask("small_hall")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{(tmp_path / 'hall.sqlite').as_posix()}"
    core_db.init_app(app)
    with app.app_context():
        Base.metadata.create_all(writer().engine)

        def build(*, people: int = 85, present: int = 60, guests: int = 2) -> SmallHall:
            hall = SmallHall(app)
            with unit_of_work() as session:
                _store(session, people=people, guests=guests)
            if present:
                hall.seat(present)
            return hall

        yield build
        core_db.db.session.remove()
        writer().close()
        core_db.db.engine.dispose()


def _store(session: Session, *, people: int, guests: int) -> None:
    session.execute(
        insert(Conference).values(
            id=1,
            code="0123456789ab",
            title="Hội nghị",
            title_block=[],
            host="UBND phường Hải Dương",
            venue="Hội trường A",
            address="",
            place="Hải Dương",
            day=date(2026, 3, 12),
            hour="08:00",
            plan={},
        )
    )
    session.execute(insert(Unit).values(id=1, name="Văn phòng", key="van phong", position=1))
    session.execute(
        insert(Delegate),
        [
            {
                "id": number,
                "number": number,
                "name": f"Người {number}",
                "sort_key": f"{number:04d}",
                "search_key": f"nguoi {number}",
                "unit_id": 1,
                "standing": "delegate" if number <= people else "guest",
                "counts_for_quorum": number <= people,
                "votes": number <= people,
                "elects": number <= people,
            }
            for number in range(1, people + guests + 1)
        ],
    )
