"""`/selftest`: on a gate, a tablet or the wall, a person tries what only a person can judge."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, render_template, request
from werkzeug.exceptions import Forbidden

from kiosk.conference import badge_code
from kiosk.core import access, follow
from kiosk.core.access import Actor, Kind, Role, allow
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.follow import TabletAct
from kiosk.core.html import allow_camera
from kiosk.devices import queries as devices
from kiosk.devices.queries import DeviceRow
from kiosk.doctor import queries, rules, services
from kiosk.doctor.rules import Part

bp = Blueprint("selftest", __name__)

#: What the machine itself proves by reading the test badge; a bare tap is not enough.
READ = frozenset({Part.CAMERA, Part.SCAN})


#: Its name as a tablet's act, so that the fleet board can tell every tablet to show it.
ACT = "selftest"


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    follow.register(
        app,
        # Never open by itself: somebody pins the tablets to it, and lets them go again.
        TabletAct(
            name=ACT,
            endpoint="selftest.page",
            rank=950,
            words=("Tự kiểm tra", "Self-test"),
            is_open=lambda session: False,
        ),
    )


def _devices_here() -> list[DeviceRow]:
    """What this browser is: on a laptop it may be gate and wall at once."""
    ids = {
        caller.actor.id
        for caller in access.callers(request.cookies)
        if caller.actor.kind == "device"
    }
    return [row for row in devices.devices(db.session(), with_revoked=False) if row.id in ids]


def _device() -> DeviceRow:
    """The device that is tried: the one of the kind that the address names, else the first."""
    here = _devices_here()
    wanted = request.values.get("kind", "")
    found = next((row for row in here if row.kind == wanted), here[0] if here else None)
    if found is None:
        raise Forbidden  # revoked between the guard and here
    return found


def _by(device: DeviceRow) -> Actor:
    """The member of staff who is signed in at this machine, else the machine itself."""
    for caller in access.callers(request.cookies):
        if caller.audience in set(Role):
            return caller.actor
    return Actor(kind="device", id=device.id, name=device.name)


def _scene(device: DeviceRow) -> dict[str, Any]:
    done = queries.self_tests_today(db.session(), utc_now()).get(device.id, {})
    found = rules.shown(
        device.kind,
        {part: test.ok for part, test in done.items()},
        as_gate=device.works_as_gate,
    )
    by = _by(device)
    return {
        "device": device,
        "parts": [(part, done.get(part)) for part in rules.OF_KIND.get(device.kind, ())],
        "outcome": found.outcome,
        "missing": found.parts,
        "spare": found.spare,
        "good_parts": found.good,
        "signed_in": by.name if by.kind == "staff" else "",
        "test_code": badge_code.TEST,
        "is_told": device.kind == Kind.TABLET and device.task == ACT,
        "others": [row for row in _devices_here() if row.id != device.id],
    }


@bp.get("/selftest")
@allow(*Kind)
def page() -> str:
    """Loaded whole: only such pages may run the decoder."""
    device = _device()
    if device.kind == Kind.PROJECTOR:
        return render_template("doctor/selftest_wall.html", **_scene(device))
    allow_camera()
    return render_template("doctor/selftest.html", **_scene(device))


@bp.post("/selftest")
@allow(*Kind)
def record() -> str:
    """One part, tried: the list of all parts again, with who and when.

    Raises:
        Refused: `self_test_unknown`, `self_test_code_wrong`, `self_test_by_whom`.
    """
    device = _device()
    part, ok = request.form.get("part", ""), request.form.get("ok") == "1"
    if ok and part in READ and not badge_code.is_test(request.form.get("code", "")):
        raise Refused("self_test_code_wrong")
    tester = request.form.get("tester", "")[:200]
    services.record_self_test(device.id, part, ok, _by(device), tester=tester)
    return render_template("doctor/_selftest_state.html", **_scene(device))
