"""The wall. One page, one region; the stream brings each new picture."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Flask, render_template

from kiosk.core import live
from kiosk.core.access import STAFF, Kind, allow
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.core.html import present_language
from kiosk.projector.screens import wall as wall_now

bp = Blueprint("projector", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.extensions["kiosk_live"].add(
        live.Topic(
            name="wall",
            audience=frozenset({Kind.PROJECTOR, *STAFF}),
            facts=frozenset({"presence", "agenda", "motions", "conference", "roster"}),
            render=_regions,
        )
    )


def _regions() -> Mapping[str, str]:
    return {"wall": _picture()}


def _picture() -> str:
    now = wall_now(db.session(), utc_now())
    return render_template("projector/_wall.html", wall=now, language_now=present_language())


@bp.get("/projector")
@allow(Kind.PROJECTOR, *STAFF)
def wall() -> str:
    """For the projector's computer; staff may look at it from the console."""
    return render_template("projector/wall.html", picture=_picture())
