"""The machines of a rehearsed hall: a browser each, and what its page does without being touched.

As `static/js/pair.js`, `beat.js` and `device/follow.js` do: ask whether the code still lives, say
that one lives and how, find one's own line in the list that the stream brings.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from html import unescape

from kiosk.core.errors import Refused
from kiosk.rehearsal.hall import Browser
from kiosk.rehearsal.stream import Listener, Picture

_CODE = re.compile(r'id="pair-code">(\d{3}) (\d{3})<')
_NUMBER = re.compile(r'<body[^>]*data-device="(\d+)"')
_VERSION = re.compile(r'<body[^>]*data-version="([^"]+)"')
_SHOWS = re.compile(r'<body[^>]*data-shows="(\w+)"')
_LINE = re.compile(r'data-device-id="(\d+)" data-name="([^"]*)" data-goes="([^"]*)"')

#: The version of a page that an older program has served.
LAST_YEAR = "0123456789ab"


@dataclass(frozen=True, slots=True)
class Line:
    """A device in the list that every device's page gets: its name, and the page it belongs to."""

    name: str
    goes: str


def lines_in(html: str) -> dict[int, Line]:
    """The list by the numbers of the devices."""
    return {
        int(number): Line(unescape(name), unescape(goes))
        for number, name, goes in _LINE.findall(html)
    }


@dataclass
class Machine:
    """One machine: before it is paired, and as a device."""

    browser: Browser
    #: Number of the device; 0 before it is one.
    id: int = 0
    name: str = ""
    kind: str = ""
    version: str = ""
    shows: str = ""
    #: What its beats say: 0 to 1, seconds ahead of the server, version of the page (its own).
    battery: float | None = 0.8
    is_charging: bool = False
    ahead: float = 0.0
    page: str | None = None
    #: Holds its stream, where it has one in this rehearsal.
    listener: Listener | None = None
    #: `time.monotonic()` of its last word.
    spoke: float = field(default_factory=time.monotonic)

    # -- pairing -----------------------------------------------------------------------------

    def ask_for_code(self) -> str:
        """Open the first page; the six digits that it shows."""
        found = _CODE.search(self.browser.page("/pair"))
        if found is None:
            raise Refused("rehearsal_stuck", step="/pair", status=200)
        return found[1] + found[2]

    def still_waits(self) -> bool:
        """What the page asks every two seconds."""
        answer = self.browser.client.get("/pair/state")
        self.browser.statuses.saw(answer.status_code)
        return answer.json()["waiting"] is True

    def claim(self) -> str:
        """The page has heard that it waits no longer and loads itself anew; where it lands."""
        if self.still_waits():
            raise Refused("rehearsal_stuck", step="/pair/state", status=200)
        return self.wake("/pair")

    def wake(self, path: str = "/") -> str:
        """Load a page of the device and read from it who this machine is; where it lands."""
        page = self.browser.page(path)
        number, version, shows = (each.search(page) for each in (_NUMBER, _VERSION, _SHOWS))
        if number is None or version is None or shows is None:
            raise Refused("rehearsal_stuck", step=path, status=200)
        self.id, self.version, self.shows = int(number[1]), version[1], shows[1]
        self.name = lines_in(page)[self.id].name
        self.spoke = time.monotonic()
        return self.browser.where

    # -- a device ----------------------------------------------------------------------------

    def listen(self, topic: str) -> None:
        """Hold the stream of its page: its own topic, and the list of all devices."""
        self.listener = Listener(self.browser, f"/live/{topic}+device", region="device-facts")
        self.listener.start()

    def beat(self) -> int:
        """Say that it lives, and how; the HTTP status of the answer."""
        return self.beat_from(self.browser)

    def beat_from(self, browser: Browser) -> int:
        """The same from another browser: one that holds a copy of this cookie."""
        said = {
            "device": self.id,
            "sent": (time.time() + self.ahead) * 1000,
            "round_trip": None,
            "battery": self.battery,
            "charging": self.is_charging,
            "page": self.version if self.page is None else self.page,
            "shows": self.shows,
            "untouched": 5,
            "quiet": 0,
        }
        status = browser.send("/beat", said).status_code
        self.spoke = time.monotonic()
        return status

    def wait_for(
        self, *, since: int, within: float, name: str = "", goes: str = ""
    ) -> Picture | None:
        """The first picture after mark `since` that names this device so, or sends it there."""
        if self.listener is None:
            return None

        def wanted(picture: Picture) -> bool:
            line = lines_in(picture.html).get(self.id)
            return line is not None and name in {"", line.name} and goes in {"", line.goes}

        return self.listener.wait(wanted, since=since, within=within)


@dataclass
class Fleet:
    """The machines of the hall by what they are there for."""

    #: The ways in, and at last the way out.
    gates: list[Machine] = field(default_factory=list)
    wall: Machine = field(init=False)
    #: They hold their streams.
    tablets: list[Machine] = field(default_factory=list)
    #: Tablets by the trouble that they will give; they hold no stream.
    troubled: dict[str, Machine] = field(default_factory=dict)
    #: Every code that a machine of the hall has shown.
    codes: set[str] = field(default_factory=set)
    #: When the second secretary's guesses are forgiven (`time.monotonic()`).
    forgiven: float = 0.0
    #: A second machine with the cookie of a first, where there is one.
    copy: Browser | None = None

    @property
    def everybody(self) -> list[Machine]:
        """All machines that are in use."""
        return [*self.gates, self.wall, *self.tablets, *self.troubled.values()]
