"""A real hall for a rehearsal: the server in a process of its own, and browsers.

The client side is plain threads and httpx, as many independent browsers are; nothing here is
monkey-patched. Every wait has a limit: a rehearsal that hangs helps nobody.
"""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import httpx

import kiosk
from kiosk import instance
from kiosk.config import ENV
from kiosk.core.errors import Refused

#: Seconds until a server that starts must have answered once.
START_WITHIN = 40.0
#: Seconds until a server that was told to stop must be gone.
STOP_WITHIN = 15.0
#: Seconds for one answer; the crowd of 10,000 is served in far less.
ANSWER_WITHIN = 30.0

_CSRF = re.compile(r'data-csrf="([0-9a-f]{32})"')


class Statuses:
    """How often each HTTP status was seen, by all clients together."""

    def __init__(self) -> None:
        self._seen: Counter[int] = Counter()
        self._lock = threading.Lock()

    def saw(self, status: int) -> None:
        with self._lock:
            self._seen[status] += 1

    def all(self) -> dict[int, int]:
        with self._lock:
            return dict(sorted(self._seen.items()))


# -- the server ------------------------------------------------------------------------------


@dataclass
class Server:
    """A running `kiosk serve`; killed and started again, it keeps its port."""

    folder: Path
    log: Path
    #: `http://127.0.0.1:PORT`, the door of this laptop; empty before the first start.
    address: str = ""
    #: Port of the encrypted door; 0 where the server was told to have none.
    https_port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self, options: Sequence[str]) -> None:
        """Start the program and wait for its first answer.

        Raises:
            Refused: `rehearsal_server_silent` when it dies or does not answer in time.
        """
        # A technician's own settings must not change what is rehearsed in a throw-away folder.
        calm = {name: value for name, value in os.environ.items() if not name.startswith(ENV)}
        calm["PYTHONPATH"] = program_path()
        command = [sys.executable, "-m", "kiosk.cli", "--instance", str(self.folder)]
        # No port that others want; after a kill the same one, where all browsers look for it.
        port = self.address.rpartition(":")[2] or "0"
        command += ["serve", "--port", port, *options]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(  # noqa: S603 (our own program, no shell)
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=calm
            )
        door = self._answering(self.process)
        self.address = str(door["address"])
        self.https_port = int(door.get("https_port") or 0)

    def kill(self) -> None:
        """What a power cut does to the program."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(STOP_WITHIN)

    def _answering(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        """What the server has written down about its doors, once it has answered."""
        until = time.monotonic() + START_WITHIN
        while time.monotonic() < until and process.poll() is None:
            with suppress(OSError, ValueError, KeyError, httpx.HTTPError):
                answer = httpx.get(f"{self._door()['address']}/healthz", timeout=2, trust_env=False)
                if answer.status_code == 200:
                    # Read again: the first reading may have been of the server before.
                    return self._door()
            time.sleep(0.03)
        raise Refused("rehearsal_server_silent", log=str(self.log))

    def _door(self) -> dict[str, Any]:
        door: dict[str, Any] = json.loads((self.folder / instance.DOOR).read_text(encoding="utf-8"))
        return door


def program_path() -> str:
    """`PYTHONPATH` for a process of ours: the program that rehearses is the program that serves,
    wherever it was started."""
    here = str(Path(kiosk.__file__).parents[1])
    return os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])


#: A rehearsal is nobody else's business: this laptop alone.
THIS_LAPTOP_ALONE = ("--no-tls",)


@contextmanager
def serving(
    folder: Path, *, log: Path, options: Sequence[str] = THIS_LAPTOP_ALONE
) -> Iterator[Server]:
    """Run the real server on an instance until the block ends, however it ends.

    Raises:
        Refused: `rehearsal_server_silent` when it dies or does not answer in time.
    """
    with standing_by(folder, log=log) as server:
        server.start(options)
        yield server


@contextmanager
def standing_by(folder: Path, *, log: Path) -> Iterator[Server]:
    """The same for a server that the block starts by itself, perhaps more than once."""
    log.unlink(missing_ok=True)
    server = Server(folder, log)
    try:
        yield server
    finally:
        if server.process is not None:
            stop(server.process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server calmly, and after a while not calmly. Only ever our own process."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_WITHIN)


def log_lines(log: Path) -> tuple[str, ...]:
    """What the server wrote, without the empty lines and the QR it prints for people."""
    text = log.read_text(encoding="utf-8", errors="replace")
    return tuple(line for line in text.splitlines() if re.search(r"[^\s\u2580-\u259f#]", line))


# -- a browser -------------------------------------------------------------------------------


#: One for all clients: httpx would load the system's authorities anew for each, 30 ms a client,
#: though the hall of a rehearsal speaks plain HTTP on this laptop.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def client_of(
    address: str,
    *,
    follow_redirects: bool = False,
    trusting: ssl.SSLContext = _NO_TLS,
    speaks_from: str | None = None,
) -> httpx.Client:
    """A client of the rehearsed hall, deaf to proxies that the environment may name.

    `trusting` holds the authorities that it believes; `speaks_from` is an address of this laptop
    other than the usual one.
    """
    return httpx.Client(
        base_url=address,
        follow_redirects=follow_redirects,
        timeout=ANSWER_WITHIN,
        trust_env=False,
        transport=httpx.HTTPTransport(verify=trusting, local_address=speaks_from),
    )


class Browser:
    """One browser: cookies, the token of its last page, and htmx's headers on its acts."""

    def __init__(
        self,
        address: str,
        statuses: Statuses,
        *,
        trusting: ssl.SSLContext = _NO_TLS,
        speaks_from: str | None = None,
    ) -> None:
        self.address = address
        self.statuses = statuses
        self.csrf = ""
        #: The page that was loaded last, and its address after all redirections.
        self.shown = ""
        self.where = ""
        self.client = client_of(
            address, follow_redirects=True, trusting=trusting, speaks_from=speaks_from
        )

    def look(self, path: str) -> int:
        """Load a page, whatever comes of it; its HTTP status."""
        answer = self._sent(self.client.get(path, headers={"Accept": "text/html"}))
        found = _CSRF.search(answer.text)
        if found:
            self.csrf = found[1]
        self.shown, self.where = answer.text, answer.url.path
        return answer.status_code

    def page(self, path: str) -> str:
        """Load a page and keep its token, as a person who opens it does."""
        status = self.look(path)
        if status != 200:
            raise Refused("rehearsal_stuck", step=path, status=status)
        return self.shown

    def act(self, path: str, **form: str | int) -> httpx.Response:
        """Press a button of the page: a POST with htmx's headers and the token."""
        return self._sent(
            self.client.post(
                path,
                data={name: str(value) for name, value in form.items()},
                headers=self._headers(),
            )
        )

    def must(self, path: str, **form: str | int) -> httpx.Response:
        """An act that has to succeed, or the day cannot go on."""
        return _done(path, self.act(path, **form))

    def moved(self, path: str, **form: str | int) -> tuple[str, str]:
        """An act that leads to another page: its address, and that page."""
        answer = self.must(path, **form)
        where = answer.headers.get("HX-Redirect", "")
        if not where:
            raise Refused("rehearsal_stuck", step=path, status=answer.status_code)
        return where, self.page(where)

    def send(self, path: str, said: dict[str, Any]) -> httpx.Response:
        """What a page's script sends as JSON."""
        return self._sent(self.client.post(path, json=said, headers=self._headers()))

    def bring(self, path: str, field: str, name: str, data: bytes) -> httpx.Response:
        """Upload a file by a form."""
        files = {field: (name, data, "application/octet-stream")}
        return _done(path, self._sent(self.client.post(path, files=files, headers=self._headers())))

    def take(self, path: str, **form: str | int) -> bytes:
        """A file that the page offers: by a form, or by its address where there is no form. Empty
        when none came; the day goes on without it."""
        with suppress(httpx.TimeoutException):
            answer = self.act(path, **form) if form else self._sent(self.client.get(path))
            return answer.content if answer.status_code == 200 else b""
        return b""

    def cookies(self) -> str:
        """The `Cookie` header of this browser."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookies.jar)

    def close(self) -> None:
        self.client.close()

    def _headers(self) -> dict[str, str]:
        return {
            "HX-Request": "true",
            "X-CSRF-Token": self.csrf,
            "Origin": self.address,
            "Sec-Fetch-Site": "same-origin",
        }

    def _sent(self, answer: httpx.Response) -> httpx.Response:
        for each in (*answer.history, answer):
            self.statuses.saw(each.status_code)
        return answer


def _done(path: str, answer: httpx.Response) -> httpx.Response:
    if answer.status_code >= 300:
        raise Refused("rehearsal_stuck", step=path, status=answer.status_code)
    return answer


def sign_in(browser: Browser, *, name: str, password: str) -> None:
    """Sign in as a person does: the page, then the form."""
    browser.page("/sign-in")
    browser.must("/sign-in", name=name, password=password)
    browser.page("/console")


def pair(secretary: Browser, *, kind: str, name: str) -> Browser:
    """Add a device in the console and open its one-time address in a new browser."""
    answer = secretary.must("/console/devices", kind=kind, name=name)
    found = re.search(r'href="([^"]*/pair/[^"]+)"', answer.text)
    if found is None:
        raise Refused("rehearsal_stuck", step="/console/devices", status=answer.status_code)
    device = Browser(secretary.address, secretary.statuses)
    device.page(unescape(found[1]))
    return device
