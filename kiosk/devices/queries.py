"""Reading devices: what is stored, and what each was last heard to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from kiosk.core import audit
from kiosk.devices.events import DeviceEvent
from kiosk.devices.models import Device
from kiosk.devices.pulse import Beat, Pulse, pulses, suspicions_in
from kiosk.devices.rules import Trouble, troubles, worst_first

#: Tasks with which a tablet may scan.
_GATE_TASKS = frozenset({"gate", "follow_gate"})


@dataclass(frozen=True)
class DeviceRow:
    """A device as pages and `kiosk device list` show it."""

    id: int
    kind: str
    name: str
    #: For a gate: `in` or `out`.
    direction: str
    #: For a tablet: `follow`, `follow_gate`, or the act it is pinned to.
    task: str
    added_at: datetime
    paired_at: datetime | None
    revoked_at: datetime | None
    #: None until it is heard for the first time since the program started.
    pulse: Pulse | None
    #: What needs a look, the worst first; empty for a revoked device.
    troubles: tuple[Trouble, ...]
    #: The addresses that use its cookie at once; empty for one machine.
    doubled: tuple[str, ...] = ()
    #: Where its cookie was used within the last minutes.
    addresses: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """`revoked`, the worst trouble (`waiting` for pairing, `silent` …), or `fine`."""
        if self.revoked_at is not None:
            return "revoked"
        return self.troubles[0].value if self.troubles else "fine"

    @property
    def last_seen_at(self) -> datetime | None:
        return self.pulse.at if self.pulse else None

    @property
    def beat(self) -> Beat:
        """What its page said last; nothing known before the first beat."""
        return (self.pulse.beat if self.pulse else None) or Beat()

    @property
    def works_as_gate(self) -> bool:
        """A gate, or a tablet that is told to work as one."""
        return self.kind == "gate" or (self.kind == "tablet" and self.task in _GATE_TASKS)

    @property
    def is_pinned(self) -> bool:
        return self.kind == "tablet" and self.task not in {"follow", "follow_gate"}


@dataclass(frozen=True)
class Known:
    """The device behind a cookie."""

    id: int
    kind: str
    name: str
    #: See `DeviceRow.task`.
    task: str = "follow"
    #: False until its cookie was used for the first time (`services.settle`).
    is_settled: bool = True

    @property
    def is_gate(self) -> bool:
        """A gate, or a tablet that is told to work as one."""
        return self.kind == "gate" or (self.kind == "tablet" and self.task in _GATE_TASKS)


def devices(session: Session, *, with_revoked: bool = True) -> list[DeviceRow]:
    """All devices: the worst trouble first, then by kind and number; revoked ones last."""
    query = select(Device)
    if not with_revoked:
        query = query.where(Device.revoked_at.is_(None))
    recall(session)
    rows = [_row(device) for device in session.scalars(query)]
    return sorted(
        rows,
        key=lambda row: (row.revoked_at is not None, worst_first(row.troubles), row.kind, row.id),
    )


def device(session: Session, device_id: int) -> DeviceRow | None:
    """One device, also a revoked one; None when there is none of this number."""
    recall(session)
    found = session.get(Device, device_id)
    return None if found is None else _row(found)


def recall(session: Session) -> None:
    """After a start, once: which cookies the book says were in two machines, and which were not."""
    if pulses().knows_the_book:
        return
    lines = audit.lines_of(
        session,
        DeviceEvent.DOUBLED,
        DeviceEvent.ONE_MACHINE,
        DeviceEvent.PAIRED,
        DeviceEvent.ADDRESS_RENEWED,
    )
    pulses().recall(suspicions_in((line.event, line.facts) for line in lines))


def _row(device: Device) -> DeviceRow:
    signs = pulses().signs(device.id, is_paired=device.paired_at is not None)
    return DeviceRow(
        id=device.id,
        kind=device.kind,
        name=device.name,
        direction=device.direction,
        task=device.task,
        added_at=device.added_at,
        paired_at=device.paired_at,
        revoked_at=device.revoked_at,
        pulse=pulses().of(device.id),
        troubles=troubles(signs) if device.revoked_at is None else (),
        doubled=pulses().suspicion(device.id).doubled,
        addresses=pulses().addresses(device.id),
    )


# Built once, of plain columns: every scan asks it.
_device = cast("Table", Device.__table__).c
_by_cookie = select(
    _device.id, _device.kind, _device.name, _device.task, _device.paired_at.is_not(None)
).where(_device.revoked_at.is_(None), _device.token_hash == bindparam("token_hash"))


def device_of(session: Session, token_hash: bytes) -> Known | None:
    """The device that holds this cookie; None once it is revoked."""
    row = session.connection().execute(_by_cookie, {"token_hash": token_hash}).one_or_none()
    return None if row is None else Known(*row)


def revoked_name_of(session: Session, token_hash: bytes) -> str | None:
    """The name of the revoked device that held this cookie; None when there is none."""
    return session.scalar(
        select(Device.name).where(Device.revoked_at.is_not(None), Device.token_hash == token_hash)
    )


def may_claim(session: Session, secret_hash: bytes, now: datetime) -> bool:
    """Whether a secretary has confirmed the browser with this secret, which has not been the
    device yet."""
    return (
        session.scalar(
            select(Device.id).where(
                Device.address_hash == secret_hash,
                Device.address_ends_at > now,
                Device.revoked_at.is_(None),
            )
        )
        is not None
    )


def names_in_use(session: Session) -> list[str]:
    """Names of the devices that are not revoked."""
    return list(session.scalars(select(Device.name).where(Device.revoked_at.is_(None))))


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
