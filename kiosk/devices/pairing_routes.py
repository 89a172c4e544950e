"""A new device introduces itself; a secretary confirms it (decision 16)."""

from __future__ import annotations

import re

from flask import Response, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from kiosk.core import access, hx, live, tokens
from kiosk.core.access import ANYONE, PREPARERS, Kind, actor, allow
from kiosk.core.clock import utc_now
from kiosk.core.cookies import drop_cookie, set_cookie
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.html import allow_camera
from kiosk.core.messages import status_of
from kiosk.devices import pairing, queries, rules, services
from kiosk.devices.blueprint import bp
from kiosk.devices.cookies import (
    COOKIE_DAYS,
    WAITING,
    cookie_of,
    secret_hash,
    token_hash,
)
from kiosk.devices.homes import HOME, elsewhere
from kiosk.devices.rules import next_name
from kiosk.devices.waiting import Waiting, waiting_room

_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")

#: Addresses of this laptop as a client of itself.
_HERE = frozenset({"127.0.0.1", "::1"})


# -- the new device --------------------------------------------------------------------------------


@bp.get("/pair")
@allow(ANYONE)
def stranger() -> Response:
    """Shows a code and waits; or goes on, when this browser is a device already.

    `?new` shows a code in any case: the laptop's browser may become a second device, and a revoked
    one a new one.
    """
    # A new code is for a page that stays: not for a browser that only looks ahead.
    looks_ahead = request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", "")
    secret = _own_secret()
    if (
        secret
        and not looks_ahead
        and queries.may_claim(db.session(), secret_hash(secret), utc_now())
    ):
        return _become(services.claim(secret=secret, key=_key()))
    if "new" not in request.args:
        for caller in access.callers(request.cookies):
            if caller.actor.kind == "device":
                return hx.go(HOME[Kind(caller.audience)])
        gone = _revoked_here()
        if gone is not None:
            return make_response(render_template("devices/revoked.html", name=gone))
    if looks_ahead:
        return make_response("")
    room, address = waiting_room(), request.remote_addr or ""
    if not (secret and room.holds(secret_hash(secret), address=address)):
        # A secret that the room has not given to a browser over there may be known to somebody
        # else: whoever planted it would become the device in this browser's place.
        secret = tokens.fresh()
    try:
        place = room.arrive(
            secret_hash=secret_hash(secret),
            address=address,
            agent=request.headers.get("User-Agent", ""),
        )
    except Refused as refused:
        page = render_template("devices/pair.html", refused=refused, place=None)
        return make_response(page, status_of(refused))
    live.announce({"pairing"})  # the fleet board says how many wait
    response = make_response(
        render_template(
            "devices/pair.html",
            refused=None,
            place=place,
            code=rules.in_threes(place.code),
            minutes=int(rules.CODE_LIVES // 60),
            scan=elsewhere("devices.by_code", code=place.code),
        )
    )
    set_cookie(response, WAITING, secret, days=1)
    return response


@bp.get("/pair/state")
@allow(ANYONE)
def state() -> Response:
    """What a waiting page asks every two seconds: does its code still live? If not, it loads
    itself anew and finds out what it is now."""
    secret = _own_secret()
    left = waiting_room().seconds_left(secret_hash(secret)) if secret else None
    return jsonify(waiting=left is not None, seconds=left or 0)


@bp.get("/pair/<ticket>")
@allow(ANYONE)
def pair(ticket: str) -> Response:
    """Spend a one-time address. A browser that only looks ahead must not spend it."""
    if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        raise BadRequest
    mine = _made_by(ticket[:100])
    if mine is not None:
        return hx.go(HOME[Kind(mine.kind)])
    try:
        paired = services.pair(ticket=ticket[:100], key=_key())
    except Refused as refused:
        page = render_template("devices/pair.html", refused=refused, place=None)
        return make_response(page, status_of(refused))
    return _become(paired)


@bp.get("/pair/code/<code>")
@allow(ANYONE)
def by_code(code: str) -> str:
    """What the QR of a new device says: a step on the way to the console.

    A camera's own browser opens this as if from another site and leaves the SameSite=Strict cookie
    of the secretary at home; the page then goes on by itself, as ours, with the cookie.
    """
    if rules.code_in(code) != code:
        raise NotFound
    return render_template("devices/code.html", code=code)


def _made_by(ticket: str) -> queries.Known | None:
    """The device that this browser is already, by this very address: it was opened twice."""
    token = services.token_of(ticket=ticket, key=_key())
    if not any(request.cookies.get(cookie_of(kind)) == token for kind in Kind):
        return None
    return queries.device_of(db.session(), token_hash(token))


def _own_secret() -> str:
    secret = request.cookies.get(WAITING, "")
    return secret if _SECRET.fullmatch(secret) else ""


def _revoked_here() -> str | None:
    for kind in Kind:
        token = request.cookies.get(cookie_of(kind))
        gone = queries.revoked_name_of(db.session(), token_hash(token)) if token else None
        if gone is not None:
            return gone
    return None


def _become(paired: services.Paired) -> Response:
    """This browser is the device as soon as the answer reaches it; it is heard when it speaks."""
    response = hx.go(HOME[Kind(paired.kind)])
    set_cookie(response, cookie_of(paired.kind), paired.token, days=COOKIE_DAYS)
    drop_cookie(response, WAITING)
    return response


def _key() -> bytes:
    key: bytes = current_app.extensions["kiosk_keys"].tokens
    return key


# -- the secretary ---------------------------------------------------------------------------------


@bp.get("/console/devices/pair")
@allow(*PREPARERS)
def pairing_page() -> str:
    """Type the six digits, or scan the QR; `?code=` is what the QR leads to."""
    allow_camera()
    return render_template(
        "devices/pairing.html", code=rules.code_in(request.args.get("code", "")) or ""
    )


@bp.post("/console/devices/pair/code")
@allow(*PREPARERS)
def look_up() -> str:
    """Who shows this code, and what it may become."""
    place = pairing.look_up(
        text=request.form.get("code", "")[:400], by=actor(), room=waiting_room()
    )
    return _offer(place)


@bp.post("/console/devices/pair")
@allow(*PREPARERS)
def confirm() -> str:
    """The device learns of it within two seconds, by itself."""
    form = request.form
    done = pairing.confirm(
        text=form.get("code", "")[:400],
        kind=form.get("kind", ""),
        name=form.get("name", "")[:200],
        instead_of=form.get("instead_of", type=int),
        by=actor(),
        room=waiting_room(),
    )
    return render_template("devices/_code.html", code="", done=done)


@bp.post("/console/devices/pair/clear")
@allow(*PREPARERS)
def clear() -> Response:
    """Strangers' pages have filled the room: every code is taken back."""
    pairing.clear_room(by=actor(), room=waiting_room())
    return hx.go("devices.pairing_page")


def _offer(place: Waiting) -> str:
    session = db.session()
    in_use = queries.devices(session, with_revoked=False)
    names = [device.name for device in in_use]
    return render_template(
        "devices/_confirm.html",
        place=place,
        code=rules.in_threes(place.code),
        kinds=[(kind.value, next_name(kind, names)) for kind in Kind],
        likely=rules.likely_kind(
            is_this_laptop=place.address in _HERE,
            kinds_in_use={device.kind for device in in_use},
        ),
        # A dead tablet is replaced by another of the same name; one that is heard well is not.
        replaceable=[device for device in in_use if device.troubles],
    )
