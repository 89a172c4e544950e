"""A way out to the internet: looked for without sending a single packet.

A UDP socket that is connected asks the system's routing table for a way and binds to the address
of that way; nothing leaves the machine (RFC 8085 5.2 and connect(2): for a datagram socket only the
default peer is set). The peer is a documentation address (RFC 5737, RFC 3849), which no network
routes, so that even a stray packet would reach nobody. What it finds is a route, not proof that
the internet answers: the hall's own router may have no line behind it. A route is warned of all the
same, for nothing in this hall needs one.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

from kiosk.core.checks import Check, Finding, Group, Scene, good, register, say, unknown, warn

#: Documentation addresses: TEST-NET-1 to 3, and two far ends of 2001:db8::/32. All of a family
#: must have a way: one alone may be the hall's own network, numbered by somebody without a plan.
PEERS = {
    socket.AF_INET: ("192.0.2.1", "198.51.100.1", "203.0.113.1"),
    socket.AF_INET6: ("2001:db8::1", "2001:db8:ffff::1"),
}

#: What a system without a way answers; WinSock has numbers of its own (WSAENETUNREACH,
#: WSAEHOSTUNREACH), which Python's errno knows on Windows.
_NO_WAY = {
    number
    for name in ("ENETUNREACH", "EHOSTUNREACH", "WSAENETUNREACH", "WSAEHOSTUNREACH")
    if (number := getattr(errno, name, None)) is not None
}

#: "Discard" (RFC 863); nothing is sent to it.
PORT = 9

ROUTE, NO_ROUTE = "route_found", "route_none"


def route(scene: Scene) -> Iterator[Finding]:
    found = own_addresses()
    if found is None:
        yield Finding("route_unknown")
    elif found:
        yield Finding(ROUTE, {"address": ", ".join(found)})
    else:
        yield Finding(NO_ROUTE)


def own_addresses() -> list[str] | None:
    """This machine's own address on each way out; empty for no way, None where it cannot tell."""
    found, asked = [], 0
    for family, peers in PEERS.items():
        try:
            addresses = {_own_address(family, peer) for peer in peers}
            asked += 1
        except OSError as refused:
            # No route, or no such family on this machine; the latter says nothing.
            asked += refused.errno in _NO_WAY
            continue
        found += sorted(addresses - {"0.0.0.0", "::"})  # noqa: S104 (compared, not bound)
    return found if asked else None


def _own_address(family: int, peer: str) -> str:
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((peer, PORT))
        return str(probe.getsockname()[0])


register(
    Check(
        key="network.route",
        group=Group.NETWORK,
        order=900,
        name=("Đường ra Internet", "A way to the internet"),
        run=route,
        measured=True,
    )
)

say(
    {
        ROUTE: warn(
            ("Có đường ra mạng ngoài ({address})", "There is a way out ({address})"),
            (
                "Rút dây mạng ngoài hoặc tắt Wi-Fi, 4G trên máy này. Đã ghi vào nhật ký.",
                "Unplug the outside line, switch off its Wi-Fi or mobile data. It is in the book.",
            ),
        ),
        NO_ROUTE: good("Không có đường ra Internet", "There is no way to the internet"),
        "route_unknown": unknown(
            ("Không rõ", "Not known"),
            (
                "Xem máy có nối Wi-Fi hoặc dây mạng ngoài không.",
                "See whether it is on an outside Wi-Fi or cable.",
            ),
            blocks=False,
        ),
    }
)
