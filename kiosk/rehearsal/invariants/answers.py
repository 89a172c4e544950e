"""Every scan gets one answer, the same for ever, and the answer is what is stored."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

from kiosk.rehearsal.invariants.registry import (
    Findings,
    first_answers,
    invariant,
    named,
    only,
)
from kiosk.rehearsal.told import WELCOME, Day, Scene


@invariant
def every_scan_was_answered(day: Day) -> Findings:
    """`POST /gate/scan` is always 200 and names an outcome; a refusal is an answer (design 8)."""
    return [
        f"{answer.scene} {answer.scan_id}: {answer.status} {answer.outcome or 'no outcome'}"
        for answer in day.told
        if answer.status != 200 or not answer.outcome
    ]


@invariant
def no_server_error_was_seen(day: Day) -> Findings:
    """No client of any kind ever saw an HTTP 5xx."""
    return [f"{count} x {status}" for status, count in day.statuses.items() if status >= 500]


@invariant
def log_has_no_exception(day: Day) -> Findings:
    """No line of the server's log is a traceback or an error."""
    trouble = re.compile(r"Traceback|\b(ERROR|CRITICAL)\b|^\w*(Error|Exception)\b")
    return [line for line in day.log if trouble.search(line)]


@invariant
def same_scan_same_outcome(day: Day) -> Findings:
    """The same `scan_id` gives the same outcome for ever, and the stored one (design 8)."""
    said: dict[str, set[str]] = defaultdict(set)
    for answer in day.told:
        if answer.outcome:
            said[answer.scan_id].add(answer.outcome)
    stored = {scan.scan_id: scan.outcome for scan in day.stored.scans}
    ids = [scan.scan_id for scan in day.stored.scans]
    findings = [f"{each} stored twice" for each, count in Counter(ids).items() if count > 1]
    for scan_id, outcomes in said.items():
        if scan_id not in stored:
            findings.append(f"{scan_id} told {sorted(outcomes)}, never stored")
        elif outcomes != {stored[scan_id]}:
            findings.append(f"{scan_id} told {sorted(outcomes)}, stored {stored[scan_id]}")
    if not day.scene(Scene.SENT_AGAIN):
        findings.append("no scan was sent again")
    return findings


@invariant
def nothing_acknowledged_is_lost(day: Day) -> Findings:
    """Whom a gate has welcomed is stored as present, unless taken back or told to have left, and
    once for each welcome (design 10)."""
    taken_back = {delegate for delegate, status in day.undone if status == 200}
    stayed = {delegate for delegate, status in day.stayed if status == 200}
    welcomes: Counter[int | None] = Counter()
    is_in: dict[int | None, bool] = {}
    for answer in first_answers(day):
        if answer.outcome in WELCOME:
            welcomes[answer.delegate_id] += 1
            is_in[answer.delegate_id] = True
        elif answer.outcome == "left" and answer.delegate_id not in stayed:
            is_in[answer.delegate_id] = False
    stays = defaultdict(list)
    for stay in day.stored.stays:
        stays[stay.delegate_id].append(stay)
    findings = []
    for delegate, inside in is_in.items():
        found = stays[delegate] if delegate is not None else []
        present = any(stay.holds for stay in found)
        if inside and not present and delegate not in taken_back:
            findings.append(f"delegate {delegate} was welcomed and is not present")
        if present and not inside:
            findings.append(f"delegate {delegate} was told to have left and is present")
        if any(stay.undone_at for stay in found) and delegate not in taken_back:
            findings.append(f"delegate {delegate}'s entry was taken back by nobody")
        entries = sum(stay.way == "badge" for stay in found)
        if entries != welcomes[delegate]:
            findings.append(f"delegate {delegate}: {welcomes[delegate]} welcomes, {entries} stays")
    return findings


@invariant
def nobody_is_present_unasked(day: Day) -> Findings:
    """Each stay comes from an answer that welcomed this person, or from an act of the desk."""
    by_scan = {
        scan.stay_id: scan
        for scan in day.stored.scans
        if scan.outcome in WELCOME and not scan.is_repeat
    }
    told = {answer.scan_id for answer in day.told if answer.outcome in WELCOME}
    lines = day.stored.lines("checkin:stay:entered_by_hand")
    by_desk: dict[str, set[Any]] = {
        "hand": {
            *(row.facts.get("delegate") for row in lines),
            *(added.delegate_id for added in day.added if added.admitted),
        },
        "paper": {delegate for paper in day.papers for delegate in paper.ticked},
    }
    findings = []
    for stay in day.stored.stays:
        scan = by_scan.get(stay.id)
        if stay.way in by_desk:
            if stay.delegate_id not in by_desk[stay.way]:
                findings.append(f"stay {stay.id}, {stay.way}: nobody at the desk did that")
        elif scan is None or scan.delegate_id != stay.delegate_id or scan.scan_id not in told:
            findings.append(f"stay {stay.id} of delegate {stay.delegate_id} was told to nobody")
    return findings


@invariant
def one_open_stay_each(day: Day) -> Findings:
    """Nobody is in the hall twice."""
    inside = Counter(stay.delegate_id for stay in day.stored.stays if stay.holds)
    return [f"delegate {each} is in {count} times" for each, count in inside.items() if count > 1]


@invariant
def two_gates_admit_one(day: Day) -> Findings:
    """The same badge at two gates at one instant: one is welcomed, one hears "already in"."""
    races: dict[int | None, list[str]] = defaultdict(list)
    for answer in day.scene(Scene.RACE):
        races[answer.delegate_id].append(answer.outcome)
    if not races:
        return ["no badge was at two gates at once"]
    return [
        f"delegate {delegate}: {outcomes}"
        for delegate, outcomes in races.items()
        if sorted(outcome if outcome not in WELCOME else "in" for outcome in outcomes)
        != ["already", "in"]
    ]


@invariant
def duplicates_are_named(day: Day) -> Findings:
    """At the same gate within the window: the first answer again. At another: "already in"."""
    wrong = [
        answer
        for answer in day.scene(Scene.SAME_GATE)
        if answer.outcome not in WELCOME or not answer.repeated
    ] + [answer for answer in day.scene(Scene.OTHER_GATE) if answer.outcome != "already"]
    missing = [each for each in (Scene.SAME_GATE, Scene.OTHER_GATE) if not day.scene(each)]
    return named(wrong) + [f"no {each} was played" for each in missing]


@invariant
def forged_never_enter(day: Day) -> Findings:
    """A well-formed code that no badge has is "unknown" and leads nobody in (lessons 7)."""
    return only(day, Scene.FORGED, "unknown")


@invariant
def unreadable_never_enter(day: Day) -> Findings:
    """What is no code at all, a megabyte included, is "unreadable" and leads nobody in."""
    return only(day, Scene.UNREADABLE, "unreadable")


@invariant
def revoked_never_enter(day: Day) -> Findings:
    """A replaced badge is "revoked", also while its owner is in; the new one opens the gate."""
    new = day.scene(Scene.NEW_BADGE)
    wrong = [answer for answer in new if answer.outcome not in WELCOME]
    return only(day, Scene.OLD_BADGE, "revoked") + named(wrong)


@invariant
def undo_takes_back(day: Day) -> Findings:
    """An undone entry keeps its row and reason, counts no more, and the person may enter again."""
    findings = [] if day.undone else ["no entry was taken back"]
    again = {a.delegate_id for a in day.scene(Scene.READMITTED) if a.outcome == "admitted"}
    for delegate, status in day.undone:
        stays = [stay for stay in day.stored.stays if stay.delegate_id == delegate]
        undone = [stay for stay in stays if stay.undone_at is not None and stay.undo_reason]
        if status != 200 or len(undone) != 1:
            findings.append(f"delegate {delegate}: answered {status}, {len(undone)} rows undone")
        if delegate not in again or sum(stay.holds for stay in stays) != 1:
            findings.append(f"delegate {delegate} was not admitted again")
    return findings


@invariant
def closed_doors_refuse(day: Day) -> Findings:
    """After the end a valid badge is answered "refused" and enters nobody."""
    ended = day.stored.ended_at
    late = [stay.id for stay in day.stored.stays if ended is not None and stay.entered_at > ended]
    return only(day, Scene.TOO_LATE, "refused") + [f"stay {each} after the end" for each in late]
