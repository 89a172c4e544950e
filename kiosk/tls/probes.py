"""What phones, tablets and computers ask a network to learn whether it leads anywhere.

A hall without internet that answers nothing is left by Android for the mobile network (lesson 44).
The questions come as plain HTTP to port 80 of foreign names, so they are answered only where the
technician may bind port 80 and the router resolves those names to the laptop; never by a redirect,
which would read as a sign-in page. Each answer is the maker's own and tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One answer, as the maker of the device expects it."""

    status: str
    body: bytes = b""
    kind: str = "text/plain"


_EMPTY = Answer("204 No Content")
_APPLE = Answer(
    "200 OK",
    b"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>",
    "text/html",
)
_NETWORK_MANAGER = Answer("200 OK", b"NetworkManager is online\n")

#: Android and ChromeOS ask many names, each maker its own, but always one of these paths.
_ANY_NAME = {"/generate_204": _EMPTY, "/gen_204": _EMPTY}

_BY_NAME = {
    # iPad, iPhone, Mac
    ("captive.apple.com", "/"): _APPLE,
    ("captive.apple.com", "/hotspot-detect.html"): _APPLE,
    ("www.apple.com", "/library/test/success.html"): _APPLE,
    ("www.itools.info", "/library/test/success.html"): _APPLE,
    ("www.ibook.info", "/library/test/success.html"): _APPLE,
    ("www.airport.us", "/library/test/success.html"): _APPLE,
    ("www.thinkdifferent.us", "/library/test/success.html"): _APPLE,
    # Windows 10 and 11, then 7 and 8
    ("www.msftconnecttest.com", "/connecttest.txt"): Answer("200 OK", b"Microsoft Connect Test"),
    ("ipv6.msftconnecttest.com", "/connecttest.txt"): Answer("200 OK", b"Microsoft Connect Test"),
    ("www.msftncsi.com", "/ncsi.txt"): Answer("200 OK", b"Microsoft NCSI"),
    # Firefox, Debian and GNOME
    ("detectportal.firefox.com", "/success.txt"): Answer("200 OK", b"success\n"),
    ("network-test.debian.org", "/nm"): _NETWORK_MANAGER,
    ("nmcheck.gnome.org", "/check_network_status.txt"): _NETWORK_MANAGER,
    ("connectivity-check.ubuntu.com", "/"): _EMPTY,
}


def answer(host: str, path: str) -> Answer | None:
    """The answer to a question for a foreign name (without port); None for anything else. A name
    may end in the dot of the root: it is the same name."""
    host = host.removesuffix(".")
    if not host or host.endswith("."):
        return None
    return _ANY_NAME.get(path) or _BY_NAME.get((host.lower(), path))
