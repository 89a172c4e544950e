"""Pairing by code: a secretary confirms the browser that shows it (decision 16).

The confirmation stores the keyed hash of that browser's own secret as the device's one-time
address; the browser then spends it as any other (`services.pair`). So a restart between the two
loses nothing, and whoever saw the code on the screen has nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import after_commit, changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import fold
from kiosk.devices import queries, rules
from kiosk.devices.events import DeviceEvent
from kiosk.devices.models import Device, PairingDelay
from kiosk.devices.pulse import pulses
from kiosk.devices.services import ensure_kind, named
from kiosk.devices.waiting import Waiting, WaitingRoom
from kiosk.staff.rules import seconds_to_wait

#: How long the confirmed browser has to come for its cookie: it asks every two seconds.
CLAIM_LIVES = timedelta(minutes=10)


@dataclass(frozen=True)
class Confirmed:
    """What a browser will be as soon as it asks again."""

    id: int
    kind: str
    name: str


def look_up(*, text: str, by: Actor, room: WaitingRoom, clock: Clock = utc_now) -> Waiting:
    """The browser that shows this code. Wrong codes are counted and slow the next try down.

    Raises:
        Refused: `pairing_code_wrong` for what is no code (not counted), `pairing_delayed`,
            `pairing_code_unknown`.
    """
    code = rules.code_in(text)
    if code is None:
        raise Refused("pairing_code_wrong")
    found = room.with_code(code)
    # Asked and counted in one unit: many guesses at once must not get round the delay.
    with unit_of_work() as session:
        wait = _seconds_to_wait(session, by, clock)
        if not wait and found is None:
            _count_failure(session, by, clock)
    if wait:
        raise Refused("pairing_delayed", seconds=wait)
    if found is None:
        raise Refused("pairing_code_unknown")
    return found


def confirm(
    *,
    text: str,
    kind: str,
    name: str = "",
    instead_of: int | None = None,
    by: Actor,
    room: WaitingRoom,
    clock: Clock = utc_now,
) -> Confirmed:
    """Make the browser that shows this code a device.

    An empty name takes the next free one of the kind. `instead_of` names a device in use that this
    browser shall be from now on: its old cookie opens nothing any more.

    Raises:
        Refused: as `look_up`, and `device_kind_unknown`, `device_name_wrong`, `device_exists`,
            `device_unknown`, `device_revoked`.
    """
    look_up(text=text, by=by, room=room, clock=clock)
    if instead_of is None:
        ensure_kind(kind)
        name = named(name) if name.strip() else ""
    # Taken before the unit: of two secretaries who confirm one code at once, one is told.
    entry = room.take(rules.code_in(text) or "")
    if entry is None:
        raise Refused("pairing_code_unknown")
    try:
        with unit_of_work() as session:
            if instead_of is None:
                done = _new_device(session, entry, kind=kind, name=name, clock=clock)
            else:
                done = _another_browser(session, entry, device_id=instead_of, clock=clock)
            session.execute(delete(PairingDelay).where(PairingDelay.key == by.label))
            audit.record(
                session,
                DeviceEvent.CODE_CONFIRMED,
                by=by,
                clock=clock,
                device=done.id,
                device_kind=done.kind,
                name=done.name,
                address=entry.address,
            )
            changed(session, "devices", "access", "pairing")
    except BaseException:
        room.put_back(entry)
        raise
    return done


def clear_room(*, by: Actor, room: WaitingRoom, clock: Clock = utc_now) -> int:
    """Take back every code that is shown now; returns how many there were."""
    count = room.clear()
    with unit_of_work() as session:
        audit.record(session, DeviceEvent.CODES_CLEARED, by=by, clock=clock, count=count)
        changed(session, "pairing")
    return count


def _new_device(
    session: Session, entry: Waiting, *, kind: str, name: str, clock: Clock
) -> Confirmed:
    # Chosen inside the unit: two tablets confirmed at once do not both become number 3.
    name = name or rules.next_name(kind, queries.names_in_use(session))
    with refusing("device_exists", name=name):
        device_id = session.scalars(
            insert(Device)
            .values(
                kind=kind,
                name=name,
                name_key=fold(name)[:40],
                added_at=clock(),
                address_hash=entry.secret_hash,
                address_ends_at=clock() + CLAIM_LIVES,
            )
            .returning(Device.id)
        ).one()
    return Confirmed(id=device_id, kind=kind, name=name)


def _another_browser(
    session: Session, entry: Waiting, *, device_id: int, clock: Clock
) -> Confirmed:
    device = session.get(Device, device_id)
    if device is None:
        raise Refused("device_unknown")
    if device.revoked_at is not None:
        raise Refused("device_revoked")
    session.execute(
        update(Device)
        .where(Device.id == device_id)
        .values(
            address_hash=entry.secret_hash,
            address_ends_at=clock() + CLAIM_LIVES,
            token_hash=None,
            paired_at=None,
        )
    )
    after_commit(session, lambda: pulses().forget(device_id))
    return Confirmed(id=device.id, kind=device.kind, name=device.name)


def _seconds_to_wait(session: Session, by: Actor, clock: Clock) -> int:
    tries = session.execute(
        select(PairingDelay.failures, PairingDelay.last_failure_at).where(
            PairingDelay.key == by.label
        )
    ).one_or_none()
    return 0 if tries is None else seconds_to_wait(tries[0], tries[1], clock())


def _count_failure(session: Session, by: Actor, clock: Clock) -> None:
    row = upsert(PairingDelay).values(key=by.label, failures=1, last_failure_at=clock())
    session.execute(
        row.on_conflict_do_update(
            index_elements=["key"],
            set_={"failures": PairingDelay.failures + 1, "last_failure_at": clock()},
        )
    )
    audit.record(session, DeviceEvent.CODE_REFUSED, by=by, clock=clock)
