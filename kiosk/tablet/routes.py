"""What a tablet shows: the act that is open. Rooms with acts for tablets come later, so: calm."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Flask, render_template

from kiosk.conference import queries as people
from kiosk.core import live
from kiosk.core.access import Kind, actor, allow
from kiosk.core.db import db

bp = Blueprint("tablet", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.extensions["kiosk_live"].add(
        live.Topic(
            name="tablet",
            audience=frozenset({Kind.TABLET}),
            facts=frozenset({"conference"}),
            render=_regions,
        )
    )


def _regions() -> Mapping[str, str]:
    meeting = people.find_conference(db.session())
    return {"tablet-idle": render_template("tablet/_idle.html", meeting=meeting)}


@bp.get("/tablet")
@allow(Kind.TABLET)
def home() -> str:
    return render_template(
        "tablet/home.html", meeting=people.find_conference(db.session()), device=actor()
    )
