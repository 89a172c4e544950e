"""`/issue`: a teller scans badges and people draw slips. Nothing here reads a slip."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, g, render_template, request

from kiosk.ballot import issuing, roll_queries, round_queries
from kiosk.ballot.issuing import Answer, Issue
from kiosk.core import follow, hx
from kiosk.core.access import Kind, Role, actor, allow, device_here
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.follow import TabletAct
from kiosk.core.html import allow_camera
from kiosk.core.keys import Keys
from kiosk.devices import queries as devices

bp = Blueprint("issuing", __name__)

#: Devices with a scanner, and the desk.
ISSUERS = (Kind.GATE, Kind.TABLET, Role.SECRETARY, Role.DESK)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    follow.register(
        app,
        # Never open by itself: a tablet is pinned to it, for the teller who walks along the seats.
        TabletAct(
            name="issue",
            endpoint="issuing.page",
            rank=940,
            words=("Phát thẻ bầu", "Issue of slips"),
            is_open=lambda session: False,
            listens=False,
        ),
    )


def _is_issuing() -> bool:
    """A tablet issues only while it is pinned to that: at a ballot a voter is alone with it."""
    if str(g.get("audience") or "") != Kind.TABLET:
        return True
    device = devices.device(db.session(), actor().id or 0)
    return device is not None and device.task == "issue"


@bp.get("/issue")
@allow(*ISSUERS)
def page() -> str:
    if not _is_issuing():
        raise Refused("ballot_issue_not_here")
    allow_camera()
    session = db.session()
    found = round_queries.running(session)
    return render_template(
        "ballot/issue.html",
        round=found,
        said=None,
        issued=found.issued if found else 0,
        entitled=roll_queries.roll_count(session, found.id) if found else 0,
        device=device_here(Kind.TABLET) or device_here(Kind.GATE),
        is_desk=str(g.get("audience") or "") in {Role.SECRETARY, Role.DESK},
        Answer=Answer,
    )


@bp.post("/issue/scan")
@allow(*ISSUERS)
def scan() -> str:
    """Always 200: a refusal is an answer, as at the gate."""
    if not _is_issuing():
        return _answer(Issue(Answer.NOT_HERE))
    keys: Keys = current_app.extensions["kiosk_keys"]
    said = issuing.issue(badge=request.form.get("code", ""), key=keys.badge, by=actor())
    return _answer(said)


@bp.post("/issue/undo/<int:delegate_id>")
@allow(*ISSUERS)
def undo(delegate_id: int) -> Response:
    if not _is_issuing():
        raise Refused("ballot_issue_not_here")
    issuing.undo_issue(delegate_id=delegate_id, by=actor())
    return hx.go("issuing.page")


def _answer(said: Issue) -> str:
    return render_template("ballot/_issue_answer.html", said=said, Answer=Answer)
