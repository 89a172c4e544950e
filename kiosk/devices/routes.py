"""Who a device is, the fleet board, and what is done to one device from the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import NotFound

from kiosk.core import access, follow, hx, live
from kiosk.core.access import (
    ANYONE,
    PREPARERS,
    THE_PROGRAM,
    Actor,
    Caller,
    Kind,
    actor,
    add_resolver,
    allow,
)
from kiosk.core.cookies import set_cookie
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.devices import pairing_routes, queries, rules, services, shell_routes
from kiosk.devices.blueprint import bp
from kiosk.devices.cookies import COOKIE_DAYS, cookie_of, token_hash
from kiosk.devices.homes import HOME, elsewhere
from kiosk.devices.pulse import PULSE, Pulses, pulses
from kiosk.devices.waiting import waiting_room

#: They add their pages to the same blueprint.
PARTS = (pairing_routes, shell_routes)

#: A hall has thirty devices; a thousand is a fault somewhere, not a hall.
MOST_REMEMBERED = 1000


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.extensions["kiosk_devices"] = {}
    # First each cookie by the device that it was made for; then those of a device that has another
    # kind now; last a tablet as the gate that it is told to be.
    for kind in Kind:
        add_resolver(app, _who(kind, is_home=True))
    for kind in Kind:
        add_resolver(app, _who(kind, is_home=False))
    for kind in Kind:
        add_resolver(app, _who_as_gate(kind))
    app.after_request(_note_device)
    app.after_request(_note_places)
    hub: live.Hub = app.extensions["kiosk_live"]
    hub.watchers.append(lambda: _states_that_changed(app))
    app.jinja_env.globals.update(
        act_word=follow.word_of,
        tablet_acts=follow.acts,
        worker_scopes=follow.SCOPES,
        device_home=HOME,
    )


def _states_that_changed(app: Flask) -> tuple[str, ...]:
    found: Pulses | None = app.extensions.get("kiosk_pulses")
    return (PULSE,) if found is not None and found.news() else ()


# -- who a device is -------------------------------------------------------------------------------


def _who(slot: Kind, *, is_home: bool) -> Callable[[Mapping[str, str]], Caller | None]:
    def resolve(cookies: Mapping[str, str]) -> Caller | None:
        device = _behind(cookies, slot)
        if device is None or (device.kind == slot) is not is_home:
            return None
        return Caller(_actor_of(device), audience=device.kind)

    return resolve


def _who_as_gate(slot: Kind) -> Callable[[Mapping[str, str]], Caller | None]:
    def resolve(cookies: Mapping[str, str]) -> Caller | None:
        device = _behind(cookies, slot)
        if device is None or device.kind == Kind.GATE or not device.is_gate:
            return None
        return Caller(_actor_of(device), audience=Kind.GATE)

    return resolve


def _actor_of(device: queries.Known) -> Actor:
    return Actor(kind="device", id=device.id, name=device.name)


def _behind(cookies: Mapping[str, str], slot: Kind) -> queries.Known | None:
    token = cookies.get(cookie_of(slot))
    return _remembered(token_hash(token)) if token else None


def _remembered(hashed: bytes) -> queries.Known | None:
    """The device of a cookie, asked once until anybody's rights change.

    A gate sends its cookie with every scan. Revoking raises the hub's `rights` after its COMMIT,
    in the same breath, so a revoked device is a stranger at its very next word.
    """
    rights = live.hub().rights
    memory: dict[bytes, tuple[int, queries.Known]] = current_app.extensions["kiosk_devices"]
    found = memory.get(hashed)
    if found is not None and found[0] == rights:
        return found[1]
    device = queries.device_of(db.session(), hashed)
    if device is not None:
        if len(memory) > MOST_REMEMBERED:
            memory.clear()
        memory[hashed] = (rights, device)
    return device


def _note_places(response: Response) -> Response:
    """Where each device's cookie comes from, whatever is asked: a copy that only listens to the
    stream is heard here and nowhere else."""
    if request.endpoint in {None, "static"}:
        return response
    for slot in Kind:
        device = _behind(request.cookies, slot)
        if device is None:
            continue
        queries.recall(db.session())
        found = pulses().seen(device.id, request.remote_addr or "")
        if found:
            services.note_doubled(device_id=device.id, addresses=found, by=THE_PROGRAM)
    return response


def _note_device(response: Response) -> Response:
    """A device that asked for something of its own is heard; its page renews its cookie."""
    found: Actor | None = g.get("actor")
    if found is None or found.kind != "device" or found.id is None or request.endpoint is None:
        return response
    if ANYONE in access.audience_of(current_app, request.endpoint):
        # Open to every browser: on a laptop that is gate and wall at once, nobody knows which.
        return response
    if request.endpoint != "devices.beat":
        pulses().heard(found.id)
    if request.method != "GET" or response.mimetype != "text/html":
        return response
    if not hx.wants_fragment():
        pulses().page_came(found.id)
    if response.status_code == 200:
        for slot in Kind:
            device = _behind(request.cookies, slot)
            if device is not None and device.id == found.id:
                if not device.is_settled:
                    _settle(device.id)
                token = request.cookies[cookie_of(slot)]
                set_cookie(response, cookie_of(slot), token, days=COOKIE_DAYS)
    return response


def _settle(device_id: int) -> None:
    """Its page must come in any case: where nothing can be stored, the next page tries again."""
    with suppress(Refused):
        services.settle(device_id=device_id)


@bp.get("/")
@allow(ANYONE)
def front() -> Response:
    """By kind: a device goes to its page, staff to the console, a stranger learns how to pair."""
    present = access.callers(request.cookies)
    for caller in present:
        if caller.actor.kind == "device":
            return hx.go(HOME[Kind(caller.audience)])
    return hx.go("console.home" if present else "devices.stranger")


# -- the fleet board -------------------------------------------------------------------------------


@bp.get("/console/devices")
@allow(*PREPARERS)
def board() -> str:
    return render_template(
        "devices/board.html",
        devices=queries.devices(db.session()),
        waiting=waiting_room().count,
        kinds=list(Kind),
    )


@bp.get("/console/devices/<int:device_id>")
@allow(*PREPARERS)
def one(device_id: int) -> str:
    """One device: everything that is known of it, and what can be done."""
    device = queries.device(db.session(), device_id)
    if device is None:
        raise NotFound
    template = "devices/_facts.html" if hx.wants_fragment() else "devices/device.html"
    return render_template(template, device=device, kinds=list(Kind), page=live.hub().version)


@bp.post("/console/devices")
@allow(*PREPARERS)
def add() -> Response:
    form = request.form
    added = services.add_device(
        kind=form.get("kind", ""),
        name=form.get("name", "")[:200],
        by=actor(),
        key=current_app.extensions["kiosk_keys"].tokens,
    )
    return _show_address(added)


@bp.post("/console/devices/<int:device_id>/address")
@allow(*PREPARERS)
def renew(device_id: int) -> Response:
    key: bytes = current_app.extensions["kiosk_keys"].tokens
    return _show_address(services.renew_address(device_id=device_id, by=actor(), key=key))


@bp.post("/console/devices/<int:device_id>/revoke")
@allow(*PREPARERS)
def revoke(device_id: int) -> Response:
    services.revoke_device(device_id=device_id, by=actor())
    return hx.go("devices.board")


@bp.post("/console/devices/<int:device_id>/one-machine")
@allow(*PREPARERS)
def one_machine(device_id: int) -> Response:
    """Somebody has looked: no copy, one machine with cable and Wi-Fi."""
    services.call_one_machine(device_id=device_id, by=actor())
    return hx.done("devices.board")


@bp.post("/console/devices/<int:device_id>/direction")
@allow(*PREPARERS)
def turn(device_id: int) -> Response:
    """Make a gate a way in or a way out."""
    services.set_direction(
        device_id=device_id, direction=request.form.get("direction", ""), by=actor()
    )
    return hx.go("devices.one", device_id=device_id)


@bp.post("/console/devices/<int:device_id>/name")
@allow(*PREPARERS)
def rename(device_id: int) -> Response:
    services.rename_device(device_id=device_id, name=request.form.get("name", "")[:200], by=actor())
    return hx.go("devices.one", device_id=device_id)


@bp.post("/console/devices/<int:device_id>/kind")
@allow(*PREPARERS)
def change_kind(device_id: int) -> Response:
    services.change_kind(device_id=device_id, kind=request.form.get("kind", ""), by=actor())
    return hx.go("devices.one", device_id=device_id)


@bp.post("/console/devices/<int:device_id>/task")
@allow(*PREPARERS)
def tell(device_id: int) -> Response:
    """Pin a tablet, or let it follow: from its own page, or by the one tap on the board."""
    task = request.form.get("task", "")
    services.tell_tablet(
        device_id=device_id,
        # The board's one tap: what we have it show, never what it says that it shows.
        task=_shown_by(device_id) if task == "now" else task,
        acts=[act.name for act in follow.acts()],
        by=actor(),
    )
    if "board" in request.form:
        return hx.done("devices.board")  # the stream draws the row anew
    return hx.go("devices.one", device_id=device_id)


def _shown_by(device_id: int) -> str:
    """The act that this server has a tablet show now."""
    session = db.session()
    found = queries.device(session, device_id)
    return rules.shown_act(
        task=found.task if found is not None else "follow",
        open_now=follow.open_acts(session),
        known={act.name for act in follow.acts()},
    )


@bp.post("/console/devices/task")
@allow(*PREPARERS)
def tell_all() -> Response:
    """One tap for every tablet in the hall."""
    services.tell_all_tablets(
        task=request.form.get("task", ""), acts=[act.name for act in follow.acts()], by=actor()
    )
    return hx.go("devices.board")


def _show_address(added: services.Added) -> Response:
    """The one-time address is shown now and never again: only its hash is kept."""
    return make_response(
        render_template(
            "devices/_added.html",
            added=added,
            address=url_for("devices.pair", ticket=added.ticket, _external=True),
            reach=elsewhere("devices.pair", ticket=added.ticket),
        ),
        201,
    )
