"""htmx, by htmx-flask, behind one door.

htmx-flask 0.1.0 leaves Vietnamese headers percent-encoded, takes a history restore for a fragment
request, and its `make_response` refuses valid swap styles; the rooms see only what is mended here.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from flask import Flask, Response, make_response, redirect, request, url_for
from htmx_flask import Htmx
from htmx_flask import request as htmx_request

_htmx = Htmx()


def init_app(app: Flask) -> None:
    _htmx.init_app(app)

    @app.after_request
    def _vary(response: Response) -> Response:
        # One address may answer a page or its fragment; no cache may mix them up.
        response.vary.add("HX-Request")
        return response


def wants_fragment() -> bool:
    """True when htmx asks for a region; False for whole pages, history restores included."""
    htmx = htmx_request.htmx
    return bool(htmx) and not htmx.history_restore_request


def prompt() -> str:
    """What a person typed into `hx-prompt`, decoded."""
    raw = request.headers.get("HX-Prompt", "")
    encoded = request.headers.get("HX-Prompt-URI-AutoEncoded") == "true"
    return unquote(raw) if encoded else raw


def go(endpoint: str, **values: Any) -> Response:
    """Send the browser to another page: 303 after a form, `HX-Redirect` after an htmx request."""
    where = url_for(endpoint, **values)
    if wants_fragment():
        response = make_response("", 204)
        # Header values are Latin-1 on the wire; a Vietnamese address must be percent-encoded.
        response.headers["HX-Redirect"] = quote(where, safe="/?&=%#:+~-._")
        return response
    return make_response(redirect(where, code=303))


def done(endpoint: str, **values: Any) -> Response:
    """An act on a page that keeps itself up to date: it hears `kiosk-done` and looks again.

    A browser without htmx is sent to `endpoint` instead.
    """
    if not wants_fragment():
        return go(endpoint, **values)
    response = make_response("", 204)
    response.headers["HX-Trigger"] = "kiosk-done"
    return response
