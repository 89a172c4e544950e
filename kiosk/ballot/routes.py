"""The console's page of the election: settings, candidates, votes by hands, the rule D4."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, g, render_template, request

from kiosk.ballot import papers, photos, queries, roll_queries, rule_text, services, standing
from kiosk.ballot.rules import Base, Electorate, Source, Style, Tie, Way, ballot_type
from kiosk.ballot.serving import is_rehearsal, pdf
from kiosk.conference import queries as people
from kiosk.core import hx, jobs
from kiosk.core.access import LEADERS, Role, actor, allow
from kiosk.core.clock import in_hall, utc_now
from kiosk.core.db import db
from kiosk.core.errors import Refused

bp = Blueprint("ballot", __name__)

#: Who sees the election in the console; the chair and the secretary act.
LOOKERS = (Role.SECRETARY, Role.TECHNICIAN, Role.CHAIR)

#: People offered for a nomination; whoever needs another types one letter more.
MOST_FOUND = 12


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.get("/console/ballot")
@allow(*LOOKERS)
def home() -> str:
    session = db.session()
    meeting = people.find_conference(session)
    found = queries.find_election(session)
    nominated = queries.candidates(session)
    year = in_hall(utc_now()).year
    return render_template(
        "ballot/home.html",
        meeting=meeting,
        election=found,
        candidates=nominated,
        pictured=photos.with_photo(session),
        kind=ballot_type(sum(each.stands for each in nominated), found.seats) if found else "A",
        committee=queries.committee(session),
        styles=list(Style),
        bases=list(Base),
        ties=list(Tie),
        electorates=list(Electorate),
        standing=standing.standing(session),
        ways=list(Way),
        slip_sets=roll_queries.slip_sets(session),
        suggested_slips=roll_queries.suggested_slips(session),
        suggested_title=services.Settings.title,
        suggested_term=f"{year} - {year + 2}",
        may_act=(
            str(g.get("audience") or "") in LEADERS
            and meeting is not None
            and meeting.ended_at is None
        ),
    )


@bp.post("/console/ballot/settings")
@allow(*LEADERS)
def settings() -> Response:
    form = request.form
    seats = form.get("seats", type=int)
    if seats is None:
        raise Refused("field_wrong", field="seats")
    services.set_up(
        services.Settings(
            seats=seats,
            seats_reason=form.get("seats_reason", ""),
            title=form.get("title", ""),
            term=form.get("term", ""),
            style=form.get("style", ""),
            base=form.get("base", ""),
            tie=form.get("tie", ""),
            electorate=form.get("electorate", ""),
            camera=form.get("camera") == "1",
        ),
        by=actor(),
    )
    return hx.go("ballot.home")


# -- candidates ------------------------------------------------------------------------------


@bp.get("/console/ballot/find")
@allow(*LEADERS)
def find() -> str:
    """People who may be nominated, by any part of the name."""
    search = request.args.get("q", "")[:100]
    found, more = queries.may_be_nominated(db.session(), search, most=MOST_FOUND)
    return render_template(
        "ballot/_found.html",
        found=found,
        more=more,
        searched=bool(search.strip()),
        sources=list(Source),
    )


@bp.post("/console/ballot/candidates/add/<int:delegate_id>")
@allow(*LEADERS)
def nominate(delegate_id: int) -> Response:
    services.nominate(
        delegate_id=delegate_id,
        source=request.form.get("source", "committee"),
        consent=request.form.get("consent") == "1",
        by=actor(),
    )
    return hx.go("ballot.home")


@bp.post("/console/ballot/candidates/<int:candidate_id>/consent")
@allow(*LEADERS)
def consent(candidate_id: int) -> Response:
    services.record_consent(
        candidate_id=candidate_id, agrees=request.form.get("agrees") == "1", by=actor()
    )
    return hx.go("ballot.home")


@bp.post("/console/ballot/candidates/<int:candidate_id>/born")
@allow(*LEADERS)
def born(candidate_id: int) -> Response:
    services.record_birth(candidate_id=candidate_id, born=request.form.get("born", ""), by=actor())
    return hx.go("ballot.home")


@bp.post("/console/ballot/candidates/<int:candidate_id>/withdraw")
@allow(*LEADERS)
def withdraw(candidate_id: int) -> Response:
    services.withdraw(candidate_id=candidate_id, reason=request.form.get("reason", ""), by=actor())
    return hx.go("ballot.home")


@bp.post("/console/ballot/candidates/<int:candidate_id>/back")
@allow(*LEADERS)
def put_back(candidate_id: int) -> Response:
    services.put_back(candidate_id=candidate_id, by=actor())
    return hx.go("ballot.home")


# -- votes by hands, and the rule ------------------------------------------------------------


@bp.post("/console/ballot/ask/<what>")
@allow(*LEADERS)
def ask(what: str) -> Response:
    """Put number, list or rule to the hall; the count is typed on the home page."""
    services.put_to_vote(what, by=actor())
    return hx.go("console.home")


@bp.get("/console/ballot/rule")
@allow(*LOOKERS)
def rule() -> str:
    session = db.session()
    return render_template(
        "ballot/rule.html", rule=rule_text.of(session), election=queries.election(session)
    )


@bp.post("/console/ballot/rule/paper")
@allow(*LOOKERS)
def rule_paper() -> Response:
    session = db.session()
    order = papers.rule_order(session, rehearsal=is_rehearsal(), at=utc_now())
    db.session.remove()
    return pdf(jobs.run_job("ballot_paper", order), "the-le-bau-cu.pdf")
