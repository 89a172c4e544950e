"""A real hall for a rehearsal: the server in a process of its own, and the browsers around it.

The client side is plain threads and httpx, as many independent browsers are; nothing here is
monkey-patched. Every wait has a limit: a rehearsal that hangs helps nobody.
"""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any, Protocol

import httpx

import kiosk
from kiosk import config, instance
from kiosk.core.errors import Refused

#: Seconds until a server that starts must have answered once.
START_WITHIN = 40.0
#: Seconds until a server that was told to stop must be gone.
STOP_WITHIN = 15.0
#: Seconds for one answer; the crowd of 10,000 is served in far less.
ANSWER_WITHIN = 30.0
#: Seconds of silence after which a page knows that its stream is dead (ticks come every 5 s).
SILENCE = 12.0

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


@dataclass(frozen=True)
class Server:
    """A running `kiosk serve`."""

    process: subprocess.Popen[bytes]
    address: str
    log: Path


@contextmanager
def serving(folder: Path, *, log: Path) -> Iterator[Server]:
    """Run the real server on an instance until the block ends, however it ends.

    Raises:
        Refused: `rehearsal_server_silent` when it dies or does not answer in time.
    """
    # A technician's own settings must not change what is rehearsed in a throw-away folder.
    calm = {name: value for name, value in os.environ.items() if not name.startswith(config.ENV)}
    calm["PYTHONPATH"] = os.pathsep.join(
        # The program that rehearses is the program that serves, wherever it was started.
        [str(Path(kiosk.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    command = [sys.executable, "-m", "kiosk.cli", "--instance", str(folder), "serve", "--port", "0"]
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 (our own program, no shell)
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=calm
        )
        try:
            yield Server(process=process, address=_answering(process, folder, log), log=log)
        finally:
            stop(process)


def _answering(process: subprocess.Popen[bytes], folder: Path, log: Path) -> str:
    """The address of the server once it has answered."""
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError, ValueError, KeyError, httpx.HTTPError):
            door = json.loads((folder / instance.DOOR).read_text(encoding="utf-8"))
            answer = httpx.get(f"{door['address']}/healthz", timeout=2, trust_env=False)
            if answer.status_code == 200:
                return str(door["address"])
        time.sleep(0.03)
    raise Refused("rehearsal_server_silent", log=str(log))


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


def client_of(address: str, *, follow_redirects: bool = False) -> httpx.Client:
    """A client of the rehearsed hall, deaf to proxies that the environment may name."""
    return httpx.Client(
        base_url=address,
        follow_redirects=follow_redirects,
        timeout=ANSWER_WITHIN,
        trust_env=False,
        verify=_NO_TLS,
    )


class Browser:
    """One browser: cookies, the token of its last page, and htmx's headers on its acts."""

    def __init__(self, address: str, statuses: Statuses) -> None:
        self.address = address
        self.statuses = statuses
        self.csrf = ""
        self.client = client_of(address, follow_redirects=True)

    def page(self, path: str) -> str:
        """Load a page and keep its token, as a person who opens it does."""
        answer = self._sent(self.client.get(path, headers={"Accept": "text/html"}))
        if answer.status_code != 200:
            raise Refused("rehearsal_stuck", step=path, status=answer.status_code)
        found = _CSRF.search(answer.text)
        if found:
            self.csrf = found[1]
        return answer.text

    def act(self, path: str, **form: str | int) -> httpx.Response:
        """Press a button of the page: a POST with htmx's headers and the token."""
        return self._sent(
            self.client.post(
                path,
                data={name: str(value) for name, value in form.items()},
                headers={
                    "HX-Request": "true",
                    "X-CSRF-Token": self.csrf,
                    "Origin": self.address,
                    "Sec-Fetch-Site": "same-origin",
                },
            )
        )

    def must(self, path: str, **form: str | int) -> httpx.Response:
        """An act that has to succeed, or the day cannot go on."""
        answer = self.act(path, **form)
        if answer.status_code >= 300:
            raise Refused("rehearsal_stuck", step=path, status=answer.status_code)
        return answer

    def cookies(self) -> str:
        """The `Cookie` header of this browser."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookies.jar)

    def close(self) -> None:
        self.client.close()

    def _sent(self, answer: httpx.Response) -> httpx.Response:
        for each in (*answer.history, answer):
            self.statuses.saw(each.status_code)
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


# -- the wall --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picture:
    """One picture of the wall."""

    html: str
    #: `time.perf_counter()` of its arrival.
    arrived: float
    #: Which connection brought it, from 1: it grows when the stream is opened again.
    connection: int


@dataclass
class Wall:
    """The projector: holds `/live/wall` in a thread, opens it again when it breaks."""

    browser: Browser
    pictures: list[Picture] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._news = threading.Condition()
        self._ended = threading.Event()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._follow, name="wall", daemon=True)

    def start(self) -> None:
        self._thread.start()
        if self.wait(lambda _: True, since=0, within=ANSWER_WITHIN) is None:
            raise Refused("rehearsal_stuck", step="/live/wall", status=0)

    @property
    def seen(self) -> int:
        """How many pictures have come; a mark for `wait`."""
        with self._news:
            return len(self.pictures)

    def wait(
        self, wanted: Callable[[Picture], bool], *, since: int, within: float
    ) -> Picture | None:
        """The first picture after mark `since` that is wanted; None after `within` seconds."""
        until = time.monotonic() + within
        with self._news:
            while True:
                for picture in self.pictures[since:]:
                    if wanted(picture):
                        return picture
                since = max(since, len(self.pictures))
                left = until - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    return None

    def cut(self) -> None:
        """Break the stream, as a cable pulled out does; the thread opens it again by itself."""
        broken = self._socket
        if broken is not None:
            with suppress(OSError):
                broken.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._ended.set()
        self.cut()
        if self._thread.is_alive():
            self._thread.join(5)

    def _follow(self) -> None:
        while not self._ended.is_set():
            with suppress(httpx.HTTPError, OSError):
                self._listen()
            # A page asks again after the second that the stream's own `retry:` names.
            self._ended.wait(0.5)

    def _listen(self) -> None:
        quiet = httpx.Timeout(ANSWER_WITHIN, read=SILENCE)
        headers = {"Accept": "text/event-stream"}
        with self.browser.client.stream(
            "GET", "/live/wall", headers=headers, timeout=quiet
        ) as answer:
            self.browser.statuses.saw(answer.status_code)
            if answer.status_code != 200:
                return
            self.connections += 1
            self._socket = answer.extensions["network_stream"].get_extra_info("socket")
            for event, data in events(answer.iter_lines()):
                if event == "bye" or self._ended.is_set():
                    return
                if event == "region" and data.get("id") == "wall":
                    picture = Picture(data["html"], time.perf_counter(), self.connections)
                    with self._news:
                        self.pictures.append(picture)
                        self._news.notify_all()


class _Lines(Protocol):
    def __iter__(self) -> Iterator[str]: ...


def events(lines: _Lines) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and data of each server-sent event (HTML standard 9.2.6, as far as our stream goes)."""
    name, data = "", ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            data += line.removeprefix("data: ")
        elif not line:
            if data:
                yield name, json.loads(data)
            name, data = "", ""


# -- figures on screens ----------------------------------------------------------------------

_FIGURES = (
    # A page that names its figure is believed first; then the two places of the wall.
    re.compile(r'data-figure="present"[^>]*>\s*([\d.,]+)'),
    re.compile(r'class="figure"[^>]*>\s*([\d.,]+)'),
    re.compile(r'<footer class="foot">\s*<p>\s*<strong>\s*([\d.,]+)'),
)


def present_shown(html: str) -> int | None:
    """The figure of presence that a page or a picture of the wall shows; None where it has none."""
    for pattern in _FIGURES:
        found = pattern.search(html)
        if found:
            return int(re.sub(r"\D", "", found[1]))
    return None
