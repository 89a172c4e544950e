"""The cookies of the hall, and by which name a browser keeps them at each door.

Cookies ignore port and scheme: whoever changes what the plain door says on its way can put a cookie
into a browser that the encrypted door would then hear. So over TLS every cookie is called
`__Host-…`, and no other is heard: a browser takes that name only over TLS, with Secure, for the
whole host and no other (RFC 6265bis 4.1.3). The laptop's own plain door cannot set such a cookie,
and needs none: nobody stands between a laptop and itself.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, Response, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.utils import cached_property

#: What a browser accepts from an encrypted door alone.
HOST = "__Host-"


class _HearsItsDoor(Request):
    """A request that hears only the cookies of its own door, by the names that rooms know."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        sent = super().cookies
        if not self.is_secure:
            return sent
        return ImmutableMultiDict(
            [
                (name.removeprefix(HOST), value)
                for name, value in sent.items(multi=True)
                if name.startswith(HOST)
            ]
        )


def init_app(app: Flask) -> None:
    """Let requests hear the cookies of their own door alone. After whatever else gives the
    application a request class of its own (htmx does)."""
    app.request_class = type("HallRequest", (_HearsItsDoor, app.request_class), {})


def set_cookie(response: Response, name: str, value: str, *, days: float) -> None:
    """HttpOnly and SameSite=Strict always; wherever the page came over TLS also Secure, and by a
    name that nobody can plant."""
    response.set_cookie(_kept_as(name), value, max_age=int(days * 86_400), **_always())


def drop_cookie(response: Response, name: str) -> None:
    """Take a cookie of `set_cookie` back from the browser."""
    response.delete_cookie(_kept_as(name), **_always())


def _kept_as(name: str) -> str:
    return f"{HOST}{name}" if request.is_secure else name


def _always() -> dict[str, Any]:
    # Never a Domain: a browser would refuse the name, and every host below would hear the cookie.
    return {"path": "/", "secure": request.is_secure, "httponly": True, "samesite": "Strict"}
