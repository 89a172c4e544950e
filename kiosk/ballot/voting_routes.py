"""The tablets' pages of the election. They listen to nothing (design 2.2, 5.3).

`/ballot` lies below no address of the service worker. Nothing here writes to a log or the book.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import BadRequest

from kiosk.ballot import photos, queries, round_queries, voting
from kiosk.ballot.boxes import Boxes
from kiosk.ballot.definition import Style
from kiosk.ballot.slip_throttle import SlipThrottle
from kiosk.ballot.voting import Page
from kiosk.core import follow, hx
from kiosk.core.access import ANYONE, Kind, actor, allow
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.follow import TabletAct
from kiosk.core.html import allow_camera
from kiosk.core.keys import Keys

bp = Blueprint("voting", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    for act in (
        TabletAct(
            name="ballot",
            endpoint="voting.page",
            rank=10,
            words=("Bỏ phiếu", "Voting"),
            is_open=round_queries.is_voting,
            facts=frozenset({"ballot"}),
            listens=False,
        ),
        TabletAct(
            name="ballot_box",
            endpoint="voting.box",
            rank=20,
            words=("Dấu của hòm phiếu", "Fingerprint of the box"),
            is_open=round_queries.is_locked,
            facts=frozenset({"ballot"}),
        ),
    ):
        follow.register(app, act)


def _boxes() -> Boxes:
    found: Boxes = current_app.extensions["kiosk_boxes"]
    return found


def _key() -> bytes:
    keys: Keys = current_app.extensions["kiosk_keys"]
    return keys.tokens


@bp.get("/ballot")
@allow(Kind.TABLET)
def page() -> Response:
    """Slip, ballot, review and thanks in one document; back to follow mode where none is open."""
    session = db.session()
    found = round_queries.voting_round(session)
    if found is None or found.lock is None:
        return hx.go("tablet.home") if _is_followed() else make_response(_waiting())
    return make_response(
        render_template(
            "ballot/voting.html",
            device=actor(),
            round=found,
            title=found.title,
            photos=photos.on_ballot(session, (each.candidate for each in found.candidates)),
            strikes=found.style is Style.STRIKE,
            camera=queries.election(session).camera,
            key=found.lock.public_key.hex(),
            definition=found.definition.as_json(),
        )
    )


def _is_followed() -> bool:
    """False for a tablet that is pinned to the ballot: `/tablet` would send it here again."""
    from kiosk.devices import queries as devices

    device = devices.device(db.session(), actor().id or 0)
    return device is None or device.task != "ballot"


def _waiting() -> str:
    return render_template("ballot/waiting.html", device=actor(), round=None)


@bp.get("/ballot/box")
@allow(Kind.TABLET)
def box() -> str:
    """The fingerprint of the locked box, large, made by this tablet from what it shows."""
    found = round_queries.locked_round(db.session())
    return render_template("ballot/box.html", device=actor(), round=found)


@bp.get("/ballot/camera")
@allow(Kind.TABLET)
def camera() -> Response:
    """A document of its own for the camera: it is given back before the ballot shows."""
    session = db.session()
    if round_queries.voting_round(session) is None or not queries.election(session).camera:
        return hx.go("tablet.home")
    allow_camera()
    return make_response(render_template("ballot/camera.html", device=actor()))


def _told() -> dict[str, Any]:
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        raise BadRequest
    return said


def _page_of(said: dict[str, Any]) -> Page:
    number, mark = said.get("round"), said.get("fingerprint")
    if not str(number).isdecimal() or len(str(number)) > 6 or not isinstance(mark, str):
        raise BadRequest
    return Page(int(str(number)), mark[:64])


@contextmanager
def _counting_guesses() -> Iterator[None]:
    """Numbers that are no slip cost this tablet time, whichever of the two questions brings them.

    Raises:
        Refused: `ballot_slips_wait`.
    """
    device = actor().id or 0
    guesses: SlipThrottle = current_app.extensions["kiosk_slip_throttle"]
    guesses.ensure_may_try(device)
    try:
        yield
    except Refused as refused:
        if refused.code == "ballot_slip_unknown":
            guesses.note_unknown(device)
        raise


@bp.post("/ballot/slip")
@allow(Kind.TABLET)
def check_slip() -> tuple[str, int]:
    """Whether a slip may vote now; nothing is spent by asking."""
    said = _told()
    with _counting_guesses():
        voting.check_slip(
            raw=str(said.get("slip", ""))[:64], page=_page_of(said), boxes=_boxes(), key=_key()
        )
    return "", 204


@bp.post("/ballot/cast")
@allow(Kind.TABLET)
def cast() -> tuple[str, int]:
    """The one request of a ballot. 204 for the first time and every time again."""
    said = _told()
    with _counting_guesses():
        voting.cast(
            raw=str(said.get("slip", ""))[:64],
            sealed=str(said.get("sealed", ""))[:4096],
            page=_page_of(said),
            boxes=_boxes(),
            key=_key(),
        )
    return "", 204


@bp.get("/ballot/promise")
@allow(ANYONE)
def promise() -> str:
    """For delegates: what this vote can promise and what it cannot, in plain words."""
    return render_template("ballot/promise.html")
