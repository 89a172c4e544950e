"""What is ordered of a device holds at once and shows by itself; the board knows who needs help."""

from __future__ import annotations

from kiosk.devices.rules import SILENT, Trouble
from kiosk.rehearsal.invariants.registry import Findings, Maybe, invariant
from kiosk.rehearsal.told import Day
from kiosk.rehearsal.told_devices import NO_SECOND_ADDRESS, Board, Ordered

#: Orders that a rehearsed day has, and of those the ones that a listening page is told of.
TOLD = {"renamed", "pinned", "let go", "re-roled", "revoked"}
ORDERS = {*TOLD, "replaced"}

_SEVERITY = {trouble.value: place for place, trouble in enumerate(Trouble)}


@invariant
def orders_hold_at_once(day: Day) -> Findings:
    """Renamed, pinned, re-roled, revoked, replaced: the device's very next act is answered by what
    it is now (design 2.2), and so is the database."""
    findings = [
        f"device {each.device_id}, {each.what}: {act.what} was answered {act.status}"
        for each in day.ordered
        for act in each.acts
        if (act.status < 300 if act.may else act.status in {401, 403, 409}) is False
    ]
    findings += [
        f"device {each.device_id} is not stored as {each.what}"
        for each in day.ordered
        if not _is_stored(day, each)
    ]
    missing = ORDERS - {each.what for each in day.ordered if each.acts}
    return findings + [f"nobody was {what}" for what in sorted(missing)]


def _is_stored(day: Day, order: Ordered) -> bool:
    row = next((each for each in day.stored.devices if each.id == order.device_id), None)
    if row is None:
        return False
    last = [each for each in day.ordered if each.device_id == order.device_id][-1]
    return {
        "renamed": row.name == order.wanted,
        "re-roled": row.kind == order.wanted,
        "revoked": row.is_revoked,
        "let go": row.task == "follow",
        # Let go again afterwards; a pin that is the last word is stored.
        "pinned": last is not order or row.task != "follow",
        "replaced": row.is_paired and row.name == order.wanted,
    }[order.what]


@invariant
def orders_show_without_a_touch(day: Day) -> Findings:
    """A page that listens is told by its stream; nobody walks to the tablet."""
    findings = [
        f"device {each.device_id} never heard that it was {each.what}"
        for each in day.ordered
        if each.listens and each.ms is None
    ]
    missing = TOLD - {each.what for each in day.ordered if each.listens}
    if not any(each.what == "revoked" and not each.listens for each in day.ordered):
        findings.append("no page was revoked that listens to nothing")
    return findings + [f"nobody who listens was {what}" for what in sorted(missing)]


@invariant
def tablets_follow_one_tap(day: Day) -> Findings:
    """One tap sends every tablet to another page and back: each hears it, and each goes there."""
    findings = []
    for each in day.switched:
        deaf = [device for device, ms in each.ms.items() if ms is None]
        findings += [f"tablet {device} did not hear «{each.task}»" for device in deaf]
        findings += [
            f"tablet {device} landed on {landed}, not on {each.goes}"
            for device, landed in each.landed.items()
            if landed != each.goes
        ]
        if not each.ms or each.ms.keys() != each.landed.keys():
            findings.append(f"no tablet was told «{each.task}»")
    if {each.task for each in day.switched} != {"selftest", "follow"}:
        findings.append("the tablets were not told both ways")
    return findings


@invariant
def board_names_each_trouble(day: Day) -> Findings:
    """A silent device, a low battery, a clock that runs ahead, an old page and one that waits are
    on the board with their trouble, the worst first; all others are well (issue 4)."""
    findings = []
    for board in day.boards:
        wanted = {each: state for each, state in board.wanted.items() if state != "fine"}
        findings += [
            f"device {each} is {dict(board.troubled).get(each, 'fine')}, not {wanted.get(each)}"
            for each in sorted(set(wanted) | set(dict(board.troubled)))
            if dict(board.troubled).get(each) != wanted.get(each)
        ]
        if set(board.fine) != set(board.wanted) - set(wanted):
            findings.append(f"{sorted(board.fine)} are said to be well")
        places = [_SEVERITY[state] for _, state in board.troubled]
        if places != sorted(places):
            findings.append(f"sorted as {[state for _, state in board.troubled]}")
        if "silent" in wanted.values() and board.silence < SILENT:
            findings.append(f"the silent one spoke {board.silence:.0f} s ago")
    seen = {state for board in day.boards for state in board.wanted.values()}
    missing = {*(each.value for each in Trouble), "fine"} - {"doubled"} - seen
    findings += [f"nothing was {state}" for state in sorted(missing)]
    if not day.boards or not _is_mended(day.boards[-1]):
        findings.append("no trouble was mended")
    return findings


def _is_mended(board: Board) -> bool:
    return set(board.wanted.values()) == {"fine", "waiting"}


@invariant
def one_cookie_in_two_machines_is_told(day: Day) -> Maybe:
    """A cookie that speaks from two addresses in turns stands first on the board and once in the
    book, with both; paired anew the device is well, and no holder of the old cookie is anybody."""
    if NO_SECOND_ADDRESS in day.untried:
        return None
    doubled = [
        device
        for board in day.boards
        for device, state in board.wanted.items()
        if state == "doubled"
    ]
    findings = []
    for device in doubled:
        board = next(each for each in day.boards if each.wanted.get(device) == "doubled")
        if board.troubled[:1] != ((device, "doubled"),):
            findings.append(f"device {device} does not stand first")
        lines = [
            row
            for row in day.stored.lines("devices:device:doubled")
            if row.facts.get("device") == device
        ]
        if len(lines) != 1 or len(str(lines[0].facts.get("addresses")).split()) != 2:
            findings.append(f"device {device}: {len(lines)} lines, or not two addresses")
        if day.boards[-1].wanted.get(device) != "fine":
            findings.append(f"device {device} was not paired anew")
    replaced = [each for each in day.ordered if each.what == "replaced"]
    findings += [
        f"device {each.device_id}: {len(each.acts)} holders of the old cookie tried"
        for each in replaced
        if len(each.acts) != 2
    ]
    return findings if doubled and replaced else [*findings, "no cookie was copied"]
