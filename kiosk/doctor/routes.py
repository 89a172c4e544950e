"""The go / no-go page of the console, its taps, and its two papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    url_for,
)

from kiosk.conference import badge_code
from kiosk.conference import queries as people
from kiosk.core import hx, jobs, live
from kiosk.core.access import PREPARERS, Role, actor, allow
from kiosk.core.checks import Check
from kiosk.core.clock import hhmm, utc_now
from kiosk.core.db import db
from kiosk.core.html import present_language
from kiosk.doctor import paper, report, services
from kiosk.doctor.measuring import Doctor
from kiosk.doctor.part_words import by_whom, part_state, part_word
from kiosk.doctor.queries import SelfTestRow
from kiosk.doctor.report import Report
from kiosk.doctor.subjects import subjects

bp = Blueprint("doctor", __name__)

#: Who may look; the chair looks and does not press.
LOOKERS = (*PREPARERS, Role.CHAIR)

#: Seconds for one page of paper.
LONGEST = 60.0

#: Where a check says that a person's tap mends it: the card of this very page.
TAPS, ANCHOR = "doctor.taps", "#tai-may"


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        part_word=lambda part: part_word(part, present_language()),
        part_said=_part_said,
    )
    hub: live.Hub = app.extensions["kiosk_live"]
    facts = frozenset({services.FACT, live.THE_CLOCK}).union(
        *(check.follows for check in subjects())
    )
    # Two topics of one region: who presses sees buttons, and a link only where it leads somewhere.
    for name, audience, presses in (
        ("doctor", frozenset(PREPARERS), True),
        ("doctor-look", frozenset({Role.CHAIR}), False),
    ):
        hub.add(
            live.Topic(
                name=name, audience=frozenset(audience), facts=facts, render=_region(presses)
            )
        )


def _region(presses: bool) -> Callable[[], Mapping[str, str]]:
    def render() -> Mapping[str, str]:
        return {"doctor-sheet": render_template("doctor/_sheet.html", **_scene(presses=presses))}

    return render


def _doctor() -> Doctor:
    found: Doctor = current_app.extensions["kiosk_doctor"]
    return found


def _scene(*, presses: bool) -> dict[str, Any]:
    made = _doctor().report(db.session())
    return {
        "report": made,
        "presses": presses,
        "language_now": present_language(),
        "link_of": _link_of,
        "group_words": {group: _word(words) for group, words in report.GROUPS.items()},
        "state_words": {state.value: _word(words) for state, words in report.STATES.items()},
        "asks_power": any(
            line.finding.code in {"power_unknown", "power_vouched", "power_denied"}
            for line in made.lines
        ),
        "test_code": badge_code.TEST,
        "test_grouped": badge_code.grouped(badge_code.TEST),
    }


def _part_said(row: SelfTestRow | None, is_spare: bool) -> str:
    """What is known of one part: `đạt, Lan, 06:45`."""
    english = present_language() == "en"
    state = part_state(row, is_spare=is_spare)
    if row is None:
        return state.en if english else state.vi
    who = by_whom(row)
    return ", ".join(
        [state.en if english else state.vi, who.en if english else who.vi, hhmm(row.at)]
    )


def _word(words: tuple[str, str]) -> str:
    return words[1 if present_language() == "en" else 0]


def _link_of(check: Check) -> str:
    """Where it is mended; empty where no page of this program mends it."""
    if check.page == TAPS:
        return ANCHOR
    # A room may name a page that this build has not.
    return url_for(check.page) if check.page in current_app.view_functions else ""


@bp.get("/console/doctor")
@allow(*LOOKERS)
def page() -> str:
    """The sheet as it stands; measuring is a press, never a look."""
    return render_template(
        "doctor/page.html", **_scene(presses=g.audience in {str(role) for role in PREPARERS})
    )


@bp.post("/console/doctor/measure")
@allow(*PREPARERS)
def measure() -> Response:
    """Measure the laptop in a process of its own; the stream brings the new sheet."""
    by = actor()
    # No snapshot is held open while the worker works.
    db.session.remove()
    _doctor().measure(by)
    return hx.done("doctor.page")


@bp.post("/console/doctor/taps/<part>")
@allow(*PREPARERS)
def tap(part: str) -> Response:
    """A person vouches for one thing at the laptop itself."""
    services.record_self_test(None, part, request.form.get("ok") == "1", actor())
    return hx.done("doctor.page")


@bp.post("/console/doctor/paper")
@allow(*PREPARERS)
def sheet_paper() -> Response:
    """The sheet to sign, as it stands now."""
    session = db.session()
    found: Report = _doctor().report(session)
    meeting = people.find_conference(session)
    order = paper.sheet(found, event=meeting.title if meeting else "")
    db.session.remove()
    made = jobs.run_job("doctor_sheet", order, timeout=LONGEST)
    services.note_sheet_printed(to_mend=len(found.to_mend), by=actor())
    return _pdf(made, "phieu-kiem-tra.pdf")


@bp.post("/console/doctor/test-page")
@allow(*PREPARERS)
def test_page() -> Response:
    """The page that shows whether this printer prints badges."""
    order = paper.test_page(at=utc_now(), rehearsal=_doctor().settings.rehearsal)
    db.session.remove()
    made = jobs.run_job("doctor_test_page", order, timeout=LONGEST)
    services.note_test_page_printed(by=actor())
    return _pdf(made, "trang-in-thu.pdf")


def _pdf(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
