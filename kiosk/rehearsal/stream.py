"""A page of a rehearsed day that listens: one stream in a thread, and the pictures it brought."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from kiosk.core.errors import Refused
from kiosk.rehearsal.hall import ANSWER_WITHIN, Browser

#: Seconds of silence after which a page knows that its stream is dead (ticks come every 5 s).
SILENCE = 12.0


@dataclass(frozen=True)
class Picture:
    """One picture of the region that a page watches."""

    html: str
    #: `time.perf_counter()` of its arrival.
    arrived: float
    #: Which connection brought it, from 1: it grows when the stream is opened again.
    connection: int


class Listener:
    """Holds the stream of a page in a thread, opens it again when it breaks, and keeps every
    picture of one region. Told «bye», it leaves for good, as a page does."""

    def __init__(self, browser: Browser, path: str, *, region: str) -> None:
        self.browser = browser
        self.path = path
        self.region = region
        self.pictures: list[Picture] = []
        self.connections = 0
        #: `time.perf_counter()` of the stream's «bye»; None before it.
        self.sent_away: float | None = None
        self._news = threading.Condition()
        self._ended = threading.Event()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._follow, name=path, daemon=True)

    def start(self) -> None:
        """Open the stream and wait for its first picture.

        Raises:
            Refused: `rehearsal_stuck` when none comes.
        """
        self._thread.start()
        if self.wait(lambda _: True, since=0, within=ANSWER_WITHIN) is None:
            raise Refused("rehearsal_stuck", step=self.path, status=0)

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

    def wait_for_bye(self, *, within: float) -> float | None:
        """When the stream said «bye» (`time.perf_counter()`); None after `within` seconds."""
        with self._news:
            self._news.wait_for(lambda: self.sent_away is not None, within)
            return self.sent_away

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
        with self.browser.client.stream("GET", self.path, headers=headers, timeout=quiet) as answer:
            self.browser.statuses.saw(answer.status_code)
            if answer.status_code != 200:
                return
            self.connections += 1
            self._socket = answer.extensions["network_stream"].get_extra_info("socket")
            for event, data in events(answer.iter_lines()):
                if self._ended.is_set():
                    return
                self._note(event, data)

    def _note(self, event: str, data: dict[str, Any]) -> None:
        now = time.perf_counter()
        with self._news:
            if event == "bye":
                self.sent_away = now
                self._ended.set()
            elif event == "region" and data.get("id") == self.region:
                self.pictures.append(Picture(data["html"], now, self.connections))
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
