"""Playing the crowd: many connections at every gate at once, and a gate whose line is cut."""

from __future__ import annotations

import queue
import re
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import urlencode

import httpx

from kiosk.core.clock import utc_now
from kiosk.rehearsal.crowd import Shot, Visit
from kiosk.rehearsal.hall import Browser, Statuses, client_of
from kiosk.rehearsal.told import WALKS_IN, WALKS_OUT, Kept, Scene, Told

#: Connections that one gate keeps busy in the peak; real gates have one.
AT_ONE_GATE = 8
#: Connections of all gates together; more would only measure this client.
AT_ALL_GATES = 48
#: Seconds that two gates wait for each other before the same badge is scanned at both.
TOGETHER = 10.0
#: A page whose answer was lost sends the same scan again, this often.
TRIES = 3

_OUTCOME = re.compile(r'data-outcome="(\w+)"')
_DETAIL = re.compile(r'data-detail="(\w+)"')
_UNDO = re.compile(r'data-undo-url="([^"]+)"')
_NUMBER = re.compile(r'data-gate="(\d+)"')
_WAY = re.compile(r'id="gate"[^>]*data-direction="(\w+)"')

_MISTAKES = {
    Scene.LATE_COMER: "Quét nhầm thẻ của người khác",
    Scene.LEAVES_BY_MISTAKE: "Chỉ ra ngoài hành lang",
}


class Gates:
    """All gates of the hall, and everything that they were told. The last one lets people out."""

    def __init__(self, gates: Sequence[Browser], statuses: Statuses) -> None:
        self.gates = gates
        self.statuses = statuses
        self.told: list[Told] = []
        #: Who really is in the hall, whatever a gate has said.
        self.whereabouts: dict[int, bool] = {}
        self.way_out = len(gates) - 1
        #: Numbers of the devices, as each page says its own.
        self.numbers = tuple(int(_NUMBER.findall(gate.shown)[0]) for gate in gates)
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

    def way_shown(self, gate: int) -> str:
        """The direction that a gate's page shows when it is loaded now; empty without one."""
        found = _WAY.search(self.gates[gate].page("/gate"))
        return found[1] if found else ""

    def play(self, visits: Sequence[Visit], races: Sequence[Shot] = ()) -> None:
        """Let everyone in at once: each gate works through its queue on many connections."""
        queues: list[queue.SimpleQueue[Visit]] = [
            queue.SimpleQueue() for _ in self.gates[: self.way_out]
        ]
        for place, visit in enumerate(visits):
            queues[place % len(queues)].put(visit)
        lanes = max(1, min(AT_ONE_GATE, AT_ALL_GATES // len(queues)))
        lanes = min(lanes, max(1, len(visits) // len(queues)))
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
            return self._scan(client, shot, gate, fresh_id())[0]

    def take_back(self, shot: Shot, *, gate: int = 0) -> int:
        """Scan a badge, and take what was recorded back at the same gate.

        Returns the status of the undo; 0 when the gate offered none.
        """
        with self._client() as client:
            _, page = self._scan(client, shot, gate, fresh_id())
            found = _UNDO.search(page)
            if found is None:
                return 0
            answer = client.post(
                found[1],
                content=urlencode({"reason": _MISTAKES[shot.scene]}),
                headers=self._headers[gate],
            )
        self.statuses.saw(answer.status_code)
        return answer.status_code

    def walks(self, shot: Shot) -> None:
        """The person does what the scene says, whatever the gate will make of it."""
        if shot.delegate_id is None or shot.scene not in WALKS_IN | WALKS_OUT:
            return
        with self._lock:
            self.whereabouts[shot.delegate_id] = shot.scene in WALKS_IN

    def deliver(self, shot: Shot, gate: int, scan_id: str, claim: Mapping[str, str]) -> None:
        """Send a scan that a gate has kept."""
        with self._client() as client:
            self._scan(client, shot, gate, scan_id, claim)

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
                        scan_id = fresh_id()
                    at = (gate + shot.aside) % self.way_out
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
                self._scan(client, shot, gate, fresh_id())

    def _scan(
        self,
        client: httpx.Client,
        shot: Shot,
        gate: int,
        scan_id: str,
        claim: Mapping[str, str] | None = None,
    ) -> tuple[Told, str]:
        """Send one scan as the gate's page does: again with the same id when no answer comes."""
        if claim is None:
            self.walks(shot)
        form = {"code": shot.code, "scan_id": scan_id, **(claim or {})}
        body = urlencode(form).encode("ascii")
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
        outcome, detail = _OUTCOME.search(page), _DETAIL.search(page)
        told = Told(
            scan_id=scan_id,
            gate=gate,
            scene=shot.scene,
            delegate_id=shot.delegate_id,
            status=status,
            outcome=outcome[1] if outcome else "",
            repeated='data-repeated="1"' in page,
            ms=ms,
            detail=detail[1] if detail else "",
        )
        self.statuses.saw(status)
        with self._lock:
            self.told.append(told)
        return told, page


class CutOff:
    """A gate whose line is cut: its page keeps what it reads, and sends it when the line is back.

    As `static/js/gate/sender.js` does: in order, each with its own id, with the moment of the
    reading and the direction that the page shows.
    """

    def __init__(self, gates: Gates, gate: int, *, direction: str) -> None:
        self.gates = gates
        self.gate = gate
        self.direction = direction
        self._kept: list[tuple[Shot, str, datetime]] = []

    def keep(self, shot: Shot) -> None:
        """Read a badge; nobody answers."""
        # Two people are never read in one instant. The clock is waited for, not put forward: a
        # claim from the future would overtake whoever is scanned elsewhere at once.
        while self._kept and utc_now() < self._kept[-1][2] + timedelta(milliseconds=1):
            time.sleep(0.001)
        now = utc_now()
        self.gates.walks(shot)
        self._kept.append((shot, fresh_id(), now))

    def send(self, *, server_direction: str) -> list[Kept]:
        """The line is back: send everything; the first answer is lost, so that one goes twice."""
        back = utc_now()
        for place, (shot, scan_id, read_at) in enumerate(self._kept):
            claim = {"claimed_at": read_at.isoformat(), "direction": self.direction}
            self.gates.deliver(shot, self.gate, scan_id, claim)
            if place == 0:
                again = shot.at(Scene.SENT_AGAIN)
                self.gates.deliver(again, self.gate, scan_id, claim)
        return [
            Kept(
                scan_id=scan_id,
                scene=shot.scene,
                device_id=self.gates.numbers[self.gate],
                claimed_at=read_at,
                direction=self.direction,
                server_direction=server_direction,
                sent_at=back,
            )
            for shot, scan_id, read_at in self._kept
        ]


def fresh_id() -> str:
    """A scan's id, as the gate's page makes it."""
    return secrets.token_urlsafe(16)
