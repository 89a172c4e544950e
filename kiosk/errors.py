"""From an error to a page or a fragment; the code of the rooms never writes a sentence."""

from __future__ import annotations

import logging
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import (
    Forbidden,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    SecurityError,
    Unauthorized,
)

from kiosk.core import hx, uploads
from kiosk.core.errors import Refused
from kiosk.core.messages import status_of

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, refused)
    app.register_error_handler(Unauthorized, stranger)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OverflowError, too_large)
    app.register_error_handler(Exception, broken)


def refused(error: Refused) -> ResponseReturnValue:
    """A rule said no: one sentence, and the form the person filled in stays as it is."""
    status = status_of(error)
    if hx.wants_fragment():
        return notice(error, status)
    return render_template("errors/refused.html", refused=error, back=_page_before()), status


def _page_before() -> str:
    """The page of ours whose form was refused, for instance a print button; "" for any other."""
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host or not before.path.startswith(("/console", "/desk")):
        return ""
    return before.path + (f"?{before.query}" if before.query else "")


def notice(error: Refused, status: int) -> Response:
    """The sentence alone, put into the page's notice region."""
    response = make_response(render_template("_parts/notice.html", refused=error), status)
    response.headers["HX-Retarget"] = "#notice"
    response.headers["HX-Reswap"] = "innerHTML show:#notice:top"
    return response


def stranger(error: Unauthorized) -> ResponseReturnValue:
    """Nobody we know: staff pages ask to sign in, device pages to pair."""
    wants_staff = request.path.startswith(("/console", "/desk", "/sign-out"))
    # With its question: a pairing code that was scanned is there after signing in.
    path = request.full_path.removesuffix("?")
    where = (
        url_for("staff.sign_in_page", next=path if request.method == "GET" else None)
        if wants_staff
        else url_for("devices.stranger")
    )
    if hx.wants_fragment():
        response = make_response("", 401)
        response.headers["HX-Redirect"] = where
        return response
    if request.method == "GET" and request.accept_mimetypes.accept_html:
        return redirect(where, code=303)
    return http_error(error)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """400, 403, 404, 413 …: what happened, and where to go."""
    status = error.code or 500
    if isinstance(error, RequestEntityTooLarge):
        return refused(Refused("upload_too_large", megabytes=uploads.LARGEST // 1_000_000))
    if status < 400:
        return error.get_response()
    kind = {Forbidden: "forbidden", NotFound: "not_found"}.get(type(error), "bad_request")
    if isinstance(error, SecurityError):
        # A name that is not ours has no addresses to link to, and gets no cookie.
        return make_response(render_template("errors/bare.html", kind="stranger"), status)
    if hx.wants_fragment():
        response = make_response(
            render_template("_parts/http_notice.html", kind=kind, status=status), status
        )
        response.headers["HX-Retarget"] = "#notice"
        response.headers["HX-Reswap"] = "innerHTML show:#notice:top"
    else:
        response = make_response(
            render_template("errors/http.html", kind=kind, status=status), status
        )
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def too_large(error: OverflowError) -> ResponseReturnValue:
    """A number in the address that is larger than any row the database can hold: no such row."""
    log.info("no such number at %s %s: %s", request.method, request.path, error)
    return http_error(NotFound())


def broken(error: Exception) -> ResponseReturnValue:
    """Our own fault: a number for the technician on the screen, the story in the log."""
    incident = secrets.token_hex(3)
    log.exception("incident %s at %s %s", incident, request.method, request.path)
    try:
        return _broken_page(incident)
    except Exception:
        # The page itself needs what is broken, the database for one.
        log.exception("incident %s: its page could not be drawn", incident)
        bare = render_template("errors/bare.html", kind="broken", incident=incident)
        return make_response(bare, 500)


def _broken_page(incident: str) -> ResponseReturnValue:
    if hx.wants_fragment():
        response = make_response(
            render_template(
                "_parts/http_notice.html", kind="broken", status=500, incident=incident
            ),
            500,
        )
        response.headers["HX-Retarget"] = "#notice"
        response.headers["HX-Reswap"] = "innerHTML show:#notice:top"
        return response
    return render_template("errors/http.html", kind="broken", status=500, incident=incident), 500
