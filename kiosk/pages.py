"""What the templates of all rooms share, and the addresses that belong to no room.

`/live/<topics>` is the one stream, `/healthz` the sign of life.
"""

from __future__ import annotations

import json
import mimetypes
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import Blueprint, Flask, Response, current_app, g, jsonify, make_response, request
from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy import text
from werkzeug.exceptions import Forbidden, NotFound

import kiosk
from kiosk.conference import queries as people
from kiosk.conference.file_events import row_reason
from kiosk.config import Settings
from kiosk.core import access, live, qr, uploads
from kiosk.core.access import ANYONE, LEADERS, Role, allow
from kiosk.core.clock import dmy, hhmm, in_hall, utc_now
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.figures import percent
from kiosk.core.html import language, present_language
from kiosk.core.messages import sentence

bp = Blueprint("pages", __name__)

#: 20 MB of file and a little of form around it.
LARGEST_UPLOAD = uploads.LARGEST + 65_536


# A Windows registry may call these anything; under `nosniff` an ES module would then not run.
for _kind, _ending in (
    ("text/javascript", ".js"),
    ("application/wasm", ".wasm"),
    ("font/woff2", ".woff2"),
    ("image/svg+xml", ".svg"),
):
    mimetypes.add_type(_kind, _ending)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    settings: Settings = app.extensions["kiosk_settings"]
    app.jinja_env.globals.update(
        icon=icon,
        version=app.extensions["kiosk_live"].version,
        rehearsal=settings.rehearsal,
        refusal_sentence=refusal_sentence,
        now=utc_now,
        who=lambda: g.get("actor"),
        my_role=lambda: g.get("audience"),
        asset=asset,
        htmx_config=HTMX_CONFIG,
        meeting_title=meeting_title,
        console_bar=console_bar,
        qr_svg=qr_svg,
        percent=lambda part, whole: percent(part, whole, present_language()),
        row_reason=lambda finding: row_reason(finding.reason, finding.facts, present_language()),
    )
    app.jinja_env.filters.update(
        hhmm=hhmm, dmy=dmy, iso_hall=iso_hall, vn_date=vn_date, thousands=thousands
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def icon(name: str, extra: str = "") -> Markup:
    """One icon of the sprite; the word beside it carries the meaning."""
    where = f"/static/img/icons.svg#i-{name}"
    return Markup('<svg class="icon{}" aria-hidden="true"><use href="{}"></use></svg>').format(
        Markup(" ") + escape(extra) if extra else "", where
    )


#: What htmx may do: no eval, no history, refusals are swapped in, other errors are announced.
HTMX_CONFIG = json.dumps(
    {
        "includeIndicatorStyles": False,
        "allowEval": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        # Settling `style` would write an empty style attribute, which the policy forbids.
        "attributesToSettle": ["class"],
        "refreshOnHistoryMiss": True,
        "timeout": 30000,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "400|401|403|404|409|413|422|429|500|503", "swap": True, "error": False},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    },
    separators=(",", ":"),
)


def asset(path: str) -> str:
    """The address of a static file; the browser asks again by ETag, so no page is ever stale."""
    return f"/static/{path}"


def meeting_title() -> str:
    """The name of the conference; the program's own word before there is one."""
    found = people.find_conference(db.session())
    return found.title if found is not None else gettext("Hội nghị")


@dataclass(frozen=True)
class Part:
    """One page of the console's bar: endpoint, word, and the roles that see it."""

    endpoint: str
    word: str
    roles: tuple[str, ...]


def console_parts() -> list[tuple[str, list[Part]]]:
    """The groups of the console's bar, each with its pages; a group opens at its first page."""
    every = tuple(Role)
    preparers = (Role.SECRETARY, Role.TECHNICIAN)
    and_chair = (*preparers, Role.CHAIR)
    return [
        (
            gettext("Điều hành"),
            [
                Part("console.home", gettext("Điều hành"), every),
                Part("script.page", gettext("Lời dẫn"), LEADERS),
            ],
        ),
        (
            gettext("Bàn đón tiếp"),
            [Part("desk.home", gettext("Bàn đón tiếp"), (Role.SECRETARY, Role.DESK))],
        ),
        (
            gettext("Đại biểu"),
            [
                Part("conference.roster", gettext("Đại biểu"), every),
                Part("conference.import_page", gettext("Nhập danh sách"), preparers),
                Part("preparation.board", gettext("Thành phần điều hành"), and_chair),
                Part("documents.invitations", gettext("Giấy mời"), every),
            ],
        ),
        (gettext("Bầu cử"), [Part("ballot.home", gettext("Bầu cử"), and_chair)]),
        (
            gettext("Kế hoạch"),
            [
                Part("agenda.plan", gettext("Kế hoạch"), and_chair),
                Part("pledge.page", gettext("Giao ước thi đua"), and_chair),
            ],
        ),
        (
            gettext("Thiết bị"),
            [
                Part("devices.board", gettext("Thiết bị"), preparers),
                Part("doctor.page", gettext("Kiểm tra sẵn sàng"), and_chair),
                Part("staff.accounts", gettext("Tài khoản"), preparers),
            ],
        ),
        (gettext("Nhật ký"), [Part("console.book", gettext("Nhật ký"), and_chair)]),
    ]


def console_bar(role: str, endpoint: str) -> tuple[list[tuple[Part, bool]], list[Part], str]:
    """What one role sees of the bar: the groups, each with whether it is open; the pages of the
    open group, if there is a choice; and the page that is open."""
    here = open_part(endpoint)
    groups, pages = [], []
    for word, listed in console_parts():
        seen = [part for part in listed if role in part.roles]
        if not seen:
            continue
        is_open = any(part.endpoint == here for part in seen)
        groups.append((replace(seen[0], word=word), is_open))
        if is_open and len(seen) > 1:
            pages = seen
    return groups, pages, here


#: Pages that belong to a part of another name.
_PART_OF = {
    "items.page": "agenda.plan",
    "ballot.rule": "ballot.home",
    "rounds.page": "ballot.home",
    "rounds.report_page": "ballot.home",
    "pledge.text_page": "pledge.page",
    "pledge.version_page": "pledge.page",
    "pledge.one": "pledge.page",
    "checkin.person": "conference.roster",
    "desk.person": "desk.home",
    "desk.newcomer": "desk.home",
    "desk.substitute_page": "desk.home",
    "desk.paper_page": "desk.home",
    "devices.one": "devices.board",
    "devices.pairing_page": "devices.board",
}


def open_part(endpoint: str) -> str:
    """Which part of the console a page belongs to."""
    return _PART_OF.get(endpoint, endpoint)


def qr_svg(text: str, label: str) -> Markup:
    """A QR for a screen, drawn in the page."""
    return qr.svg(text, label=label)


def refusal_sentence(refused: Refused) -> str:
    return sentence(refused, present_language())


def iso_hall(moment: datetime | None) -> str:
    return "" if moment is None else in_hall(moment).isoformat(timespec="seconds")


def vn_date(day: date | None) -> str:
    """`ngày 12 tháng 3 năm 2026`, with Decree 30's zeros; `12 March 2026` in English."""
    if day is None:
        return ""
    if present_language() == "en":
        return f"{day.day} {day.strftime('%B')} {day.year}"
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def thousands(number: int) -> str:
    """1.234 in Vietnamese, 1,234 in English."""
    grouped = f"{number:,}"
    return grouped if present_language() == "en" else grouped.replace(",", ".")


@bp.get("/healthz")
@allow(ANYONE)
def healthz() -> Response:
    """For the technician and for tests: the server answers and the database can be read."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok", version=kiosk.__version__)


@bp.get("/live/<topics>")
@allow(ANYONE)
def stream(topics: str) -> Response:
    """The one stream of a page; every topic checks its own audience.

    With `?poll=1` the present state once, with an ETag: for servers and networks that hold no
    stream.
    """
    hub = live.hub()
    names = list(dict.fromkeys(topics.split("+")))
    if len(names) > 8 or any(name not in hub.topics for name in names):
        raise NotFound
    cookies = dict(request.cookies)

    def allowed(identities: list[access.Caller]) -> bool:
        return all(
            ANYONE in hub.topics[name].audience
            or access.admitted(hub.topics[name].audience, identities)
            for name in names
        )

    # Noted before a fresh look: a right that ends meanwhile must end this stream as well.
    rights = hub.rights
    db.session.rollback()
    present = access.callers(cookies)
    if not allowed(present):
        raise Forbidden
    if "poll" in request.args:
        return _poll(hub, names)
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def still_allowed() -> bool:
        # Its own context: the stream outlives the request and must not hold a connection.
        with app.app_context():
            return allowed(access.callers(cookies))

    response = Response(
        hub.listen(names, language(), still_allowed=still_allowed, rights=rights),
        mimetype="text/event-stream",
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _poll(hub: live.Hub, names: list[str]) -> Response:
    mark, html = hub.snapshot(names, language())
    etag = f'"{mark}"'
    now = in_hall(utc_now()).isoformat(timespec="milliseconds")
    if request.headers.get("If-None-Match") == etag:
        response = make_response("", 304)
    else:
        regions = [{"id": dom_id, "html": drawn} for dom_id, drawn in html.items()]
        response = jsonify(regions=regions, now=now, version=hub.version)
    response.headers["ETag"] = etag
    response.headers["X-Kiosk-Now"] = now
    response.headers["Cache-Control"] = "no-cache"
    return response
