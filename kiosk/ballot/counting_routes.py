"""The console's page of one round, from the sums by hand to the result and beyond."""

from __future__ import annotations

import json

from flask import Response, current_app, make_response, render_template, request

from kiosk.ballot import counting, paper_round, report, round_queries, rounds
from kiosk.ballot.judging import Typed
from kiosk.ballot.keys import clean as clean_code
from kiosk.ballot.rounds_routes import LOOKERS, ONE, boxes, bp, ceremony, keys, number_of, page_of
from kiosk.ballot.rules import Way
from kiosk.core import hx
from kiosk.core.access import LEADERS, actor, allow
from kiosk.core.db import db
from kiosk.core.errors import Refused

# -- the count -------------------------------------------------------------------------------


@bp.post(f"{ONE}/sums")
@allow(*LEADERS)
def record_sums(number: int) -> Response:
    counting.record_sums(
        number=number,
        slips=counting.Slips(
            left=number_of("left"),
            in_box=number_of("in_box"),
            lost=number_of("lost"),
            refused=number_of("refused"),
            note=request.form.get("note", ""),
        ),
        boxes=boxes(),
        by=actor(),
    )
    return page_of(number)


@bp.post(f"{ONE}/open-box")
@allow(*LEADERS)
def open_box(number: int) -> Response:
    """The codes of k tellers, each typed by its owner; they are in this request alone."""
    codes: dict[int, str] = {}
    for field, text in request.form.items():
        if field.startswith("code-") and field[5:].isdigit() and text.strip():
            code = clean_code(text)
            if code is None:
                raise Refused("ballot_code_wrong", slot=field[5:])
            codes[int(field[5:])] = code
    counting.open_box(
        number=number,
        codes=codes,
        boxes=boxes(),
        throttle=current_app.extensions["kiosk_ballot_throttle"],
        by=actor(),
    )
    return page_of(number)


@bp.post(f"{ONE}/entries")
@allow(*LEADERS)
def type_entry(number: int) -> Response:
    """One of the two independent typings of a round on paper or by hands (R15)."""
    found = round_queries.round_of(db.session(), number)
    places = range(len(found.candidates))
    votes = tuple(number_of(f"votes-{place}") for place in places)
    against = tuple(
        (number_of(f"against-{place}") if found.type.value == "B" else 0) for place in places
    )
    if found.way is Way.HANDS:
        # Nothing is handed out: everybody who was asked counts as one.
        asked = number_of("asked")
        issued = collected = valid = asked
        invalid = 0
    else:
        issued, collected = number_of("issued"), number_of("collected")
        valid, invalid = number_of("valid"), number_of("invalid")
    paper_round.type_entry(
        number=number,
        badge=request.form.get("badge", ""),
        typed=Typed(issued, collected, valid, invalid, votes, against),
        note=request.form.get("note", ""),
        key=keys().badge,
        by=actor(),
    )
    return page_of(number)


@bp.post(f"{ONE}/entries/drop")
@allow(*LEADERS)
def drop_entries(number: int) -> Response:
    paper_round.drop_entries(number=number, by=actor())
    return page_of(number)


@bp.post(f"{ONE}/entries/take")
@allow(*LEADERS)
def take_entries(number: int) -> Response:
    paper_round.take(number=number, by=actor())
    return page_of(number)


# -- the result ------------------------------------------------------------------------------


@bp.post(f"{ONE}/read")
@allow(*LEADERS)
def read_out(number: int) -> Response:
    place = request.form.get("place", type=int)
    counting.read_out(number=number, place=place, by=actor())
    return page_of(number)


@bp.post(f"{ONE}/declare")
@allow(*LEADERS)
def declare(number: int) -> Response:
    counting.declare(number=number, by=actor())
    return page_of(number)


@bp.post(f"{ONE}/put-away")
@allow(*LEADERS)
def put_away(number: int) -> Response:
    counting.put_away(number=number, by=actor())
    return page_of(number)


@bp.post(f"{ONE}/complaint")
@allow(*LEADERS)
def complaint(number: int) -> Response:
    counting.record_complaint(number=number, words=request.form.get("words", ""), by=actor())
    return page_of(number)


@bp.post("/console/ballot/smaller")
@allow(*LEADERS)
def ask_smaller() -> Response:
    rounds.ask_smaller(to=number_of("to", least=1), by=actor())
    return hx.go("console.home")


@bp.post("/console/ballot/stop")
@allow(*LEADERS)
def ask_stop() -> Response:
    rounds.ask_stop(by=actor())
    return hx.go("console.home")


@bp.post(f"{ONE}/void")
@allow(*LEADERS)
def ask_void(number: int) -> Response:
    rounds.ask_void(number=number, reason=request.form.get("reason", ""), by=actor())
    return page_of(number)


@bp.post(f"{ONE}/void/confirm")
@allow(*LEADERS)
def confirm_void(number: int) -> Response:
    rounds.void(number=number, boxes=boxes(), by=actor())
    ceremony().forget(number)
    return page_of(number)


@bp.get(f"{ONE}/report")
@allow(*LOOKERS)
def report_page(number: int) -> str:
    """D6, the tellers' report, as data on a page; the paper comes from the same facts."""
    session = db.session()
    found = round_queries.round_of(session, number)
    return render_template("ballot/report.html", report=report.facts(session, found), round=found)


@bp.post(f"{ONE}/export")
@allow(*LEADERS)
def export_file(number: int) -> Response:
    """The opened round as a file for the tellers, to be counted again by `kiosk ballot verify`."""
    session = db.session()
    found = round_queries.round_of(session, number)
    made = json.dumps(report.export_of(session, found), ensure_ascii=False, indent=1)
    response = make_response(made.encode())
    response.headers["Content-Type"] = "application/json"
    name = f"kiem-lai-luot-{number}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
