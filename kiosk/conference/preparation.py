"""The pages of the checklist, the bodies that run the day, and who may not stand for the board."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, render_template, request

from kiosk.conference import bars, committees, duties, introduced, queries, rules
from kiosk.core import hx
from kiosk.core.access import PREPARERS, Role, actor, allow
from kiosk.core.db import db

bp = Blueprint("preparation", __name__)

#: People offered for a body; whoever needs another types one letter more.
MOST_FOUND = 12


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


# -- the checklist ---------------------------------------------------------------------------


@bp.post("/console/duties/<int:duty_id>")
@allow(*PREPARERS)
def assign(duty_id: int) -> str:
    form = request.form
    duties.assign(duty_id=duty_id, owner=form.get("owner", ""), due=form.get("due", ""), by=actor())
    return _duty(duty_id)


@bp.post("/console/duties/<int:duty_id>/done")
@allow(*PREPARERS)
def set_done(duty_id: int) -> str:
    duties.set_done(duty_id=duty_id, done=request.form.get("done") == "1", by=actor())
    return _duty(duty_id)


def _duty(duty_id: int) -> str:
    """The one line again, and the count beside it: other lines may hold unsaved text."""
    session = db.session()
    checklist = duties.checklist(session)
    return render_template(
        "conference/_duty_answer.html", duty=duties.duty(session, duty_id), checklist=checklist
    )


# -- the bodies ------------------------------------------------------------------------------


@bp.get("/console/committees")
@allow(*PREPARERS, Role.CHAIR)
def board() -> str:
    session = db.session()
    meeting = queries.find_conference(session)
    seated = committees.members(session)
    return render_template(
        "conference/committees.html",
        bodies={
            body: [row for row in seated if row.committee is body] for body in committees.Committee
        },
        bars=bars.bars(session),
        choices=list(rules.Bar),
        meeting=meeting,
        suggestion=introduced.suggested_chair(session, meeting),
    )


@bp.get("/console/committees/<committee>/find")
@allow(*PREPARERS)
def find(committee: str) -> str:
    """People by any part of the name, without those who sit there already."""
    body = committees.committee_of(committee)
    session = db.session()
    named = _named()
    seated = {row.delegate_id for row in committees.members(session, body)}
    found = [row for row in named if row.id not in seated]
    return render_template(
        "conference/_found.html",
        body=body,
        found=found[:MOST_FOUND],
        more=len(found) - MOST_FOUND,
        searched=bool(request.args.get("q", "").strip()),
        seated=bool(named),
    )


def _named() -> list[queries.DelegateRow]:
    """Whom the search means; nobody while nothing is typed."""
    search = request.args.get("q", "")[:100]
    return queries.delegates(db.session(), search=search) if search.strip() else []


@bp.post("/console/committees/<committee>/add/<int:delegate_id>")
@allow(*PREPARERS)
def add(committee: str, delegate_id: int) -> Response:
    committees.add_member(
        committee=committees.committee_of(committee), delegate_id=delegate_id, by=actor()
    )
    return hx.go("preparation.board")


@bp.post("/console/committees/members/<int:member_id>/head")
@allow(*PREPARERS)
def make_head(member_id: int) -> Response:
    committees.make_head(member_id=member_id, by=actor())
    return hx.go("preparation.board")


@bp.post("/console/committees/members/<int:member_id>/move")
@allow(*PREPARERS)
def move(member_id: int) -> Response:
    committees.move_member(member_id=member_id, up=request.form.get("up") == "1", by=actor())
    return hx.go("preparation.board")


@bp.post("/console/committees/members/<int:member_id>/end")
@allow(*PREPARERS)
def end(member_id: int) -> Response:
    committees.end_member(member_id=member_id, by=actor())
    return hx.go("preparation.board")


# -- who may not stand (R7) ------------------------------------------------------------------


@bp.get("/console/bars/find")
@allow(*PREPARERS)
def find_for_bar() -> str:
    """People whose title suggests nothing; guests are no candidates anyway."""
    session = db.session()
    listed = {row.delegate_id for row in bars.bars(session)}
    found = [row for row in _named() if not row.is_guest and row.id not in listed]
    return render_template(
        "conference/_found_bars.html",
        found=found[:MOST_FOUND],
        more=len(found) - MOST_FOUND,
        searched=bool(request.args.get("q", "").strip()),
        choices=list(rules.Bar),
    )


@bp.post("/console/delegates/<int:delegate_id>/bar")
@allow(*PREPARERS)
def set_bar(delegate_id: int) -> Response:
    # "none" on the page: an empty value of a select would mean that nothing was chosen.
    chosen = request.form.get("bar", "?")
    bars.set_bar(delegate_id=delegate_id, bar="" if chosen == "none" else chosen or "?", by=actor())
    return hx.go("preparation.board")
