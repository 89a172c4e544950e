"""Votes by hands: put the question, type the hands, correct a slip, clear the wall."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, render_template, request

from kiosk.core import hx
from kiosk.core.access import LEADERS, actor, allow
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.motions import queries, services

bp = Blueprint("motions", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


def _number(field: str) -> int:
    found = request.form.get(field, type=int)
    if found is None:
        raise Refused("motion_number_missing")
    return found


def _counted() -> int | None:
    """People counted in the hall instead of taken from the check-in (R25); None when left empty."""
    return _number("counted_present") if request.form.get("counted_present", "").strip() else None


@bp.post("/console/motions")
@allow(*LEADERS)
def open_motion() -> Response:
    services.open_motion(text=request.form.get("text", ""), by=actor())
    return hx.done("console.home")


@bp.post("/console/motions/<int:motion_id>/count")
@allow(*LEADERS)
def record_count(motion_id: int) -> Response:
    services.record_count(
        motion_id,
        in_favour=_number("in_favour"),
        against=_number("against"),
        other=_number("other"),
        counted_present=_counted(),
        reason=request.form.get("reason", ""),
        all_minus=request.form.get("all_minus") == "1",
        by=actor(),
    )
    return hx.done("console.home")


@bp.post("/console/motions/<int:motion_id>/all-minus")
@allow(*LEADERS)
def all_minus(motion_id: int) -> str:
    """The three fields with what remains filled in as for; nothing is recorded."""
    shown = queries.minus(
        db.session(),
        against=_number("against"),
        other=_number("other"),
        counted_present=_counted(),
    )
    return render_template("motions/_hands.html", motion_id=motion_id, minus=shown)


@bp.get("/console/motions/<int:motion_id>/hands")
@allow(*LEADERS)
def hands(motion_id: int) -> str:
    """The three fields again, for typing the hands for as counted."""
    return render_template("motions/_hands.html", motion_id=motion_id, minus=None)


@bp.post("/console/motions/<int:motion_id>/correct")
@allow(*LEADERS)
def correct_count(motion_id: int) -> Response:
    services.correct_count(
        motion_id,
        in_favour=_number("in_favour"),
        against=_number("against"),
        other=_number("other"),
        counted_present=_counted(),
        reason=request.form.get("reason", ""),
        seen=request.form.get("seen", type=int),
        by=actor(),
    )
    return hx.done("console.home")


@bp.post("/console/motions/<int:motion_id>/withdraw")
@allow(*LEADERS)
def withdraw(motion_id: int) -> Response:
    services.withdraw_motion(motion_id, reason=request.form.get("reason", ""), by=actor())
    return hx.done("console.home")


@bp.post("/console/motions/<int:motion_id>/put-away")
@allow(*LEADERS)
def put_away(motion_id: int) -> Response:
    services.put_away(motion_id, by=actor())
    return hx.done("console.home")
