"""The page of invitations, and the papers that a press of a button brings."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request

from kiosk.conference import queries as people
from kiosk.conference.rules import day_of
from kiosk.config import Settings
from kiosk.core import hx, jobs
from kiosk.core.access import LEADERS, PREPARERS, STAFF, Role, actor, allow
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.documents import attendance_list, invitation, pledge_paper, queries, rules, services
from kiosk.documents.renewer import NAME, Renewer
from kiosk.pledge import services as pledges

#: Seconds for a bundle of letters: 2,000 of them take a quarter of this on a slow laptop.
LONGEST = 120.0

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

bp = Blueprint("documents", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["kiosk_settings"]
    return settings


# -- invitations -----------------------------------------------------------------------------------


@bp.get("/console/invitations")
@allow(*STAFF)
def invitations() -> str:
    """Who has been invited, and how; the list alone for a search."""
    session = db.session()
    search, unit_id = request.args.get("q", "")[:100], request.args.get("unit", type=int)
    only_open = request.args.get("open") == "1"
    scene: dict[str, Any] = {
        "found": queries.invitations(session, unit_id=unit_id, search=search, only_open=only_open),
        "q": search,
        "unit_id": unit_id,
        "only_open": only_open,
        "ways": list(rules.Way),
    }
    if hx.wants_fragment():
        return render_template("documents/_invitations.html", **scene)
    return render_template(
        "documents/invitations.html",
        units=people.units(session),
        meeting=people.find_conference(session),
        **scene,
    )


@bp.post("/console/invitations/<int:delegate_id>/sent")
@allow(*PREPARERS)
def mark_sent(delegate_id: int) -> Response:
    """Tick one person."""
    services.mark_sent(
        delegate_id=delegate_id,
        way=request.form.get("way", ""),
        receiver=request.form.get("receiver", ""),
        by=actor(),
    )
    return hx.done("documents.invitations")


@bp.post("/console/invitations/<int:delegate_id>/not-sent")
@allow(*PREPARERS)
def take_back(delegate_id: int) -> Response:
    """Take a wrong tick back."""
    services.take_back(delegate_id=delegate_id, by=actor())
    return hx.done("documents.invitations")


@bp.post("/console/invitations/unit/<int:unit_id>/sent")
@allow(*PREPARERS)
def mark_unit_sent(unit_id: int) -> Response:
    """Tick everyone of a unit who is not ticked yet."""
    services.mark_unit_sent(
        unit_id=unit_id,
        way=request.form.get("way", ""),
        receiver=request.form.get("receiver", ""),
        by=actor(),
    )
    return hx.done("documents.invitations")


@bp.post("/console/invitations/paper")
@allow(*PREPARERS)
def invitation_paper() -> Response:
    """The letters of everyone, of one unit (`unit`) or of one person (`delegate`), as a PDF."""
    form = request.form
    session = db.session()
    unit_id, delegate_id = form.get("unit", type=int), form.get("delegate", type=int)
    if delegate_id is not None:
        people.delegate(session, delegate_id)
    if unit_id is not None and all(unit.id != unit_id for unit in people.units(session)):
        raise Refused("unit_unknown")
    letters = invitation.facts(
        session,
        key=current_app.extensions["kiosk_keys"].badge,
        rehearsal=_settings().rehearsal,
        unit_id=unit_id,
        delegate_id=delegate_id,
        dated=day_of(form.get("dated", "")),
    )
    db.session.remove()
    made = jobs.run_job("invitations", invitation.payload(letters, at=utc_now()), timeout=LONGEST)
    services.note_printed(count=len(letters.people), by=actor())
    return _file(made, "giay-moi.pdf")


# -- lists -----------------------------------------------------------------------------------------


@bp.post("/console/attendance-list")
@allow(*STAFF)
def attendance_paper() -> Response:
    """D2 as it stands now, as PDF or (`form=xlsx`) as a workbook."""
    form = "xlsx" if request.form.get("form") == "xlsx" else "pdf"
    now = utc_now()
    paper = attendance_list.facts(db.session(), rehearsal=_settings().rehearsal, now=now)
    db.session.remove()
    order = attendance_list.payload(paper, form=form, at=now)
    made = jobs.run_job("attendance_list", order, timeout=LONGEST)
    return _file(made, f"danh-sach-diem-danh.{form}")


@bp.post("/console/fallback-list")
@allow(*STAFF)
def fallback_paper() -> Response:
    """The newest list for the doors without network, as PDF or (`form=xlsx`) as a workbook."""
    keeper: Renewer = current_app.extensions["kiosk_fallback_list"]
    newest = keeper.newest()
    if request.form.get("form") == "xlsx":
        return _file(newest.xlsx, f"{NAME}.xlsx")
    return _file(newest.pdf, f"{NAME}.pdf")


@bp.post("/console/pledge/sheet")
@allow(*LEADERS, Role.TECHNICIAN)
def pledge_sheet() -> Response:
    """The pledge with every signature that is in force; the book says who made it."""
    now = utc_now()
    paper = pledge_paper.facts(db.session(), rehearsal=_settings().rehearsal)
    made = jobs.run_job("pledge_paper", pledge_paper.payload(paper, at=now), timeout=LONGEST)
    pledges.note_printed(by=actor())
    return _file(made, "giao-uoc-thi-dua.pdf")


def _file(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.mimetype = XLSX if name.endswith(".xlsx") else "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
