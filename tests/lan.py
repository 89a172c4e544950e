"""A local network for tests: the server on one end of it, the test on the other.

Where this machine lets us (Linux, root, `ip` of iproute2), the server gets a network namespace of
its own and a cable into ours: two hosts, real addresses, nothing pretended. Elsewhere the server
runs here at the machine's own local address, or, on a machine without a network, at 127.0.0.2
which its process is told to take for one; then only the list of addresses is told to it, by
`served_elsewhere.py`, and everything behind that list is as real as before. A test that ran so says
which one it was (`Lan.kind`).
"""

from __future__ import annotations

import http.client
import itertools
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from json import JSONDecodeError, loads
from pathlib import Path

from support import PATIENCE, RunningServer

from kiosk.tls import addresses

_numbers = itertools.count(1)
ELSEWHERE = Path(__file__).with_name("served_elsewhere.py")


@dataclass
class Lan:
    """Where the server is reached over the network, and how its addresses change."""

    #: `two hosts`, `own address` or `pretended`.
    kind: str
    #: The server's address.
    address: str
    #: An address that it does not have yet.
    second: str
    #: What starts a program on the server's end.
    inside: tuple[str, ...] = ()
    #: Where a server is told its addresses; None where it has them.
    told: Path | None = None
    _link: tuple[str, str] = ("", "")

    @property
    def program(self) -> tuple[str, ...]:
        if self.told is None:
            return (*self.inside, sys.executable, "-m", "kiosk.cli")
        return (sys.executable, str(ELSEWHERE), str(self.told))

    def add_second(self) -> None:
        if self.told is not None:
            self.told.write_text(f"{self.address}\n{self.second}\n", encoding="ascii")
        else:
            _ip("-n", self._link[0], "addr", "add", f"{self.second}/29", "dev", self._link[1])

    def drop_second(self) -> None:
        if self.told is not None:
            self.told.write_text(f"{self.address}\n", encoding="ascii")
        else:
            _ip("-n", self._link[0], "addr", "del", f"{self.second}/29", "dev", self._link[1])

    def route_to(self, name: str) -> str:
        """Where to connect for a name; an address that is only told is reached at the first."""
        return name if name == self.second and self.told is None else self.address

    def on_the_server(self, *arguments: str) -> str:
        """What a Python program prints on the server's end."""
        done = subprocess.run(
            [*self.inside, sys.executable, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=20)


@contextmanager
def network(folder: Path) -> Iterator[Lan]:
    """A network for as long as the block lasts."""
    try:
        made = _two_hosts()
    except (OSError, subprocess.SubprocessError):
        yield _one_host(folder)
        return
    try:
        yield made
    finally:
        # The cable goes with the namespace.
        subprocess.run(["ip", "netns", "del", made._link[0]], capture_output=True, check=False)


def _two_hosts() -> Lan:
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None:
        raise OSError("no namespaces here")
    number = next(_numbers)
    name, ours, theirs = (f"kt{os.getpid()}{end}{number}" for end in "nab")
    # A block of its own for each process of the tests (RFC 2544: no network of anybody).
    block = f"198.{18 + os.getpid() % 2}.{os.getpid() // 2 % 250}"
    low = 8 * (number % 31)
    _ip("netns", "add", name)
    try:
        _ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
        _ip("addr", "add", f"{block}.{low + 1}/29", "dev", ours)
        _ip("link", "set", ours, "up")
        for step in (
            f"link set lo up|link set {theirs} up|addr add {block}.{low + 2}/29 dev {theirs}"
        ).split("|"):
            _ip("-n", name, *step.split())
    except (OSError, subprocess.SubprocessError):
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
        raise
    return Lan(
        kind="two hosts",
        address=f"{block}.{low + 2}",
        second=f"{block}.{low + 3}",
        inside=("ip", "netns", "exec", name),
        _link=(name, theirs),
    )


def _one_host(folder: Path) -> Lan:
    own = addresses.present()
    told = folder / "addresses.txt"
    lan = Lan(
        kind="own address" if own else "pretended",
        address=own[0] if own else "127.0.0.2",
        second="10.231.7.7",
        told=told,
    )
    lan.drop_second()
    return lan


@dataclass
class LanServer(RunningServer):
    """`kiosk serve` with all its doors open, on the other end of a network."""

    lan: Lan | None = None
    options: tuple[str, ...] = ("--https-port", "0")
    https_port: int = 0
    ca: bytes = field(default=b"", repr=False)

    def on(self, lan: Lan) -> LanServer:
        self.lan, self.program = lan, lan.program
        return self

    @property
    def there(self) -> Lan:
        assert self.lan is not None
        return self.lan

    def start(self) -> LanServer:
        super().start()
        return self

    def _answers(self, door: Path) -> bool:
        """Ask over TLS: the server's own loopback may lie in another namespace."""
        try:
            said = loads(door.read_text(encoding="utf-8"))
            self.address = str(said["address"])
            self.port = int(self.address.rpartition(":")[2])
            self.https_port = int(str(said["lan_address"]).rpartition(":")[2])
            self.ca = self.authority()
            return self.https("/healthz")[0] == 200
        except (OSError, JSONDecodeError, ValueError, urllib.error.URLError):
            return False

    def authority(self) -> bytes:
        """What a tablet downloads from the plain door."""
        status, _, body = self.http("/trust/hall.crt")
        if status != 200:
            raise OSError(status)
        return body

    # -- one request ---------------------------------------------------------------------------

    def http(
        self, path: str, *, host: str = "", headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """GET over the network's plain door."""
        connection = http.client.HTTPConnection(self.there.address, self.port, timeout=15)
        return _asked(connection, path, host or f"{self.there.address}:{self.port}", headers)

    def https(
        self,
        path: str,
        *,
        name: str = "",
        host: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """GET over the encrypted door, as a machine that trusts the hall. `name` is what the
        certificate must carry."""
        name = name or self.there.address
        connection = http.client.HTTPSConnection(name, self.https_port, timeout=15)
        connection.sock = self.shaken(name)
        return _asked(connection, path, host or f"{name}:{self.https_port}", headers)

    def shaken(self, name: str, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        """A connection to the encrypted door after its handshake."""
        plain = self.connected(name)
        try:
            return (context or self.trusting()).wrap_socket(plain, server_hostname=name)
        except BaseException:
            plain.close()
            raise

    def connected(self, name: str = "") -> socket.socket:
        """A connection to the encrypted door before its handshake."""
        target = self.there.route_to(name)
        return socket.create_connection((target, self.https_port), timeout=15)

    def trusting(self) -> ssl.SSLContext:
        """A machine that has installed the authority, and trusts nobody else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self.ca)
        return context


def _asked(
    connection: http.client.HTTPConnection,
    path: str,
    host: str,
    headers: Mapping[str, str] | None,
) -> tuple[int, dict[str, str], bytes]:
    try:
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", host)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        # Several of one name, as cookies are, stand in one line.
        names = {name.lower() for name, _ in answer.getheaders()}
        said = {name: answer.getheader(name, "") for name in names}
        return answer.status, said, answer.read()
    finally:
        connection.close()


def until(wanted: object, *, within: float = PATIENCE) -> None:
    """Wait until `wanted()` is true."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if wanted():  # type: ignore[operator]
            return
        time.sleep(0.1)
    raise AssertionError(f"not within {within:.0f} s")
