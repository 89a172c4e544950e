"""The console's page of one round: parse, call, answer. Each step's acts stand together."""

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

from kiosk.ballot import (
    issuing,
    locking,
    paper_round,
    papers,
    queries,
    report,
    roll_queries,
    round_queries,
    rounds,
    standing,
    voting,
)
from kiosk.ballot.boxes import Boxes
from kiosk.ballot.locking import Ceremony
from kiosk.ballot.outcome import Disagreement
from kiosk.ballot.serving import is_rehearsal, pdf
from kiosk.conference import queries as people
from kiosk.core import hx, jobs, live
from kiosk.core.access import LEADERS, PREPARERS, STAFF, Role, actor, allow
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.keys import Keys

bp = Blueprint("rounds", __name__)

LOOKERS = (Role.SECRETARY, Role.TECHNICIAN, Role.CHAIR)
#: Who adds somebody to the list of electors, with a witness.
DESK = (Role.SECRETARY, Role.DESK)
BASE = "/console/ballot/rounds"
ONE = f"{BASE}/<int:number>"
#: People offered for the list of electors.
MOST_FOUND = 12


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    hub: live.Hub = app.extensions["kiosk_live"]
    hub.add(
        live.Topic(
            name="ballot",
            audience=frozenset(STAFF),
            facts=frozenset({"ballot", "turnout", "presence"}),
            render=lambda: {"turnout": turnout()},
        )
    )
    app.jinja_env.globals["ballot_turnout"] = turnout_now


def boxes() -> Boxes:
    found: Boxes = current_app.extensions["kiosk_boxes"]
    return found


def ceremony() -> Ceremony:
    found: Ceremony = current_app.extensions["kiosk_ceremony"]
    return found


def keys() -> Keys:
    found: Keys = current_app.extensions["kiosk_keys"]
    return found


def number_of(field: str, *, least: int = 0) -> int:
    found = request.form.get(field, type=int)
    if found is None or found < least:
        raise Refused("field_wrong", field=field)
    return found


def page_of(number: int) -> Response:
    return hx.go("rounds.page", number=number)


# -- turnout, the two numbers that everybody may see (R11) -----------------------------------


def turnout_now() -> Mapping[str, Any] | None:
    """Entitled, issued and cast of the running round; None where there is none."""
    session = db.session()
    found = round_queries.running(session)
    if found is None:
        return None
    return {
        "round": found,
        "entitled": roll_queries.roll_count(session, found.id),
        "issued": found.issued,
        "cast": voting.cast_count(found, boxes()),
    }


def turnout() -> str:
    return render_template("ballot/_turnout.html", turnout=turnout_now())


# -- the page --------------------------------------------------------------------------------


@bp.post(BASE)
@allow(*LEADERS)
def prepare() -> Response:
    return page_of(rounds.prepare(way=request.form.get("way", ""), by=actor()))


@bp.get(ONE)
@allow(*LOOKERS)
def page(number: int) -> str:
    session = db.session()
    found = round_queries.round_of(session, number)
    outcome, disagreement = None, None
    if found.counts:
        try:
            outcome = found.outcome()
        except Disagreement as broken:
            disagreement = broken
    tablets = locking.paired_tablets(session)
    slip_set = roll_queries.slip_sets(session).get(number)
    roll = roll_queries.roll(session, found.id)
    return render_template(
        "ballot/round.html",
        round=found,
        meeting=people.conference(session),
        committee=queries.committee(session),
        slip_set=slip_set,
        suggested_slips=roll_queries.suggested_slips(session),
        roll=roll,
        added=[row for row in roll if row.added],
        turnout=turnout_now() if not found.is_over else None,
        drawn=next((row for row in tablets if row.id == found.drawn_device_id), None),
        knows=lambda slot: ceremony().knows(number, slot),
        outcome=outcome,
        disagreement=disagreement,
        rows=report.rows(found, outcome) if outcome else [],
        comparison=paper_round.comparison(session, found.id),
        helpers=roll_queries.helpers(session, found.id),
        robbed=roll_queries.robbed(session, number),
        standing=standing.standing(session),
        may_act=str(g.get("audience") or "") in LEADERS,
        me=actor().label,
    )


# -- slips -----------------------------------------------------------------------------------


@bp.post("/console/ballot/slips")
@allow(*PREPARERS)
def print_slips() -> Response:
    """A new set of slips for one round, as a PDF; their codes exist on this paper alone."""
    number, count = number_of("round", least=1), number_of("count", least=1)
    codes = rounds.print_slips(round_number=number, count=count, key=keys().tokens, by=actor())
    order = papers.slips_order(
        db.session(), codes, round_number=number, rehearsal=is_rehearsal(), at=utc_now()
    )
    db.session.remove()
    return pdf(jobs.run_job("ballot_paper", order), f"the-bau-luot-{number}.pdf")


@bp.post(f"{ONE}/slips-counted")
@allow(*LEADERS)
def book_slips(number: int) -> Response:
    rounds.book_slips(number=number, counted=number_of("counted", least=1), by=actor())
    return page_of(number)


@bp.post(f"{ONE}/paper/<what>")
@allow(*LOOKERS)
def paper(number: int, what: str) -> Response:
    """A list or a form of this round as a PDF: `roll`, `issue`, `ballots`, `report`."""
    session = db.session()
    found = round_queries.round_of(session, number)
    order = papers.round_order(session, found, what, rehearsal=is_rehearsal(), at=utc_now())
    db.session.remove()
    return pdf(jobs.run_job("ballot_paper", order), f"bau-cu-{what}-luot-{number}.pdf")


# -- locking the box -------------------------------------------------------------------------


@bp.post(f"{ONE}/tellers")
@allow(*LEADERS)
def teller_comes(number: int) -> Response:
    """The code, once, for the teller who stands at the laptop; nobody else may look."""
    slot, code = locking.teller_comes(
        number=number,
        badge=request.form.get("badge", ""),
        ceremony=ceremony(),
        key=keys().badge,
        by=actor(),
    )
    return _code(number, slot, code)


@bp.post(f"{ONE}/tellers/<int:slot>/again")
@allow(*LEADERS)
def give_again(number: int, slot: int) -> Response:
    return _code(number, slot, locking.give_again(number=number, slot=slot, ceremony=ceremony()))


def _code(number: int, slot: int, code: str) -> Response:
    if not hx.wants_fragment():
        # Pressed before the page was ready: nothing is shown, and another code is a press away.
        return page_of(number)
    found = round_queries.round_of(db.session(), number)
    teller = next(each for each in found.tellers if each.slot == slot)
    return make_response(
        render_template("ballot/_code.html", round=found, teller=teller, code=code)
    )


@bp.get(f"{ONE}/tellers/<int:slot>")
@allow(*LEADERS)
def typing(number: int, slot: int) -> str:
    """The form for typing the code back, without the code."""
    found = round_queries.round_of(db.session(), number)
    teller = next((each for each in found.tellers if each.slot == slot), None)
    if teller is None:
        raise Refused("ballot_not_a_teller", name=str(slot))
    return render_template("ballot/_typing.html", round=found, teller=teller)


@bp.post(f"{ONE}/tellers/<int:slot>/code")
@allow(*LEADERS)
def type_back(number: int, slot: int) -> Response:
    locking.type_back(
        number=number,
        slot=slot,
        typed=request.form.get("code", ""),
        ceremony=ceremony(),
        by=actor(),
    )
    return page_of(number)


@bp.post(f"{ONE}/tellers/<int:slot>/envelope")
@allow(*LEADERS)
def sign_envelope(number: int, slot: int) -> Response:
    locking.sign_envelope(number=number, slot=slot, by=actor())
    return page_of(number)


@bp.post(f"{ONE}/witnesses")
@allow(*LEADERS)
def witness_comes(number: int) -> Response:
    locking.witness_comes(
        number=number, badge=request.form.get("badge", ""), key=keys().badge, by=actor()
    )
    return page_of(number)


@bp.post(f"{ONE}/restart")
@allow(*LEADERS)
def start_again(number: int) -> Response:
    locking.start_again(number=number, ceremony=ceremony(), by=actor())
    return page_of(number)


@bp.post(f"{ONE}/lock")
@allow(*LEADERS)
def lock_box(number: int) -> Response:
    locking.lock_box(
        number=number,
        box_shown=request.form.get("shown") == "1",
        ceremony=ceremony(),
        boxes=boxes(),
        by=actor(),
    )
    return page_of(number)


@bp.post(f"{ONE}/compare")
@allow(*LEADERS)
def compare(number: int) -> Response:
    locking.record_comparison(
        number=number,
        badge=request.form.get("badge", ""),
        device_id=number_of("device", least=1),
        key=keys().badge,
        by=actor(),
    )
    return page_of(number)


@bp.post(f"{ONE}/draw")
@allow(*LEADERS)
def draw_again(number: int) -> Response:
    """Another tablet by lot for the comparison, with the reason."""
    locking.draw_again(number=number, reason=request.form.get("reason", ""), by=actor())
    return page_of(number)


# -- voting ----------------------------------------------------------------------------------


@bp.post(f"{ONE}/open")
@allow(*LEADERS)
def open_voting(number: int) -> Response:
    voting.open_voting(number=number, by=actor())
    return page_of(number)


@bp.post(f"{ONE}/slip-state")
@allow(*LEADERS)
def look_up(number: int) -> str:
    """Whether a slip has voted; like the voter's own question, it is stored nowhere."""
    raw = request.form.get("slip", "")[:64]
    used = voting.look_up(number=number, raw=raw, boxes=boxes(), key=keys().tokens)
    return render_template("ballot/_slip_state.html", used=used)


@bp.post(f"{ONE}/robbed")
@allow(*LEADERS)
def record_robbed(number: int) -> Response:
    issuing.record_robbed(number=number, by=actor())
    return page_of(number)


@bp.post(f"{ONE}/helpers")
@allow(*STAFF)
def record_helper(number: int) -> Response:
    issuing.record_helper(number=number, name=request.form.get("name", ""), by=actor())
    return hx.done("rounds.page", number=number)


@bp.get(f"{ONE}/find")
@allow(*DESK)
def find(number: int) -> str:
    """People who are not on the list of electors, by any part of the name."""
    session = db.session()
    found = round_queries.round_of(session, number)
    search = request.args.get("q", "")[:100]
    listed = {row.delegate_id for row in roll_queries.roll(session, found.id)}
    named = people.delegates(session, search=search) if search.strip() else []
    free = [row for row in named if row.id not in listed and not row.is_guest]
    return render_template(
        "ballot/_found_electors.html",
        round=found,
        found=free[:MOST_FOUND],
        more=max(len(free) - MOST_FOUND, 0),
        searched=bool(search.strip()),
    )


@bp.post(f"{ONE}/roll/<int:delegate_id>")
@allow(*DESK)
def add_to_roll(number: int, delegate_id: int) -> Response:
    issuing.add_to_roll(
        number=number,
        delegate_id=delegate_id,
        witness_badge=request.form.get("badge", ""),
        reason=request.form.get("reason", ""),
        key=keys().badge,
        by=actor(),
    )
    return hx.go("issuing.page")


@bp.post(f"{ONE}/close")
@allow(*LEADERS)
def close_voting(number: int) -> Response:
    voting.close_voting(
        number=number,
        head_badge=request.form.get("head", ""),
        witness_badge=request.form.get("witness", ""),
        boxes=boxes(),
        key=keys().badge,
        by=actor(),
    )
    return page_of(number)
