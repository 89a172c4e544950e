"""`/trust`: how a new machine learns to trust the hall, and the file that it installs.

The page is the only one that is also served without encryption. It carries no cookie, no token
and no form, and may ask nothing but its own files and the one encrypted address that it tries.
"""

from __future__ import annotations

import ssl

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request
from flask_babel import force_locale
from werkzeug.exceptions import NotFound

from kiosk.core import doors, html
from kiosk.core.access import ANYONE, allow
from kiosk.core.doors import Door
from kiosk.tls import rules, store
from kiosk.tls.keeper import Keeper

bp = Blueprint("tls", __name__)

#: Kinds of machines that the page explains, in the order of its tabs.
MACHINES = ("android", "ipad", "windows", "linux")

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src {tried}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["hall"] = doors.hall
    app.jinja_env.filters["fingerprint"] = rules.grouped


@bp.get("/trust")
@allow(ANYONE)
def trust() -> Response:
    """What this machine has to do, once; the page moves on by itself when it is done."""
    hall = doors.hall()
    door = doors.of_request(request.environ)
    tried = _encrypted_twin(hall)
    chosen = request.args.get("machine", "")
    machine = chosen if chosen in MACHINES else _guessed(request.headers.get("User-Agent", ""))
    language = request.args.get("lang", "")
    language = language if language in html.LANGUAGES else html.language()
    with force_locale(language):
        page = render_template(
            "tls/trust.html",
            lang=language,
            machine=machine,
            machines=MACHINES,
            tried=tried,
            is_trusted=door is Door.TLS,
            is_this_laptop=door is Door.LOOPBACK,
            here=hall,
        )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = _POLICY.format(tried=tried or "'none'")
    return response


def _encrypted_twin(hall: doors.Hall) -> str:
    """The encrypted address of the same name by which the page was opened: that one is tried."""
    if not hall.https_port or not hall.encrypted:
        return ""
    name = request.host.partition(":")[0]
    if name not in hall.hosts:  # on the laptop itself
        return hall.best
    return f"https://{name}" + ("" if hall.https_port == 443 else f":{hall.https_port}")


def _guessed(agent: str) -> str:
    """What kind of machine asks. An iPad says that it is a Mac; a Mac is shown the same steps."""
    for word, machine in (
        ("Android", "android"),
        ("iPad", "ipad"),
        ("iPhone", "ipad"),
        ("Macintosh", "ipad"),
        ("Windows", "windows"),
        ("Linux", "linux"),
        ("CrOS", "android"),
    ):
        if word in agent:
            return machine
    return MACHINES[0]


@bp.get("/trust/ok")
@allow(ANYONE)
def ok() -> Response:
    """Answered to the page on the plain door, which is another origin: the name is trusted."""
    response = make_response("", 204)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@bp.get("/trust/hall.crt")
@allow(ANYONE)
def certificate() -> Response:
    """The authority's certificate in the form that tablets and Windows open by themselves (DER)."""
    return _file(_authority(), "hall.crt", "application/x-x509-ca-cert")


@bp.get("/trust/hall.pem")
@allow(ANYONE)
def certificate_text() -> Response:
    """The same as text, for the tools of Linux."""
    text = ssl.DER_cert_to_PEM_cert(_authority())
    return _file(text.encode("ascii"), "hall.pem", "application/x-pem-file")


def _authority() -> bytes:
    """What the keeper has made known; nobody who asks makes this process look at the key."""
    keeper: Keeper = current_app.extensions["kiosk_tls"]
    found = store.known_authority(keeper.instance)
    if found is None:
        raise NotFound
    return found.der


def _file(data: bytes, name: str, kind: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = kind
    # Not `attachment`: an iPad would put the file away instead of offering the profile.
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
