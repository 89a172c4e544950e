"""The agenda: in the order that was laid, one item at a time, each ended once."""

from __future__ import annotations

from collections import Counter

from kiosk.rehearsal.invariants.registry import Findings, invariant
from kiosk.rehearsal.told import Day

ITEMS = 9


@invariant
def forbidden_acts_are_refused(day: Day) -> Findings:
    """What the moment does not allow is answered 409, and nothing of it happens."""
    wrong = [f"{each.what}: {each.status}" for each in day.forbidden if each.status != 409]
    return wrong if day.forbidden else ["no forbidden act was tried"]


@invariant
def items_ended_once_in_order(day: Day) -> Findings:
    """Nine items: each started in its order, ended exactly once, none skipped (lessons 33)."""
    started = [mark.item for mark in day.stored.marks if mark.what == "started"]
    ended = Counter(mark.item for mark in day.stored.marks if mark.what == "ended")
    waited = [mark.item for mark in day.stored.marks if mark.what == "left_waiting"]
    findings = []
    if started != list(range(1, ITEMS + 1)):
        findings.append(f"started in the order {started}")
    findings += [f"item {n} ended {ended[n]} times" for n in range(1, ITEMS + 1) if ended[n] != 1]
    findings += [
        f"item {item.number} is {item.state}" for item in day.stored.items if item.state != "ended"
    ]
    if len(day.stored.items) != ITEMS:
        findings.append(f"{len(day.stored.items)} items")
    if not waited:
        findings.append("no item was left waiting")
    if day.stored.ended_at is None:
        findings.append("the conference was never ended")
    return findings


@invariant
def one_item_at_a_time(day: Day) -> Findings:
    """At no moment of the day were two items on."""
    running: set[int] = set()
    findings = []
    for mark in day.stored.marks:
        if mark.what in {"started", "resumed"}:
            running.add(mark.item)
        else:
            running.discard(mark.item)
        if len(running) > 1:
            findings.append(f"items {sorted(running)} at {mark.at:%H:%M:%S.%f}")
    return findings


@invariant
def agenda_is_walked_as_laid(day: Day) -> Findings:
    """The order that the secretary laid before the opening is the order of the day."""
    stored = tuple(item.id for item in day.stored.items)
    findings = [] if stored == day.laid else [f"laid as {day.laid}, stored as {stored}"]
    if day.laid == day.planned or sorted(day.laid) != sorted(day.planned):
        findings.append("no item changed its place")
    moved = day.stored.lines("agenda:item:moved")
    opened = day.stored.lines("conference:conference:opened")
    if len(moved) != 1 or not opened or moved[0].seq > opened[0].seq:
        findings.append(f"{len(moved)} moves in the book, or one after the opening")
    return findings


@invariant
def preparation_is_kept(day: Day) -> Findings:
    """Each body has the members and the one head that were chosen, each duty its owner and tick."""
    stored = day.stored
    seated = {
        (each.committee, each.delegate_id, each.role == "head")
        for each in stored.members
        if each.is_seated
    }
    findings = [
        f"{body}: delegate {delegate} is not seated as chosen"
        for body, delegate, leads in day.bodies
        if (body, delegate, leads) not in seated
    ]
    heads = Counter(body for body, _, leads in seated if leads)
    bodies = {body for body, _, _ in day.bodies}
    findings += [f"{body} has {heads[body]} heads" for body in sorted(bodies) if heads[body] != 1]
    duties = {duty.id: (duty.owner, duty.is_done) for duty in stored.duties}
    findings += [
        f"duty {duty}: {duties.get(duty)} is stored"
        for duty, owner, done in day.duties
        if duties.get(duty) != (owner, done)
    ]
    return findings if day.bodies and day.duties else [*findings, "no body, or no duty"]
