"""What the secretary does to devices from the console, and what the fleet board shows of them."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

import httpx

from kiosk import instance
from kiosk.conference import badge_code
from kiosk.devices.rules import SILENT
from kiosk.rehearsal import checkup
from kiosk.rehearsal.gates import fresh_id
from kiosk.rehearsal.hall import ANSWER_WITHIN, Browser
from kiosk.rehearsal.machines import LAST_YEAR, Machine
from kiosk.rehearsal.pairing import SPARE, by_code
from kiosk.rehearsal.told_devices import NO_SECOND_ADDRESS, Act, Board, Ordered, Switched
from kiosk.rehearsal.walk import Walk

#: Seconds between two beats of a page; a real one takes ten, and is not as hurried as this day.
BEATS_EVERY = 3.0
#: Seconds that a stream may take to say what the secretary has pressed.
SAID_WITHIN = 5.0
#: Another address of this laptop, where its system knows one (Linux and Windows do).
SECOND_ADDRESS = "127.0.0.2"
#: Seconds of a clock that runs ahead, and the share of a battery that runs out.
AHEAD, LOW = 45.0, 0.12

NEW_NAME = "Máy bàn chủ tọa"

_DEVICE = re.compile(r'href="/console/devices/(\d+)"')


def walk_through(walk: Walk) -> None:
    """Everything that happens to machines while the hall sits."""
    beat_all(walk)
    send_all(walk, "selftest", "/selftest")
    checkup.try_out(walk)
    send_all(walk, "follow", "/tablet")
    _order(walk)
    with _beating(walk):
        _trouble(walk)
        checkup.ask_the_doctor(walk)
        _mend(walk)
    _revoke(walk)


def beat_all(walk: Walk) -> None:
    """Every machine but the silent one says that it lives."""
    for machine in walk.fleet.everybody:
        if machine is not walk.fleet.troubled["silent"]:
            machine.beat()


@contextmanager
def _beating(walk: Walk) -> Iterator[None]:
    """The pages beat by themselves meanwhile: the doctor may take longer than a silence lasts."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEATS_EVERY):
            # A page whose beat was lost sends the next one.
            with suppress(httpx.HTTPError):
                beat_all(walk)

    pages = threading.Thread(target=beat, name="beats", daemon=True)
    pages.start()
    try:
        yield
    finally:
        over.set()
        pages.join(ANSWER_WITHIN)


def send_all(walk: Walk, task: str, goes: str) -> None:
    """One tap of the secretary for all tablets; each hears it by its stream, and goes."""
    marks = {tablet.id: _seen(tablet) for tablet in walk.fleet.tablets}
    begun = time.perf_counter()
    walk.secretary.must("/console/devices/task", task=task)
    ms: dict[int, float | None] = {}
    for tablet in walk.fleet.tablets:
        picture = tablet.wait_for(since=marks[tablet.id], within=SAID_WITHIN, goes=goes)
        ms[tablet.id] = None if picture is None else (picture.arrived - begun) * 1000
    landed = {tablet.id: tablet.wake("/tablet") for tablet in walk.fleet.tablets}
    walk.noted.switched.append(Switched(task, goes, ms, landed))


def _seen(machine: Machine) -> int:
    return machine.listener.seen if machine.listener is not None else 0


# -- orders ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Order:
    """One press on the page of a device."""

    what: str
    #: Last part of the address, and what the form says.
    button: str
    form: dict[str, str]
    #: What the device is to be from then on; empty for its end.
    wanted: str = ""
    #: What the stream has to say of it; where neither is said, the stream has to end («bye»).
    name: str = ""
    goes: str = ""


def _order(walk: Walk) -> None:
    """Rename, pin, let go, re-role: each holds at the device's next act, and shows by itself."""
    renamed, pinned, re_roled, *_ = walk.fleet.tablets
    name = _Order("renamed", "name", {"name": NEW_NAME}, NEW_NAME, name=NEW_NAME)
    _carry_out(walk, renamed, name, lambda: [Act("beat", renamed.beat(), may=True)])
    renamed.name = NEW_NAME
    pin = _Order("pinned", "task", {"task": "gate"}, "/gate", goes="/gate")
    before = _scan(pinned, may=False)
    _carry_out(walk, pinned, pin, lambda: [before, _scan(pinned, may=True)])
    let_go = _Order("let go", "task", {"task": "follow"}, "/tablet", goes="/tablet")
    _carry_out(walk, pinned, let_go, lambda: [_scan(pinned, may=False)])
    role = _Order("re-roled", "kind", {"kind": "gate"}, "gate")
    outside = _scan(re_roled, may=False)
    _carry_out(
        walk,
        re_roled,
        role,
        lambda: [outside, _scan(re_roled, may=True), _look(re_roled, "/tablet", may=False)],
    )
    re_roled.kind = "gate"
    walk.fleet.tablets.remove(re_roled)
    walk.fleet.gates.append(re_roled)
    re_roled.wake("/")


def _revoke(walk: Walk) -> None:
    """A tablet that listens, and one that listens to nothing, as a ballot page does."""
    for machine in (walk.fleet.tablets[-1], walk.fleet.troubled["battery"]):
        _carry_out(walk, machine, _Order("revoked", "revoke", {}), partial(_what_is_left, machine))


def _what_is_left(machine: Machine) -> list[Act]:
    """A revoked device tries everything once more."""
    return [
        Act("beat", machine.beat(), may=False),
        _scan(machine, may=False),
        _look(machine, "/tablet", may=False),
    ]


def _carry_out(walk: Walk, machine: Machine, order: _Order, acts: Callable[[], list[Act]]) -> None:
    """Press, let the device act at once, then see when its stream has said so."""
    mark, begun = _seen(machine), time.perf_counter()
    walk.secretary.must(f"/console/devices/{machine.id}/{order.button}", **order.form)
    done = acts()
    heard: float | None = None
    if machine.listener is not None and (order.name or order.goes):
        picture = machine.wait_for(since=mark, within=SAID_WITHIN, name=order.name, goes=order.goes)
        heard = None if picture is None else picture.arrived
    elif machine.listener is not None:
        heard = machine.listener.wait_for_bye(within=SAID_WITHIN)
    walk.noted.ordered.append(
        Ordered(
            what=order.what,
            device_id=machine.id,
            wanted=order.wanted,
            listens=machine.listener is not None,
            ms=None if heard is None else (heard - begun) * 1000,
            acts=tuple(done),
        )
    )


def _scan(machine: Machine, *, may: bool) -> Act:
    """Lay the test badge down, which no gate records as anybody."""
    form = {"code": badge_code.TEST, "scan_id": fresh_id()}
    return Act("scan", machine.browser.act("/gate/scan", **form).status_code, may)


def _look(machine: Machine, path: str, *, may: bool) -> Act:
    """Load a page of a device; sent elsewhere counts as refused."""
    status = machine.browser.look(path)
    return Act(path, status if machine.browser.where == path else 403, may)


# -- the board -------------------------------------------------------------------------------


def _trouble(walk: Walk) -> None:
    """One of each trouble, and everybody else well; then the board, as the secretary sees it."""
    troubled = walk.fleet.troubled
    troubled["battery"].battery = LOW
    troubled["clock"].ahead = AHEAD
    troubled["old_page"].page = LAST_YEAR
    since = time.monotonic() - troubled["silent"].spoke
    time.sleep(max(0.0, SILENT + 0.5 - since))
    beat_all(walk)
    wanted = {name: name for name in troubled}
    if not _copy_the_cookie(walk, troubled["doubled"]):
        walk.noted.untried.append(NO_SECOND_ADDRESS)
        wanted["doubled"] = "fine"
    _read_board(walk, {troubled[name].id: trouble for name, trouble in wanted.items()})


def _copy_the_cookie(walk: Walk, machine: Machine) -> bool:
    """A second machine with the same cookie, in turns with the first; False where this laptop has
    no second address to speak from."""
    copy = walk.came(Browser(walk.server.address, walk.statuses, speaks_from=SECOND_ADDRESS))
    copy.client.cookies.update(machine.browser.client.cookies)
    copy.csrf = machine.browser.csrf
    machine.beat()
    try:
        machine.beat_from(copy)
    except httpx.TransportError:
        return False
    machine.beat()
    walk.fleet.copy = copy
    return True


def _mend(walk: Walk) -> None:
    """Each trouble is mended, and its line is calm again; the copied one is paired anew."""
    troubled = walk.fleet.troubled
    troubled["battery"].is_charging = True
    troubled["clock"].ahead = 0.0
    troubled["old_page"].page = None
    for machine in troubled.values():
        machine.beat()
    old = troubled["doubled"]
    # By the second secretary, whose wrong guesses are long enough ago by now.
    time.sleep(max(0.0, walk.fleet.forgiven - time.monotonic()))
    new = by_code(walk, "tablet", secretary=walk.minutes, instead_of=old)
    left = [Act("beat", old.beat_from(each), may=False) for each in _holders(walk, old)]
    walk.noted.ordered.append(
        Ordered("replaced", new.id, new.name, listens=False, ms=None, acts=tuple(left))
    )
    troubled["doubled"] = new
    troubled["silent"].beat()
    beat_all(walk)
    _read_board(walk, {})


def _holders(walk: Walk, machine: Machine) -> list[Browser]:
    """Browsers with the cookie of a machine."""
    return [machine.browser, *filter(None, [walk.fleet.copy])]


def _read_board(walk: Walk, troubled: dict[int, str]) -> None:
    """The rows of the page in their order; their states as `kiosk device list` says."""
    page = walk.secretary.page("/console/devices")
    told = instance.hand_over(walk.settings.instance, "device.list", {})
    states = {row["id"]: row["state"] for row in told}
    wanted = {machine.id: "fine" for machine in walk.fleet.everybody}
    wanted |= {walk.devices()[SPARE]: "waiting"}
    walk.noted.boards.append(
        Board(
            troubled=tuple((each, states[each]) for each in _rows(page, "fleet-troubled")),
            fine=tuple(_rows(page, "fleet-fine")),
            wanted=wanted | troubled,
            silence=time.monotonic() - walk.fleet.troubled["silent"].spoke,
        )
    )


def _rows(page: str, part: str) -> list[int]:
    """The devices of one part of the board, each once; none where the page has no such part."""
    rows = page.partition(f'class="{part}"')[2].partition('class="fleet-')[0]
    return list(dict.fromkeys(int(number) for number in _DEVICE.findall(rows)))
