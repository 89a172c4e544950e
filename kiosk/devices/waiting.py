"""Browsers that show a pairing code and wait to become a device.

In memory only: a stranger writes nothing into the database. A page that still waits after a
restart gets another code by itself; what a secretary has confirmed is stored (`pairing.confirm`).
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app

from kiosk.core.clock import utc_now
from kiosk.core.errors import Refused
from kiosk.devices import rules


@dataclass(frozen=True)
class Waiting:
    """One browser that waits."""

    #: Six digits, shown there and typed by a secretary.
    code: str
    #: Keyed hash of the secret in that browser's cookie. Whoever reads the code off the screen has
    #: not the secret, and cannot become the device.
    secret_hash: bytes
    #: Where it asks from, and its browser, for the secretary's eyes.
    address: str
    machine: str
    since: datetime
    #: Seconds of the room's clock.
    ends: float
    heard: float


class WaitingRoom:
    """Everybody who waits. Safe between threads; nothing here waits for anything."""

    def __init__(self, ticking: Callable[[], float] = time.monotonic) -> None:
        self._ticking = ticking
        self._by_code: dict[str, Waiting] = {}
        self._lock = threading.Lock()
        self._strict_until = 0.0

    def arrive(self, *, secret_hash: bytes, address: str, agent: str) -> Waiting:
        """The place of a browser: the one it has, or a new one with a new code.

        Raises:
            Refused: `pairing_full` when too many wait, from this address or in all.
        """
        with self._lock:
            now = self._ticking()
            self._by_code = {code: each for code, each in self._by_code.items() if each.ends > now}
            mine = self._of(secret_hash)
            if mine is not None:
                return self._hear(mine, now)
            self._make_room(address, now)
            entry = Waiting(
                code=self._free_code(),
                secret_hash=secret_hash,
                address=address,
                machine=rules.machine_of(agent[:400]),
                since=utc_now(),
                ends=now + rules.CODE_LIVES,
                heard=now,
            )
            self._by_code[entry.code] = entry
            return entry

    def holds(self, secret_hash: bytes, *, address: str) -> bool:
        """Whether this secret was given to a browser that still waits, and asks from there."""
        with self._lock:
            mine = self._of(secret_hash)
            return mine is not None and mine.ends > self._ticking() and mine.address == address

    def seconds_left(self, secret_hash: bytes) -> int | None:
        """How long this browser's code still lives; None when it has none. Counts as heard."""
        with self._lock:
            now = self._ticking()
            mine = self._of(secret_hash)
            if mine is None or mine.ends <= now:
                return None
            self._hear(mine, now)
            return int(mine.ends - now)

    def with_code(self, code: str) -> Waiting | None:
        """Who shows this code now."""
        with self._lock:
            entry = self._by_code.get(code)
            return entry if entry is not None and entry.ends > self._ticking() else None

    def take(self, code: str) -> Waiting | None:
        """As `with_code`, and the code is worth nothing from here on: it is confirmed once."""
        with self._lock:
            entry = self._by_code.pop(code, None)
            return entry if entry is not None and entry.ends > self._ticking() else None

    def put_back(self, entry: Waiting) -> None:
        """The confirmation was refused: the code may be used again."""
        with self._lock:
            self._by_code.setdefault(entry.code, entry)

    def clear(self) -> int:
        """Take every code back; pages that are still there ask for another by themselves, one from
        each address for the next ten minutes. Returns how many codes there were."""
        with self._lock:
            count = len(self._by_code)
            self._by_code = {}
            self._strict_until = self._ticking() + rules.CODE_LIVES
            return count

    @property
    def count(self) -> int:
        """Pages that show a code and were heard a moment ago."""
        with self._lock:
            now = self._ticking()
            return sum(each.ends > now and not _is_gone(each, now) for each in self._places)

    @property
    def _places(self) -> list[Waiting]:
        return list(self._by_code.values())

    def _of(self, secret_hash: bytes) -> Waiting | None:
        return next((each for each in self._places if each.secret_hash == secret_hash), None)

    def _hear(self, entry: Waiting, now: float) -> Waiting:
        heard = replace(entry, heard=now)
        self._by_code[entry.code] = heard
        return heard

    def _make_room(self, address: str, now: float) -> None:
        """Find a place for one more, or refuse. Pages that are gone give way first, then those of
        the address that holds most: a stranger who opens hundreds keeps no tablet out."""
        most = self._most_from_one(now)
        if self._held().get(address, 0) < most and len(self._by_code) < rules.WAITING_IN_ALL:
            return
        self._by_code = {
            code: each for code, each in self._by_code.items() if not _is_gone(each, now)
        }
        held = self._held()
        if held.get(address, 0) >= most:
            raise Refused("pairing_full")
        if len(self._by_code) < rules.WAITING_IN_ALL:
            return
        giving = rules.gives_way(held, address)
        if giving is None:
            raise Refused("pairing_full")
        # The last that came there: whoever waits longest may be just about to be confirmed.
        last = max((each for each in self._places if each.address == giving), key=_ends)
        del self._by_code[last.code]

    def _held(self) -> Counter[str]:
        return Counter(each.address for each in self._places)

    def _most_from_one(self, now: float) -> int:
        return rules.WAITING_WHEN_CLEARED if now < self._strict_until else rules.WAITING_FROM_ONE

    def _free_code(self) -> str:
        while True:
            code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
            if code not in self._by_code:
                return code


def _ends(entry: Waiting) -> float:
    return entry.ends


def _is_gone(entry: Waiting, now: float) -> bool:
    return now - entry.heard > rules.WAITING_SILENT


def waiting_room() -> WaitingRoom:
    """The waiting room of the running app."""
    found: WaitingRoom = current_app.extensions.setdefault("kiosk_waiting", WaitingRoom())
    return found
