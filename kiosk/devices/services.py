"""Acts on devices: add, pair by the one-time address, rename, re-role, tell, revoke.

Pairing by code is `pairing`; it ends in the same `pair` as the one-time address.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from kiosk.core import audit, tokens
from kiosk.core.access import Actor, Kind
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import after_commit, changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import fold, tidy
from kiosk.devices import rules
from kiosk.devices.events import DeviceEvent
from kiosk.devices.models import Device
from kiosk.devices.pulse import Suspicion, pulses

#: Long enough to carry a slip of paper through the hall, short enough to be found spent.
ADDRESS_LIVES = timedelta(hours=24)

#: Ways through a gate: vào, ra.
DIRECTIONS = ("in", "out")

#: Tasks of a tablet that are no pin: the open act; the open act, and a gate while none is open.
FOLLOWING = ("follow", "follow_gate")


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


def named(name: str) -> str:
    """A name as it is stored. Raises Refused `device_name_wrong`, `device_name_letters`."""
    name = tidy(name)
    if not 1 <= len(name) <= 40:
        raise Refused("device_name_wrong")
    if not rules.is_plain(name):
        raise Refused("device_name_letters")
    return name


def ensure_kind(kind: str) -> None:
    """Raises Refused `device_kind_unknown`."""
    if kind not in set(Kind):
        raise Refused("device_kind_unknown", kind=kind[:20])


def add_device(*, kind: str, name: str, by: Actor, key: bytes, clock: Clock = utc_now) -> Added:
    """Add a device and make its one-time pairing address.

    Raises:
        Refused: `device_name_wrong`, `device_name_letters`, `device_kind_unknown`,
            `device_exists`.
    """
    name = named(name)
    ensure_kind(kind)
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
        after_commit(session, lambda: pulses().forget(device_id))
        return Added(id=device_id, kind=device.kind, name=device.name, ticket=ticket)


def token_of(*, ticket: str, key: bytes) -> str:
    """The cookie of the device that a one-time address, or a waiting browser's secret, makes.
    Derived, so that an answer that was lost on its way can be given again word for word."""
    return tokens.derived(key, ticket, purpose="device-cookie")


def pair(*, ticket: str, key: bytes, clock: Clock = utc_now) -> Paired:
    """Spend a one-time address: the browser that holds it becomes the device.

    Raises:
        Refused: `pairing_address_spent`.
    """
    with unit_of_work() as session:
        device = _of_address(session, ticket=ticket, key=key, clock=clock)
        token = _give_token(session, device, ticket=ticket, key=key)
        _settle(session, device, clock=clock)
        return Paired(id=device.id, kind=device.kind, name=device.name, token=token)


def claim(*, secret: str, key: bytes, clock: Clock = utc_now) -> Paired:
    """Give the browser whose code was confirmed its cookie, and again while it has not used it: an
    answer may be lost on its way. It counts as paired once it speaks (`settle`).

    Raises:
        Refused: `pairing_address_spent`.
    """
    with unit_of_work() as session:
        device = _of_address(session, ticket=secret, key=key, clock=clock)
        token = _give_token(session, device, ticket=secret, key=key)
        return Paired(id=device.id, kind=device.kind, name=device.name, token=token)


def settle(*, device_id: int, clock: Clock = utc_now) -> None:
    """The device has used its cookie for the first time: it is paired, and nothing else can claim
    to be it."""
    with unit_of_work() as session:
        device = session.get(Device, device_id)
        if device is not None and device.token_hash is not None and device.paired_at is None:
            _settle(session, device, clock=clock)


def _of_address(session: Session, *, ticket: str, key: bytes, clock: Clock) -> Device:
    device = session.scalars(
        select(Device).where(
            Device.address_hash == tokens.stored(key, ticket, purpose="pair"),
            Device.address_ends_at > clock(),
            Device.revoked_at.is_(None),
        )
    ).one_or_none()
    if device is None:
        raise Refused("pairing_address_spent")
    return device


def _give_token(session: Session, device: Device, *, ticket: str, key: bytes) -> str:
    token, device_id = token_of(ticket=ticket, key=key), device.id
    device.token_hash = tokens.stored(key, token, purpose="device")
    changed(session, "devices", "access")
    after_commit(session, lambda: pulses().forget(device_id))
    return token


def _settle(session: Session, device: Device, *, clock: Clock) -> None:
    device.address_hash = None
    device.address_ends_at = None
    device.paired_at = clock()
    by = Actor(kind="device", id=device.id, name=device.name)
    audit.record(session, DeviceEvent.PAIRED, by=by, clock=clock, device=device.id)
    changed(session, "devices", "access")


def revoke_device(*, device_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """From this moment the device is a stranger (design 2.2: it holds at the server at once)."""
    with unit_of_work() as session:
        device = _in_use(session, device_id)
        device.revoked_at = clock()
        device.address_hash = None
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


def rename_device(*, device_id: int, name: str, by: Actor, clock: Clock = utc_now) -> None:
    """Call a device otherwise; its page shows the new name at once.

    Raises:
        Refused: `device_name_wrong`, `device_name_letters`, `device_exists`, `device_unknown`,
            `device_revoked`.
    """
    name = named(name)
    with unit_of_work() as session:
        device = _in_use(session, device_id)
        if device.name == name:
            return
        with refusing("device_exists", name=name):
            session.execute(
                update(Device)
                .where(Device.id == device_id)
                .values(name=name, name_key=fold(name)[:40])
            )
        audit.record(session, DeviceEvent.RENAMED, by=by, clock=clock, device=device_id, name=name)
        # `access` too: the name is remembered with the cookie, and the book writes it.
        changed(session, "devices", "access")


def change_kind(*, device_id: int, kind: str, by: Actor, clock: Clock = utc_now) -> None:
    """Make a device something else; its page goes to its new home, without another pairing.

    Raises:
        Refused: `device_kind_unknown`, `device_unknown`, `device_revoked`.
    """
    ensure_kind(kind)
    with unit_of_work() as session:
        device = _in_use(session, device_id)
        if device.kind == kind:
            return
        device.kind = kind
        # What only the kind before could be told must not come back by surprise later.
        device.direction, device.task = "in", FOLLOWING[0]
        audit.record(
            session,
            DeviceEvent.KIND_CHANGED,
            by=by,
            clock=clock,
            device=device_id,
            device_kind=kind,
        )
        changed(session, "devices", "access")


def tell_tablet(
    *, device_id: int, task: str, acts: Collection[str], by: Actor, clock: Clock = utc_now
) -> None:
    """Pin a tablet to one act, or let it follow what is open. `acts` are the names that exist.

    Raises:
        Refused: `task_unknown`, `device_unknown`, `device_revoked`, `device_no_tablet`.
    """
    _ensure_task(task, acts)
    with unit_of_work() as session:
        device = _in_use(session, device_id)
        if device.kind != Kind.TABLET:
            raise Refused("device_no_tablet", name=device.name)
        if device.task == task:
            return
        device.task = task
        audit.record(session, DeviceEvent.TOLD, by=by, clock=clock, device=device_id, task=task)
        # `access` too: a tablet that is told to be a gate may scan.
        changed(session, "devices", "access")


def tell_all_tablets(*, task: str, acts: Collection[str], by: Actor, clock: Clock = utc_now) -> int:
    """The same for every tablet in use, in one act; returns how many changed.

    Raises:
        Refused: `task_unknown`.
    """
    _ensure_task(task, acts)
    with unit_of_work() as session:
        told = session.scalars(
            update(Device)
            .where(Device.kind == Kind.TABLET, Device.revoked_at.is_(None), Device.task != task)
            .values(task=task)
            .returning(Device.id)
        ).all()
        if told:
            audit.record(
                session, DeviceEvent.ALL_TOLD, by=by, clock=clock, count=len(told), task=task
            )
            changed(session, "devices", "access")
        return len(told)


def note_doubled(
    *, device_id: int, addresses: Collection[str], by: Actor, clock: Clock = utc_now
) -> None:
    """Write down once that a device's cookie was used from two addresses at once."""
    known = pulses().suspicion(device_id)
    # At once, not after the COMMIT: the next beat must not write a second line.
    pulses().suspect(device_id, replace(known, doubled=tuple(sorted(addresses))))
    with unit_of_work() as session:
        audit.record(
            session,
            DeviceEvent.DOUBLED,
            by=by,
            clock=clock,
            device=device_id,
            addresses=" ".join(sorted(addresses)),
        )
        changed(session, "devices")


def call_one_machine(*, device_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """A person has looked: these addresses are one machine's (cable and Wi-Fi), no copy.

    They raise no alarm any more until the device is paired anew; a third address does.

    Raises:
        Refused: `device_unknown`, `device_revoked`, `device_not_doubled`.
    """
    with unit_of_work() as session:
        device = _in_use(session, device_id)
        known = pulses().suspicion(device_id)
        if not known.doubled:
            raise Refused("device_not_doubled", name=device.name)
        addresses = known.one_machine.union(known.doubled)
        audit.record(
            session,
            DeviceEvent.ONE_MACHINE,
            by=by,
            clock=clock,
            device=device_id,
            addresses=" ".join(sorted(addresses)),
        )
        changed(session, "devices")
        after_commit(session, lambda: pulses().suspect(device_id, Suspicion(one_machine=addresses)))


def _ensure_task(task: str, acts: Collection[str]) -> None:
    if task not in FOLLOWING and task not in acts:
        raise Refused("task_unknown")


def _in_use(session: Session, device_id: int) -> Device:
    device = session.get(Device, device_id)
    if device is None:
        raise Refused("device_unknown")
    if device.revoked_at is not None:
        raise Refused("device_revoked")
    return device
