"""Ways in and ways out: who leaves, who comes back, and what a gate shows to the people."""

from __future__ import annotations

from kiosk.rehearsal.invariants.registry import (
    Findings,
    invariant,
    named,
    only,
    stored_scans,
    unplayed,
)
from kiosk.rehearsal.told import Day, Scene


@invariant
def gates_show_their_way(day: Day) -> Findings:
    """A gate that was turned shows so, and each of its scans is recorded in that direction."""
    findings = [
        f"gate {each.device_id} was turned {each.direction} and shows {each.shown or 'nothing'}"
        for each in day.turned
        if each.shown not in {None, each.direction}
    ]
    last = {each.device_id: each.direction for each in day.turned}
    stored = {each.id: each.direction for each in day.stored.devices}
    findings += [
        f"gate {device} is stored as {stored.get(device)}, turned {direction} at last"
        for device, direction in last.items()
        if stored.get(device) != direction
    ]
    late = {kept.scan_id for kept in day.kept}
    scans = stored_scans(day)
    for answer in day.told:
        scan = scans.get(answer.scan_id)
        way = "out" if answer.gate == len(day.gates) - 1 else "in"
        if scan and answer.scan_id not in late and scan.direction != way:
            findings.append(
                f"{answer.scene} at gate {answer.gate + 1} is stored as {scan.direction}"
            )
    if {each.direction for each in day.turned} != {"in", "out"}:
        findings.append("no gate was turned both ways")
    return findings


@invariant
def who_leaves_is_out(day: Day) -> Findings:
    """At a way out: the stay ends there, once, also when the badge lies on the scanner."""
    leaving = day.scene(Scene.LEAVES)
    again = day.scene(Scene.LEAVES_TWICE)
    findings = named(answer for answer in leaving if answer.outcome != "left")
    findings += named(each for each in again if each.outcome != "left" or not each.repeated)
    scans = stored_scans(day)
    stays = {stay.id: stay for stay in day.stored.stays}
    for answer in leaving:
        scan = scans.get(answer.scan_id)
        stay = stays.get(scan.stay_id or 0) if scan else None
        if stay is None or stay.left_at is None or stay.left_device_id not in day.stored.ways_out:
            findings.append(f"delegate {answer.delegate_id} left, and the stay goes on")
    return findings + unplayed(day, Scene.LEAVES, Scene.LEAVES_TWICE)


@invariant
def who_returns_is_in_again(day: Day) -> Findings:
    """Back through a way in: welcome again, a second stay, and the first keeps its end."""
    told = day.scene(Scene.RETURNS, Scene.KEPT_RETURN)
    findings = named(answer for answer in told if answer.outcome != "returned")
    for answer in told:
        stays = day.stored.stays_of(answer.delegate_id)
        left = [stay for stay in stays if stay.left_at is not None]
        if len(left) != 1 or sum(stay.holds for stay in stays) != 1:
            findings.append(
                f"delegate {answer.delegate_id} has {len(stays)} stays, {len(left)} left"
            )
    return findings + unplayed(day, Scene.RETURNS, Scene.KEPT_RETURN)


@invariant
def leaving_is_taken_back(day: Day) -> Findings:
    """A leaving by mistake is taken back with a reason; the stay goes on as if nothing had been."""
    told = day.scene(Scene.LEAVES_BY_MISTAKE)
    findings = named(answer for answer in told if answer.outcome != "left")
    if not day.stayed:
        findings.append("no leaving was taken back")
    for delegate, status in day.stayed:
        stays = day.stored.stays_of(delegate)
        reasons = [
            undo.reason
            for undo in day.stored.undos
            if undo.what == "leaving" and undo.stay_id in {stay.id for stay in stays}
        ]
        if status != 200 or len(reasons) != 1 or not all(reasons):
            findings.append(f"delegate {delegate}: answered {status}, {len(reasons)} taken back")
        if [stay.holds for stay in stays] != [True]:
            findings.append(f"delegate {delegate} has {len(stays)} stays after that")
    return findings


@invariant
def way_out_lets_nobody_in(day: Day) -> Findings:
    """Who was never recorded as being in is told so at a way out, and nothing is recorded."""
    entered = [
        f"stay {stay.id} began at a way out"
        for stay in day.stored.stays
        if stay.device_id in day.stored.ways_out
    ]
    return only(day, Scene.LEAVES_UNSEEN, "refused", "not_inside") + entered
