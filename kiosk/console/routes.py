"""The secretary's home: the day, the moment, the hall; and the conference book."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    make_response,
    render_template,
    request,
)

from kiosk.agenda import attachments, wall
from kiosk.agenda import queries as agendas
from kiosk.checkin import queries as presences
from kiosk.conference import queries as people
from kiosk.console.book_words import Reader
from kiosk.core import audit, live
from kiosk.core.access import STAFF, Role, allow
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.core.html import present_language
from kiosk.devices import queries as devices
from kiosk.devices.pulse import PULSE
from kiosk.devices.waiting import waiting_room
from kiosk.motions import queries as motions
from kiosk.motions.rules import needed
from kiosk.pledge import queries as pledges

bp = Blueprint("console", __name__)

#: Lines of the book on one page.
PAGE = 100


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    hub = app.extensions["kiosk_live"]
    staff = frozenset(STAFF)
    hub.add(
        live.Topic(
            name="console",
            audience=staff,
            facts=frozenset(
                {
                    "presence",
                    "agenda",
                    "motions",
                    "ballot",
                    "turnout",
                    "pledge",
                    "conference",
                    "roster",
                    "devices",
                    PULSE,
                    "access",
                    "scans",
                    "backup",
                    "hall",
                    live.THE_CLOCK,
                }
            ),
            render=_regions,
        )
    )
    hub.add(
        live.Topic(
            name="devices",
            audience=frozenset({Role.SECRETARY, Role.TECHNICIAN}),
            facts=frozenset({"devices", "access", "pairing", PULSE, live.THE_CLOCK}),
            render=_fleet_board,
        )
    )


def _fleet_board() -> Mapping[str, str]:
    return {
        "fleet-board": render_template(
            "devices/_board.html",
            devices=devices.devices(db.session()),
            waiting=waiting_room().count,
        )
    }


def _view() -> dict[str, Any]:
    session, now = db.session(), utc_now()
    meeting = people.find_conference(session)
    scene: dict[str, Any] = {
        "meeting": meeting,
        "language_now": present_language(),
        "backup": current_app.extensions["kiosk_backup"],
    }
    if meeting is None:
        return scene
    motion = motions.shown_motion(session)
    return scene | {
        "presence": presences.presence(session),
        "base": presences.base_in_force(session),
        "roster_now": people.roster_count(session).convened,
        "agenda": agendas.agenda(session, now),
        "papers": attachments.files_by_item(session),
        "wall": wall.wall_state(session),
        "motion": motion,
        "needed": needed,
        "past_motions": motions.motions(session),
        "pledge": pledges.pledge(session),
        "fleet": devices.devices(session, with_revoked=False),
        "scans": presences.latest_scans(session, limit=6),
        "undone": presences.latest_undone(session, limit=4),
        "gates": {row.id: row.name for row in devices.devices(session)},
    }


#: Each region of the home page and its template. A form stands in a region of its own that only
#: its own room changes, so that no arrival at a gate disturbs what the secretary is typing.
REGIONS = {
    "day": "console/_day.html",
    "moment": "console/_moment.html",
    "motion-panel": "console/_motion.html",
    "pledge-panel": "console/_pledge.html",
    "shown": "console/_shown.html",
    "ballot-card": "ballot/_card.html",
    "presence-card": "console/_presence.html",
    "fleet-card": "console/_fleet.html",
    "hall-card": "tls/_card.html",
    "scans-card": "console/_scans.html",
    "backup-card": "backup/_card.html",
}


def _regions() -> Mapping[str, str]:
    view = _view()
    return {dom_id: render_template(name, **view) for dom_id, name in REGIONS.items()}


@bp.get("/console")
@allow(*STAFF)
def home() -> str:
    return render_template("console/home.html", **_view())


@bp.get("/console/regions")
@allow(*STAFF)
def regions() -> Response:
    """All regions at once, each put in its own place: what a page asks for after its own act."""
    parts = [
        re.sub(rf'(id="{dom_id}")', r'\1 hx-swap-oob="true"', html, count=1)
        for dom_id, html in _regions().items()
    ]
    return make_response("\n".join(parts))


@bp.get("/console/book")
@allow(Role.SECRETARY, Role.CHAIR, Role.TECHNICIAN)
def book() -> str:
    """The conference book, newest first, and whether its chain is whole."""
    session = db.session()
    before = request.args.get("before", type=int)
    lines = list(audit.read(session, newest_first=True, limit=PAGE, before=before))
    reader = Reader(session, language=present_language())
    return render_template(
        "console/book.html",
        lines=[reader.read(line) for line in lines],
        older=lines[-1].seq if len(lines) == PAGE and lines[-1].seq > 1 else None,
        first_break=audit.first_break(session) if "check" in request.args else None,
        checked="check" in request.args,
    )
