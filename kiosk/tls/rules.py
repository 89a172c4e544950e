"""Which addresses and names a certificate of the hall may carry, and when it must be renewed. Pure.

Sources: RFC 5280 4.2.1.10 (name constraints), RFC 6762 (`.local`), the IANA registry of special
addresses; Apple's and the CA/Browser Forum's 398 days for a leaf (packages.md 3.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address, ip_network

#: Addresses that no router carries over the internet. A laptop that also has a public address does
#: not serve the hall there.
NETWORKS = tuple(
    map(
        ip_network,
        (
            "10.0.0.0/8",  # RFC 1918, as are the next two
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",  # RFC 3927: two machines on one cable
            "100.64.0.0/10",  # RFC 6598: some mobile hotspots
            "192.0.2.0/24",  # RFC 5737, as are the next two: laboratories and containers
            "198.51.100.0/24",
            "203.0.113.0/24",
            "198.18.0.0/15",  # RFC 2544: the same
        ),
    )
)

#: For the browsers of this laptop itself.
LOOPBACK = ip_network("127.0.0.0/8")

#: The hall listens on IPv4 alone (decision 15). These are permitted beside it because the
#: constraints of an authority that tablets already trust can never be widened.
LATER = IPv6Network("fc00::/7")

#: Every name below it is somebody's on the same network, and nobody's on the internet.
LOCAL = "local"

#: No host of the internet is ever called so.
NOBODY = "nobody.invalid"

#: A leaf lives this long from its making; well under the 398 days that Apple allows.
LEAF_LIVES = timedelta(days=120)
#: And is renewed this long before its end.
LEAF_RENEWED = timedelta(days=40)
#: Certificates hold from this long before their making: the clock of an old tablet is behind.
LEAF_BACK = timedelta(days=30)
#: An authority outlives every conference that an instance folder may see.
AUTHORITY_LIVES = timedelta(days=1826)
AUTHORITY_BACK = timedelta(days=366)

#: No clock that shows less is right: this program did not exist.
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)

#: Adapters of virtual machines and containers: tablets are hardly ever behind one of these.
_VIRTUAL = re.compile(r"docker|veth|virbr|br-|vmnet|vbox|virtualbox|vmware|hyper-v|wsl|tun|tap|zt")


def is_lan(address: str) -> bool:
    """True for an IPv4 address at which the hall may be reached by other machines."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return isinstance(found, IPv4Address) and any(found in network for network in NETWORKS)


def host_label(hostname: str) -> str:
    """The laptop's own name in small letters, without a domain; empty where a name on the network
    cannot be made of it (`máy_thư_ký`, `localhost`)."""
    label = hostname.partition(".")[0].lower()
    if label == "localhost" or label.isdigit() or not _LABEL.fullmatch(label):
        return ""
    return label


def bare_label(hostname: str) -> str:
    """The same name for use without `.local`, or nothing.

    A name that permits itself permits everything below it (RFC 5280): an authority for `office`
    could sign `bank.office`, and that is a place on the internet. No top-level domain holds a digit
    or a hyphen, but for those that begin with `xn--`.
    """
    label = host_label(hostname)
    safe = not label.isalpha() and not label.startswith("xn--")
    return label if safe else ""


def names_of(hostname: str, *, permitted_bare: str) -> tuple[str, ...]:
    """The names that a leaf carries. `permitted_bare` is what its authority may sign: a copy that
    is restored on another laptop keeps the authority of the first."""
    label, bare = host_label(hostname), bare_label(hostname)
    found = [f"{label}.{LOCAL}"] if label else []
    if bare and bare == permitted_bare:
        found.append(bare)
    return (*found, "localhost")


@dataclass(frozen=True)
class Adapter:
    """One address of one network adapter."""

    adapter: str
    address: str


def ordered(found: Iterable[Adapter], *, preferred: str = "") -> tuple[str, ...]:
    """The LAN addresses, the one to print first first.

    `preferred` is the address from which this laptop reaches the rest of the network. Behind it
    come real adapters, then those of virtual machines, at last addresses that a machine has given
    itself because nobody else did.
    """

    def place(each: Adapter) -> tuple[bool, bool, bool, int, int]:
        address = IPv4Address(each.address)
        home = next(at for at, network in enumerate(NETWORKS) if address in network)
        virtual = bool(_VIRTUAL.search(each.adapter.lower()))
        return each.address != preferred, address.is_link_local, virtual, home, int(address)

    lan = sorted((each for each in found if is_lan(each.address)), key=place)
    return tuple(dict.fromkeys(each.address for each in lan))


@dataclass(frozen=True)
class Wanted:
    """What the leaf must carry."""

    names: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Issued:
    """What a leaf that lies in the folder carries."""

    names: tuple[str, ...]
    addresses: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    #: SHA-256 of the authority that signed it, 64 hex digits.
    authority: str


@dataclass(frozen=True)
class Authority:
    """What everybody may know of the authority; nothing that could sign."""

    #: Its certificate, what a tablet installs.
    der: bytes
    #: SHA-256 of it, 64 capital hex digits.
    mark: str
    #: The name of the laptop without `.local` that it may sign (`bare_label`).
    bare: str
    not_before: datetime
    not_after: datetime

    @property
    def made_at(self) -> datetime:
        """What the laptop's clock showed when it was made."""
        return self.not_before + AUTHORITY_BACK

    def holds(self, now: datetime) -> bool:
        return self.not_before <= now <= self.not_after

    def is_of_a_wrong_clock(self, now: datetime) -> bool:
        """True for one that no device will ever accept, made when the clock showed a time before
        this program: it may be replaced. Any other that does not hold now is left to people: the
        clock that shows *now* may be the wrong one."""
        return self.made_at < RELEASED <= now and not self.holds(now)


def leaf_made_at(now: datetime, authority: Authority) -> datetime:
    """The time from which a leaf counts: the clock's, unless it shows an impossible one."""
    return now if now >= RELEASED else max(RELEASED, authority.made_at)


def needs_renewal(
    issued: Issued | None, wanted: Wanted, *, authority: Authority | None, now: datetime
) -> str:
    """Why a leaf must be made: a word for the book, or nothing while the present one fits.

    `authority`: the authority before it must be made anew too. An address that is gone is no
    reason: a cable that is pulled out and put back would otherwise make two certificates. A clock
    that shows an impossible time is none either: the present leaf may well hold for every device.
    """
    if authority is not None and authority.is_of_a_wrong_clock(now):
        return "authority"
    if issued is None or authority is None or issued.authority != authority.mark:
        return "none"
    if not set(wanted.addresses) <= set(issued.addresses):
        return "address"
    if not set(wanted.names) <= set(issued.names):
        return "name"
    if now >= RELEASED and not issued.not_before <= now <= issued.not_after - LEAF_RENEWED:
        return "time"
    return ""


def grouped(fingerprint: str) -> tuple[str, ...]:
    """A fingerprint as people compare it: sixteen groups of four."""
    return tuple(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
