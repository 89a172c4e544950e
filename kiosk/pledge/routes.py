"""The console's pages of the pledge: the board, the text and its versions, one signatory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request

from kiosk.conference import queries as people
from kiosk.core import hx, live
from kiosk.core.access import LEADERS, Role, actor, allow
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.devices import queries as devices
from kiosk.pledge import queries, rules, services, signatories
from kiosk.pledge import text as texts

bp = Blueprint("pledge", __name__)

#: Who looks; LEADERS alone act.
READERS = (*LEADERS, Role.TECHNICIAN)

#: People offered by the search; whoever needs another types one letter more.
MOST_FOUND = 12


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.extensions["kiosk_live"].add(
        live.Topic(
            name="pledge",
            audience=frozenset(READERS),
            facts=frozenset({services.FACT, "roster"}),
            render=_regions,
        )
    )


def _scene() -> dict[str, Any]:
    session = db.session()
    found = queries.pledge(session)
    text = queries.fixed_text(session) or queries.newest_text(session)
    return {
        "pledge": found,
        "text": text,
        "blanks": texts.blanks(text) if text is not None else 0,
        "meeting": people.find_conference(session),
        "tablets": {row.id: row.name for row in devices.devices(session)},
    }


def _regions() -> Mapping[str, str]:
    # Drawn once for all of the staff, so no button is in it; the page has those of a leader.
    scene = _scene()
    return {
        "pledge-board": render_template("pledge/_board.html", **scene),
        "pledge-side": render_template("pledge/_side.html", **scene),
    }


# -- the board -------------------------------------------------------------------------------------


@bp.get("/console/pledge")
@allow(*READERS)
def page() -> str:
    """How far the signing is; the search for more people who sign."""
    return render_template("pledge/page.html", **_scene())


@bp.get("/console/pledge/board")
@allow(*READERS)
def board() -> str:
    """Both regions, each put in its own place: what the page asks for after an act of its own."""
    return "\n".join(
        html.replace(f'id="{dom_id}"', f'id="{dom_id}" hx-swap-oob="true"', 1)
        for dom_id, html in _regions().items()
    )


@bp.get("/console/pledge/find")
@allow(*LEADERS)
def find() -> str:
    """People by any part of the name, without those who sign already."""
    session = db.session()
    search = request.args.get("q", "")[:100]
    for_id = request.args.get("for", type=int)
    listed = {row.delegate_id for row in queries.pledge(session).signatories}
    named = people.delegates(session, search=search) if search.strip() else []
    found = [row for row in named if not row.is_guest and row.id not in listed]
    return render_template(
        "pledge/_found.html",
        found=found[:MOST_FOUND],
        more=len(found) - MOST_FOUND,
        searched=bool(search.strip()),
        for_id=for_id,
    )


# -- the text --------------------------------------------------------------------------------------


@bp.get("/console/pledge/text")
@allow(*LEADERS)
def text_page() -> str:
    """The form: the newest version, or the ready model while there is none."""
    session = db.session()
    found = queries.pledge(session)
    text = queries.newest_text(session)
    return render_template(
        "pledge/text.html",
        pledge=found,
        text=text or services.model_text(session, today=utc_now()),
        is_model=text is None,
        seen=found.newest.number if found.newest else 0,
        units=[row.name for row in people.units(session) if row.counts_for_quorum or row.votes],
    )


@bp.post("/console/pledge/text")
@allow(*LEADERS)
def save_text() -> Response:
    form = request.form
    text = texts.checked(
        title=form.get("title", ""),
        about=form.get("about", ""),
        bases=form.get("bases", ""),
        opening=form.get("opening", ""),
        headings=list(zip(form.getlist("heading"), form.getlist("aims"), strict=False)),
        targets=list(zip(form.getlist("unit"), form.getlist("lines"), strict=False)),
        closing=form.get("closing", ""),
    )
    services.save_text(text, seen=form.get("seen", 0, type=int), by=actor())
    return hx.go("pledge.page")


@bp.get("/console/pledge/versions/<int:number>")
@allow(*READERS)
def version_page(number: int) -> str:
    """One saved text, to be read; and the others."""
    session = db.session()
    found, text = queries.version(session, number)
    return render_template(
        "pledge/version.html",
        version=found,
        text=text,
        versions=queries.versions(session),
        pledge=queries.pledge(session),
    )


@bp.post("/console/pledge/form")
@allow(*LEADERS)
def choose_form() -> Response:
    services.choose_form(request.form.get("form", ""), by=actor())
    return hx.done("pledge.page")


# -- who signs -------------------------------------------------------------------------------------


@bp.post("/console/pledge/signatories/propose")
@allow(*LEADERS)
def propose() -> Response:
    signatories.propose(by=actor())
    return hx.done("pledge.page")


@bp.post("/console/pledge/signatories/add/<int:delegate_id>")
@allow(*LEADERS)
def add(delegate_id: int) -> Response:
    side = request.form.get("side", rules.Side.UNIT.value)
    signatories.add(delegate_id=delegate_id, side=side, by=actor())
    return hx.go("pledge.page")


@bp.get("/console/pledge/signatories/<int:signatory_id>")
@allow(*LEADERS)
def one(signatory_id: int) -> str:
    """One of those who sign: capacity, proxy, excuse, off the list."""
    session = db.session()
    return render_template(
        "pledge/one.html",
        row=queries.signatory(session, signatory_id),
        pledge=queries.pledge(session),
        tablets={row.id: row.name for row in devices.devices(session)},
    )


@bp.post("/console/pledge/signatories/<int:signatory_id>/remove")
@allow(*LEADERS)
def remove(signatory_id: int) -> Response:
    signatories.remove(signatory_id=signatory_id, by=actor())
    return hx.go("pledge.page")


@bp.post("/console/pledge/signatories/<int:signatory_id>/capacity")
@allow(*LEADERS)
def set_capacity(signatory_id: int) -> Response:
    signatories.set_capacity(
        signatory_id=signatory_id, capacity=request.form.get("capacity", ""), by=actor()
    )
    return hx.go("pledge.page")


@bp.post("/console/pledge/signatories/<int:signatory_id>/proxy/<int:delegate_id>")
@allow(*LEADERS)
def name_proxy(signatory_id: int, delegate_id: int) -> Response:
    signatories.name_proxy(signatory_id=signatory_id, delegate_id=delegate_id, by=actor())
    return hx.go("pledge.page")


@bp.post("/console/pledge/signatories/<int:signatory_id>/proxy/end")
@allow(*LEADERS)
def end_proxy(signatory_id: int) -> Response:
    signatories.end_proxy(signatory_id=signatory_id, by=actor())
    return hx.go("pledge.page")


@bp.post("/console/pledge/signatories/<int:signatory_id>/excuse")
@allow(*LEADERS)
def excuse(signatory_id: int) -> Response:
    signatories.excuse(signatory_id=signatory_id, reason=request.form.get("reason", ""), by=actor())
    return hx.go("pledge.page")


@bp.post("/console/pledge/signatories/<int:signatory_id>/excuse/end")
@allow(*LEADERS)
def take_excuse_back(signatory_id: int) -> Response:
    signatories.take_excuse_back(signatory_id=signatory_id, by=actor())
    return hx.go("pledge.page")


# -- opening and closing ---------------------------------------------------------------------------


@bp.post("/console/pledge/open")
@allow(*LEADERS)
def open_signing() -> Response:
    services.open_signing(by=actor())
    return hx.done("pledge.page")


@bp.post("/console/pledge/take-back")
@allow(*LEADERS)
def take_back() -> Response:
    services.take_back(by=actor())
    return hx.done("pledge.page")


@bp.post("/console/pledge/close")
@allow(*LEADERS)
def close_signing() -> Response:
    services.close_signing(excuse_rest=request.form.get("reason", ""), by=actor())
    return hx.done("pledge.page")


@bp.post("/console/pledge/reopen")
@allow(*LEADERS)
def reopen_signing() -> Response:
    services.reopen_signing(reason=request.form.get("reason", ""), by=actor())
    return hx.done("pledge.page")
