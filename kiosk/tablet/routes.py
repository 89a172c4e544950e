"""What a tablet shows: the open act, unless it is told otherwise (follow mode, design 3)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Flask, Response, make_response, render_template, url_for
from markupsafe import Markup

from kiosk.conference import queries as people
from kiosk.core import follow, hx, live
from kiosk.core.access import Kind, actor, allow
from kiosk.core.db import db
from kiosk.core.follow import TabletAct
from kiosk.devices import queries as devices
from kiosk.devices.homes import HOME
from kiosk.devices.rules import shown_act

bp = Blueprint("tablet", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    # Shown while nothing is open: the gate where a tablet is told so, else calm.
    for act in (
        TabletAct("gate", "checkin.gate", 900, ("Quét thẻ", "Scan badges"), _never),
        TabletAct("idle", "tablet.home", 1000, ("Trang chờ", "Waiting page"), _never),
    ):
        follow.register(app, act)
    hub: live.Hub = app.extensions["kiosk_live"]
    hub.add(
        live.Topic(
            name="tablet",
            audience=frozenset({Kind.TABLET}),
            facts=frozenset({"conference"}),
            render=_regions,
        )
    )
    # Rooms stand below the faces, so every act is registered by now.
    acts: Mapping[str, TabletAct] = app.extensions["kiosk_acts"]
    hub.add(
        live.Topic(
            name="device",
            audience=frozenset(Kind),
            facts=frozenset({"devices"}).union(*(act.facts for act in acts.values())),
            render=lambda: {"device-facts": device_facts()},
        )
    )
    # The pages of gates and walls belong to others, who do not import this face.
    app.jinja_env.globals["device_facts"] = device_facts


def _never(_session: object) -> bool:
    return False


def _regions() -> Mapping[str, str]:
    meeting = people.find_conference(db.session())
    return {"tablet-idle": render_template("tablet/_idle.html", meeting=meeting)}


def device_facts() -> Markup:
    """Name and present address of every device: each page finds itself by its number.

    Drawn once for all, so it holds nothing that only one of them may know.
    """
    session = db.session()
    endpoints = {act.name: act.endpoint for act in follow.acts()}
    open_now = follow.open_acts(session)
    rows = []
    for device in devices.devices(session, with_revoked=False):
        endpoint = HOME[Kind(device.kind)]
        if device.kind == Kind.TABLET:
            shown = shown_act(task=device.task, open_now=open_now, known=endpoints)
            endpoint = endpoints[shown]
        rows.append((device, url_for(endpoint)))
    rows.sort(key=lambda row: row[0].id)
    drawn = render_template("tablet/_device_facts.html", rows=rows)
    return Markup(drawn)  # noqa: S704 (a template of ours, escaped)


@bp.get("/tablet")
@allow(Kind.TABLET)
def home() -> Response:
    """The open act's page, or the calm one. Every page of an act returns here when it is done."""
    session = db.session()
    device = devices.device(session, actor().id or 0)
    shown = shown_act(
        task=device.task if device is not None else "follow",
        open_now=follow.open_acts(session),
        known={act.name for act in follow.acts()},
    )
    if shown != "idle":
        return hx.go(next(act.endpoint for act in follow.acts() if act.name == shown))
    return make_response(
        render_template("tablet/home.html", meeting=people.find_conference(session), device=actor())
    )
