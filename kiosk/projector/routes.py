"""The wall. One page, one region; the stream brings each new picture."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Flask, render_template
from markupsafe import Markup

from kiosk.core import live
from kiosk.core.access import STAFF, Kind, allow, device_here
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.core.html import present_language
from kiosk.projector.screens import wall as wall_now

bp = Blueprint("projector", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    hub: live.Hub = app.extensions["kiosk_live"]
    hub.add(
        live.Topic(
            name="wall",
            audience=frozenset({Kind.PROJECTOR, *STAFF}),
            facts=_FACTS,
            render=_regions,
        )
    )
    # The same picture, small, for the console: a topic of the console's own stream, since a second
    # stream in every console page would soon use up a browser's connections (lessons 46).
    hub.add(
        live.Topic(
            name="preview",
            audience=frozenset(STAFF),
            facts=_FACTS | {live.THE_CLOCK},
            render=lambda: {"hall-preview": hall_preview()},
        )
    )
    # Faces do not import each other: the console's template asks for the picture by this name.
    app.jinja_env.globals["hall_preview"] = hall_preview


_FACTS = frozenset(
    {
        "presence",
        "agenda",
        "motions",
        "conference",
        "roster",
        "committees",
        "ballot",
        "turnout",
        "pledge",
    }
)


def _regions() -> Mapping[str, str]:
    return {"wall": _picture()}


def _picture(template: str = "projector/_wall.html") -> str:
    now = wall_now(db.session(), utc_now())
    return render_template(template, wall=now, language_now=present_language())


def hall_preview() -> Markup:
    """What the hall sees now, as a small picture without ids of its own."""
    return Markup(_picture("projector/_preview.html"))  # noqa: S704 (a template of ours, escaped)


@bp.get("/projector")
@allow(Kind.PROJECTOR, *STAFF)
def wall() -> str:
    """For the projector's computer; staff may look at it from the console."""
    return render_template(
        "projector/wall.html", picture=_picture(), device=device_here(Kind.PROJECTOR)
    )
