"""The doors of the hall (design 2.3), and where it is reached at this moment.

A request enters by one of three doors. The server decides which from the two ends of the socket
and never from a header, and writes the answer into the request's environment before any other code
sees it. A server that writes nothing there (tests, `wsgi.py`) is this laptop's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Any

from flask import current_app

#: Where the environment of a request names its door.
KEY = "kiosk.door"

#: Names of this laptop for itself.
THIS_LAPTOP = ("127.0.0.1", "localhost")


class Door(StrEnum):
    """How a request came in."""

    #: Plain, and both ends lie in this laptop: the whole application.
    LOOPBACK = "loopback"
    #: Plain, over the network: `/trust` and nothing else.
    LAN = "lan"
    #: Encrypted, wherever it comes from: the whole application.
    TLS = "tls"


def of_socket(local: str, peer: str, *, encrypted: bool) -> Door:
    """The door of a connection, by its own two addresses.

    Both ends must lie in this laptop: a system that routed a packet for 127.0.0.1 in from outside
    (`route_localnet`) would otherwise open the whole application to the network.
    """
    if encrypted:
        return Door.TLS
    both = ip_address(local).is_loopback and ip_address(peer).is_loopback
    return Door.LOOPBACK if both else Door.LAN


def of_request(environ: Mapping[str, Any]) -> Door:
    return Door(environ.get(KEY, Door.LOOPBACK))


@dataclass(frozen=True)
class Hall:
    """Where the hall is reached; replaced as a whole when an address of the laptop changes."""

    #: Encrypted addresses for other machines, the best first: `https://192.168.1.10:8443`.
    encrypted: tuple[str, ...] = ()
    #: Where a new machine learns to trust them: `http://192.168.1.10:8080/trust`.
    trust: tuple[str, ...] = ()
    #: Names and addresses that the two doors for other machines answer to.
    hosts: frozenset[str] = frozenset()
    #: Port of the encrypted door; 0 where there is none.
    https_port: int = 0
    #: True where the server was told to listen on this laptop alone.
    alone: bool = False
    #: SHA-256 of the authority's certificate, 64 capital hex digits; empty where there is none.
    fingerprint: str = ""

    @property
    def best(self) -> str:
        """The address to give to another machine; empty while no network is there."""
        return self.encrypted[0] if self.encrypted else ""


def hall() -> Hall:
    """Where the hall of the present application is reached by other machines."""
    found: Hall = current_app.extensions.get("kiosk_hall", Hall())
    return found
