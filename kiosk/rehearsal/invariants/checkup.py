"""Self-tests are people's word and are booked; the sheet calls nothing good that nobody knows."""

from __future__ import annotations

import re
from collections import Counter

from kiosk.doctor.rules import NEEDED, Part
from kiosk.rehearsal.invariants.registry import Findings, invariant
from kiosk.rehearsal.told import Day
from kiosk.rehearsal.told_devices import Sheet, SheetLine

#: What the board calls a device, and what the sheet says of it. A device that was only added is
#: «not paired» there.
STATES = {
    "fine": ("device_heard", "good"),
    "doubled": ("device_doubled", "bad"),
    "silent": ("device_silent", "bad"),
    "battery": ("device_battery", "warn"),
    "clock": ("device_clock", "warn"),
    "old_page": ("device_old_page", "warn"),
    "waiting": ("device_waiting", "bad"),
}

_NUMBER = re.compile(r"\d+")

#: Words of the sheet for what nobody has looked at.
_UNKNOWN = ("không rõ", "chưa đo", "chưa nghe thấy", "chưa thử")


@invariant
def self_tests_are_booked(day: Day) -> Findings:
    """What a person tried at a machine is stored and booked once, with who it was; who gives no
    name proves nothing, and a badge that is not the test badge no scanner (decision 18)."""
    done = [each for each in day.tried_out if each.status < 300]
    said = [(each.device_id, each.part, each.ok, each.by_name) for each in done]
    kept = [(row.device_id, row.part, row.ok, row.by_name) for row in day.stored.self_tests]
    findings = [] if said == kept else [f"{len(said)} were tried, {len(kept)} are stored so"]
    words = {True: "doctor:self_test:passed", False: "doctor:self_test:failed"}
    booked = [
        (row.event, row.facts.get("device"), row.facts.get("part"))
        for row in day.stored.book
        if row.event in words.values()
    ]
    if booked != [(words[each.ok], each.device_id, each.part) for each in done]:
        findings.append(f"{len(done)} were tried, {len(booked)} lines say so")
    refused = [each for each in day.tried_out if each.status >= 300]
    findings += [f"{each.part}: {each.status}" for each in refused if each.status != 422]
    if not refused or {each.ok for each in done} != {True, False}:
        findings.append("nothing failed, or no wrong badge was read")
    if all(each.by_name for each in refused) or not all(each.by_name for each in done):
        findings.append("somebody without a name was heard, or nobody was without one")
    if {each.device_id is None for each in done} != {True, False}:
        findings.append("no machine was tried, or the laptop was not")
    return findings


@invariant
def sheet_calls_nothing_unknown_good(day: Day) -> Findings:
    """Green is only what was looked at: before measuring, after it, and for every device that
    nobody has tried; and with an unknown or a bad thing that counts the hall is not ready."""
    findings = []
    for sheet in day.sheets:
        for line in (*sheet.before, *sheet.told, *sheet.after):
            if line.state == "good" and any(word in line.text.lower() for word in _UNKNOWN):
                findings.append(f"«{line.text}» is {line.state}")
        if not any("chưa đo" in line.text for line in sheet.before):
            findings.append("nothing was unknown before it was measured")
        if any(line.code == "not_measured" for line in sheet.told):
            findings.append("nothing was measured")
        findings += _untried(day, sheet)
        if sheet.is_ready:
            findings.append("the hall is ready, and tablets were tried by nobody")
        if sheet.word != sheet.word_shown:
            findings.append(f"the console says {sheet.word_shown}, the program {sheet.word}")
        if _states(sheet.after) != _states(sheet.told):
            findings.append("the console and the program show different lines")
    return findings if day.sheets else ["the doctor was not asked"]


def _states(lines: tuple[SheetLine, ...]) -> Counter[tuple[str, str]]:
    """The page groups its lines; minutes and free bytes may move on between two looks."""
    return Counter((line.state, _NUMBER.sub("0", line.text)) for line in lines)


def _untried(day: Day, sheet: Sheet) -> Findings:
    """Each device by what people tried there: what a kind needs and nobody tried is unknown."""
    done = {(each.device_id, each.part): each.ok for each in day.tried_out if each.status < 300}
    kinds = {row.id: row.kind for row in day.stored.devices}
    findings = []
    for device, (state, parts) in sheet.tests.items():
        for part, ok in parts.items():
            if done.get((device, part)) is not ok:
                findings.append(f"device {device}, {part}: {ok} on the sheet")
        needed = NEEDED.get(kinds.get(device or 0, ""), (frozenset({Part.CLOCK}),))
        groups = [[done.get((device, part.value)) for part in group] for group in needed]
        lacking = any(True not in group for group in groups)
        if lacking and state in {"good", "warn"}:
            findings.append(f"device {device} is {state} and was not tried")
        if not lacking and device is not None and state not in {"good", "warn"}:
            findings.append(f"device {device} is {state} and was tried")
    if {state for state, _ in sheet.tests.values()} < {"good", "unknown", "bad"}:
        findings.append("not every outcome of a self-test is on the sheet")
    return findings


@invariant
def sheet_agrees_with_the_board(day: Day) -> Findings:
    """The sheet says of each device what the fleet board says."""
    names = {row.id: row.name for row in day.stored.devices}
    findings = []
    for sheet in day.sheets:
        lines = {
            line.text.partition(":")[0]: (line.code, line.state)
            for line in sheet.told
            if line.key == "devices.fleet"
        }
        wanted = {names.get(device, ""): STATES[state] for device, state in sheet.fleet.items()}
        findings += [
            f"{name} is {lines.get(name)} on the sheet"
            for name in sorted(set(lines) | set(wanted))
            if lines.get(name) != wanted.get(name)
        ]
        if len(wanted) < len(STATES):
            findings.append("the board had too few devices")
    return findings if day.sheets else ["the doctor was not asked"]
