"""`make run`: the real plan, invented people, and one page that links every face."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from kiosk import instance
from kiosk.conference import badge_code, badge_issue
from kiosk.conference import queries as people
from kiosk.conference import services as conference
from kiosk.config import Settings
from kiosk.core import qr
from kiosk.core.access import ANYONE, THE_PROGRAM, Kind, Role, allow, callers, here_only
from kiosk.core.clock import in_hall, utc_now
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.devices import queries as device_rows
from kiosk.devices import services as devices
from kiosk.devices.homes import HOME
from kiosk.founding import FIRST_ACCOUNT, Made, make_conference
from kiosk.rehearsal.people import invent, write_roster_xlsx
from kiosk.staff import services as staff

bp = Blueprint("rehearsal", __name__)

CHAIR_ACCOUNT = "chutoa"

#: Devices that the demonstration offers; names as the ward would give them.
DEVICES = {Kind.GATE: "Cổng 1", Kind.PROJECTOR: "Máy chiếu", Kind.TABLET: "Máy tính bảng 1"}


def init_app(app: Flask) -> None:
    """Only in rehearsal mode: the page gives devices away to whoever sits at this laptop."""
    app.register_blueprint(bp)


def prepare(settings: Settings, *, plan: tuple[str, bytes], delegates: int) -> Made | None:
    """Make the rehearsal's instance: plan, people, day and hour; None when it is there already."""
    if instance.exists(settings.instance):
        return None
    with TemporaryDirectory() as folder:
        file = Path(folder) / "danh-sach-dien-tap.xlsx"
        write_roster_xlsx(invent(delegates), file)
        roster = (file.name, file.read_bytes())
    return make_conference(settings, plan=plan, roster=roster, rehearsal=True)


def welcome(app: Flask, address: str, say: Callable[[str], None]) -> None:
    """Tell the terminal everything a newcomer needs: page, sign-in, one-time addresses.

    The passwords are made anew at every start, so that none has to be kept on the disk.
    """
    password = staff.made_password()
    staff.reset_password(name=FIRST_ACCOUNT, password=password, by=THE_PROGRAM)
    chair_password = staff.made_password()
    try:
        staff.add_account(
            name=CHAIR_ACCOUNT, role=Role.CHAIR, password=chair_password, by=THE_PROGRAM
        )
    except Refused:
        staff.reset_password(name=CHAIR_ACCOUNT, password=chair_password, by=THE_PROGRAM)
    _set_day()
    say(f"DIEN TAP / REHEARSAL  {address}/start")
    say(f"  console     {address}/console")
    say(f"  sign in     {FIRST_ACCOUNT}: {password}")
    say(f"  chair       {CHAIR_ACCOUNT}: {chair_password}")
    rows = device_rows.devices(db.session(), with_revoked=False)
    for kind in (Kind.GATE, Kind.PROJECTOR):
        # A browser that was paired at an earlier start still is: its page is enough.
        is_paired = any(row.kind == kind and row.paired_at is not None for row in rows)
        where = kind.value if is_paired else f"pair/{_ticket(kind)}"
        say(f"  {kind.value:<10}  {address}/{where}")


def _set_day() -> None:
    """A rehearsal is today, soon; a real date stays as it is."""
    found = people.conference(db.session())
    if found.opened_at is not None or found.day is not None:
        return
    start = in_hall(utc_now() + timedelta(minutes=30))
    conference.change_details(
        title=found.title,
        day=start.strftime("%d/%m/%Y"),
        hour=f"{start:%H}:{start.minute // 5 * 5:02d}",
        venue=found.venue,
        address=found.address,
        by=THE_PROGRAM,
    )


def _ticket(kind: Kind) -> str:
    """A one-time address for the next device of this kind: the first that waits, or a new one."""
    key: bytes = current_app.extensions["kiosk_keys"].tokens
    rows = device_rows.devices(db.session(), with_revoked=False)
    for row in rows:
        if row.kind == kind and row.paired_at is None:
            return devices.renew_address(device_id=row.id, by=THE_PROGRAM, key=key).ticket
    number = sum(row.kind == kind for row in rows) + 1
    name = DEVICES[kind] if number == 1 else f"{DEVICES[kind].rstrip(' 1')} {number}"
    return devices.add_device(kind=kind, name=name, by=THE_PROGRAM, key=key).ticket


@bp.get("/start")
@allow(ANYONE)
@here_only
def start() -> str:
    """Every face of the rehearsal on one page, and a few badges to hold before the camera."""
    key: bytes = current_app.extensions["kiosk_keys"].badge
    faces = badge_issue.badge_faces(db.session(), key=key)
    some = random.Random(7).sample(faces, min(5, len(faces)))  # noqa: S311 (a choice, no secret)
    forged = badge_code.derive(b"a key that nobody has", delegate_id=1, issue=1)
    some.append({"name": "", "title": "", "unit": "", "standing": "forged", "code": forged})
    badges = [
        {
            **face,
            "grouped": badge_code.grouped(face["code"]),
            "picture": qr.svg(face["code"], label=badge_code.grouped(face["code"])),
        }
        for face in some
    ]
    return render_template("rehearsal/start.html", badges=badges, account=FIRST_ACCOUNT)


@bp.post("/start/device")
@allow(ANYONE)
@here_only
def start_device() -> Response:
    """Turn this browser into the demonstration's gate, projector or tablet."""
    try:
        kind = Kind(request.form.get("kind", ""))
    except ValueError as unknown:
        raise Refused("device_kind_unknown", kind=request.form.get("kind", "")[:20]) from unknown
    present = callers(request.cookies)
    if any(caller.audience == kind for caller in present):
        return make_response(redirect(url_for(HOME[kind]), code=303))
    return make_response(redirect(url_for("devices.pair", ticket=_ticket(kind)), code=303))
