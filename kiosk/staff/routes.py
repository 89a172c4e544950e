"""Sign-in, sign-out, and the page of accounts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kiosk.config import Settings
from kiosk.core import hx, tokens
from kiosk.core.access import ANYONE, STAFF, Actor, Caller, Role, actor, add_resolver, allow
from kiosk.core.clock import utc_now
from kiosk.core.cookies import drop_cookie, set_cookie
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.html import LANGUAGE, LANGUAGES
from kiosk.core.messages import status_of
from kiosk.staff import queries, services

bp = Blueprint("staff", __name__)

COOKIE = "kiosk_staff"

#: A path on this server, in signs that a header carries. Browsers drop tabs and line ends and take
#: a backslash for a slash, so `/<tab>/evil` would be another site.
_OUR_PATH = re.compile(r"/(?!/)[!-\[\]-~]{0,500}")


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    add_resolver(app, _who)


def _who(cookies: Mapping[str, str]) -> Caller | None:
    token = cookies.get(COOKIE)
    if not token:
        return None
    digest = tokens.stored(_key(), token, purpose="staff")
    person = queries.signed_in(db.session(), digest, utc_now())
    if person is None:
        return None
    return Caller(Actor(kind="staff", id=person.id, name=person.name), audience=person.role)


def _key() -> bytes:
    key: bytes = current_app.extensions["kiosk_keys"].tokens
    return key


def _settings() -> Settings:
    settings: Settings = current_app.extensions["kiosk_settings"]
    return settings


@bp.get("/sign-in")
@allow(ANYONE)
def sign_in_page() -> str:
    return render_template("staff/sign_in.html", name="", refused=None, next=_next())


@bp.post("/sign-in")
@allow(ANYONE)
def sign_in() -> Response:
    name, password = request.form.get("name", ""), request.form.get("password", "")
    try:
        opened = services.sign_in(
            name=name, password=password, key=_key(), hours=_settings().session_hours
        )
    except Refused as refused:
        page = render_template("staff/sign_in.html", name=name[:60], refused=refused, next=_next())
        return make_response(page, status_of(refused))
    response = _go_on()
    set_cookie(response, COOKIE, opened.token, days=_settings().session_hours / 24)
    return response


def _next() -> str:
    """Where the person wanted to go: a path of ours, or the console."""
    wanted = request.values.get("next", "")
    return wanted if _OUR_PATH.fullmatch(wanted) else ""


def _go_on() -> Response:
    wanted = _next()
    if wanted:
        response = make_response("", 303)
        response.headers["Location"] = wanted
        return response
    return hx.go("console.home")


@bp.post("/sign-out")
@allow(*STAFF)
def sign_out() -> Response:
    services.sign_out(token=request.cookies.get(COOKIE, ""), key=_key(), by=actor())
    response = hx.go("staff.sign_in_page")
    drop_cookie(response, COOKIE)
    return response


@bp.post("/language")
@allow(ANYONE)
def choose_language() -> AnyResponse:
    """Vietnamese first; English for a guest who needs it. Kept by this browser alone."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise Refused("field_wrong", field="language")
    response = _go_on()
    set_cookie(response, LANGUAGE, chosen, days=365)
    return response


@bp.get("/console/staff")
@allow(Role.SECRETARY, Role.TECHNICIAN)
def accounts() -> str:
    return render_template(
        "staff/accounts.html", accounts=queries.accounts(db.session()), roles=list(Role)
    )


@bp.post("/console/staff")
@allow(Role.SECRETARY, Role.TECHNICIAN)
def add() -> Response:
    form = request.form
    services.add_account(
        name=form.get("name", "")[:200],
        role=form.get("role", ""),
        password=form.get("password", ""),
        by=actor(),
    )
    return hx.go("staff.accounts")


@bp.post("/console/staff/<int:account_id>/close")
@allow(Role.SECRETARY, Role.TECHNICIAN)
def close(account_id: int) -> Response:
    services.close_account(account_id=account_id, by=actor())
    return hx.go("staff.accounts")
