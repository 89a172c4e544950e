"""The machines of the hall become devices: by the codes that they show, past a power cut.

A person reads a code over a shoulder; a second secretary types wrong ones, many at once; the server
is killed while one machine is confirmed and has not come back, and another still shows its code.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from kiosk.core.clock import utc_now
from kiosk.core.errors import Refused
from kiosk.rehearsal.hall import THIS_LAPTOP_ALONE, Browser, pair
from kiosk.rehearsal.machines import Machine
from kiosk.rehearsal.stream import Listener
from kiosk.rehearsal.told_devices import Back, Burst, DeadCode, Guess, Killed, Looked, Paired
from kiosk.rehearsal.walk import Walk
from kiosk.rehearsal.wall import Wall

#: The way out, and a machine that lies ready in its box: added by a one-time address each.
WAY_OUT, SPARE = "Cổng ra", "Máy dự phòng"
#: Tablets that will give trouble, by their places in the hall. They are paired in this order, which
#: is not that of the board: a board that does not sort by trouble must be seen to do so.
TROUBLED = {
    "old_page": "Máy dãy A",
    "battery": "Máy dãy B",
    "silent": "Máy dãy C",
    "clock": "Máy dãy D",
    "doubled": "Máy dãy E",
}
#: Wrong codes that are typed at once.
AT_ONCE = 8
#: Seconds that a page may need to find its server again.
BACK_WITHIN = 20.0

_REFUSAL = re.compile(r'data-refusal="(\w+)"')
_SECONDS = re.compile(r"(?:đợi|Wait) (\d+) ")


def pair_all(walk: Walk) -> None:
    """Gates, the wall and the tablets, as the technician carries them in."""
    fleet = walk.fleet
    walk.secretary.page("/console/devices/pair")
    fleet.gates = [by_code(walk, "gate") for _ in range(walk.gate_count)]
    fleet.gates.append(_by_address(walk, "gate", WAY_OUT))
    fleet.wall = by_code(walk, "projector")
    fleet.tablets = [_with_an_onlooker(walk)]
    # Two more come while the server is killed.
    fleet.tablets += [by_code(walk, "tablet") for _ in range(walk.tablet_count - 3)]
    fleet.troubled = {trouble: by_code(walk, "tablet", name) for trouble, name in TROUBLED.items()}
    walk.secretary.must("/console/devices", kind="tablet", name=SPARE)


def by_code(
    walk: Walk,
    kind: str,
    name: str = "",
    *,
    secretary: Browser | None = None,
    browser: Browser | None = None,
    instead_of: Machine | None = None,
    meanwhile: Callable[[str], None] | None = None,
) -> Machine:
    """Pair one machine: it shows a code, a secretary finds and confirms it, it finds its page.

    `meanwhile` happens between the confirmation and the machine's next question; it gets the code.
    """
    secretary = secretary or walk.secretary
    begun = time.perf_counter()
    machine = Machine(walk.came(browser or Browser(walk.server.address, walk.statuses)))
    code = machine.ask_for_code()
    walk.fleet.codes.add(code)
    secretary.must("/console/devices/pair/code", code=code)
    _confirm(secretary, code, kind, name, instead_of)
    took = time.perf_counter() - begun
    if meanwhile is not None:
        meanwhile(code)
    begun = time.perf_counter()
    landed = machine.claim()
    machine.kind = kind
    took += time.perf_counter() - begun
    walk.noted.paired.append(
        Paired(
            device_id=machine.id,
            kind=kind,
            asked_name=instead_of.name if instead_of else name,
            name=machine.name,
            landed=landed,
            ms=took * 1000,
            replaces=instead_of is not None,
        )
    )
    return machine


def _confirm(
    secretary: Browser, code: str, kind: str, name: str, instead_of: Machine | None = None
) -> None:
    form: dict[str, str | int] = {"code": f"{code[:3]} {code[3:]}", "kind": kind, "name": name}
    if instead_of is not None:
        form["instead_of"] = instead_of.id
    secretary.must("/console/devices/pair", **form)


def _by_address(walk: Walk, kind: str, name: str) -> Machine:
    """The other way: a one-time address, opened beside the secretary."""
    begun = time.perf_counter()
    machine = Machine(walk.came(pair(walk.secretary, kind=kind, name=name)), kind=kind)
    landed = machine.browser.where
    machine.wake(landed)
    ms = (time.perf_counter() - begun) * 1000
    walk.noted.paired.append(
        Paired(machine.id, kind, name, machine.name, landed, ms, by_code=False)
    )
    return machine


# -- who reads over a shoulder, and who guesses ----------------------------------------------


def _with_an_onlooker(walk: Walk) -> Machine:
    """A tablet whose code is read by somebody else, who waits with a machine of his own."""
    onlooker = walk.came(Browser(walk.server.address, walk.statuses))
    onlooker.page("/pair")
    codes: list[str] = []

    def look_on(code: str) -> None:
        codes.append(code)
        for path in (
            "/pair",
            f"/pair/{code}",
            f"/pair/code/{code}",
            f"/console/devices/pair?code={code}",
            *("/tablet", "/gate", "/projector", "/selftest"),
        ):
            status = onlooker.look(path)
            is_device = "data-device=" in onlooker.shown
            walk.noted.onlooker.append(Looked(path, status, onlooker.where, is_device))
        onlooker.page("/pair")
        for path, form in (
            ("/console/devices/pair", {"code": code, "kind": "gate"}),
            ("/gate/scan", {"code": "01234567890100", "scan_id": "onlooker-0000000001"}),
            ("/beat", {}),
        ):
            status = onlooker.act(path, **form).status_code
            walk.noted.onlooker.append(Looked(f"POST {path}", status, path, status < 300))

    tablet = by_code(walk, "tablet", meanwhile=look_on)
    refusal, _ = _refused(walk.secretary, codes[0])
    walk.noted.dead_codes.append(DeadCode("confirmed before", refusal))
    return tablet


def guess(walk: Walk) -> None:
    """The second secretary types wrong codes, many at once; then one more, after the wait."""
    wrong = _wrong_codes(walk)
    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        typed = [next(wrong) for _ in range(AT_ONCE)]
        answers = list(threads.map(lambda code: _refused(walk.minutes, code), typed))
    walk.noted.bursts.append(
        Burst(
            heard=sum(refusal == "pairing_code_unknown" for refusal, _ in answers),
            delayed=sum(refusal == "pairing_delayed" for refusal, _ in answers),
            ms=(time.perf_counter() - begun) * 1000,
        )
    )


def guess_on(walk: Walk, *, after_kill: bool) -> None:
    """Wrong codes until one is heard: each answer says how long to wait, and that is waited."""
    wrong = _wrong_codes(walk)
    while True:
        refusal, seconds = _refused(walk.minutes, next(wrong))
        walk.noted.guesses.append(Guess(False, refusal, seconds, after_kill))
        if refusal != "pairing_delayed":
            return
        time.sleep(seconds)


def guess_right_too_soon(walk: Walk) -> None:
    """After the kill: one more wrong code, and at once the right one of a machine that waits."""
    guess_on(walk, after_kill=True)
    waiting = Machine(walk.came(Browser(walk.server.address, walk.statuses)))
    code = waiting.ask_for_code()
    refusal, seconds = _refused(walk.minutes, code)
    walk.noted.guesses.append(Guess(True, refusal, seconds, after_kill=True))
    walk.fleet.codes.add(code)
    walk.fleet.forgiven = time.monotonic() + seconds + 0.2


def _refused(secretary: Browser, code: str) -> tuple[str, int]:
    """Look for the machine that shows a code: the refusal, and the seconds it asks to wait."""
    page = secretary.act("/console/devices/pair/code", code=code).text
    refusal, seconds = _REFUSAL.search(page), _SECONDS.search(page)
    return refusal[1] if refusal else "", int(seconds[1]) if seconds else 0


def _wrong_codes(walk: Walk) -> Iterator[str]:
    """Codes that no machine of this hall has shown."""
    codes = (f"{number:06d}" for number in itertools.count(418_503))
    return (code for code in codes if code not in walk.fleet.codes)


# -- the power cut ---------------------------------------------------------------------------


def listen(walk: Walk) -> None:
    """The wall and the tablets open their streams and keep them from here on."""
    walk.wall = Wall(walk.fleet.wall.browser)
    walk.wall.start()
    for tablet in walk.fleet.tablets:
        tablet.listen("tablet")


def kill(walk: Walk) -> None:
    """Kill the server between a confirmation and the machine's next question; start it again."""
    late, lost = (
        Machine(walk.came(Browser(walk.server.address, walk.statuses)), kind="tablet")
        for _ in range(2)
    )
    begun = time.perf_counter()
    code, dead = late.ask_for_code(), lost.ask_for_code()
    walk.fleet.codes |= {code, dead}
    _confirm(walk.secretary, code, "tablet", "")
    streams = _streams(walk)
    before = {number: stream.connections for number, stream in streams.items()}
    at, cut = utc_now(), time.perf_counter()
    walk.server.kill()
    # The doors of the network stay shut from here on: what is left concerns this laptop alone.
    walk.server.start(THIS_LAPTOP_ALONE)
    answered = time.perf_counter()
    walk.noted.killed.append(Killed(at, (answered - cut) * 1000))
    walk.fleet.troubled["silent"].beat()
    landed = late.claim()
    ms = (time.perf_counter() - begun) * 1000
    walk.noted.paired.append(Paired(late.id, "tablet", "", late.name, landed, ms, over_kill=True))
    refusal, _ = _refused(walk.secretary, dead)
    walk.noted.dead_codes.append(DeadCode("shown before the kill", refusal))
    walk.fleet.tablets += [late, _with_another_code(walk, lost)]
    for number, stream in streams.items():
        picture = _after(stream, before[number])
        lag = None if picture is None else max(0.0, picture - answered) * 1000
        walk.noted.back.append(Back(number, lag))
    for tablet in walk.fleet.tablets[-2:]:
        tablet.listen("tablet")


def _with_another_code(walk: Walk, lost: Machine) -> Machine:
    """The page whose code the restart has forgotten shows another by itself, and is paired."""
    if lost.still_waits():
        raise Refused("rehearsal_stuck", step="/pair/state", status=200)
    return by_code(walk, "tablet", browser=lost.browser)


def _streams(walk: Walk) -> dict[int, Listener]:
    found: dict[int, Listener] = {walk.fleet.wall.id: walk.wall}
    found |= {each.id: each.listener for each in walk.fleet.tablets if each.listener is not None}
    return found


def _after(stream: Listener, connections: int) -> float | None:
    """When the first picture came that an earlier connection did not bring."""
    picture = stream.wait(lambda each: each.connection > connections, since=0, within=BACK_WITHIN)
    return None if picture is None else picture.arrived
