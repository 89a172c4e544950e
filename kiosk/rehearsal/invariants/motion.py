"""Votes by hands: in integers, of those who were there."""

from __future__ import annotations

from kiosk.rehearsal.invariants.registry import Findings, invariant
from kiosk.rehearsal.told import Day


@invariant
def motion_is_decided_in_integers(day: Day) -> Findings:
    """R4: adopted exactly when 2·for > present; both sides of the half were tried."""
    wrong = [
        f"count {count.number}: {count.in_favour} of {count.present} is {count.adopted}"
        for count in day.stored.counts
        if count.adopted != (2 * count.in_favour > count.present)
    ]
    outcomes = {count.adopted for count in day.stored.counts}
    return wrong + ([] if outcomes == {True, False} else ["the half was not tried on both sides"])


@invariant
def motion_counts_who_was_there(day: Day) -> Findings:
    """R25: *present* is the presence at the moment of the vote, not of the opening or the end."""
    findings = []
    for count in day.stored.counts:
        first = next(each for each in day.stored.counts if each.motion_id == count.motion_id)
        there = day.stored.voters_at(first.at)
        if (
            count.present_source == "checkin"
            and not count.present == count.present_checkin == there
        ):
            findings.append(f"count {count.number} says {count.present}, {there} were there")
    opened, ended = day.stored.opened_at, day.stored.ended_at
    if opened and ended and day.stored.counts:
        there = day.stored.voters_at(day.stored.counts[0].at)
        if there in {day.stored.voters_at(opened), day.stored.voters_at(ended)}:
            findings.append("presence at the vote was no other than at the opening or the end")
    return findings


@invariant
def correction_keeps_both(day: Day) -> Findings:
    """A correction is a second row with a reason; the first stays as it was counted."""
    numbers = [(count.motion_id, count.number) for count in day.stored.counts]
    motions = sorted({motion for motion, _ in numbers})
    # The first motion is counted again, all others once.
    if numbers != [(motions[0], 1), (motions[0], 2), *((each, 1) for each in motions[1:])]:
        return [f"counts {numbers}"]
    first, second, *_ = day.stored.counts
    findings = [] if second.reason else ["the correction has no reason"]
    if second.at < first.at or second.present_checkin != first.present_checkin:
        findings.append("the correction is measured against another moment")
    return findings


@invariant
def all_minus_adds_up(day: Day) -> Findings:
    """*Còn lại tán thành*: for is who was there at that moment, less those against and other."""
    filled = [count for count in day.stored.counts if count.all_minus]
    findings = []
    for count in filled:
        there = day.stored.voters_at(count.at)
        if count.in_favour != there - count.against - count.other:
            findings.append(
                f"{count.in_favour} for, {there} there less {count.against} and {count.other}"
            )
    return findings if filled else ["no count was filled in as what remains"]
