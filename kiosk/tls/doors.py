"""What each door lets in, decided before any page of the application sees the request.

| door | names it answers to | what it serves |
| this laptop, plain | `127.0.0.1`, `localhost` | everything |
| encrypted | the hall's names and addresses, and those of this laptop | everything but what is
  the laptop's own (`/internal`, `/start`) |
| network, plain | the hall's names and addresses | `/trust` and the files that its page needs |

The network's plain door reads no cookie and sets none: whoever listens there learns nothing, and
what is said there can move nothing. Probes of devices come with foreign names and are answered
beside all this (`probes.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.sansio.utils import host_is_trusted

from kiosk.core import doors
from kiosk.core.doors import Door, Hall
from kiosk.tls import probes

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

#: `/trust` and what its page is made of; nothing else of the program is served there.
_NEEDED = frozenset(
    {
        "/trust",
        "/trust/hall.crt",
        "/trust/hall.pem",
        "/static/css/tokens.css",
        "/static/css/base.css",
        "/static/img/favicon.svg",
        "/static/img/icons.svg",
    }
)
_NEEDED_BELOW = ("/static/fonts/", "/static/trust/")

#: Only for programs and people at the laptop itself; `core.access` says so once more.
_OF_THIS_LAPTOP = ("/internal/", "/start")

_SLASHES = re.compile("/{2,}")

#: A name that no door knows: the application answers it as it answers every stranger.
_NOBODY = "stranger.invalid"

_ELSEWHERE = """\
<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Kiosk</title></head>
<body><p>Địa chỉ này chỉ dùng để tin cậy máy chủ: <a href="/trust">mở trang tin cậy</a>.</p>
<p lang="en">This address only serves <a href="/trust">the page of trust</a>.</p></body></html>
"""


class Doors:
    """Stands before the application. `hall` tells where it is reached at this moment."""

    def __init__(self, app: Wsgi, hall: Callable[[], Hall]) -> None:
        self.app = app
        self.hall = hall

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        door, hall = doors.of_request(environ), self.hall()
        host = str(environ.get("HTTP_HOST", ""))
        path = str(environ.get("PATH_INFO", ""))
        names = _names(door, hall)
        # An empty list would trust every name.
        known = bool(names) and host_is_trusted(host, names)
        if not known and door is not Door.TLS and environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
            found = probes.answer(host.partition(":")[0], path)
            if found is not None:
                return _send(environ, start_response, found.status, found.body, found.kind)
        if not known:
            return self.app({**environ, "HTTP_HOST": _NOBODY}, start_response)
        # As the application will read it: there two slashes are one.
        if door is Door.TLS and _SLASHES.sub("/", path).startswith(_OF_THIS_LAPTOP):
            return _nothing_here(environ, start_response)
        if door is Door.LAN:
            return self._over_lan(environ, path, start_response)
        return self.app(environ, start_response)

    def _over_lan(
        self, environ: Environ, path: str, start_response: StartResponse
    ) -> Iterable[bytes]:
        asked = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        if asked and (path in _NEEDED or (path.startswith(_NEEDED_BELOW) and ".." not in path)):
            bare = {name: value for name, value in environ.items() if name != "HTTP_COOKIE"}
            return self.app(bare, _plainly(start_response))
        if asked and path == "/":
            # Whoever types the address alone.
            return _send(
                environ, start_response, "303 See Other", b"", "text/plain", Location="/trust"
            )
        return _nothing_here(environ, start_response)


def _names(door: Door, hall: Hall) -> list[str]:
    if door is Door.LOOPBACK:
        return list(doors.THIS_LAPTOP)
    return [*hall.hosts, *(doors.THIS_LAPTOP if door is Door.TLS else ())]


#: No cookie over a plain network; and a browser complains of the second one there.
_DROPPED = frozenset({"set-cookie", "cross-origin-opener-policy"})


def _plainly(start_response: StartResponse) -> StartResponse:
    def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        kept = [each for each in headers if each[0].lower() not in _DROPPED]
        return start_response(status, kept, *more)

    return started


def _nothing_here(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    return _send(environ, start_response, "404 Not Found", _ELSEWHERE.encode(), "text/html")


def _send(
    environ: Environ,
    start_response: StartResponse,
    status: str,
    body: bytes,
    kind: str,
    **more: str,
) -> Iterable[bytes]:
    headers = [
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'"),
    ]
    if body:
        headers.append(("Content-Type", f"{kind}; charset=utf-8"))
    if not status.startswith("204"):
        headers.append(("Content-Length", str(len(body))))
    start_response(status, [*headers, *more.items()])
    return [body] if environ["REQUEST_METHOD"] != "HEAD" else []
