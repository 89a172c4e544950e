"""The plan's page, the draft of the agenda, and the acts that walk the day."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Flask, Response, render_template, request

from kiosk.agenda import attachments, plan_import, queries, rules, services
from kiosk.conference import duties, reading
from kiosk.conference import queries as people
from kiosk.conference.introduced import introductions
from kiosk.conference.plan.kinds import AgendaKind
from kiosk.conference.rules import is_late_in_year
from kiosk.core import hx, uploads
from kiosk.core.access import LEADERS, PREPARERS, Role, actor, allow
from kiosk.core.db import db
from kiosk.core.errors import Refused

bp = Blueprint("agenda", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


# -- the plan and the draft ------------------------------------------------------------------


@bp.get("/console/plan")
@allow(*PREPARERS, Role.CHAIR)
def plan() -> str:
    session = db.session()
    meeting = people.find_conference(session)
    return render_template(
        "agenda/plan.html",
        meeting=meeting,
        items=queries.items(session),
        papers=attachments.files_by_item(session),
        kinds=list(AgendaKind),
        checklist=duties.checklist(session),
        introduced=introductions(session),
        late_in_year=meeting is not None and is_late_in_year(meeting.day, meeting.month),
        longest_short=rules.SHORT_TITLE_LETTERS,
    )


@bp.post("/console/plan/preview")
@allow(*PREPARERS)
def preview_plan() -> str:
    """Read an uploaded plan and show what it says; nothing is stored but the file itself."""
    name, data = uploads.uploaded("plan")
    read = reading.plan(data, filename=name)
    plan_import.ensure_takable(read)
    return render_template(
        "agenda/_plan_preview.html",
        plan=read,
        digest=uploads.keep(data, name),
        file_name=name,
        replaces=people.find_conference(db.session()) is not None,
    )


@bp.post("/console/plan")
@allow(*PREPARERS)
def take_plan() -> Response:
    """Make the previewed plan the draft conference."""
    name, data = uploads.kept(request.form.get("digest", ""))
    read = reading.plan(data, filename=name)
    digest = hashlib.sha256(data).hexdigest()
    plan_import.import_plan(read, file_name=name, sha256=digest, by=actor())
    uploads.forget(digest)
    return hx.go("agenda.plan")


def _draft() -> rules.Draft:
    form = request.form
    return rules.Draft(
        title=form.get("title", ""),
        kind=form.get("kind", ""),
        planned_minutes=form.get("minutes", type=int),
        presenter=form.get("presenter", ""),
        short_title=form.get("short_title", ""),
    )


@bp.post("/console/plan/items")
@allow(*PREPARERS)
def add_item() -> Response:
    services.add_item(_draft(), by=actor())
    return hx.go("agenda.plan")


@bp.post("/console/plan/items/<int:item_id>")
@allow(*PREPARERS)
def edit_item(item_id: int) -> Response:
    services.edit_item(item_id, _draft(), by=actor())
    return hx.go("agenda.plan")


@bp.post("/console/plan/items/<int:item_id>/move")
@allow(*PREPARERS)
def move_item(item_id: int) -> Response:
    services.move_item(item_id, up=request.form.get("up") == "1", by=actor())
    return hx.go("agenda.plan")


@bp.post("/console/plan/items/<int:item_id>/remove")
@allow(*PREPARERS)
def remove_item(item_id: int) -> Response:
    services.remove_item(item_id, by=actor())
    return hx.go("agenda.plan")


# -- the day ---------------------------------------------------------------------------------


@bp.post("/console/conference/open")
@allow(*LEADERS)
def open_conference() -> Response:
    services.open_conference(by=actor())
    return hx.done("console.home")


@bp.post("/console/conference/end")
@allow(*LEADERS)
def end_conference() -> Response:
    services.end_conference(by=actor())
    return hx.done("console.home")


@bp.post("/console/agenda/next")
@allow(*LEADERS)
def next_item() -> Response:
    """The one tap: end what is on, start what comes next."""
    services.next_item(seen=request.form.get("seen", type=int), by=actor())
    return hx.done("console.home")


@bp.post("/console/agenda/<int:item_id>/start")
@allow(*LEADERS)
def start_item(item_id: int) -> Response:
    services.start_item(item_id, by=actor())
    return hx.done("console.home")


@bp.post("/console/agenda/<int:item_id>/wait")
@allow(*LEADERS)
def leave_waiting(item_id: int) -> Response:
    services.leave_waiting(item_id, by=actor())
    return hx.done("console.home")


@bp.post("/console/agenda/<int:item_id>/end")
@allow(*LEADERS)
def end_item(item_id: int) -> Response:
    services.end_item(item_id, by=actor())
    return hx.done("console.home")


@bp.post("/console/agenda/skip")
@allow(*LEADERS)
def skip_item() -> Response:
    services.skip_item(_chosen_item(), reason=request.form.get("reason", ""), by=actor())
    return hx.done("console.home")


@bp.post("/console/agenda/reopen")
@allow(*LEADERS)
def reopen_item() -> Response:
    services.reopen_item(_chosen_item(), reason=request.form.get("reason", ""), by=actor())
    return hx.done("console.home")


def _chosen_item() -> int:
    chosen = request.form.get("item", type=int)
    if chosen is None:
        raise Refused("agenda_item_unknown")
    return chosen
