"""Who is in the hall: one figure everywhere, the quorum, the list of attendance."""

from __future__ import annotations

from kiosk.rehearsal.invariants.registry import Findings, invariant, named
from kiosk.rehearsal.told import Day, Scene


@invariant
def guests_count_for_nothing(day: Day) -> Findings:
    """R2: guests are in the hall, and no figure of presence counts them."""
    guests = {person.id for person in day.stored.people if person.standing == "guest"}
    invited = guests - {added.delegate_id for added in day.added}
    told = day.scene(Scene.GUEST)
    findings = [
        f"guest {person.id} counts for something"
        for person in day.stored.people
        if person.id in guests and (person.counts_for_quorum or person.votes)
    ] + named(answer for answer in told if answer.outcome != "guest")
    inside = day.stored.inside
    if not invited or not invited <= inside:
        findings.append(f"{len(invited & inside)} of {len(invited)} guests are in the hall")
    return findings


@invariant
def one_figure_everywhere(day: Day) -> Findings:
    """R1: console, projector and stream show what the database says (lessons 31)."""
    findings = [
        f"{shown.place} showed {shown.present}, {present} were present at {shown.at:%H:%M:%S.%f}"
        for shown in day.shown
        if shown.present != (present := day.stored.present_at(shown.at))
    ]
    missing = {"console", "projector", "stream"} - {shown.place for shown in day.shown}
    return findings + [f"no figure was read at the {place}" for place in sorted(missing)]


@invariant
def opened_only_with_quorum(day: Day) -> Findings:
    """R1: refused below two thirds of the base, guests left out; opened at or above."""
    findings = []
    refused = [each for each in day.openings if each.status == 409]
    for each in refused:
        if day.stored.present_at(each.at) >= day.needed:
            findings.append(f"refused with {day.stored.present_at(each.at)} of {day.convened}")
    if not any(day.stored.present_at(each.at) == day.needed - 1 for each in refused):
        findings.append("the opening was never tried with one person too few")
    if [each.status < 300 for each in day.openings] != [False] * len(refused) + [True]:
        findings.append(f"attempts were answered {[each.status for each in day.openings]}")
    opened = day.stored.opened_at
    if opened is None:
        findings.append("the conference was never opened")
    elif day.stored.present_at(opened) < day.needed:
        findings.append(f"opened with {day.stored.present_at(opened)}, {day.needed} are needed")
    if day.stored.base != day.convened:
        findings.append(f"the base is {day.stored.base}, {day.convened} were convened")
    return findings


@invariant
def the_hall_is_who_walked_in(day: Day) -> Findings:
    """Whoever really is in the hall at the end is recorded so, and nobody else; whatever was cut
    off, sent late, typed from paper or taken back meanwhile."""
    there = {delegate for delegate, is_in in day.whereabouts.items() if is_in}
    inside = day.stored.inside
    findings = [f"delegate {each} sits in the hall, unrecorded" for each in sorted(there - inside)]
    findings += [f"delegate {each} is recorded, and outside" for each in sorted(inside - there)]
    return findings if day.whereabouts else ["nobody was watched"]


@invariant
def late_comers_count_from_then_on(day: Day) -> Findings:
    """R25: who comes while the agenda runs is welcomed, and counts from that moment, not before."""
    told = day.scene(Scene.LATE_COMER)
    opened, ended = day.stored.opened_at, day.stored.ended_at
    findings = named(answer for answer in told if answer.outcome not in {"admitted", "guest"})
    for answer in told:
        stays = day.stored.stays_of(answer.delegate_id)
        if not stays or not opened or not ended or not opened < stays[0].entered_at < ended:
            findings.append(f"delegate {answer.delegate_id} did not enter during the agenda")
    counting = {person.id for person in day.stored.people if person.counts_for_quorum}
    if not counting & {answer.delegate_id for answer in told}:
        findings.append("no delegate came late")
    return findings


@invariant
def attendance_adds_up(day: Day) -> Findings:
    """D2: convened = present + absent with reason + absent without; an arrival wins over a call."""
    stored = day.stored
    counting = {person.id for person in stored.people if person.counts_for_quorum}
    guests = {person.id for person in stored.people if person.standing == "guest"}
    came = {stay.delegate_id for stay in stored.stays if stay.undone_at is None}
    excused = {
        each.delegate_id for each in stored.absences if each.in_force and each.kind == "with_reason"
    }
    expected = {
        "Triệu tập": len(counting),
        "Có mặt": len(counting & came),
        "Vắng có lý do": len((counting & excused) - came),
        "Vắng không lý do hoặc chưa đến": len(counting - came - excused),
        "Khách mời có mặt": len(guests & came),
    }
    findings = [
        f"{words}: the list says {day.totals.get(words)}, {figure} it is"
        for words, figure in expected.items()
        if day.totals.get(words) != str(figure)
    ]
    if len(counting) != day.convened:
        findings.append(f"{len(counting)} count for the quorum, {day.convened} were convened")
    if not counting & excused & came:
        findings.append("nobody came who had called")
    return findings
