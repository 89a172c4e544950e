"""Acts of the go / no-go sheet: a self-test that a person vouches for, a route, a paper."""

from __future__ import annotations

from sqlalchemy import insert

from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy
from kiosk.devices import queries as devices
from kiosk.doctor import queries, rules
from kiosk.doctor.events import DoctorEvent
from kiosk.doctor.models import SelfTest
from kiosk.doctor.rules import Part

#: What live pages follow.
FACT = "doctor"


def record_self_test(
    device_id: int | None,
    part: str,
    ok: bool,
    by: Actor,
    *,
    tester: str = "",
    clock: Clock = utc_now,
) -> None:
    """Record that a person has tried one part of a device, or of the laptop (`device_id` None).

    `by` is the member of staff who is signed in at that machine, else the device itself; then
    `tester` is the name of whoever tried it. A machine vouches for nothing.

    Raises:
        Refused: `self_test_unknown` for a part that such a machine has not,
            `self_test_by_whom` where neither an account nor a name says who.
    """
    name = by.name[:80] if by.kind == "staff" else tidy(tester)
    if by.kind != "staff" and not rules.is_a_name(name):
        raise Refused("self_test_by_whom")
    with unit_of_work() as session:
        possible: tuple[Part, ...] = rules.LAPTOP
        if device_id is not None:
            rows = devices.devices(session, with_revoked=False)
            kind = next((row.kind for row in rows if row.id == device_id), "")
            possible = rules.OF_KIND.get(kind, ())
        if part not in possible:
            raise Refused("self_test_unknown")
        at = clock()
        session.execute(
            insert(SelfTest).values(
                device_id=device_id,
                part=Part(part).value,
                ok=ok,
                at=at,
                by=by.label,
                by_name=name,
            )
        )
        # The laptop is no device: its line names none.
        where: dict[str, str | int] = {} if device_id is None else {"device": device_id}
        if by.kind != "staff":
            where["tester"] = name
        event = DoctorEvent.PASSED if ok else DoctorEvent.FAILED
        audit.record(session, event, by=by, clock=lambda: at, part=Part(part).value, **where)
        changed(session, FACT)


def note_route(*, is_there: bool, by: Actor, clock: Clock = utc_now) -> bool:
    """Book that a way to the internet was found, or is gone: once, until it changes again.

    True when a line was written. That there is none is worth no line before there was one.
    """
    with unit_of_work() as session:
        before = queries.route_in_the_book(session)
        if is_there == bool(before):
            return False
        event = DoctorEvent.ROUTE_FOUND if is_there else DoctorEvent.ROUTE_GONE
        audit.record(session, event, by=by, clock=clock)
        return True


def note_sheet_printed(*, to_mend: int, by: Actor, clock: Clock = utc_now) -> None:
    """The paper that is signed has left the program: what it said, and who made it."""
    with unit_of_work() as session:
        audit.record(session, DoctorEvent.SHEET_PRINTED, by=by, clock=clock, to_mend=to_mend)


def note_test_page_printed(*, by: Actor, clock: Clock = utc_now) -> None:
    with unit_of_work() as session:
        audit.record(session, DoctorEvent.TEST_PAGE_PRINTED, by=by, clock=clock)
