"""The day as it is walked: the browsers, what everyone was told, and how the wall follows.

The phases of the day (`preparing`, `doors`, `sitting`, `cut`) are functions on one `Walk`; at the
end it becomes the `Day` that the invariants look at.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kiosk import config
from kiosk.config import Settings
from kiosk.core.clock import utc_now
from kiosk.core.errors import Refused
from kiosk.founding import Made
from kiosk.rehearsal import facts
from kiosk.rehearsal.crowd import Crowd, Shot, Visit
from kiosk.rehearsal.gates import Gates
from kiosk.rehearsal.hall import Browser, Server, Statuses
from kiosk.rehearsal.machines import Fleet
from kiosk.rehearsal.noted import Noted
from kiosk.rehearsal.people import Invented
from kiosk.rehearsal.reception import Newcomer, Reception
from kiosk.rehearsal.stored import Person, Stored
from kiosk.rehearsal.stream import Picture
from kiosk.rehearsal.told import (
    Added,
    Copied,
    Day,
    Printed,
    Reported,
    Scene,
    Seated,
    Shown,
    Told,
    Try,
)
from kiosk.rehearsal.wall import Wall, present_shown

Tell = Callable[[str], None]

#: Seconds that a change may take to the wall before it counts as never arrived.
WALL_WITHIN = 5.0


@dataclass(frozen=True, slots=True)
class _Change:
    """An act that the wall must show, and the moment when it was pressed."""

    what: str
    #: Pictures that had come before.
    mark: int
    begun: float


@dataclass
class Walk:
    """Everything of one rehearsal. The phases fill it in their order."""

    settings: Settings
    server: Server
    gate_count: int
    tablet_count: int
    seed: int
    tell: Tell
    made: Made
    statuses: Statuses = field(default_factory=Statuses)
    browsers: list[Browser] = field(default_factory=list)
    noted: Noted = field(default_factory=Noted)
    fleet: Fleet = field(default_factory=Fleet)
    phases: dict[str, float] = field(default_factory=dict)
    #: Seconds and answers of the crowd at the gates.
    peak_seconds: float = 0.0
    peak: list[Told] = field(default_factory=list)
    healed: bool = False
    printed: tuple[Printed, ...] = ()
    printed_at: datetime | None = None
    totals: dict[str, str] = field(default_factory=dict)
    _waiting: _Change | None = None
    _helper: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2))

    # Set while everything is prepared.
    secretary: Browser = field(init=False)
    #: A second secretary, who writes the minutes.
    minutes: Browser = field(init=False)
    desk: Reception = field(init=False)
    gates: Gates = field(init=False)
    wall: Wall = field(init=False)
    crowd: Crowd = field(init=False)
    people: dict[int, Person] = field(init=False)
    #: Invented people who are on no list yet; the desk takes the next one.
    strangers: Iterator[Invented] = field(init=False)
    convened: int = field(init=False)
    #: Items by number; and their order in the plan.
    items: dict[int, int] = field(init=False)
    planned: tuple[int, ...] = field(init=False)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure and tell one part of the day."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.note_phase(name, begun)

    def note_phase(self, name: str, begun: float) -> None:
        """The same for what began at this `time.perf_counter()`."""
        self.phases[name] = round(time.perf_counter() - begun, 2)
        self.tell(f"{name}: {self.phases[name]:.2f} s")

    def beside(self, work: Callable[[], None]) -> Future[None]:
        """Something that takes its time while the day goes on; `result()` waits for it."""
        return self._helper.submit(work)

    def came(self, browser: Browser) -> Browser:
        """A browser that goes home at the end."""
        self.browsers.append(browser)
        return browser

    def close(self) -> None:
        """Let everyone go home, whatever happened."""
        self._helper.shutdown(cancel_futures=True)
        if hasattr(self, "wall"):
            self.wall.close()
        for tablet in (*self.fleet.tablets, *self.fleet.gates):
            if tablet.listener is not None:
                tablet.listener.close()
        for browser in self.browsers:
            browser.close()

    # -- the crowd ---------------------------------------------------------------------------

    def let_in(self, visits: Sequence[Visit], races: Sequence[Shot] = ()) -> None:
        """The crowd at the gates, measured."""
        already, begun = len(self.gates.told), time.perf_counter()
        self.gates.play(visits, races)
        self.peak_seconds += time.perf_counter() - begun
        self.peak += self.gates.told[already:]

    def add_guest(self, *, admit: bool) -> Newcomer:
        """The desk adds the next guest who is on no list."""
        guest = self.desk.add(next(self.strangers), standing="guest", admit=admit)
        self.noted.added.append(Added(guest.delegate_id, "guest", admitted=admit))
        if admit:
            self.gates.whereabouts[guest.delegate_id] = True
        return guest

    def guest_outside(self) -> Shot:
        """A guest whom the desk has just put on the list, with a badge in hand."""
        guest = self.add_guest(admit=False)
        return Shot(Scene.LATE_COMER, guest.code, guest.delegate_id)

    def admit_by_hand(self, delegate_id: int, reason: str) -> None:
        """The desk records somebody without a badge, who walks in."""
        self.desk.admit(delegate_id, reason)
        self.gates.whereabouts[delegate_id] = True

    def numbers_of(self, people: Iterable[int]) -> dict[int, int]:
        """The numbers of people as they stand on paper, newcomers too."""
        with facts.reading(self.settings.instance / config.DATABASE) as source:
            numbers = {person.id: person.number for person in facts.people_of(source)}
        return {each: numbers[each] for each in people}

    def devices(self) -> dict[str, int]:
        """The devices in use by their names."""
        with facts.reading(self.settings.instance / config.DATABASE) as source:
            found = facts.devices_of(source)
        return {device.name: device.id for device in found if not device.is_revoked}

    def first_stay(self) -> int:
        """The line of the book by which the first person entered; 0 while nobody has."""
        query = "SELECT min(seq) FROM book_line WHERE event = 'checkin:stay:entered'"
        with facts.reading(self.settings.instance / config.DATABASE) as source:
            return int(source.execute(query).fetchone()[0] or 0)

    # -- noting ------------------------------------------------------------------------------

    def forbid(
        self, what: str, path: str, *, who: Browser | None = None, **form: str | int
    ) -> None:
        """Try what the moment does not allow."""
        self.note_forbidden(what, (who or self.secretary).act(path, **form).status_code)

    def note_forbidden(self, what: str, status: int) -> None:
        """The same, where the act was tried beside others."""
        self.noted.forbidden.append(Try(what, utc_now(), status))

    def overstep(self, what: str, path: str, **form: str | int) -> None:
        """The desk tries what is not the desk's."""
        status = self.desk.browser.act(path, **form).status_code
        self.noted.not_theirs.append(Try(what, utc_now(), status))

    def follow(self, what: str, act: Callable[[], object]) -> None:
        """Do an act that the hall must see. The wall is asked at the next `settle`, so that what
        the wall does not show may be done while it draws."""
        self.settle()
        self._waiting = _Change(what, self.wall.seen, time.perf_counter())
        act()

    def try_to_open(self) -> None:
        """Press "open"; the wall follows when it is allowed."""
        self.settle()
        at, change = utc_now(), _Change("open", self.wall.seen, time.perf_counter())
        status = self.secretary.act("/console/conference/open").status_code
        self.noted.openings.append(Try("open", at, status))
        if status < 300:
            self._waiting = change

    def settle(self) -> None:
        """Wait for the picture of the last act; note the milliseconds from the press to it."""
        change, self._waiting = self._waiting, None
        if change is None:
            return
        picture = self.wall.wait(lambda _: True, since=change.mark, within=WALL_WITHIN)
        lag = None if picture is None else (picture.arrived - change.begun) * 1000
        self.noted.lags.append(lag)
        if lag is None:
            self.tell(f"the wall did not follow: {change.what}")

    def look(self) -> bool:
        """While nothing moves, read the presence at three places; True when the stream has it."""
        return self.read_presence() is not None

    def read_presence(self) -> int | None:
        """The same, with the figure itself as the secretary reads it; None without one."""
        self.settle()
        at = utc_now()
        console = present_shown(self.secretary.page("/console"))
        page = present_shown(self.wall.browser.page("/projector"))

        def shows(picture: Picture) -> bool:
            return present_shown(picture.html) == console

        # The newest picture counts too: it may have come before we looked.
        newest = self.wall.wait(shows, since=max(self.wall.seen - 1, 0), within=WALL_WITHIN)
        stream = None if newest is None else present_shown(newest.html)
        for place, present in (("console", console), ("projector", page), ("stream", stream)):
            self.noted.shown.append(Shown(at, place, present))
        return None if newest is None else console

    def must_read_presence(self, step: str) -> int:
        """The figure, where the day cannot go on without it."""
        found = self.read_presence()
        if not found:
            raise Refused("rehearsal_stuck", step=step, status=200)
        return found

    def report_absent(
        self, delegate_id: int, kind: str, reason: str, *, withdrawn: bool = False
    ) -> None:
        """Somebody calls the desk: will not come; and perhaps calls again: will come."""
        self.desk.absent(delegate_id, kind, reason)
        if withdrawn:
            self.desk.expected_again(delegate_id)
        self.noted.reported.append(Reported(delegate_id, kind, reason, withdrawn))

    def seat_instead(self, replaced: Shot) -> Shot:
        """The desk seats a substitute for somebody; the badge of the one who sits in."""
        who = self.people[replaced.delegate_id or 0]
        made = self.desk.seat(next(self.strangers), instead_of=who.id)
        before = (who.counts_for_quorum, who.votes, who.elects)
        self.noted.seated.append(Seated(who.id, made.delegate_id, before))
        return Shot(Scene.SUBSTITUTE, made.code, made.delegate_id)

    # -- afterwards --------------------------------------------------------------------------

    def day(self, stored: Stored, copied: Copied | None, *, log: tuple[str, ...]) -> Day:
        """Everything noted, for the invariants."""
        lists: dict[str, Any] = {name: tuple(noted) for name, noted in vars(self.noted).items()}
        return Day(
            convened=self.convened,
            gates=self.gates.numbers,
            told=tuple(self.gates.told),
            stored=stored,
            whereabouts=dict(self.gates.whereabouts),
            printed=self.printed,
            printed_at=self.printed_at,
            totals=self.totals,
            planned=self.planned,
            laid=tuple(self.items[number] for number in sorted(self.items)),
            copied=copied,
            healed=self.healed,
            statuses=self.statuses.all(),
            log=log,
            **lists,
        )
