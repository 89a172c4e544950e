"""At the tablet: the page that waits for a badge, and the page of one turn (`signing.py`).

The first waits like any waiting page and follows the hall. The second listens to nothing and is a
page load of its own, without camera and decoder; it holds somebody's name, so it goes back after
90 seconds without a touch, and nothing of it is kept in the browser.
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request

from kiosk.conference import queries as people
from kiosk.core import follow, hx
from kiosk.core.access import Kind, actor, allow
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.follow import TabletAct
from kiosk.core.html import allow_camera, present_language
from kiosk.core.keys import Keys
from kiosk.core.messages import registered
from kiosk.pledge import ink, queries, services, signing

bp = Blueprint("signing", __name__)

_SAID_BY_THE_PAGE = (
    "pledge_ink_empty",
    "pledge_ink_dots",
    "pledge_ink_small",
    "pledge_ink_swipe",
)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    follow.register(
        app,
        TabletAct(
            name="pledge",
            endpoint="signing.home",
            # After an election, before opinions: an open signing is what the hall waits for.
            rank=20,
            words=("Ký giao ước", "Sign the pledge"),
            is_open=queries.is_open,
            facts=frozenset({services.FACT}),
        ),
    )


@bp.get("/pledge")
@allow(Kind.TABLET)
def home() -> Response:
    """Waits for a badge: camera, scanner or typed digits. Also while nothing is open, if pinned."""
    allow_camera()
    session = db.session()
    return make_response(
        render_template(
            "pledge/badge.html",
            device=actor(),
            pledge=queries.pledge(session),
            meeting=people.find_conference(session),
        )
    )


@bp.post("/pledge/badge")
@allow(Kind.TABLET)
def badge() -> Response:
    """A badge: on to the page of its turn, or one sentence why not."""
    keys: Keys = current_app.extensions["kiosk_keys"]
    token = signing.begin(code=request.form.get("code", ""), key=keys.badge, by=actor())
    return hx.go("signing.turn", token=token)


@bp.get("/pledge/visit/<token>")
@allow(Kind.TABLET)
def turn(token: str) -> Response:
    """Read, sign, look at it on the paper. A turn that is over leads back to the waiting page."""
    try:
        found = signing.visit(db.session(), token, device_id=actor().id)
    except Refused:
        return hx.go("tablet.home")
    return make_response(
        render_template("pledge/visit.html", device=actor(), visit=found, gentle=_gentle())
    )


def _gentle() -> dict[str, str]:
    """What the page may say of the ink before it asks the server, in the words of the server."""
    english = present_language() == "en"
    known = registered()
    return {code: known[code].en if english else known[code].vi for code in _SAID_BY_THE_PAGE}


@bp.post("/pledge/visit/<token>/sign")
@allow(Kind.TABLET)
def sign(token: str) -> str:
    """The strokes of a turn; the answer thanks, and takes the place of the whole page."""
    if (request.content_length or 0) > 2 * ink.BYTES_MOST:
        raise Refused("pledge_ink_too_much")
    given = signing.sign(
        token=token,
        text_sha256=request.form.get("text", ""),
        sent=request.form.get("ink", ""),
        by=actor(),
    )
    return render_template("pledge/_done.html", given=given)


@bp.post("/pledge/visit/<token>/leave")
@allow(Kind.TABLET)
def leave(token: str) -> Response:
    """Somebody walked away, or was not the person on the badge."""
    signing.leave(token=token, by=actor())
    return make_response("", 204)
