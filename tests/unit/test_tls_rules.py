"""Which names and addresses a certificate of the hall may carry, and when a new one is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import doors
from kiosk.core.doors import Door
from kiosk.doctor import rules as doctor_rules
from kiosk.tls import probes, rules
from kiosk.tls.rules import Adapter, Authority, Issued, Wanted

NOW = datetime(2026, 3, 12, 0, 30, tzinfo=UTC)

# -- addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["192.168.1.10", "10.0.0.1", "172.16.0.1", "172.31.255.254", "169.254.7.7", "100.64.3.4"],
)
def test_the_addresses_of_local_networks_are_served(address: str) -> None:
    assert rules.is_lan(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "113.160.1.1",
        "172.32.0.1",
        "192.169.0.1",
        "100.128.0.1",
        "127.0.0.1",
        "0.0.0.0",  # noqa: S104
        "255.255.255.255",
        "fd00::2",
        "::ffff:192.168.1.10",
        "hall.local",
        "1.2.3",
    ],
)
def test_no_other_address_is_served(address: str) -> None:
    assert not rules.is_lan(address)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_nothing_that_is_reached_over_the_internet_is_ever_served(address: IPv4Address) -> None:
    if address.is_global:
        assert not rules.is_lan(str(address))


def test_the_address_behind_which_the_network_lies_comes_first() -> None:
    found = [
        Adapter("docker0", "172.17.0.1"),
        Adapter("Wi-Fi", "169.254.3.3"),
        Adapter("VirtualBox Host-Only", "192.168.56.1"),
        Adapter("Wi-Fi", "10.1.1.9"),
        Adapter("Ethernet", "192.168.1.10"),
        Adapter("lo", "127.0.0.1"),
        Adapter("ppp0", "113.160.1.1"),
        Adapter("Ethernet", "10.1.1.9"),
    ]
    assert rules.ordered(found, preferred="192.168.1.10") == (
        "192.168.1.10",
        "10.1.1.9",
        "172.17.0.1",
        "192.168.56.1",
        "169.254.3.3",
    )
    assert rules.ordered(found)[0] == "10.1.1.9"
    assert rules.ordered([]) == ()


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hostname", "label", "bare"),
    [
        ("DESKTOP-AB12CD", "desktop-ab12cd", "desktop-ab12cd"),
        ("may-thu-ky.haiduong.gov.vn", "may-thu-ky", "may-thu-ky"),
        ("pc1", "pc1", "pc1"),
        ("office", "office", ""),  # a top-level domain: its authority could sign bank.office
        ("samsung", "samsung", ""),
        ("xn--p1ai", "xn--p1ai", ""),
        ("localhost", "", ""),
        ("127", "", ""),
        ("máy-thư-ký", "", ""),
        ("may_thu_ky", "", ""),
        ("-x", "", ""),
        ("x" * 64, "", ""),
        ("", "", ""),
    ],
)
def test_the_laptops_name_becomes_a_name_on_the_network_where_it_can(
    hostname: str, label: str, bare: str
) -> None:
    assert rules.host_label(hostname) == label
    assert rules.bare_label(hostname) == bare


@given(st.from_regex(r"[a-z]{2,24}", fullmatch=True))
def test_a_name_of_letters_alone_is_never_signed_for_bare(name: str) -> None:
    """Every top-level domain of the internet is letters alone, or begins with xn--."""
    assert rules.bare_label(name) == ""


def test_on_another_laptop_the_authority_signs_for_local_alone() -> None:
    assert rules.names_of("pc1", permitted_bare="pc1") == ("pc1.local", "pc1", "localhost")
    assert rules.names_of("pc2", permitted_bare="pc1") == ("pc2.local", "localhost")
    assert rules.names_of("máy", permitted_bare="") == ("localhost",)


# -- renewal ---------------------------------------------------------------------------------------

WANTED = Wanted(names=("pc1.local", "localhost"), addresses=("192.168.1.10",))
FITS = Issued(
    names=WANTED.names,
    addresses=WANTED.addresses,
    not_before=NOW - rules.LEAF_BACK,
    not_after=NOW + rules.LEAF_LIVES,
    authority="AB",
)


def authority_made(at: datetime) -> Authority:
    return Authority(
        der=b"",
        mark="AB",
        bare="",
        not_before=at - rules.AUTHORITY_BACK,
        not_after=at + rules.AUTHORITY_LIVES,
    )


MADE = authority_made(NOW)


def why(
    issued: Issued | None = FITS,
    wanted: Wanted = WANTED,
    now: datetime = NOW,
    authority: Authority | None = MADE,
) -> str:
    return rules.needs_renewal(issued, wanted, authority=authority, now=now)


def test_a_leaf_that_fits_is_kept() -> None:
    assert why() == ""


def test_a_leaf_is_made_for_a_new_address_or_name_and_not_for_one_that_is_gone() -> None:
    more = replace(WANTED, addresses=("192.168.1.10", "10.0.0.5"))
    assert why(wanted=more) == "address"
    assert why(wanted=replace(WANTED, names=("pc2.local", "localhost"))) == "name"
    assert why(issued=replace(FITS, addresses=("192.168.1.10", "10.0.0.5"))) == ""
    assert why(wanted=replace(WANTED, addresses=())) == ""


def test_a_leaf_of_another_authority_or_none_at_all_is_made_anew() -> None:
    assert why(issued=None) == "none"
    assert why(issued=replace(FITS, authority="CD")) == "none"


def test_a_leaf_is_renewed_before_its_end_and_when_the_clock_was_set_back_behind_it() -> None:
    assert why(now=FITS.not_after - rules.LEAF_RENEWED) == ""
    assert why(now=FITS.not_after - rules.LEAF_RENEWED + timedelta(seconds=1)) == "time"
    assert why(now=FITS.not_before) == ""
    assert why(now=FITS.not_before - timedelta(seconds=1)) == "time"


def test_an_authority_made_under_a_clock_of_long_ago_is_made_anew_once_the_clock_is_right() -> None:
    """A laptop whose little battery is empty begins in 2015: no device would ever accept that."""
    dead = authority_made(datetime(2015, 1, 1, 7, tzinfo=UTC))
    assert why(authority=dead) == "authority"
    assert why(authority=dead, issued=None) == "authority"
    assert why(authority=dead, now=datetime(2015, 1, 2, tzinfo=UTC)) == ""
    assert why(authority=authority_made(datetime(2024, 6, 1, tzinfo=UTC))) == "", "it holds"


def test_an_authority_that_may_well_be_right_is_never_replaced_by_itself() -> None:
    """Whether it or the clock is wrong, people must see: a new one turns every tablet away."""
    later = NOW + timedelta(days=3650)
    assert why(now=later) != "authority"
    assert not MADE.holds(later)
    ahead = authority_made(datetime(2099, 1, 1, tzinfo=UTC))
    assert why(authority=ahead) == ""
    assert not ahead.holds(NOW)


def test_a_clock_that_shows_an_impossible_time_takes_no_good_leaf_away() -> None:
    long_ago = datetime(2015, 1, 1, tzinfo=UTC)
    assert why(now=long_ago) == ""
    assert rules.leaf_made_at(long_ago, MADE) == NOW
    assert rules.leaf_made_at(NOW, MADE) == NOW
    assert rules.RELEASED.date() == doctor_rules.RELEASED


def test_no_device_refuses_a_leaf_for_its_length_or_a_slow_clock() -> None:
    whole = rules.LEAF_BACK + rules.LEAF_LIVES
    assert whole <= timedelta(days=397)
    assert whole > rules.LEAF_LIVES + timedelta(days=1)
    assert rules.LEAF_RENEWED < rules.LEAF_LIVES


def test_a_fingerprint_is_read_in_groups_of_four() -> None:
    assert rules.grouped("0123456789ABCDEF") == ("0123", "4567", "89AB", "CDEF")


# -- doors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("local", "peer", "encrypted", "door"),
    [
        ("127.0.0.1", "127.0.0.1", False, Door.LOOPBACK),
        ("192.168.1.10", "192.168.1.10", False, Door.LAN),  # the laptop itself, by its LAN address
        ("192.168.1.10", "192.168.1.77", False, Door.LAN),
        ("127.0.0.1", "192.168.1.77", False, Door.LAN),  # routed in from outside
        ("192.168.1.10", "127.0.0.1", False, Door.LAN),
        ("127.0.0.1", "127.0.0.1", True, Door.TLS),
        ("192.168.1.10", "192.168.1.77", True, Door.TLS),
    ],
)
def test_the_socket_alone_decides_the_door(
    local: str, peer: str, encrypted: bool, door: Door
) -> None:
    assert doors.of_socket(local, peer, encrypted=encrypted) is door


# -- probes ----------------------------------------------------------------------------------------


def test_the_probes_of_the_makers_get_their_own_answers() -> None:
    android = probes.answer("connectivitycheck.gstatic.com", "/generate_204")
    assert android is not None
    assert (android.status, android.body) == ("204 No Content", b"")
    assert probes.answer("conn1.oppomobile.com", "/generate_204") == android
    apple = probes.answer("captive.apple.com", "/hotspot-detect.html")
    assert apple is not None
    assert b"<BODY>Success</BODY>" in apple.body
    windows = probes.answer("WWW.msftconnecttest.com", "/connecttest.txt")
    assert windows is not None
    assert windows.body == b"Microsoft Connect Test"


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("", "/generate_204"),
        ("captive.apple.com", "/trust"),
        ("evil.example", "/hotspot-detect.html"),
        ("evil.example", "/connecttest.txt"),
        ("www.msftconnecttest.com", "/"),
    ],
)
def test_nothing_else_is_a_probe(host: str, path: str) -> None:
    assert probes.answer(host, path) is None


def test_the_networks_of_the_rules_are_those_that_the_authority_permits() -> None:
    """Written a second time: widening them is a decision about every tablet."""
    assert {str(network) for network in rules.NETWORKS} == {
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "198.18.0.0/15",
    }
    assert not any(network.is_global for network in rules.NETWORKS)
    assert ip_address("fd00::2") in rules.LATER
    assert ip_network("127.0.0.0/8") == rules.LOOPBACK
