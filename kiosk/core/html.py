"""What every answer carries: security headers, the language, the token against forged requests."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_babel import Babel, get_locale
from werkzeug.exceptions import Forbidden

from kiosk.core import cookies
from kiosk.core.cookies import set_cookie

#: Cookie that names a browser, not a person; the token against forged requests is bound to it.
BROWSER = "kiosk_browser"
LANGUAGE = "kiosk_lang"
LANGUAGES = ("vi", "en")

_OURS = re.compile(r"[0-9a-f]{32}")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

#: No inline script, no style attribute, nothing from elsewhere. `wasm` only for pages that scan.
_POLICY = (
    "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; font-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)


def init_app(app: Flask) -> None:
    cookies.init_app(app)
    Babel(app, default_locale="vi", locale_selector=language)

    @app.before_request
    def _check_origin() -> None:
        check_request()

    @app.after_request
    def _headers(response: Response) -> Response:
        wasm = " 'wasm-unsafe-eval'" if g.get("scans") else ""
        response.headers.setdefault("Content-Security-Policy", _POLICY.format(wasm=wasm))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        camera = "(self)" if g.get("scans") else "()"
        response.headers["Permissions-Policy"] = (
            f"camera={camera}, microphone=(), geolocation=(), payment=(), usb=()"
        )
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        fresh = g.get("new_browser")
        if fresh:
            set_cookie(response, BROWSER, fresh, days=30)
        return response

    app.jinja_env.globals.update(csrf_token=csrf_token, language=language)


def language() -> str:
    """What this browser chose, else the setting `language`."""
    chosen = request.cookies.get(LANGUAGE) if request else None
    if chosen in LANGUAGES:
        return chosen
    return str(current_app.extensions["kiosk_settings"].language)


def present_language() -> str:
    """The language in force, also where a stream is drawn without a browser."""
    return str(get_locale() or "vi")


def allow_camera() -> None:
    """The present page scans: let it use the camera and the decoder."""
    g.scans = True


def _browser() -> str:
    known = request.cookies.get(BROWSER, "")
    if _OURS.fullmatch(known):
        return known
    if "new_browser" not in g:
        g.new_browser = secrets.token_hex(16)
    return str(g.new_browser)


def csrf_token() -> str:
    """The token that this browser's forms carry, 32 hex digits."""
    key: bytes = current_app.extensions["kiosk_keys"].forms
    return hmac.new(key, _browser().encode(), hashlib.sha256).hexdigest()[:32]


def _origin_of(sent: str) -> str:
    """Scheme, host and port of an `Origin`; empty for one that no browser sends."""
    try:
        parts = urlsplit(sent)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def check_request() -> None:
    """Refuse a changing request that another site, or no page of ours, has sent.

    Three signs, each enough to refuse: `Origin`, `Sec-Fetch-Site` (absent on a plain LAN address,
    so its absence proves nothing), and the token from our own page.
    """
    if request.method in SAFE_METHODS or request.endpoint is None:
        return
    view = current_app.view_functions.get(request.endpoint)
    if getattr(view, "checks_own_key", False):
        return
    origin = request.headers.get("Origin")
    # With the scheme: whoever can change what goes over the plain door has a page of this host too.
    if origin is not None and _origin_of(origin) != f"{request.scheme}://{request.host}":
        raise Forbidden("origin")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden("site")
    sent = request.headers.get("X-CSRF-Token") or request.form.get("_csrf", "")
    if not hmac.compare_digest(sent.encode(), csrf_token().encode()):
        raise Forbidden("token")
