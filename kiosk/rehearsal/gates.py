"""The crowd before the gates: who comes when, with which badge, and what the gates answered.

`crowd_of` draws the whole day from one seed, without a server; `Gates` plays it with many
connections at each gate at once.
"""

from __future__ import annotations

import queue
import random
import re
import secrets
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import httpx

from kiosk.checkin.rules import quorum_needed
from kiosk.conference import badge_code
from kiosk.rehearsal.facts import Badge, Person, Scene, Told
from kiosk.rehearsal.hall import Browser, Statuses, client_of

#: Badges that the desk replaces before the day.
REPLACED = 3
#: Connections that one gate keeps busy in the peak; real gates have one.
AT_ONE_GATE = 8
#: Connections of all gates together; more would only measure this client.
AT_ALL_GATES = 48
#: Seconds that two gates wait for each other before the same badge is scanned at both.
TOGETHER = 10.0
#: A page whose answer was lost sends the same scan again, this often.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Shot:
    """One scan of a visit."""

    scene: Scene
    code: str
    delegate_id: int | None = None
    #: 0: at the gate where the visit began; 1: at the next one.
    aside: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """What one person does at the gates, in order."""

    shots: tuple[Shot, ...]


@dataclass(frozen=True)
class Crowd:
    """The arrivals of a whole day."""

    #: Everyone up to one below the quorum, all guests, and all kinds of trouble.
    early: tuple[Visit, ...]
    #: Badges that come to two gates at the same instant, while the early ones stream in.
    races: tuple[Shot, ...]
    #: Who brings the quorum, and more.
    rest: tuple[Visit, ...]
    #: Delegates who come while the agenda runs; at least two.
    late: tuple[Shot, ...]
    #: Somebody who only comes when everything is over.
    absent: Shot


def reissued_of(people: Sequence[Person], seed: int) -> tuple[int, ...]:
    """Delegates whose badge is lost before the day; all of them will come."""
    return tuple(_order(people, seed)[:REPLACED])


def _order(people: Sequence[Person], seed: int) -> list[int]:
    """The delegates in the seeded order of their arrival."""
    ids = [person.id for person in people if person.standing == "delegate"]
    random.Random(seed).shuffle(ids)  # noqa: S311 (a rehearsal, no secret)
    return ids


def crowd_of(people: Sequence[Person], badges: Sequence[Badge], *, key: bytes, seed: int) -> Crowd:
    """Draw the arrivals of the day: about 93 of 100 delegates, all guests, and trouble.

    `badges` are all badges after the replacing, old ones too; `key` derives their digits.
    """
    dice = random.Random(f"{seed}/crowd")  # noqa: S311 (a rehearsal, no secret)
    codes = {
        (badge.delegate_id, badge.revoked): badge_code.derive(
            key, delegate_id=badge.delegate_id, issue=badge.issue, attempt=badge.attempt
        )
        for badge in badges
    }
    order = _order(people, seed)
    needed = quorum_needed(len(order))
    coming = order[: max(round(0.93 * len(order)), needed + 2)]
    late_count = min(max(2, len(coming) // 40), len(coming) - needed)
    # The replaced badges stand first in the order, so their owners are among the early.
    early, later = coming[: needed - 1], coming[needed - 1 :]
    rest, late = later[:-late_count], later[-late_count:]
    raced = early[REPLACED : REPLACED + max(1, min(20, len(early) // 25))]
    plain = early[REPLACED + len(raced) :]

    def shot(scene: Scene, delegate: int, *, aside: int = 0, old: bool = False) -> Shot:
        return Shot(scene, codes[delegate, old], delegate, aside)

    def arrival(delegate: int) -> Visit:
        return Visit(_with_habits(shot(Scene.ARRIVAL, delegate), dice))

    visits = [arrival(delegate) for delegate in plain]
    visits += [
        Visit(
            (
                shot(Scene.OLD_BADGE, each, old=True),
                shot(Scene.NEW_BADGE, each),
                shot(Scene.OLD_BADGE, each, aside=1, old=True),
            )
        )
        for each in early[:REPLACED]
    ]
    guests = [person.id for person in people if person.standing == "guest"]
    visits += [Visit((shot(Scene.GUEST, guest),)) for guest in guests]
    visits += [Visit((each,)) for each in _troubles(set(codes.values()), len(order), dice)]
    # Played once at least, in the smallest hall too.
    first = rest[0]
    always = Visit(
        (
            shot(Scene.ARRIVAL, first),
            shot(Scene.SAME_GATE, first),
            shot(Scene.SENT_AGAIN, first),
            shot(Scene.OTHER_GATE, first, aside=1),
        )
    )
    dice.shuffle(visits)
    return Crowd(
        early=tuple(visits),
        races=tuple(shot(Scene.RACE, delegate) for delegate in raced),
        rest=(always, *(arrival(delegate) for delegate in rest[1:])),
        late=tuple(shot(Scene.ARRIVAL, delegate) for delegate in late),
        absent=shot(Scene.TOO_LATE, order[-1]),
    )


def _with_habits(arrival: Shot, dice: random.Random) -> tuple[Shot, ...]:
    """Every few people lay the badge down twice, or walk on to the next gate."""
    luck = dice.random()
    if luck < 0.04:
        return arrival, replace(arrival, scene=Scene.SAME_GATE)
    if luck < 0.08:
        return arrival, replace(arrival, scene=Scene.OTHER_GATE, aside=1)
    if luck < 0.10:
        return arrival, replace(arrival, scene=Scene.SENT_AGAIN)
    return (arrival,)


def _troubles(real: set[str], delegates: int, dice: random.Random) -> list[Shot]:
    """Codes that nobody has, and scans that are no code at all."""
    forged: list[str] = []
    while len(forged) < max(3, delegates // 50):
        body = f"{dice.randrange(10**12):012d}"
        code = body + badge_code.check_digits(body)
        if code not in real:
            forged.append(code)
    right = forged[0]
    wrong_check = right[:-2] + f"{(int(right[-2:]) + 1) % 97:02d}"
    unreadable = ["", "?", "Tôi là ai", "1" * 13, wrong_check, "<script>", "9" * 1_000_000]
    return [Shot(Scene.FORGED, code) for code in forged] + [
        Shot(Scene.UNREADABLE, code) for code in unreadable
    ]


# -- playing ---------------------------------------------------------------------------------

_OUTCOME = re.compile(r'data-outcome="(\w+)"')
_UNDO = re.compile(r'data-undo-url="([^"]+)"')


class Gates:
    """All gates of the hall, and everything that they were told."""

    def __init__(self, gates: Sequence[Browser], statuses: Statuses) -> None:
        self.gates = gates
        self.statuses = statuses
        self.told: list[Told] = []
        self._lock = threading.Lock()
        self._headers = [
            {
                "Cookie": gate.cookies(),
                "X-CSRF-Token": gate.csrf,
                "HX-Request": "true",
                "Origin": gate.address,
                "Content-Type": "application/x-www-form-urlencoded",
            }
            for gate in gates
        ]

    def play(self, visits: Sequence[Visit], races: Sequence[Shot] = ()) -> None:
        """Let everyone in at once: each gate works through its queue on many connections."""
        queues: list[queue.SimpleQueue[Visit]] = [queue.SimpleQueue() for _ in self.gates]
        for place, visit in enumerate(visits):
            queues[place % len(queues)].put(visit)
        lanes = max(1, min(AT_ONE_GATE, AT_ALL_GATES // len(self.gates)))
        lanes = min(lanes, max(1, len(visits) // len(self.gates)))
        start = threading.Barrier(2, timeout=TOGETHER)
        with ThreadPoolExecutor(lanes * len(queues) + 2) as threads:
            running = [
                threads.submit(self._work, place, waiting)
                for place, waiting in enumerate(queues)
                for _ in range(lanes)
            ]
            if races:
                running += [threads.submit(self._race, gate, races, start) for gate in (0, 1)]
        for each in running:
            each.result()

    def one(self, shot: Shot, *, gate: int = 0) -> Told:
        """One scan, alone."""
        with self._client() as client:
            return self._scan(client, shot, gate, _fresh_id())[0]

    def take_back(self, shot: Shot) -> int:
        """Let someone in, take the entry back at the same gate, let them in again.

        Returns the status of the undo; 0 when the gate offered none.
        """
        with self._client() as client:
            _, page = self._scan(client, shot, 0, _fresh_id())
            found = _UNDO.search(page)
            if found is None:
                return 0
            answer = client.post(
                found[1],
                content=urlencode({"reason": "Quét nhầm thẻ của người khác"}),
                headers=self._headers[0],
            )
            self.statuses.saw(answer.status_code)
            self._scan(client, replace(shot, scene=Scene.READMITTED), 0, _fresh_id())
            return answer.status_code

    # -- threads -----------------------------------------------------------------------------

    def _client(self) -> httpx.Client:
        return client_of(self.gates[0].address)

    def _work(self, gate: int, waiting: queue.SimpleQueue[Visit]) -> None:
        with self._client() as client:
            while True:
                try:
                    visit = waiting.get_nowait()
                except queue.Empty:
                    return
                scan_id = ""
                for shot in visit.shots:
                    if shot.scene is not Scene.SENT_AGAIN:
                        scan_id = _fresh_id()
                    at = (gate + shot.aside) % len(self.gates)
                    self._scan(client, shot, at, scan_id)

    def _race(self, gate: int, races: Sequence[Shot], start: threading.Barrier) -> None:
        """One of two gates that scan the same badges at the same instants."""
        with self._client() as client:
            for shot in races:
                try:
                    start.wait()
                except threading.BrokenBarrierError:
                    # The other gate is gone; `two_gates_admit_one` will say so.
                    return
                self._scan(client, shot, gate, _fresh_id())

    def _scan(self, client: httpx.Client, shot: Shot, gate: int, scan_id: str) -> tuple[Told, str]:
        """Send one scan as the gate's page does: again with the same id when no answer comes."""
        body = urlencode({"code": shot.code, "scan_id": scan_id}).encode("ascii")
        status, page = 0, ""
        sent = time.perf_counter()
        for _ in range(TRIES):
            try:
                answer = client.post("/gate/scan", content=body, headers=self._headers[gate])
            except httpx.TransportError:
                continue
            status, page = answer.status_code, answer.text
            break
        ms = (time.perf_counter() - sent) * 1000
        found = _OUTCOME.search(page)
        told = Told(
            scan_id=scan_id,
            gate=gate,
            scene=shot.scene,
            delegate_id=shot.delegate_id,
            status=status,
            outcome=found[1] if found else "",
            repeated='data-repeated="1"' in page,
            ms=ms,
        )
        self.statuses.saw(status)
        with self._lock:
            self.told.append(told)
        return told, page


def _fresh_id() -> str:
    """A scan's id, as the gate's page makes it."""
    return secrets.token_urlsafe(16)
