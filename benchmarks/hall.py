"""The hall under load: one conference made once, copied for each round, and its real server."""

from __future__ import annotations

import json
import shutil
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from kiosk import config, instance
from kiosk.conference import badge_code
from kiosk.config import Settings
from kiosk.core import keys
from kiosk.core.cookies import HOST
from kiosk.founding import Made, make_conference, real_plan
from kiosk.rehearsal import facts
from kiosk.rehearsal.hall import Browser, Statuses, pair, serving, sign_in
from kiosk.rehearsal.people import invent, write_roster_xlsx
from kiosk.tls import known

#: Gates; the clients of a round share them, as a queue shares a door.
GATES = 3


@dataclass(frozen=True)
class Original:
    """The conference that each round copies."""

    folder: Path
    made: Made
    codes: tuple[str, ...]


def found(folder: Path, *, delegates: int) -> Original:
    """Make the conference of the bench: the real plan and invented people."""
    with TemporaryDirectory() as aside:
        file = Path(aside) / "roster.xlsx"
        write_roster_xlsx(invent(delegates), file)
        roster = (file.name, file.read_bytes())
    made = make_conference(
        Settings(instance=folder, rehearsal=True), plan=real_plan(), roster=roster, rehearsal=True
    )
    key = keys.load(folder).badge
    with facts.reading(folder / config.DATABASE) as source:
        codes = tuple(
            badge_code.derive(
                key, delegate_id=badge.delegate_id, issue=badge.issue, attempt=badge.attempt
            )
            for badge in facts.badges_of(source)
        )
    return Original(folder=folder, made=made, codes=codes)


@dataclass
class Hall:
    """A running server with paired devices, and codes that nobody has scanned yet."""

    address: str
    pid: int
    #: Seconds from starting the program to its first answer.
    start_seconds: float
    #: MB of resident memory after the first answer; None where it cannot be read.
    idle_mb: float | None
    gates: list[Browser]
    projector: Browser
    secretary: Browser
    codes: Iterator[str]
    #: The same server behind its encrypted door, and what trusts it.
    encrypted: str
    tls: ssl.SSLContext
    scans: int = 0

    @property
    def devices(self) -> int:
        """Devices paired so far; the next one has the number after it."""
        return len(self.gates) + 1

    def scan_requests(self, count: int, *, address: str = "") -> list[bytes]:
        """So many prepared scans of people who have not come yet, spread over the gates; sent to
        `address`, or to the plain door."""
        requests = []
        for number in range(count):
            gate = self.gates[number % len(self.gates)]
            self.scans += 1
            body = urlencode({"code": next(self.codes), "scan_id": f"bench-{self.scans:08d}"})
            requests.append(request_of("POST", "/gate/scan", gate, body, address=address))
        return requests

    def greeting(self, address: str) -> bytes:
        """The smallest question that the application answers."""
        return f"GET /trust/ok HTTP/1.1\r\nHost: {address.partition('//')[2]}\r\n\r\n".encode()

    def stream_request(self) -> bytes:
        """What a projector sends to follow the wall."""
        return request_of("GET", "/live/wall", self.projector, "")


def request_of(
    method: str,
    path: str,
    browser: Browser,
    body: str,
    *,
    kind: str = "application/x-www-form-urlencoded",
    address: str = "",
) -> bytes:
    """One request as a browser of this hall sends it, whole and ready."""
    address = address or browser.address
    host = address.partition("//")[2]
    # What this browser was given over the plain door, by the names that the encrypted one hears.
    before = HOST if address.startswith("https:") else ""
    cookies = "; ".join(f"{before}{each}" for each in browser.cookies().split("; "))
    head = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host}",
        f"Cookie: {cookies}",
    ]
    if method == "POST":
        head += [
            f"X-CSRF-Token: {browser.csrf}",
            f"Origin: {address}",
            "HX-Request: true",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body)}",
        ]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode("ascii")


@contextmanager
def running(original: Original, folder: Path) -> Iterator[Hall]:
    """Copy the conference, start its server, pair the devices; stop it at the end."""
    shutil.copytree(original.folder, folder)
    begun = time.perf_counter()
    doors = ("--host", "127.0.0.1", "--https-port", "0")
    with serving(folder, log=folder.with_suffix(".log"), options=doors) as server:
        start_seconds = time.perf_counter() - begun
        idle = memory_mb(server.process.pid)
        secretary = Browser(server.address, Statuses())
        sign_in(secretary, name=original.made.account, password=original.made.password)
        secretary.page("/console/devices")
        gates = [
            pair(secretary, kind="gate", name=f"Cổng {number}") for number in range(1, GATES + 1)
        ]
        projector = pair(secretary, kind="projector", name="Máy chiếu")
        try:
            yield Hall(
                address=server.address,
                pid=server.process.pid,
                start_seconds=start_seconds,
                idle_mb=idle,
                gates=gates,
                projector=projector,
                secretary=secretary,
                codes=iter(original.codes),
                encrypted=_encrypted(folder),
                tls=_trusting(folder),
            )
        finally:
            for browser in (secretary, projector, *gates):
                browser.close()


def _encrypted(folder: Path) -> str:
    """The encrypted door of a server that listens on this machine alone."""
    said = json.loads((folder / instance.DOOR).read_text(encoding="utf-8"))
    return f"https://127.0.0.1:{said['https_port']}"


def _trusting(folder: Path) -> ssl.SSLContext:
    """What a machine has that trusts the hall: its authority, and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    found = known.authority(folder)
    context.load_verify_locations(cadata=found.der if found else b"")
    return context


def cpu_seconds(pid: int) -> float | None:
    """CPU time of the process so far, all its threads; None where the system does not say."""
    if not sys.platform.startswith("linux"):
        return None
    import os

    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float | None:
    """Resident memory in MB; None where the system does not say."""
    if not sys.platform.startswith("linux"):
        return None
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return None
