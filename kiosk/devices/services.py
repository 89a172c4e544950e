"""Acts on devices: add, pair by the one-time address, revoke."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from kiosk.core import audit, tokens
from kiosk.core.access import Actor, Kind
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import fold, tidy
from kiosk.devices.events import DeviceEvent
from kiosk.devices.models import Device

#: Long enough to carry a slip of paper through the hall, short enough to be found spent.
ADDRESS_LIVES = timedelta(hours=24)

#: Ways through a gate: vào, ra.
DIRECTIONS = ("in", "out")


@dataclass(frozen=True)
class Added:
    """A device that waits for its browser; `ticket` is shown once and stored nowhere."""

    id: int
    kind: str
    name: str
    ticket: str


@dataclass(frozen=True)
class Paired:
    """A device and its cookie."""

    id: int
    kind: str
    name: str
    token: str


def add_device(*, kind: str, name: str, by: Actor, key: bytes, clock: Clock = utc_now) -> Added:
    """Add a device and make its one-time pairing address.

    Raises:
        Refused: `device_name_wrong`, `device_kind_unknown`, `device_exists`.
    """
    name = tidy(name)
    if not 1 <= len(name) <= 40:
        raise Refused("device_name_wrong")
    if kind not in set(Kind):
        raise Refused("device_kind_unknown", kind=kind[:20])
    ticket = tokens.fresh()
    with unit_of_work() as session:
        with refusing("device_exists", name=name):
            device_id = session.scalars(
                insert(Device)
                .values(
                    kind=kind,
                    name=name,
                    name_key=fold(name)[:40],
                    added_at=clock(),
                    address_hash=tokens.stored(key, ticket, purpose="pair"),
                    address_ends_at=clock() + ADDRESS_LIVES,
                )
                .returning(Device.id)
            ).one()
        audit.record(
            session,
            DeviceEvent.ADDED,
            by=by,
            clock=clock,
            device=device_id,
            device_kind=kind,
            name=name,
        )
        changed(session, "devices")
    return Added(id=device_id, kind=kind, name=name, ticket=ticket)


def renew_address(*, device_id: int, by: Actor, key: bytes, clock: Clock = utc_now) -> Added:
    """A new one-time address for a device: the old cookie, if any, opens nothing any more."""
    ticket = tokens.fresh()
    with unit_of_work() as session:
        device = _in_use(session, device_id)
        session.execute(
            update(Device)
            .where(Device.id == device_id)
            .values(
                address_hash=tokens.stored(key, ticket, purpose="pair"),
                address_ends_at=clock() + ADDRESS_LIVES,
                token_hash=None,
                paired_at=None,
            )
        )
        audit.record(session, DeviceEvent.ADDRESS_RENEWED, by=by, clock=clock, device=device_id)
        changed(session, "devices", "access")
        return Added(id=device_id, kind=device.kind, name=device.name, ticket=ticket)


def pair(*, ticket: str, key: bytes, clock: Clock = utc_now) -> Paired:
    """Spend a one-time address: the browser that holds it becomes the device.

    Raises:
        Refused: `pairing_address_spent`.
    """
    token = tokens.fresh()
    with unit_of_work() as session:
        device = session.scalars(
            select(Device).where(
                Device.address_hash == tokens.stored(key, ticket, purpose="pair"),
                Device.address_ends_at > clock(),
                Device.revoked_at.is_(None),
            )
        ).one_or_none()
        if device is None:
            raise Refused("pairing_address_spent")
        device.address_hash = None
        device.address_ends_at = None
        device.token_hash = tokens.stored(key, token, purpose="device")
        device.paired_at = clock()
        by = Actor(kind="device", id=device.id, name=device.name)
        audit.record(session, DeviceEvent.PAIRED, by=by, clock=clock, device=device.id)
        changed(session, "devices", "access")
        return Paired(id=device.id, kind=device.kind, name=device.name, token=token)


def revoke_device(*, device_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """From this moment the device is a stranger (design 2.2: it holds at the server at once)."""
    with unit_of_work() as session:
        device = _in_use(session, device_id)
        device.revoked_at = clock()
        device.address_hash = None
        device.token_hash = None
        audit.record(session, DeviceEvent.REVOKED, by=by, clock=clock, device=device_id)
        changed(session, "devices", "access")


def set_direction(*, device_id: int, direction: str, by: Actor, clock: Clock = utc_now) -> None:
    """Turn a gate: `in` records arrivals, `out` records who leaves. Its page follows at once.

    Raises:
        Refused: `direction_unknown`, `device_unknown`, `device_revoked`, `device_no_gate`.
    """
    if direction not in DIRECTIONS:
        raise Refused("direction_unknown")
    with unit_of_work() as session:
        device = _in_use(session, device_id)
        if device.kind != Kind.GATE:
            raise Refused("device_no_gate", name=device.name)
        if device.direction == direction:
            return
        device.direction = direction
        audit.record(
            session,
            DeviceEvent.TURNED,
            by=by,
            clock=clock,
            device=device_id,
            direction=direction,
        )
        changed(session, "devices")


def _in_use(session: Session, device_id: int) -> Device:
    device = session.get(Device, device_id)
    if device is None:
        raise Refused("device_unknown")
    if device.revoked_at is not None:
        raise Refused("device_revoked")
    return device
