"""A gate whose line was cut: what it sends late becomes what is true, in its order and with its
claim beside the server's own time."""

from __future__ import annotations

from itertools import pairwise

from kiosk.rehearsal.invariants.registry import (
    Findings,
    invariant,
    named,
    stored_scans,
    unplayed,
)
from kiosk.rehearsal.told import WELCOME, Day, Scene

#: The true outcome of each late scan, and why it was refused; "in" is a welcome to who had not
#: been in before.
TRUE = {
    Scene.KEPT: ("in", ""),
    Scene.KEPT_TWICE: ("in", ""),
    Scene.KEPT_RETURN: ("returned", ""),
    Scene.KEPT_ELSEWHERE: ("already", ""),
    Scene.KEPT_BY_HAND: ("already", ""),
    Scene.KEPT_ON_PAPER: ("already", ""),
    Scene.KEPT_OVERTAKEN: ("refused", "overtaken"),
    Scene.KEPT_REVOKED: ("revoked", ""),
    Scene.KEPT_REPLACED: ("refused", "replaced"),
    Scene.KEPT_LEAVING: ("left", ""),
    Scene.KEPT_LEAVING_BACK: ("refused", "overtaken"),
    Scene.KEPT_LEAVING_UNSEEN: ("refused", "not_inside"),
    # Not late, but told by a server that had not seen them go: they never went, for all it knows.
    Scene.STILL_IN: ("already", ""),
}


@invariant
def kept_scans_tell_the_truth(day: Day) -> Findings:
    """Each late scan gets its one true outcome, told and stored (lessons 5, design 8)."""
    guests = {person.id for person in day.stored.people if person.standing == "guest"}
    scans = stored_scans(day)
    wrong = []
    for answer in day.scene(*TRUE):
        outcome, detail = TRUE[answer.scene]
        if outcome == "in":
            outcome = "guest" if answer.delegate_id in guests else "admitted"
        scan = scans.get(answer.scan_id)
        stored = (scan.outcome, scan.detail) if scan else None
        is_repeat = scan is not None and scan.is_repeat
        if not (answer.outcome, answer.detail) == (outcome, detail) == stored or is_repeat != (
            answer.scene is Scene.KEPT_TWICE
        ):
            wrong.append(answer)
    return named(wrong) + unplayed(day, *TRUE)


@invariant
def kept_scans_keep_their_order(day: Day) -> Findings:
    """What a gate kept is stored in the order in which it was read, all of it, once each."""
    order = {scan.scan_id: place for place, scan in enumerate(day.stored.scans)}
    findings = [f"{kept.scene} was never stored" for kept in day.kept if kept.scan_id not in order]
    for device in sorted({kept.device_id for kept in day.kept}):
        sent = [kept for kept in day.kept if kept.device_id == device and kept.scan_id in order]
        for one, after in pairwise(sent):
            if one.claimed_at >= after.claimed_at or order[one.scan_id] >= order[after.scan_id]:
                findings.append(f"gate {device}: {after.scene} is stored before {one.scene}")
    return findings if day.kept else ["no gate was cut off"]


@invariant
def claims_stand_beside_the_time(day: Day) -> Findings:
    """A claim and the direction that the gate showed are kept; recorded times are the server's."""
    scans = stored_scans(day)
    stays = {stay.id: stay for stay in day.stored.stays}
    findings = []
    for kept in day.kept:
        scan = scans.get(kept.scan_id)
        if scan is None or (scan.claimed_at, scan.direction) != (kept.claimed_at, kept.direction):
            findings.append(f"{kept.scene}: the claim or the direction is another")
        elif scan.at < kept.sent_at or scan.device_id != kept.device_id:
            findings.append(f"{kept.scene} is recorded at the gate's own time, or for another gate")
        stay = stays.get(scan.stay_id or 0) if scan and not scan.is_repeat else None
        if stay is None or scan is None:
            continue
        if scan.outcome in WELCOME and (
            stay.claimed_at != kept.claimed_at or stay.entered_at < kept.sent_at
        ):
            findings.append(f"stay {stay.id} begins at {stay.entered_at:%H:%M:%S}, not when sent")
        if scan.outcome == "left" and (stay.left_at is None or stay.left_at < kept.sent_at):
            findings.append(f"stay {stay.id} ends when the gate says so")
    late = {kept.scan_id for kept in day.kept}
    findings += [
        f"{scan.scan_id} claims a time and came at once"
        for scan in day.stored.scans
        if scan.claimed_at is not None and scan.scan_id not in late
    ]
    if all(kept.direction == kept.server_direction for kept in day.kept):
        findings.append("no gate was turned while it was cut off")
    return findings
