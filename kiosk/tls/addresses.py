"""The addresses that this machine has now, as its operating system says."""

from __future__ import annotations

import socket

from kiosk.tls import rules

#: An address of documentation (RFC 5737): no packet is sent, the system is only asked which way
#: one would go.
_ELSEWHERE = ("203.0.113.1", 9)


def present() -> tuple[str, ...]:
    """The LAN addresses of this machine, the best one first; empty without a network. Never
    raises: a system that says nothing has no network."""
    import ifaddr

    try:
        found = [
            rules.Adapter(adapter=adapter.nice_name, address=str(each.ip))
            for adapter in ifaddr.get_adapters()
            for each in adapter.ips
            if each.is_IPv4
        ]
    except OSError:
        return ()
    return rules.ordered(found, preferred=_preferred())


def _preferred() -> str:
    """The address behind which the rest of the network lies; empty where none does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(_ELSEWHERE)
            return str(asking.getsockname()[0])
        except OSError:
            return ""


def hostname() -> str:
    return socket.gethostname()
