"""Reading devices, and when each was last heard of."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from kiosk.core.clock import utc_now
from kiosk.devices.models import Device

#: Seconds of silence after which a device needs a look.
SILENT = 20.0

#: Device id → (monotonic, wall clock). In memory only: a heartbeat is not worth a write.
_heard: dict[int, tuple[float, datetime]] = {}


@dataclass(frozen=True)
class DeviceRow:
    """A device as pages and `kiosk device list` show it."""

    id: int
    kind: str
    name: str
    #: For a gate: `in` or `out`.
    direction: str
    added_at: datetime
    paired_at: datetime | None
    revoked_at: datetime | None
    last_seen_at: datetime | None
    is_silent: bool

    @property
    def state(self) -> str:
        """`revoked`, `waiting` (for pairing), `silent` or `fine`."""
        if self.revoked_at is not None:
            return "revoked"
        if self.paired_at is None:
            return "waiting"
        return "silent" if self.is_silent else "fine"


@dataclass(frozen=True)
class Known:
    """The device behind a cookie."""

    id: int
    kind: str
    name: str


def heard(device_id: int) -> None:
    """A device has just sent something."""
    _heard[device_id] = (time.monotonic(), utc_now())


def devices(session: Session, *, with_revoked: bool = True) -> list[DeviceRow]:
    """All devices: those in trouble first, then by kind and name."""
    query = select(Device).order_by(Device.kind, Device.id)
    if not with_revoked:
        query = query.where(Device.revoked_at.is_(None))
    rows = [_row(device) for device in session.scalars(query)]
    order = {"silent": 0, "waiting": 1, "fine": 2, "revoked": 3}
    return sorted(rows, key=lambda row: (order[row.state], row.kind, row.id))


def _row(device: Device) -> DeviceRow:
    heard_at = _heard.get(device.id)
    return DeviceRow(
        id=device.id,
        kind=device.kind,
        name=device.name,
        direction=device.direction,
        added_at=device.added_at,
        paired_at=device.paired_at,
        revoked_at=device.revoked_at,
        last_seen_at=heard_at[1] if heard_at else None,
        is_silent=heard_at is None or time.monotonic() - heard_at[0] > SILENT,
    )


# Built once, of plain columns: every scan asks it.
_device = cast("Table", Device.__table__).c
_by_cookie = select(_device.id, _device.kind, _device.name).where(
    _device.revoked_at.is_(None), _device.token_hash == bindparam("token_hash")
)


def device_of(session: Session, token_hash: bytes) -> Known | None:
    """The device that holds this cookie; None once it is revoked."""
    row = session.connection().execute(_by_cookie, {"token_hash": token_hash}).one_or_none()
    return None if row is None else Known(*row)


def device_named(session: Session, device_id: int) -> str:
    """The name of a device, also of a revoked one; empty when there is none."""
    return session.scalar(select(Device.name).where(Device.id == device_id)) or ""


_direction = select(_device.direction).where(_device.id == bindparam("device"))
#: The direction of the device that the parameter `device` names, null where there is none; for the
#: one statement that a scan asks.
DIRECTION = _direction.scalar_subquery()


def direction_of(session: Session, device_id: int | None) -> str:
    """`in` or `out` for a gate; `in` where there is no such device."""
    return session.connection().execute(_direction, {"device": device_id}).scalar() or "in"


def gates_out(session: Session) -> list[int]:
    """The gates in use that let people out, by id."""
    return list(
        session.scalars(
            select(Device.id)
            .where(Device.direction == "out", Device.revoked_at.is_(None))
            .order_by(Device.id)
        )
    )
