"""Stays in the hall: what every act of the door asks of them, and how one begins and ends.

Core statements, built once: a scan is the hottest act of the day (design 2.1).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from kiosk.checkin.models import Stay
from kiosk.conference import queries as people
from kiosk.core.access import Actor
from kiosk.core.db import changed, refusing

_stay = cast("Table", Stay.__table__)
_new_stay = insert(_stay).returning(_stay.c.id)
#: The open stay of the person that the parameter `delegate` names.
OPEN_STAY = select(_stay.c.id, _stay.c.entered_at, _stay.c.claimed_at, _stay.c.device_id).where(
    _stay.c.delegate_id == bindparam("delegate"),
    _stay.c.left_at.is_(None),
    _stay.c.undone_at.is_(None),
)
_past_stay = (
    select(_stay.c.id)
    .where(_stay.c.delegate_id == bindparam("delegate"), _stay.c.undone_at.is_(None))
    .limit(1)
)


def stay_now(session: Session, delegate_id: int) -> Row[*tuple[Any, ...]] | None:
    """The open stay of a person who is in the hall; at most one."""
    return session.connection().execute(OPEN_STAY, {"delegate": delegate_id}).one_or_none()


def was_inside(session: Session, delegate_id: int) -> bool:
    """Whether the person has been in the hall; an undone stay never held."""
    return session.connection().execute(_past_stay, {"delegate": delegate_id}).first() is not None


def doors_open(session: Session) -> bool:
    """Whether the doors still count: the conference has not ended."""
    return not people.has_ended(session)


def enter(
    session: Session,
    delegate_id: int,
    *,
    at: datetime,
    way: str,
    device_id: int | None = None,
    claimed_at: datetime | None = None,
    by: Actor | None = None,
    reason: str = "",
) -> int:
    """Begin a stay inside the act that decided it; returns its id. `by` only where no badge was."""
    with refusing("busy"):
        stay_id = (
            session.connection()
            .execute(
                _new_stay,
                {
                    "delegate_id": delegate_id,
                    "entered_at": at,
                    "way": way,
                    "device_id": device_id,
                    "claimed_at": claimed_at,
                    "by": by.label if by else "",
                    "by_name": by.name[:80] if by else "",
                    "reason": reason,
                },
            )
            .scalar_one()
        )
    changed(session, "presence")
    return int(stay_id)


def leave(
    session: Session, stay: Row[*tuple[Any, ...]], *, at: datetime, device_id: int | None
) -> None:
    """End an open stay inside the act that decided it; `device_id` is None where no gate did."""
    session.execute(
        update(_stay)
        .where(_stay.c.id == stay.id)
        # A clock that was set back between the two must not lose the leaving.
        .values(left_at=max(at, stay.entered_at), left_device_id=device_id)
    )
    changed(session, "presence")
