"""The page of devices, and the address that turns a browser into one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    make_response,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import BadRequest

from kiosk.core import access, hx, live, tokens
from kiosk.core.access import ANYONE, Actor, Caller, Kind, Role, actor, add_resolver, allow
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.html import set_cookie
from kiosk.core.messages import status_of
from kiosk.devices import queries, services
from kiosk.devices.homes import HOME

bp = Blueprint("devices", __name__)

#: A hall has thirty devices; a thousand is a fault somewhere, not a hall.
MOST_REMEMBERED = 1000


def cookie_of(kind: str) -> str:
    """One cookie per kind: on a rehearsal laptop one browser is gate and projector at once."""
    return f"kiosk_{kind}"


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.extensions["kiosk_devices"] = {}
    for kind in Kind:
        add_resolver(app, _who(kind))


def _who(kind: Kind) -> Callable[[Mapping[str, str]], Caller | None]:
    def resolve(cookies: Mapping[str, str]) -> Caller | None:
        token = cookies.get(cookie_of(kind))
        if not token:
            return None
        device = _remembered(tokens.stored(_key(), token, purpose="device"))
        if device is None or device.kind != kind:
            return None
        queries.heard(device.id)
        return Caller(Actor(kind="device", id=device.id, name=device.name), audience=device.kind)

    return resolve


def _remembered(token_hash: bytes) -> queries.Known | None:
    """The device of a cookie, asked once until anybody's rights change.

    A gate sends its cookie with every scan. Revoking raises the hub's `rights` after its COMMIT,
    in the same breath, so a revoked device is a stranger at its very next word.
    """
    rights = live.hub().rights
    memory: dict[bytes, tuple[int, queries.Known]] = current_app.extensions["kiosk_devices"]
    found = memory.get(token_hash)
    if found is not None and found[0] == rights:
        return found[1]
    device = queries.device_of(db.session(), token_hash)
    if device is not None:
        if len(memory) > MOST_REMEMBERED:
            memory.clear()
        memory[token_hash] = (rights, device)
    return device


def _key() -> bytes:
    key: bytes = current_app.extensions["kiosk_keys"].tokens
    return key


@bp.get("/")
@allow(ANYONE)
def front() -> Response:
    """By kind: a device goes to its page, staff to the console, a stranger learns how to pair."""
    present = access.callers(request.cookies)
    for kind, endpoint in HOME.items():
        if any(caller.audience == kind for caller in present):
            return hx.go(endpoint)
    return hx.go("console.home" if present else "devices.stranger")


@bp.get("/pair")
@allow(ANYONE)
def stranger() -> str:
    return render_template("devices/pair.html", refused=None)


@bp.get("/pair/<ticket>")
@allow(ANYONE)
def pair(ticket: str) -> Response:
    """Spend a one-time address. A browser that only looks ahead must not spend it."""
    if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        raise BadRequest
    try:
        paired = services.pair(ticket=ticket[:100], key=_key())
    except Refused as refused:
        page = render_template("devices/pair.html", refused=refused)
        return make_response(page, status_of(refused))
    response = hx.go(HOME[Kind(paired.kind)])
    set_cookie(response, cookie_of(paired.kind), paired.token, days=7)
    return response


@bp.get("/console/devices")
@allow(Role.SECRETARY, Role.TECHNICIAN)
def board() -> str:
    return render_template(
        "devices/board.html", devices=queries.devices(db.session()), kinds=list(Kind)
    )


@bp.post("/console/devices")
@allow(Role.SECRETARY, Role.TECHNICIAN)
def add() -> Response:
    form = request.form
    added = services.add_device(
        kind=form.get("kind", ""), name=form.get("name", "")[:200], by=actor(), key=_key()
    )
    return _show_address(added)


@bp.post("/console/devices/<int:device_id>/address")
@allow(Role.SECRETARY, Role.TECHNICIAN)
def renew(device_id: int) -> Response:
    return _show_address(services.renew_address(device_id=device_id, by=actor(), key=_key()))


@bp.post("/console/devices/<int:device_id>/revoke")
@allow(Role.SECRETARY, Role.TECHNICIAN)
def revoke(device_id: int) -> Response:
    services.revoke_device(device_id=device_id, by=actor())
    return hx.go("devices.board")


@bp.post("/console/devices/<int:device_id>/direction")
@allow(Role.SECRETARY, Role.TECHNICIAN)
def turn(device_id: int) -> Response:
    """Make a gate a way in or a way out."""
    services.set_direction(
        device_id=device_id, direction=request.form.get("direction", ""), by=actor()
    )
    return hx.go("devices.board")


def _show_address(added: services.Added) -> Response:
    """The one-time address is shown now and never again: only its hash is kept."""
    address = url_for("devices.pair", ticket=added.ticket, _external=True)
    return make_response(
        render_template(
            "devices/_added.html",
            added=added,
            address=address,
            devices=queries.devices(db.session()),
        ),
        201,
    )
