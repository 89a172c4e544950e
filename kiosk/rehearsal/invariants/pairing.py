"""Pairing: codes make devices, what is seen over a shoulder makes none, guesses are slowed down."""

from __future__ import annotations

from kiosk.devices.rules import next_name
from kiosk.rehearsal.invariants.registry import Findings, invariant
from kiosk.rehearsal.told import Day
from kiosk.rehearsal.told_devices import Paired
from kiosk.staff.rules import FREE_TRIES, delay_after

#: Where a device of each kind belongs.
HOME = {"gate": "/gate", "tablet": "/tablet", "projector": "/projector"}

CONFIRMED, ADDED, PAIRED = (
    "devices:code:confirmed",
    "devices:device:added",
    "devices:device:paired",
)


@invariant
def codes_make_devices(day: Day) -> Findings:
    """Whoever showed the code that a secretary confirmed is the device of that kind and name, lands
    on its page by itself, and the book has both steps in their order."""
    stored = {device.id: device for device in day.stored.devices}
    re_roled = {each.device_id for each in day.ordered if each.what == "re-roled"}
    findings = []
    for each in day.paired:
        row = stored.get(each.device_id)
        if row is None or not row.is_paired:
            findings.append(f"{each.name} is stored as no device")
        elif row.kind != each.kind and each.device_id not in re_roled:
            findings.append(f"{each.name} became a {row.kind}")
        if each.landed != HOME[each.kind]:
            findings.append(f"{each.name} landed on {each.landed}")
        if each.asked_name not in {"", each.name}:
            findings.append(f"{each.asked_name} is called {each.name}")
        # A suggested name begins as all of its kind do.
        if not each.asked_name and not each.name.startswith(next_name(each.kind, ())[:4]):
            findings.append(f"a {each.kind} was called {each.name}")
    findings += _in_the_book(day)
    new = [each for each in day.paired if not each.replaces]
    if len({each.name for each in new}) != len(new):
        findings.append("two devices were given one name")
    if {each.kind for each in day.paired if each.by_code} != set(HOME):
        findings.append("not every kind was paired by a code")
    if {each.by_code for each in day.paired} != {True, False}:
        findings.append("no one-time address was opened")
    return findings


def _in_the_book(day: Day) -> Findings:
    """For each device the lines that its pairings have to leave, and no others."""
    wanted: dict[int, list[str]] = {}
    for each in day.paired:
        wanted.setdefault(each.device_id, []).extend([CONFIRMED if each.by_code else ADDED, PAIRED])
    findings = []
    for device, events in wanted.items():
        lines = [
            row.event
            for row in day.stored.book
            if row.event in {CONFIRMED, ADDED, PAIRED} and row.facts.get("device") == device
        ]
        if lines != events:
            findings.append(f"device {device} is in the book as {lines}")
    return findings


@invariant
def a_code_that_is_seen_gives_nothing(day: Day) -> Findings:
    """Who reads a code over a shoulder is no device: not by the code, not by its address, not at
    the console (decision 16)."""
    findings = [
        f"{each.what}: {each.status}, on {each.where}"
        for each in day.onlooker
        if each.is_device or each.where in HOME.values()
    ]
    findings += [
        f"{each.what}: {each.status}"
        for each in day.onlooker
        if each.what.startswith("POST") and each.status not in {401, 403}
    ]
    tried = {each.what.startswith("POST") for each in day.onlooker}
    return findings if tried == {True, False} else [*findings, "nobody looked on"]


@invariant
def dead_codes_find_nobody(day: Day) -> Findings:
    """A code that was confirmed, and one of before the kill, find no machine any more."""
    findings = [
        f"{each.why}: {each.refusal or 'found a machine'}"
        for each in day.dead_codes
        if each.refusal != "pairing_code_unknown"
    ]
    return findings if len(day.dead_codes) > 1 else [*findings, "no dead code was typed"]


@invariant
def guesses_are_slowed_down(day: Day) -> Findings:
    """Of many wrong codes at once only the free tries are looked up; the others have to wait."""
    findings = []
    for burst in day.bursts:
        # The first wait is over sooner than a burst on a very slow laptop.
        waited = int(burst.ms / 1000 // delay_after(FREE_TRIES + 1).total_seconds())
        if burst.heard > FREE_TRIES + 1 + waited or not burst.delayed:
            findings.append(f"{burst.heard} looked up, {burst.delayed} had to wait")
    if any(not each.is_right and not each.refusal for each in day.guesses):
        findings.append("a wrong code found a machine")
    return findings if day.bursts else ["nobody guessed"]


@invariant
def the_delay_survives_a_kill(day: Day) -> Findings:
    """The wrong guesses of before the kill still count after it: the right code has to wait as long
    as all of them together ask for (issue 4)."""
    failures = sum(burst.heard for burst in day.bursts)
    failures += sum(each.refusal == "pairing_code_unknown" for each in day.guesses)
    longest = delay_after(failures).total_seconds()
    right = [each for each in day.guesses if each.is_right and each.after_kill]
    findings = [
        f"after {failures} wrong guesses: {each.refusal or 'found'}, {each.seconds} s"
        for each in right
        if each.refusal != "pairing_delayed" or not longest / 2 < each.seconds <= longest
    ]
    before = any(not each.after_kill for each in day.guesses)
    return findings if right and before and day.killed else [*findings, "no guess was so early"]


@invariant
def what_was_confirmed_survives_a_kill(day: Day) -> Findings:
    """A machine that was confirmed before the kill becomes its device after it; whoever listened
    has the present state again without a touch."""
    findings = [
        f"device {each.device_id} stayed without a picture" for each in day.back if each.ms is None
    ]
    if not day.back:
        findings.append("nobody listened")
    return findings if _over_kill(day) else [*findings, "nobody was confirmed over the kill"]


def _over_kill(day: Day) -> list[Paired]:
    return [each for each in day.paired if each.over_kill] if day.killed else []
