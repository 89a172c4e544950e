"""One stream per page: who listens to what, and what changed (design 2.2).

A room says which *facts* an act changes (`core.db.changed`); a face registers *topics*, each with
an audience, the facts it depends on, and one function that renders its regions. A change renders
each affected topic once per language, at most four times a second, and the same bytes go to every
listener. A new listener first gets the present state, so a reconnect never leaves a screen stale.

On the wire (text/event-stream):

* `event: region`, data `{"id": dom id, "html": fragment}`: put this in place of that element;
* `event: tick`, data `{"now": ISO time in the hall, "version": of the pages}`: every 5 s;
* `event: bye`: this caller has no right any more, reload and see why.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app
from flask_babel import force_locale

from kiosk.core.clock import in_hall, utc_now

log = logging.getLogger(__name__)

#: Seconds between two pictures of one topic: four a second is more than an eye follows.
CALM = 0.25

#: Seconds between two looks at what changes by itself: a silent device, minutes late.
CLOCK = 10.0

#: Seconds between two questions to the watchers, which cost nothing; what they watch shows at once.
WATCH = 1.0

#: Seconds until a picture that could not be drawn is tried again.
AGAIN = 1.0

#: The fact that changes by itself; a topic that depends on it is drawn again every `CLOCK` seconds.
THE_CLOCK = "clock"

#: Seconds after which a listener's right is asked again even if nobody's changed: a session ends
#: by time, too.
ASK_AGAIN = 60.0

#: Seconds of silence after which the stream says that it still lives; pages worry at 10.
TICK = 5.0

Regions = Mapping[str, str]


@dataclass(frozen=True)
class Topic:
    """A set of regions that one audience may follow."""

    name: str
    #: As an endpoint's: roles, device kinds, or `access.ANYONE`.
    audience: frozenset[str]
    #: Facts whose change may change these regions.
    facts: frozenset[str]
    #: Renders every region of the topic for the language in force: DOM id → HTML.
    render: Callable[[], Regions]


@dataclass
class _Picture:
    """The last rendering of one topic in one language."""

    regions: dict[str, bytes] = field(default_factory=dict)
    html: dict[str, str] = field(default_factory=dict)
    stale: bool = True
    #: `time.monotonic()` of the last drawing; minus infinity before the first.
    drawn: float = float("-inf")
    listeners: int = 0


class Hub:
    """Keeps the pictures and wakes the listeners."""

    def __init__(self, app: Flask, *, version: str) -> None:
        self.app = app
        self.version = version
        self.topics: dict[str, Topic] = {}
        self.listening = 0
        #: Grows with every change of rights; a listener that sees it grow asks again who it is.
        self.rights = 0
        #: Asked every `WATCH` seconds which facts changed by themselves; they look into memory.
        self.watchers: list[Callable[[], Iterable[str]]] = []
        self._pictures: dict[tuple[str, str], _Picture] = {}
        self._lock = threading.RLock()
        self._signal = threading.Event()
        self._work = threading.Event()
        self._publisher: threading.Thread | None = None

    def add(self, topic: Topic) -> None:
        if topic.name in self.topics:
            raise ValueError(f"topic {topic.name} is registered twice")
        self.topics[topic.name] = topic

    # -- what changed ------------------------------------------------------------------------

    def announce(self, facts: Iterable[str]) -> None:
        """Mark what depends on these facts as stale; the publisher draws it once, soon."""
        facts = set(facts)
        if not facts:
            return
        with self._lock:
            if "access" in facts:
                self.rights += 1
            for (name, _), picture in self._pictures.items():
                if self.topics[name].facts & facts:
                    picture.stale = True
        if self.listening:
            self._work.set()

    def _start(self) -> None:
        with self._lock:
            if self._publisher is None:
                self._publisher = threading.Thread(
                    target=self._publish_forever, name="live", daemon=True
                )
                self._publisher.start()

    def _publish_forever(self) -> None:
        failed = False
        looked = time.monotonic()
        while True:
            pause = WATCH if self.watchers else CLOCK
            self._work.wait(
                AGAIN if failed else max(0.0, min(pause, looked + CLOCK - time.monotonic()))
            )
            self._work.clear()
            failed = False
            for watch in self.watchers:
                self.announce(watch())
            # By the clock, not by the wait: a steady stream of scans must not hide a silent gate.
            if time.monotonic() - looked >= CLOCK:
                looked = time.monotonic()
                self.announce({THE_CLOCK})
            for (name, language), picture in list(self._pictures.items()):
                if picture.stale and picture.listeners:
                    try:
                        self._draw(name, language)
                    except Exception:
                        # The last good picture stays on the wall; it is tried again soon, for the
                        # ticks go on and nobody in the hall could see that it is old.
                        failed = True
                        log.exception("topic %s could not be drawn", name)
            self._wake()
            time.sleep(CALM)

    def _wake(self) -> None:
        signal, self._signal = self._signal, threading.Event()
        signal.set()

    # -- pictures ----------------------------------------------------------------------------

    def _picture(self, name: str, language: str) -> _Picture:
        with self._lock:
            return self._pictures.setdefault((name, language), _Picture())

    def _draw(self, name: str, language: str) -> _Picture:
        picture = self._picture(name, language)
        # Cleared first: a change while we draw must be drawn again.
        picture.stale = False
        picture.drawn = time.monotonic()
        try:
            with self.app.test_request_context(), force_locale(language):
                regions = self.topics[name].render()
        except BaseException:
            picture.stale = True
            raise
        for dom_id, html in regions.items():
            if picture.html.get(dom_id) != html:
                picture.html[dom_id] = str(html)
                picture.regions[dom_id] = _event("region", {"id": dom_id, "html": str(html)})
        return picture

    def _fresh(self, name: str, language: str) -> _Picture:
        """For a newcomer: the present state, yet a thousand newcomers draw it once, not each."""
        picture = self._picture(name, language)
        if picture.stale and time.monotonic() - picture.drawn > CALM:
            return self._draw(name, language)
        return picture

    def snapshot(self, names: list[str], language: str) -> tuple[str, dict[str, str]]:
        """The present regions and a mark of their content, for pages that can only poll."""
        html: dict[str, str] = {}
        for name in names:
            html.update(self._fresh(name, language).html)
        mark = hashlib.sha256(json.dumps(html, sort_keys=True).encode()).hexdigest()[:24]
        return mark, html

    # -- listeners ---------------------------------------------------------------------------

    def listen(
        self,
        names: list[str],
        language: str,
        *,
        still_allowed: Callable[[], bool],
        rights: int | None = None,
    ) -> Iterator[bytes]:
        """The stream of one page. Ends with `bye` when its right is gone.

        `rights` is `self.rights` from before the caller was admitted: a right that ends between
        that look and the first line of the stream ends the stream too.
        """
        sent: dict[str, bytes] = {}
        rights = self.rights if rights is None else rights
        pictures = [self._picture(name, language) for name in names]
        with self._lock:
            self.listening += 1
            for picture in pictures:
                picture.listeners += 1
        self._start()
        try:
            spoke = asked = time.monotonic()
            yield b"retry: 1000\n\n" + self._tick()
            self._draw_for_newcomer(names, language, pictures)
            while True:
                # Taken before looking: a change after the look still wakes us.
                signal = self._signal
                if self.rights != rights or time.monotonic() - asked > ASK_AGAIN:
                    rights, asked = self.rights, time.monotonic()
                    if not still_allowed():
                        yield _event("bye", {})
                        return
                fresh = [
                    (dom_id, message)
                    for picture in pictures
                    for dom_id, message in picture.regions.items()
                    if sent.get(dom_id) is not message
                ]
                if fresh:
                    sent.update(fresh)
                    spoke = time.monotonic()
                    yield b"".join(message for _, message in fresh)
                signal.wait(max(0.0, spoke + TICK - time.monotonic()))
                # By the clock, not by the wait: a page whose own topics are calm is woken by the
                # changes of all others and must still hear that the server lives.
                if time.monotonic() - spoke >= TICK:
                    spoke = time.monotonic()
                    yield self._tick()
        finally:
            with self._lock:
                self.listening -= 1
                for picture in pictures:
                    picture.listeners -= 1

    def _draw_for_newcomer(self, names: list[str], language: str, pictures: list[_Picture]) -> None:
        for name in names:
            try:
                self._fresh(name, language)
            except Exception:
                # The newcomer gets the last good picture, and the next good one with the others.
                log.exception("topic %s could not be drawn", name)
        if any(picture.stale for picture in pictures):
            # Drawn a moment ago for someone else and changed since: the publisher follows.
            self._work.set()

    def _tick(self) -> bytes:
        now = in_hall(utc_now()).isoformat(timespec="milliseconds")
        return _event("tick", {"now": now, "version": self.version})


def _event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def hub() -> Hub:
    """The hub of the running app."""
    found: Hub = current_app.extensions["kiosk_live"]
    return found


def announce(facts: Iterable[str]) -> None:
    """After a COMMIT: tell the hub, where there is one (the command line has none)."""
    if facts and current_app and "kiosk_live" in current_app.extensions:
        hub().announce(facts)
