"""The gate, the page of one person, and the base of the quorum."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Flask, Response, current_app, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from kiosk.checkin import queries, roster_undo, services
from kiosk.checkin.rules import Outcome
from kiosk.conference import queries as people
from kiosk.config import Settings
from kiosk.core import hx, live
from kiosk.core.access import PREPARERS, STAFF, Kind, Role, actor, allow
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.html import allow_camera
from kiosk.devices import queries as devices

bp = Blueprint("checkin", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.extensions["kiosk_live"].add(
        live.Topic(
            name="gate",
            audience=frozenset({Kind.GATE}),
            facts=frozenset({"presence", "roster", "conference", "devices"}),
            render=_gate_regions,
        )
    )


def _settings() -> Settings:
    settings: Settings = current_app.extensions["kiosk_settings"]
    return settings


def _gate_regions() -> Mapping[str, str]:
    session = db.session()
    return {
        "gate-count": render_template("checkin/_count.html", presence=queries.presence(session)),
        # Drawn once for all gates, so it names those that let out; each page knows its own number.
        "gate-ways": render_template("checkin/_ways.html", gates_out=devices.gates_out(session)),
    }


@bp.get("/gate")
@allow(Kind.GATE)
def gate() -> str:
    """The scanning page. Loaded whole: only such pages may run the decoder."""
    allow_camera()
    session = db.session()
    return render_template(
        "checkin/gate.html",
        device=actor(),
        meeting=people.find_conference(session),
        presence=queries.presence(session),
        direction=devices.direction_of(session, actor().id),
        gates_out=devices.gates_out(session),
        undo_minutes=_settings().gate_undo_minutes,
    )


@bp.post("/gate/scan")
@allow(Kind.GATE)
def scan() -> str:
    """Answer one scan. Always 200: a refusal at the gate is an answer, not an error (design 8)."""
    badge_key: bytes = current_app.extensions["kiosk_keys"].badge
    device = actor()
    try:
        answer = services.scan(
            code=request.form.get("code", ""),
            scan_id=request.form.get("scan_id", ""),
            device_id=device.id,
            key=badge_key,
            by=device,
            claimed=request.form.get("claimed_at", ""),
            shown=request.form.get("direction", ""),
            repeat_seconds=_settings().gate_repeat_seconds,
        )
    except RequestEntityTooLarge:
        # A megabyte is no badge; the gate still gets an answer.
        return render_template(
            "checkin/_not_recorded.html", refused=Refused("scan_too_large"), outcome="unreadable"
        )
    except Refused as refused:
        return render_template(
            "checkin/_not_recorded.html", refused=refused, outcome=Outcome.REFUSED.value
        )
    return render_template("checkin/_answer.html", answer=answer)


@bp.post("/gate/undo/<int:stay_id>")
@allow(Kind.GATE)
def gate_undo(stay_id: int) -> str:
    """Take back what this gate has just recorded, with a reason. Always 200, as a scan is."""
    device = actor()
    try:
        delegate_id = services.undo(
            stay_id=stay_id,
            reason=request.form.get("reason", ""),
            by=device,
            device_id=device.id,
            within_minutes=_settings().gate_undo_minutes,
        )
    except Refused as refused:
        return render_template("checkin/_undo_refused.html", refused=refused)
    person = people.delegate(db.session(), delegate_id)
    return render_template("checkin/_undone.html", person=person, leaving=False)


@bp.post("/gate/left/<int:stay_id>/undo")
@allow(Kind.GATE)
def gate_undo_leaving(stay_id: int) -> str:
    """Take back a leaving that this gate has just recorded, with a reason. Always 200."""
    device = actor()
    try:
        delegate_id = services.undo_leaving(
            stay_id=stay_id,
            reason=request.form.get("reason", ""),
            by=device,
            device_id=device.id,
            within_minutes=_settings().gate_undo_minutes,
        )
    except Refused as refused:
        return render_template("checkin/_undo_refused.html", refused=refused)
    person = people.delegate(db.session(), delegate_id)
    return render_template("checkin/_undone.html", person=person, leaving=True)


# -- the console -----------------------------------------------------------------------------


@bp.get("/console/delegates/<int:delegate_id>")
@allow(*STAFF)
def person(delegate_id: int) -> str:
    session = db.session()
    return render_template(
        "checkin/person.html",
        person=people.delegate(session, delegate_id),
        stays=queries.stays_of(session, delegate_id),
        badges=people.badges_of(session, delegate_id),
        inside=delegate_id in queries.inside_ids(session),
        gates={row.id: row.name for row in devices.devices(session)},
        meeting=people.conference(session),
    )


@bp.post("/console/delegates/<int:delegate_id>/admit")
@allow(Role.SECRETARY, Role.DESK)
def admit(delegate_id: int) -> Response:
    services.admit_by_hand(
        delegate_id=delegate_id, reason=request.form.get("reason", ""), by=actor()
    )
    return hx.go("checkin.person", delegate_id=delegate_id)


@bp.post("/console/stays/<int:stay_id>/undo")
@allow(Role.SECRETARY, Role.DESK)
def undo(stay_id: int) -> Response:
    delegate_id = services.undo(stay_id=stay_id, reason=request.form.get("reason", ""), by=actor())
    return hx.go("checkin.person", delegate_id=delegate_id)


@bp.post("/console/stays/<int:stay_id>/left/undo")
@allow(Role.SECRETARY, Role.DESK)
def undo_leaving(stay_id: int) -> Response:
    delegate_id = services.undo_leaving(
        stay_id=stay_id, reason=request.form.get("reason", ""), by=actor()
    )
    return hx.go("checkin.person", delegate_id=delegate_id)


@bp.post("/console/base")
@allow(Role.SECRETARY, Role.CHAIR)
def fix_base() -> Response:
    """Fix or correct the number convened (R1)."""
    count = request.form.get("count", type=int)
    if count is None:
        raise Refused("base_out_of_range")
    services.fix_base(
        count=count,
        kind=request.form.get("kind", ""),
        reason=request.form.get("reason", ""),
        by=actor(),
    )
    return hx.go("console.home")


# -- the roster ------------------------------------------------------------------------------


@bp.post("/console/delegates/import/undo")
@allow(*PREPARERS)
def undo_import() -> Response:
    """Take the last import back, while nobody of it has come."""
    roster_undo.undo_last_import(by=actor(), asked=request.form.get("import", type=int))
    return hx.go("conference.import_page")
