"""What every device's page needs around it: the beat, the app it installs as, the page for the time
when the server is away."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

from flask import Response, current_app, jsonify, make_response, render_template, request, url_for

from kiosk.core import access, follow, live
from kiosk.core.access import ANYONE, Kind, allow
from kiosk.devices import rules
from kiosk.devices.blueprint import bp
from kiosk.devices.pulse import Beat, pulses

#: Bytes of a beat; ours have about 200.
LARGEST_BEAT = 2_000

#: Colours of the installed app: `--son` and `--paper` of tokens.css (a test compares them).
LACQUER, PAPER = "#8b1118", "#ffffff"


@bp.post("/beat")
@allow(*Kind)
def beat() -> Response:
    """A device's page says that it lives, and how. Answers 204 and changes nothing on the screen.

    JSON: `device`, `sent` (the device's clock, ms since 1970), `round_trip` (ms of the beat
    before), `battery` (0 to 1 or null), `charging`, `page` (its version), `shows`, `untouched`
    (seconds), `quiet` (seconds for which it will say nothing, design 5.3). The headers of the
    answer tell the server's time and the version of its pages, for pages without a stream.
    """
    received = time.time()
    request.max_content_length = LARGEST_BEAT
    said = _said()
    here = {
        caller.actor.id
        for caller in access.callers(request.cookies)
        if caller.actor.kind == "device"
    }
    device_id = said.get("device")
    if not isinstance(device_id, int) or device_id not in here:
        # This cookie is another device's by now: the page asks anew what it is.
        return make_response("", 409)
    version = live.hub().version
    pulses().heard(device_id, _beat_of(said, received, version))
    response = make_response("", 204)
    response.headers["X-Kiosk-Now"] = f"{received * 1000:.0f}"
    response.headers["X-Kiosk-Page"] = version
    return response


def _said() -> dict[str, Any]:
    """The fields of a beat; none where the body is no JSON of ours."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:  # a thousand brackets; no ValueError, so `silent` does not cover it
        return {}
    return sent if isinstance(sent, dict) else {}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:  # four hundred digits
        return None
    return number if abs(number) < 1e15 else None  # false for nan and infinity too


#: Versions of pages as `core.page_version` makes them.
_VERSION = re.compile(r"[0-9a-f]{12}")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _beat_of(said: dict[str, Any], received: float, version: str) -> Beat:
    """What can be believed of a beat. A device tells about itself alone, so nothing is refused."""
    sent, round_trip = _number(said.get("sent")), _number(said.get("round_trip"))
    level, untouched = _number(said.get("battery")), _number(said.get("untouched"))
    quiet = _number(said.get("quiet")) or 0.0
    # What a device says goes onto pages and into logs: only words that this program knows itself.
    page, shows = _text(said.get("page")), _text(said.get("shows"))
    skew = None
    if sent is not None:
        skew = rules.clock_skew(
            sent=sent / 1000, round_trip=min(round_trip or 0.0, 60_000) / 1000, received=received
        )
    return Beat(
        battery=None if level is None else round(max(0.0, min(1.0, level)) * 100),
        is_charging=said.get("charging") is True,
        skew=skew,
        page=page if _VERSION.fullmatch(page) else "",
        has_old_page=page not in {"", version},
        shows=shows if shows in follow.screens() else "",
        untouched=None if untouched is None else max(0, int(untouched)),
        # Only such a page has a reason to be silent; any other would hide a dead device.
        quiet=max(0.0, min(rules.QUIET_MOST, quiet)) if shows in follow.silent() else 0.0,
    )


@bp.get("/manifest.webmanifest")
@allow(ANYONE)
def manifest() -> Response:
    """The app that 'add to home screen' makes: our pages in the whole screen."""
    icons = [
        {"src": f"/static/img/app-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    icons.append(
        {
            "src": "/static/img/app-maskable-512.png",
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        }
    )
    response = jsonify(
        id="/pair",
        name="Hội nghị",
        short_name="Hội nghị",
        lang="vi",
        # It leads on to the page of this device, and is answered while the server is away.
        start_url=url_for("devices.stranger"),
        scope="/",
        display="fullscreen",
        background_color=PAPER,
        theme_color=LACQUER,
        icons=icons,
    )
    response.mimetype = "application/manifest+json"
    return response


@bp.get("/away")
@allow(ANYONE)
def away() -> str:
    """Kept by the browser beforehand, shown while the server does not answer."""
    return render_template("devices/away.html")


@bp.get("/away.js")
@allow(ANYONE)
def away_worker() -> Response:
    """The service worker. It bears the pages' version, so browsers renew their copies."""
    worker = Path(current_app.root_path) / "static" / "js" / "away-worker.js"
    source = worker.read_text(encoding="utf-8")
    facts = {"version": live.hub().version, "page": url_for("devices.away")}
    script = f"'use strict';\nconst KEPT = {json.dumps(facts)};\n{source}"
    response = make_response(script)
    response.mimetype = "text/javascript"
    # The browser asks for it at each page of its scopes; it may stand at the root for all of them.
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Cache-Control"] = "no-cache"
    return response
