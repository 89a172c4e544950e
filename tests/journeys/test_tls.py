"""The doors of a real server, asked over a network by real clients.

A tablet that trusts nobody yet, one that does, one that is slow on purpose, one that vanishes; an
address that changes while the hall goes on; a server that is killed and started again.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import ssl
import struct
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from lan import Lan, LanServer, network, until
from support import ROSTER, ROSTER_NAME, meeting_of, run_kiosk

from kiosk import config, create_app, founding
from kiosk.core.access import THE_PROGRAM, Kind
from kiosk.core.db import db, writer
from kiosk.devices import services as devices
from kiosk.founding import real_plan
from kiosk.tls import store


@dataclass
class Hall:
    """One conference behind its doors, with a gate's one-time address."""

    server: LanServer
    folder: Path
    codes: list[str]
    ticket: str


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lan]:
    with network(tmp_path_factory.mktemp("lan")) as made:
        yield made


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, lan: Lan) -> Iterator[Hall]:
    folder = tmp_path_factory.mktemp("tls") / "instance"
    founding.make_conference(
        config.load(folder), plan=real_plan(), roster=(ROSTER_NAME, ROSTER.encode("utf-8"))
    )
    app = create_app(config.load(folder))
    meeting = meeting_of(app)
    with app.app_context():
        key = app.extensions["kiosk_keys"].tokens
        added = devices.add_device(kind=Kind.GATE, name="Cổng 1", by=THE_PROGRAM, key=key)
        db.session.remove()
        writer().close()
        db.engine.dispose()
    server = LanServer(folder).on(lan)
    server.start()
    yield Hall(server, folder, list(meeting.codes.values()), added.ticket)
    server.stop()


@dataclass
class Gate:
    """A gate's tablet that trusts the hall: keeps its connection, its cookies and its token."""

    server: LanServer
    cookies: str = ""
    csrf: str = ""
    scans: int = 0

    def pair(self, ticket: str) -> Gate:
        status, headers, _ = self.server.https(f"/pair/{ticket}")
        assert status == 303
        self.cookies = "; ".join(re.findall(r"(__Host-kiosk_\w+=[^;]+)", headers["set-cookie"]))
        return self

    def look(self) -> int:
        status, headers, body = self.server.https("/gate", headers={"Cookie": self.cookies})
        found = re.search(r'data-csrf="([0-9a-f]{32})"', body.decode())
        if found:
            self.csrf = found[1]
        if "set-cookie" in headers:
            self.cookies += "; " + "; ".join(
                re.findall(r"(__Host-kiosk_\w+=[^;]+)", headers["set-cookie"])
            )
        return status

    def scan(self, code: str) -> str:
        """The outcome of one scan, over a connection of its own."""
        self.scans += 1
        name = self.server.there.address
        body = urlencode({"code": code, "scan_id": f"over-tls-{self.scans:04d}"})
        connection = http.client.HTTPSConnection(name, self.server.https_port, timeout=15)
        connection.sock = self.server.shaken(name)
        try:
            origin = f"https://{name}:{self.server.https_port}"
            connection.request(
                "POST",
                "/gate/scan",
                body,
                {
                    "Cookie": self.cookies,
                    "X-CSRF-Token": self.csrf,
                    "Origin": origin,
                    "HX-Request": "true",
                    "Content-Type": "application/x-www-form-urlencoded",
                },
            )
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        found = re.search(r'data-outcome="(\w+)"', text)
        return found[1] if found else f"status {answer.status}"


@pytest.fixture(scope="module")
def gate(hall: Hall) -> Gate:
    made = Gate(hall.server).pair(hall.ticket)
    assert made.look() == 200
    return made


# -- which door serves what ------------------------------------------------------------------------


def test_the_plain_door_of_the_network_serves_trust_and_nothing_else(hall: Hall) -> None:
    status, headers, body = hall.server.http("/trust")
    assert status == 200
    twin = f"https://{hall.server.there.address}:{hall.server.https_port}"
    assert f"connect-src {twin};" in headers["content-security-policy"]
    assert f'data-tried="{twin}"' in body.decode()
    assert "set-cookie" not in headers
    for path in ("/sign-in", "/console", "/gate", "/healthz", "/pair", "/static/js/app.js"):
        assert hall.server.http(path)[0] == 404, path
    assert hall.server.http("/")[1]["location"] == "/trust"


def test_this_laptop_has_the_whole_application_without_encryption(hall: Hall) -> None:
    asked = (
        "import sys, urllib.request as u;"
        "o = u.build_opener(u.ProxyHandler({}));"
        "print(o.open(sys.argv[1], timeout=20).status)"
    )
    for path in ("/healthz", "/sign-in", "/trust"):
        said = hall.server.there.on_the_server("-c", asked, hall.server.address + path)
        assert said.strip() == "200"


def test_a_machine_that_trusts_the_hall_has_the_whole_application(hall: Hall) -> None:
    status, headers, _ = hall.server.https("/sign-in")
    assert status == 200
    assert "Secure" in headers["set-cookie"]
    assert "strict-transport-security" not in headers
    assert hall.server.https("/trust/ok")[1]["access-control-allow-origin"] == "*"


def test_by_each_of_its_names_the_hall_shows_a_certificate_that_holds(hall: Hall) -> None:
    issued = store.issued(hall.folder)
    assert issued is not None
    for name in (*issued.names, *issued.addresses, "127.0.0.1"):
        hall.server.shaken(name).close()
    for name in ("example.com", "192.168.250.250"):
        with pytest.raises(ssl.SSLCertVerificationError):
            hall.server.shaken(name)


def test_a_foreign_name_gets_nothing_at_either_door(hall: Hall) -> None:
    for path in ("/trust", "/trust/hall.crt", "/sign-in", "/healthz"):
        assert hall.server.http(path, host="evil.example")[0] == 400
        status, headers, body = hall.server.https(path, host="evil.example")
        assert status == 400
        assert "set-cookie" not in headers
        assert b"csrf" not in body
    # Nor is a word in a header enough to be taken for the laptop itself.
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
        asked = hall.server.http("/sign-in", headers={header: "127.0.0.1"})
        assert asked[0] == 404
    assert hall.server.http("/sign-in", host="127.0.0.1")[0] == 400


@pytest.mark.parametrize(
    ("host", "path", "status", "body"),
    [
        ("connectivitycheck.gstatic.com", "/generate_204", 204, b""),
        ("captive.apple.com", "/hotspot-detect.html", 200, b"<BODY>Success</BODY>"),
        ("www.msftconnecttest.com", "/connecttest.txt", 200, b"Microsoft Connect Test"),
    ],
)
def test_probes_are_answered_over_the_network(
    hall: Hall, host: str, path: str, status: int, body: bytes
) -> None:
    got, headers, text = hall.server.http(path, host=host)
    assert got == status
    assert body in text
    assert "location" not in headers


def test_only_the_command_line_of_the_laptop_itself_reaches_the_program(hall: Hall) -> None:
    assert hall.server.https("/internal/act")[0] == 404
    listed = run_kiosk("device", "list", "--json", folder=hall.folder)
    if hall.server.there.inside:  # the command line is on the other host here
        assert listed.returncode == 1
    else:
        assert listed.returncode == 0


# -- handshakes ------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # old versions are asked for on purpose
@pytest.mark.parametrize(
    ("version", "spoken"),
    [("TLSv1", False), ("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)],
)
def test_tls_12_and_13_are_spoken_and_nothing_older(hall: Hall, version: str, spoken: bool) -> None:
    context = hall.server.trusting()
    # Today's OpenSSL would not even offer the old ones.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    if spoken:
        with hall.server.shaken(hall.server.there.address, context) as shaken:
            assert shaken.version() == version.replace("_", ".")
        return
    with pytest.raises((ssl.SSLError, ConnectionError)):
        hall.server.shaken(hall.server.there.address, context)


def test_half_open_handshakes_hold_nobody_up(hall: Hall, gate: Gate) -> None:
    """Fifty tablets that begin and say nothing more, some after half a greeting."""
    greeting = _greeting(hall.server)
    with contextlib.ExitStack() as held:
        for number in range(50):
            slow = held.enter_context(hall.server.connected())
            slow.sendall(greeting[: number * len(greeting) // 50])
        for code in hall.codes[:3]:
            begun = time.monotonic()
            assert gate.scan(code) == "admitted"
            # They would cost ten seconds each; a busy machine needs some of its own.
            assert time.monotonic() - begun < 8
    assert gate.scan(hall.codes[0]) in {"already", "admitted"}


def _greeting(server: LanServer) -> bytes:
    """The first bytes of a client, as OpenSSL sends them."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = server.trusting().wrap_bio(incoming, outgoing, server_hostname=server.there.address)
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def test_a_half_open_handshake_is_given_up_after_ten_seconds(hall: Hall) -> None:
    with hall.server.connected() as slow:
        slow.sendall(_greeting(hall.server)[:20])
        slow.settimeout(30)
        begun = time.monotonic()
        assert slow.recv(1) == b""
        assert 5 < time.monotonic() - begun < 25


def test_clients_that_do_not_trust_or_vanish_leave_no_story_in_the_log(hall: Hall) -> None:
    before = len(hall.server.log)
    strangers = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    strangers.load_verify_locations(cadata=_another_authority())
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        strangers.maximum_version = version
        for _ in range(3):
            with pytest.raises(ssl.SSLCertVerificationError):
                hall.server.shaken(hall.server.there.address, strangers)
    for said in (b"", b"\x16\x03\x01\x02\x00", b"\x00" * 200, b"SSH-2.0-x\r\n"):
        with hall.server.connected() as client:
            client.sendall(said)
            _slam(client)
    # One that trusts, asks and is gone before the answer.
    for _ in range(3):
        gone = hall.server.shaken(hall.server.there.address)
        gone.sendall(b"GET /sign-in HTTP/1.1\r\nHost: x\r\n\r\n")
        _slam(gone)
        gone.close()
    assert hall.server.https("/healthz")[0] == 200
    assert "Traceback" not in hall.server.log[before:]
    assert "Error" not in hall.server.log[before:]


def _slam(client: socket.socket) -> None:
    """Close with a reset, as a tablet does that leaves the Wi-Fi."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _another_authority() -> bytes:
    from datetime import UTC, datetime
    from tempfile import TemporaryDirectory

    from kiosk.tls import authority

    with TemporaryDirectory() as folder:
        made = authority.make_authority(Path(folder), hostname="pc9", now=datetime.now(UTC))
        return made.der


def test_who_types_the_encrypted_address_without_https_is_told(hall: Hall) -> None:
    connection = http.client.HTTPConnection(
        hall.server.there.address, hall.server.https_port, timeout=15
    )
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert answer.status == 400
    assert "https://" in answer.read().decode()
    connection.close()


def test_forty_tablets_join_at_once(hall: Hall) -> None:
    def join(_: int) -> int:
        return hall.server.https("/trust/ok")[0]

    with ThreadPoolExecutor(40) as tablets:
        assert list(tablets.map(join, range(40))) == [204] * 40


# -- addresses that change, servers that die -------------------------------------------------------


def test_a_new_address_is_served_without_a_new_start(hall: Hall, gate: Gate) -> None:
    lan, server = hall.server.there, hall.server
    process, mark = server.process, server.ca
    kept = server.shaken(lan.address)  # somebody who is connected stays so
    with pytest.raises((OSError, ssl.SSLError)):
        server.shaken(lan.second).close()
    lan.add_second()
    try:
        until(lambda: _reached(server, lan.second))
        until(lambda: server.http("/trust", host=f"{lan.second}:{server.port}")[0] == 200)
        assert server.https("/healthz", name=lan.second)[0] == 200
        assert server.https("/healthz")[0] == 200
        kept.sendall(f"GET /healthz HTTP/1.1\r\nHost: {lan.address}\r\n\r\n".encode())
        assert kept.recv(12) == b"HTTP/1.1 200"
        assert server.process is process
        assert server.authority() == mark
        assert gate.look() == 200
    finally:
        kept.close()
        lan.drop_second()
    # What is gone is no name of the hall any more; the certificate may go on naming it.
    until(lambda: server.https("/healthz", host=f"{lan.second}:1")[0] == 400)
    events = [line for line in server.log.splitlines() if "a certificate was made" in line]
    assert len(events) == 2


def _reached(server: LanServer, address: str) -> bool:
    try:
        server.shaken(address).close()
    except (OSError, ssl.SSLError):
        return False
    return True


def test_killed_and_started_again_it_is_the_same_hall_for_every_device(
    hall: Hall, gate: Gate
) -> None:
    server = hall.server
    before = (hall.folder / store.AUTHORITY).read_bytes(), server.ca, server.https_port
    server.kill()
    server.options = ("--https-port", str(before[2]))
    server.start()
    assert ((hall.folder / store.AUTHORITY).read_bytes(), server.ca, server.https_port) == before
    assert gate.look() == 200
    assert gate.scan(hall.codes[5]) == "admitted"


def test_the_terminal_says_where_and_what_to_compare(hall: Hall) -> None:
    log = hall.server.log
    lan, server = hall.server.there, hall.server
    assert f"  https://{lan.address}:{server.https_port}" in log
    assert f"  http://{lan.address}:{server.port}/trust" in log
    mark = store.fingerprint(server.ca)
    groups = [mark[at : at + 4] for at in range(0, 64, 4)]
    assert " ".join(groups[:8]) in log
    assert " ".join(groups[8:]) in log
    said = json.loads((hall.folder / "server.json").read_text(encoding="utf-8"))
    assert said["lan_address"] == f"https://{lan.address}:{server.https_port}"


def test_the_machine_that_ran_this_had_a_network(lan: Lan) -> None:
    """Printed with -rP: what the tests of this file stood on."""
    sys.stdout.write(f"network of these tests: {lan.kind}\n")
    assert lan.kind in {"two hosts", "own address", "pretended"}
