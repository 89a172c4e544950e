"""When each device was last heard, and what it said of itself. In memory only (design 2.1).

Every request of a device counts as heard; its page also sends a beat every ten seconds
(`shell_routes.beat`). The event stream does not count: a server goes on writing into the line of a
tablet that has left the network, and would call it alive for minutes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app

from kiosk.core.clock import utc_now
from kiosk.devices import rules

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
    sightings: dict[str, rules.Sighting]
    beat: Beat | None = None
    #: The addresses that used this cookie at once; stays until the device is paired anew.
    doubled: tuple[str, ...] = ()


class Pulses:
    """The pulse of every device since the program started."""

    def __init__(self, ticking: Callable[[], float] = time.monotonic) -> None:
        self._ticking = ticking
        self._started = ticking()
        self._pulses: dict[int, Pulse] = {}
        #: When another browser became this device: its silence begins there.
        self._expected: dict[int, float] = {}
        self._seen: dict[int, tuple[rules.Trouble, ...]] = {}
        self._lock = threading.Lock()

    def heard(self, device_id: int, address: str, beat: Beat | None = None) -> bool:
        """A device has just sent something; True when this shows for the first time that its
        cookie is in two machines."""
        with self._lock:
            now = self._ticking()
            before = self._pulses.get(device_id)
            sightings = rules.seen_from(before.sightings if before else {}, address, now)
            doubled = before.doubled if before else ()
            found_now = () if doubled else rules.doubled(sightings)
            self._pulses[device_id] = Pulse(
                heard=now,
                at=utc_now(),
                sightings=sightings,
                beat=beat or (before.beat if before else None),
                doubled=doubled or found_now,
            )
            return bool(found_now)

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
        signs = rules.Signs(is_paired=is_paired, silence=silence)
        if pulse is None:
            return signs
        beat = pulse.beat or Beat()
        return replace(
            signs,
            silence=max(0.0, silence - beat.quiet),
            is_doubled=bool(pulse.doubled),
            battery=beat.battery,
            is_charging=beat.is_charging,
            skew=beat.skew,
            has_old_page=beat.has_old_page,
        )


def pulses() -> Pulses:
    """The pulses of the running app."""
    found: Pulses = current_app.extensions.setdefault("kiosk_pulses", Pulses())
    return found
