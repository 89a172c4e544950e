"""While the hall is served: keeps certificate, host check and printed addresses in step with the
addresses that the laptop has now.

A Wi-Fi that comes late, a router that hands out another address, a cable that is put in: the next
look, three seconds later, finds it. What is new is signed in another process and taken into use
for every handshake from then on; whoever is connected stays so.
"""

from __future__ import annotations

import json
import logging
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from kiosk.config import Settings
from kiosk.core import doors, jobs
from kiosk.core.clock import Clock, utc_now
from kiosk.core.doors import Hall
from kiosk.core.errors import KioskError
from kiosk.tls import addresses, known, rules, services, store
from kiosk.tls.rules import Issued, Wanted

log = logging.getLogger(__name__)

#: What live pages follow.
FACT = "hall"

#: Seconds between two looks at the machine's addresses.
EVERY = 3.0
#: Seconds after which the certificate's dates are looked at although nothing has changed.
DATES = 3600.0
#: Seconds by which the laptop's clock may move against time that only goes forward. More, and
#: somebody has put it right or wrong: the dates are looked at at once.
CLOCK_MOVED = 60.0
#: Seconds until something that failed is tried again.
AGAIN = 20.0
#: Seconds for making one certificate, on a laptop that is busy with something else.
LONGEST = 60.0


class Keeper:
    """The encrypted door of a served instance. `ready`, `start` and `stop` are `kiosk serve`'s."""

    def __init__(self, app: Flask, *, clock: Clock = utc_now) -> None:
        self.app = app
        self.settings: Settings = app.extensions["kiosk_settings"]
        self.instance = self.settings.instance
        #: Asked at every look; a server that is bound to one address gives that one.
        self.addresses: Callable[[], tuple[str, ...]] = addresses.present
        #: True for a server that was told to listen on this laptop alone.
        self.alone = False
        self.context: ssl.SSLContext | None = None
        #: What the encrypted door answers with now, whatever lies in the folder meanwhile.
        self.served: Issued | None = None
        #: Told whenever the hall is reached at other addresses than before.
        self.told: Callable[[Hall], None] = lambda _: None
        self._clock = clock
        self._hub: Any = app.extensions["kiosk_live"]
        self._ports = (0, 0)
        self._stopped = threading.Event()
        self._said = ""
        #: What the machine was called and had at the last look that went well, and when.
        self._seen: object = None
        self._looked_at = 0.0
        #: The wall clock minus the one that only goes forward, at that look.
        self._offset = 0.0

    def ready(self, *, http_port: int, https_port: int) -> None:
        """Have a certificate for the present addresses before the first request.

        Raises:
            Refused: `authority_damaged`, `clock_impossible`, or what the job refuses.
        """
        self._ports = (http_port, https_port)
        self._bring_in_step()

    def present_context(self) -> ssl.SSLContext:
        """What the next handshake answers with."""
        if self.context is None:
            raise RuntimeError("the encrypted door was opened before it was ready")
        return self.context

    # -- the thread ------------------------------------------------------------------------------

    def start(self) -> None:
        threading.Thread(target=self._keep, name="addresses", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _keep(self) -> None:
        pause = EVERY
        while not self._stopped.wait(pause):
            pause = EVERY if self.turn() else AGAIN

    def turn(self) -> bool:
        """One look; False when the certificate could not be brought in step. The present one then
        stays, and the hall goes on."""
        try:
            self._bring_in_step()
        except Exception as failed:
            refused = isinstance(failed, (KioskError, OSError))
            said = f"{type(failed).__name__} {failed}"
            self._say(f"the certificate was not renewed: {said}", exc_info=not refused)
            return False
        self._said = ""
        return True

    def _say(self, words: str, *, exc_info: bool = False) -> None:
        """Into the log once, not every twenty seconds."""
        if words != self._said:
            log.warning(words, exc_info=exc_info)
        self._said = words

    # -- the work --------------------------------------------------------------------------------

    def _bring_in_step(self) -> None:
        here, hostname = self.addresses(), addresses.hostname()
        now, ticking = self._clock(), time.monotonic()
        offset = now.timestamp() - ticking
        if (
            (here, hostname) == self._seen
            and ticking - self._looked_at < DATES
            and abs(offset - self._offset) <= CLOCK_MOVED
        ):
            return
        authority = known.authority(self.instance)
        mark = authority.mark if authority else ""
        bare = authority.bare if authority else rules.bare_label(hostname)
        wanted = Wanted(names=rules.names_of(hostname, permitted_bare=bare), addresses=here)
        issued = store.issued(self.instance)
        why = rules.needs_renewal(issued, wanted, authority=authority, now=now)
        if authority is not None and not authority.holds(now) and why != "authority":
            # Whether it or the clock is wrong is for people to see (`kiosk doctor`).
            self._say("no device accepts the authority at the time that this laptop shows")
        if not why and self.context is None:
            self.context = store.context(self.instance)
            self.served = issued if self.context is not None else None
            why = "" if self.context is not None else "none"
        if why:
            mark = self._renew(wanted, hostname, why)
        self._publish(wanted, mark)
        self._seen, self._looked_at, self._offset = (here, hostname), ticking, offset

    def _renew(self, wanted: Wanted, hostname: str, why: str) -> str:
        """Have a leaf made and take it into use; returns the authority's fingerprint."""
        order = {
            "instance": str(self.instance),
            "hostname": hostname,
            "addresses": list(wanted.addresses),
        }
        answer = json.loads(
            jobs.run_job("hall_certificate", order, timeout=LONGEST, lane="certificate")
        )
        made = store.context(self.instance)
        issued = store.issued(self.instance)
        if made is None or issued is None:
            raise OSError("the certificate that was just made cannot be read")
        # A new object, never a changed one: a handshake under way keeps what it began with.
        self.context, self.served = made, issued
        with self.app.app_context():
            services.note_made(issued=issued, why=why, new_authority=answer["new_authority"])
        log.info("a certificate was made (%s) for %s", why, ", ".join(wanted.addresses) or "-")
        return issued.authority

    def _publish(self, wanted: Wanted, fingerprint: str) -> None:
        http_port, https_port = self._ports
        hosts = [name for name in wanted.names if name not in doors.THIS_LAPTOP]
        hall = Hall(
            encrypted=tuple(_address("https", each, https_port) for each in wanted.addresses),
            trust=tuple(f"{_address('http', each, http_port)}/trust" for each in wanted.addresses),
            hosts=frozenset([*hosts, *wanted.addresses]),
            https_port=https_port,
            alone=self.alone,
            fingerprint=fingerprint,
        )
        before: Hall = self.app.extensions["kiosk_hall"]
        if hall == before:
            return
        self.app.extensions["kiosk_hall"] = hall
        # Which of these names may come in by which door: `doors.py`.
        self.app.config["TRUSTED_HOSTS"] = [*doors.THIS_LAPTOP, *sorted(hall.hosts)]
        self._hub.announce({FACT})
        if before.https_port:
            self.told(hall)


def _address(scheme: str, host: str, port: int) -> str:
    usual = {"http": 80, "https": 443}[scheme]
    return f"{scheme}://{host}" if port == usual else f"{scheme}://{host}:{port}"
