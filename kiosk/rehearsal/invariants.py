"""What must be true after a rehearsed day, whatever happened at the gates.

Each invariant is a function from the day to what contradicts it: short findings for a technician,
none when it holds. `check` runs them all. They compare what clients were told with what is stored,
so they hold for any server that speaks the same pages.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from kiosk.rehearsal.facts import WELCOME, Day, Scene, Told

Findings = list[str]
Invariant = Callable[[Day], Findings]

#: By name, in the order of the day; filled by `invariant`.
INVARIANTS: dict[str, Invariant] = {}

#: Milliseconds within which the hall sees a change (issue 2: "follows within a second").
FOLLOWS_WITHIN = 1000.0

ITEMS = 9

#: Findings of one invariant that a report names; a broken server breaks it a thousand times.
MOST_FINDINGS = 5


def invariant(check_one: Invariant) -> Invariant:
    """Register an invariant under the name of its function."""
    INVARIANTS[check_one.__name__] = check_one
    return check_one


def check(day: Day) -> dict[str, Findings]:
    """What contradicts each invariant; an empty list where it holds."""
    return {name: holds(day)[:MOST_FINDINGS] for name, holds in INVARIANTS.items()}


# -- answers ---------------------------------------------------------------------------------


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
    # A repeat at the same gate is answered by the first scan and leaves no row of its own.
    repeats = {answer.scan_id for answer in day.told if answer.repeated}
    for scan_id, outcomes in said.items():
        if scan_id not in stored and scan_id not in repeats:
            findings.append(f"{scan_id} told {sorted(outcomes)}, never stored")
        elif outcomes != {stored.get(scan_id, min(outcomes))}:
            findings.append(f"{scan_id} told {sorted(outcomes)}, stored {stored.get(scan_id)}")
    if not day.scene(Scene.SENT_AGAIN):
        findings.append("no scan was sent again")
    return findings


@invariant
def nothing_acknowledged_is_lost(day: Day) -> Findings:
    """Whom a gate has welcomed is stored as present, unless taken back (design 10)."""
    taken_back = {delegate for delegate, status in day.undone if status == 200}
    stays = defaultdict(list)
    for stay in day.stored.stays:
        stays[stay.delegate_id].append(stay)
    findings = []
    welcomed = {answer.delegate_id for answer in day.told if answer.outcome in WELCOME}
    for delegate in welcomed:
        found = stays[delegate] if delegate is not None else []
        if not any(stay.holds for stay in found) and delegate not in taken_back:
            findings.append(f"delegate {delegate} was welcomed and is not present")
        if any(stay.undone_at for stay in found) and delegate not in taken_back:
            findings.append(f"delegate {delegate}'s entry was taken back by nobody")
    return findings


@invariant
def nobody_is_present_unasked(day: Day) -> Findings:
    """Each stay comes from an answer that welcomed this person, or from an act by hand."""
    by_scan = {scan.stay_id: scan for scan in day.stored.scans if scan.outcome in WELCOME}
    told = {answer.scan_id for answer in day.told if answer.outcome in WELCOME}
    by_hand = Counter(
        row.facts.get("delegate")
        for row in day.stored.book
        if row.event == "checkin:stay:entered_by_hand"
    )
    findings = []
    for stay in day.stored.stays:
        scan = by_scan.get(stay.id)
        if stay.way == "hand":
            if not by_hand[stay.delegate_id]:
                findings.append(f"stay {stay.id} by hand, and the book does not know it")
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
    return _named(wrong) + [f"no {each} was played" for each in missing]


@invariant
def forged_never_enter(day: Day) -> Findings:
    """A well-formed code that no badge has is "unknown" and leads nobody in (lessons 7)."""
    return _only(day, Scene.FORGED, "unknown")


@invariant
def unreadable_never_enter(day: Day) -> Findings:
    """What is no code at all, a megabyte included, is "unreadable" and leads nobody in."""
    return _only(day, Scene.UNREADABLE, "unreadable")


@invariant
def revoked_never_enter(day: Day) -> Findings:
    """A replaced badge is "revoked", also while its owner is in; the new one opens the gate."""
    new = day.scene(Scene.NEW_BADGE)
    wrong = [answer for answer in new if answer.outcome not in WELCOME]
    return _only(day, Scene.OLD_BADGE, "revoked") + _named(wrong)


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
    return _only(day, Scene.TOO_LATE, "refused") + [f"stay {each} after the end" for each in late]


# -- presence and quorum ---------------------------------------------------------------------


@invariant
def guests_count_for_nothing(day: Day) -> Findings:
    """R2: guests are in the hall, and no figure of presence counts them."""
    guests = {person.id for person in day.stored.people if person.standing == "guest"}
    told = day.scene(Scene.GUEST)
    findings = [
        f"guest {person.id} counts for something"
        for person in day.stored.people
        if person.id in guests and (person.counts_for_quorum or person.votes)
    ] + _named(answer for answer in told if answer.outcome != "guest")
    inside = {stay.delegate_id for stay in day.stored.stays if stay.holds}
    if not guests or not guests <= inside:
        findings.append(f"{len(guests & inside)} of {len(guests)} guests are in the hall")
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


# -- the agenda ------------------------------------------------------------------------------


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
    findings += [f"item {n} is {state}" for n, state in day.stored.items if state != "ended"]
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


# -- the motion ------------------------------------------------------------------------------


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
    if len(day.stored.counts) != 2 or [number for _, number in numbers] != [1, 2]:
        return [f"counts {numbers}"]
    first, second = day.stored.counts
    findings = [] if second.reason else ["the correction has no reason"]
    if second.at < first.at or second.present_checkin != first.present_checkin:
        findings.append("the correction is measured against another moment")
    return findings


# -- the book --------------------------------------------------------------------------------


@invariant
def book_is_whole(day: Day) -> Findings:
    """R24: each line is chained to the one before, from the first to the last."""
    seqs = [row.seq for row in day.stored.book]
    findings = [] if seqs == list(range(1, len(seqs) + 1)) else ["numbers are missing"]
    if day.stored.first_break is not None:
        findings.append(f"the chain breaks at line {day.stored.first_break}")
    return findings if seqs else ["the book is empty"]


@invariant
def book_has_every_act(day: Day) -> Findings:
    """One act, one line (style 6): as many lines of each event as there are stored acts."""
    lines = Counter(row.event for row in day.stored.book)
    stored = day.stored
    marks = Counter(mark.what for mark in stored.marks)
    turned_away = sum(
        scan.outcome not in WELCOME and scan.outcome != "already" for scan in stored.scans
    )
    expected = {
        "checkin:stay:entered": sum(stay.way == "badge" for stay in stored.stays),
        "checkin:stay:entered_by_hand": sum(stay.way == "hand" for stay in stored.stays),
        "checkin:stay:undone": sum(stay.undone_at is not None for stay in stored.stays),
        "checkin:scan:turned_away": turned_away,
        "checkin:base:fixed": int(stored.base is not None),
        "conference:badge:replaced": sum(badge.issue > 1 for badge in stored.badges),
        "conference:conference:opened": int(stored.opened_at is not None),
        "conference:conference:ended": int(stored.ended_at is not None),
        "motions:motion:opened": stored.motions,
        "motions:motion:counted": sum(count.number == 1 for count in stored.counts),
        "motions:count:corrected": sum(count.number > 1 for count in stored.counts),
        "devices:device:added": stored.devices,
        "devices:device:paired": stored.devices,
        **{f"agenda:item:{step}": marks[step] for step in ("started", "left_waiting", "resumed")},
        **{f"agenda:item:{step}": marks[step] for step in ("ended", "skipped", "reopened")},
    }
    return [
        f"{event}: {lines[event]} lines, {count} acts"
        for event, count in expected.items()
        if lines[event] != count
    ]


# -- the projector ---------------------------------------------------------------------------


@invariant
def projector_follows(day: Day) -> Findings:
    """The wall shows each change; half of them within a second (issue 2)."""
    missing = sum(lag is None for lag in day.lags)
    findings = [f"{missing} of {len(day.lags)} changes never reached the wall"] if missing else []
    lags = [lag for lag in day.lags if lag is not None]
    if not lags:
        return [*findings, "no change was followed"]
    middle = statistics.median(lags)
    return findings + ([f"median {middle:.0f} ms"] if middle > FOLLOWS_WITHIN else [])


@invariant
def projector_heals(day: Day) -> Findings:
    """After its stream was cut the wall shows the present state again, by itself (lessons 37)."""
    return [] if day.healed else ["the wall stayed behind after its stream was cut"]


# -- helpers ---------------------------------------------------------------------------------


def _only(day: Day, scene: Scene, outcome: str) -> Findings:
    """Every answer of a scene is this outcome and stored without a stay; and it was played."""
    told = day.scene(scene)
    ids = {answer.scan_id for answer in told}
    entered = [
        scan.scan_id for scan in day.stored.scans if scan.scan_id in ids and scan.outcome in WELCOME
    ]
    findings = _named(answer for answer in told if answer.outcome != outcome)
    findings += [f"{scan_id} is stored as an entry" for scan_id in entered]
    return findings if told else [f"no {scene} was played"]


def _named(answers: Iterable[Told]) -> Findings:
    return [
        f"{answer.scene} of delegate {answer.delegate_id} at gate {answer.gate + 1}:"
        f" {answer.outcome or answer.status}{' (repeated)' if answer.repeated else ''}"
        for answer in answers
    ]
