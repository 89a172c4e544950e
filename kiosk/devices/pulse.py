"""When each device was last heard, and what it said of itself. In memory only (design 2.1).

Every request of a device counts as heard; its page also sends a beat every ten seconds
(`shell_routes.beat`). The event stream does not count: a server goes on writing into the line of a
tablet that has left the network, and would call it alive for minutes. Where a cookie comes from is
noted at every request that brings it, the opening of a stream too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import current_app

from kiosk.core.clock import utc_now
from kiosk.devices import rules
from kiosk.devices.events import DeviceEvent

#: The fact that a device's state has changed by what it said, or did not say.
PULSE = "pulse"


@dataclass(frozen=True)
class Beat:
    """What a device's page says of itself."""

    #: Per cent; None where the browser does not tell.
    battery: int | None = None
    is_charging: bool = False
    #: Seconds ahead of the server.
    skew: float | None = None
    #: The page's version, and whether the program has another now.
    page: str = ""
    has_old_page: bool = False
    #: Name of the act or face on its screen: `idle`, `gate`, `wall` …
    shows: str = ""
    #: Seconds since somebody touched it.
    untouched: int | None = None
    #: Seconds for which it said that it would be silent: a ballot page in use sends nothing. Over
    #: with the next page that it loads.
    quiet: float = 0.0


@dataclass(frozen=True)
class Pulse:
    """One device, as last heard."""

    #: Seconds of the clock that only goes forward.
    heard: float
    at: datetime
    beat: Beat | None = None


@dataclass(frozen=True)
class Suspicion:
    """What is known of one cookie in two machines; the book keeps it over a restart."""

    #: The addresses that used it at once, until a person has looked or the device is paired anew.
    doubled: tuple[str, ...] = ()
    #: Addresses of which a person has said that they are one machine's.
    one_machine: frozenset[str] = frozenset()


class Pulses:
    """The pulse of every device since the program started."""

    def __init__(self, ticking: Callable[[], float] = time.monotonic) -> None:
        self._ticking = ticking
        self._started = ticking()
        self._pulses: dict[int, Pulse] = {}
        #: When another browser became this device: its silence begins there.
        self._expected: dict[int, float] = {}
        self._sightings: dict[int, dict[str, rules.Sighting]] = {}
        self._suspicions: dict[int, Suspicion] | None = None
        self._seen: dict[int, tuple[rules.Trouble, ...]] = {}
        self._lock = threading.Lock()

    def recall(self, suspicions: Mapping[int, Suspicion]) -> None:
        """What the book says, once after a start."""
        with self._lock:
            self._suspicions = {**suspicions, **(self._suspicions or {})}

    @property
    def knows_the_book(self) -> bool:
        return self._suspicions is not None

    def suspicion(self, device_id: int) -> Suspicion:
        return (self._suspicions or {}).get(device_id, Suspicion())

    def suspect(self, device_id: int, suspicion: Suspicion) -> None:
        with self._lock:
            if self._suspicions is None:
                self._suspicions = {}
            self._suspicions[device_id] = suspicion

    def seen(self, device_id: int, address: str) -> tuple[str, ...]:
        """A device's cookie has just come from this address, with whatever: a beat, a page, a
        stream. Returns the addresses where this shows for the first time that it is in two
        machines; `suspect` makes it known once that is booked."""
        with self._lock:
            found = rules.seen_from(self._sightings.get(device_id, {}), address, self._ticking())
            self._sightings[device_id] = found
        known = self.suspicion(device_id)
        if known.doubled:
            return ()
        return rules.doubled(found, one_machine=known.one_machine)

    def addresses(self, device_id: int) -> tuple[str, ...]:
        """Where its cookie was used within the last minutes, the newest first."""
        found = self._sightings.get(device_id, {})
        return tuple(sorted(found, key=lambda address: -found[address].last))

    def heard(self, device_id: int, beat: Beat | None = None) -> None:
        """A device has just sent something of its own."""
        with self._lock:
            before = self._pulses.get(device_id)
            self._pulses[device_id] = Pulse(
                heard=self._ticking(),
                at=utc_now(),
                beat=beat or (before.beat if before else None),
            )

    def page_came(self, device_id: int) -> None:
        """The device loads a page anew: what the page before said of a silence is over."""
        with self._lock:
            before = self._pulses.get(device_id)
            if before is not None and before.beat is not None and before.beat.quiet:
                beat = replace(before.beat, quiet=0.0)
                self._pulses[device_id] = replace(before, beat=beat)

    def of(self, device_id: int) -> Pulse | None:
        return self._pulses.get(device_id)

    def forget(self, device_id: int) -> None:
        """Another browser is this device now, or none: what was heard is of the one before."""
        with self._lock:
            self._pulses.pop(device_id, None)
            self._expected[device_id] = self._ticking()
            self._sightings.pop(device_id, None)
            (self._suspicions or {}).pop(device_id, None)

    def silence(self, device_id: int) -> float:
        """Seconds since the device was heard; where it never was, since it was paired, or since the
        program started: a restart does not turn forty devices red until they speak."""
        pulse = self._pulses.get(device_id)
        since = pulse.heard if pulse else self._expected.get(device_id, self._started)
        return self._ticking() - since

    def news(self) -> bool:
        """Whether somebody's state has changed since this was last asked: fell silent, is back,
        runs out of battery. For a board that must show it at once."""
        now = self._ticking()
        seen = {
            device_id: rules.troubles(self.signs(device_id, is_paired=True))
            for device_id in list(self._pulses)
        }
        # Those that were never heard since the start fall silent all at once.
        seen[0] = (rules.Trouble.SILENT,) if now - self._started >= rules.SILENT else ()
        before, self._seen = self._seen, seen
        return seen != before

    def signs(self, device_id: int, *, is_paired: bool) -> rules.Signs:
        """What the rules want to know of a device."""
        pulse, silence = self._pulses.get(device_id), self.silence(device_id)
        is_doubled = bool(self.suspicion(device_id).doubled)
        signs = rules.Signs(is_paired=is_paired, silence=silence, is_doubled=is_doubled)
        if pulse is None:
            return signs
        beat = pulse.beat or Beat()
        return replace(
            signs,
            silence=max(0.0, silence - beat.quiet),
            battery=beat.battery,
            is_charging=beat.is_charging,
            skew=beat.skew,
            has_old_page=beat.has_old_page,
        )


def pulses() -> Pulses:
    """The pulses of the running app."""
    found: Pulses = current_app.extensions.setdefault("kiosk_pulses", Pulses())
    return found


def suspicions_in(lines: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[int, Suspicion]:
    """What the book's lines (event, facts; the oldest first) leave of each device's suspicion."""
    found: dict[int, Suspicion] = {}
    for event, facts in lines:
        device_id = int(facts["device"])
        addresses = str(facts.get("addresses", "")).split()
        known = found.get(device_id, Suspicion())
        if event == DeviceEvent.DOUBLED:
            found[device_id] = replace(known, doubled=tuple(addresses))
        elif event == DeviceEvent.ONE_MACHINE:
            found[device_id] = Suspicion(one_machine=known.one_machine.union(addresses))
        else:  # paired anew: another cookie
            found.pop(device_id, None)
    return found
