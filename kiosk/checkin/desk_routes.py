"""The reception desk: one search, and every act in at most three taps.

An act answers by showing the person's panel again, with the search field empty and ready for the
next one. The panel and the list listen to nothing: only the count above them is live, so that no
arrival at a gate moves what a finger is about to touch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    make_response,
    render_template,
    request,
)

from kiosk.checkin import desk, paper, queries, rules, services
from kiosk.checkin.rules import Passing
from kiosk.conference import badge_issue, newcomers
from kiosk.conference import queries as people
from kiosk.core import hx, live
from kiosk.core.access import Role, actor, allow
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.devices import queries as devices

bp = Blueprint("desk", __name__)

#: Who receives people (design 3).
RECEPTION = (Role.SECRETARY, Role.DESK)

#: A search field is not a place for a book.
_LONGEST_SEARCH = 100


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.extensions["kiosk_live"].add(
        live.Topic(
            name="desk",
            audience=frozenset(RECEPTION),
            facts=frozenset({"presence", "roster", "conference", "absences"}),
            render=_regions,
        )
    )


def _regions() -> Mapping[str, str]:
    return {"desk-count": render_template("checkin/desk/_count.html", **_count())}


def _count() -> dict[str, Any]:
    return {"presence": queries.presence(db.session())}


def _badge_key() -> bytes:
    key: bytes = current_app.extensions["kiosk_keys"].badge
    return key


# -- finding ---------------------------------------------------------------------------------


@bp.get("/desk")
@allow(*RECEPTION)
def home() -> str:
    """The search; with htmx the list of people alone."""
    typed = request.args.get("q", "")[:_LONGEST_SEARCH]
    session = db.session()
    found = queries.find_people(session, typed)
    more = 0
    if len(found) == queries.MOST_FOUND:
        more = queries.people_found(session, typed) - len(found)
    if hx.wants_fragment():
        return render_template("checkin/desk/_found.html", found=found, more=more, q=typed)
    return render_template(
        "checkin/desk/home.html", found=found, more=more, q=typed, row=None, **_count()
    )


@bp.get("/desk/people/<int:delegate_id>")
@allow(*RECEPTION)
def person(delegate_id: int) -> str:
    """One person and what may be done; with htmx the panel alone."""
    session = db.session()
    row = queries.attendance_of(session, [delegate_id])[0]
    panel = {
        "row": row,
        "stays": queries.stays_of(session, delegate_id),
        "gates": {each.id: each.name for each in devices.devices(session)},
        "face": newcomers.badge_face(session, delegate_id, key=_badge_key())
        if "badge" in request.args
        else None,
    }
    if hx.wants_fragment():
        return render_template("checkin/desk/_person.html", **panel)
    return render_template("checkin/desk/home.html", found=[], q="", **panel, **_count())


def _back(delegate_id: int, **more: Any) -> Response:
    return hx.go("desk.person", delegate_id=delegate_id, **more)


# -- one person ------------------------------------------------------------------------------


@bp.post("/desk/people/<int:delegate_id>/admit")
@allow(*RECEPTION)
def admit(delegate_id: int) -> Response:
    services.admit_by_hand(
        delegate_id=delegate_id, reason=request.form.get("reason", ""), by=actor()
    )
    return _back(delegate_id)


@bp.post("/desk/people/<int:delegate_id>/leave")
@allow(*RECEPTION)
def leave(delegate_id: int) -> Response:
    services.leave_by_hand(
        delegate_id=delegate_id, reason=request.form.get("reason", ""), by=actor()
    )
    return _back(delegate_id)


@bp.post("/desk/people/<int:delegate_id>/absence")
@allow(*RECEPTION)
def absence(delegate_id: int) -> Response:
    desk.record_absence(
        delegate_id=delegate_id,
        kind=request.form.get("kind", ""),
        reason=request.form.get("reason", ""),
        by=actor(),
    )
    return _back(delegate_id)


@bp.post("/desk/people/<int:delegate_id>/absence/withdraw")
@allow(*RECEPTION)
def withdraw_absence(delegate_id: int) -> Response:
    desk.withdraw_absence(delegate_id=delegate_id, by=actor())
    return _back(delegate_id)


@bp.post("/desk/people/<int:delegate_id>/badge")
@allow(*RECEPTION)
def replace_badge(delegate_id: int) -> Response:
    """Revoke and reissue in one act; the new code is shown at once, ready to print."""
    badge_issue.replace_badge(
        delegate_id=delegate_id,
        reason=request.form.get("reason", ""),
        key=_badge_key(),
        by=actor(),
    )
    return _back(delegate_id, badge=1)


@bp.post("/desk/stays/<int:stay_id>/undo")
@allow(*RECEPTION)
def undo(stay_id: int) -> Response:
    return _back(services.undo(stay_id=stay_id, reason=request.form.get("reason", ""), by=actor()))


@bp.post("/desk/stays/<int:stay_id>/left/undo")
@allow(*RECEPTION)
def undo_leaving(stay_id: int) -> Response:
    return _back(
        services.undo_leaving(stay_id=stay_id, reason=request.form.get("reason", ""), by=actor())
    )


# -- people who are on no list ---------------------------------------------------------------


@bp.get("/desk/new")
@allow(*RECEPTION)
def newcomer() -> str:
    session = db.session()
    return render_template(
        "checkin/desk/newcomer.html",
        units=people.units(session),
        meeting=people.conference(session),
        name=request.args.get("name", "")[:120],
    )


@bp.post("/desk/new")
@allow(*RECEPTION)
def walk_in() -> Response:
    delegate_id = desk.walk_in(
        _newcomer(),
        standing=request.form.get("standing", "guest"),
        asked=_flags(),
        admit=request.form.get("admit") == "1",
        may_add_delegates=_is_secretary(),
        key=_badge_key(),
        by=actor(),
    )
    return _back(delegate_id, badge=1)


@bp.get("/desk/people/<int:delegate_id>/substitute")
@allow(*RECEPTION)
def substitute_page(delegate_id: int) -> str:
    session = db.session()
    return render_template(
        "checkin/desk/substitute.html",
        row=queries.attendance_of(session, [delegate_id])[0],
        units=people.units(session),
        passes=rules.PASSES_BY_DEFAULT,
    )


@bp.post("/desk/people/<int:delegate_id>/substitute")
@allow(*RECEPTION)
def substitute(delegate_id: int) -> Response:
    substitute_id = desk.substitute(
        _newcomer(),
        replaced_id=delegate_id,
        passes=_flags(),
        admit=request.form.get("admit") == "1",
        key=_badge_key(),
        by=actor(),
    )
    return _back(substitute_id, badge=1)


@bp.post("/desk/substitutions/<int:substitution_id>/end")
@allow(*RECEPTION)
def end_substitution(substitution_id: int) -> Response:
    return _back(
        desk.end_substitution(
            substitution_id=substitution_id, reason=request.form.get("reason", ""), by=actor()
        )
    )


def _newcomer() -> desk.Newcomer:
    form = request.form
    unit = form.get("unit", "")
    return desk.Newcomer(
        name=form.get("name", "")[:400],
        title=form.get("title", "")[:400],
        address_form=form.get("address_form", "")[:400],
        unit_id=_whole(unit) if unit and unit != "new" else None,
        unit=form.get("new_unit", "")[:400] if unit == "new" else "",
        another_person=form.get("another_person") == "1",
    )


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Refused("unit_unknown")
    return int(text)


def _flags() -> Passing:
    form = request.form
    return Passing(
        counts_for_quorum=form.get("counts_for_quorum") == "1",
        votes=form.get("votes") == "1",
        elects=form.get("elects") == "1",
    )


def _is_secretary() -> bool:
    return bool(g.audience == Role.SECRETARY)


# -- the paper list --------------------------------------------------------------------------


@bp.get("/desk/paper")
@allow(*RECEPTION)
def paper_page() -> str:
    return render_template("checkin/desk/paper.html")


@bp.post("/desk/paper/preview")
@allow(*RECEPTION)
def preview_paper() -> str:
    """Who the typed numbers are; nothing is stored."""
    form = request.form
    numbers, time = form.get("numbers", ""), form.get("time", "")
    seen = paper.preview(db.session(), numbers=numbers, time=time)
    return render_template(
        "checkin/desk/_paper.html", seen=seen, numbers=numbers, time=time, done=False
    )


@bp.post("/desk/paper")
@allow(*RECEPTION)
def merge_paper() -> Response:
    form = request.form
    done = paper.merge(
        numbers=form.get("numbers", ""),
        time=form.get("time", ""),
        accept_unknown=form.get("accept_unknown") == "1",
        by=actor(),
    )
    return make_response(
        render_template("checkin/desk/_paper.html", seen=done, numbers="", time="", done=True)
    )
