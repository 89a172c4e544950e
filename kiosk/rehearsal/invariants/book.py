"""The conference book: whole, with every act, and alone enough to know who is in the hall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kiosk.checkin.desk import ON_ARRIVAL
from kiosk.checkin.rules import REPLACED_REASON
from kiosk.rehearsal.invariants.registry import Findings, invariant
from kiosk.rehearsal.stored import BookRow
from kiosk.rehearsal.told import WELCOME, Day


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
    expected = {
        **_at_the_door(day),
        **_of_the_devices(day),
        **_at_the_desk(day),
        **_of_the_agenda(day),
    }
    return [
        f"{event}: {lines[event]} lines, {count} acts"
        for event, count in expected.items()
        if lines[event] != count
    ]


def _at_the_door(day: Day) -> dict[str, int]:
    stored = day.stored
    # A badge that lay on the scanner was one act.
    outcomes = Counter(scan.outcome for scan in stored.scans if not scan.is_repeat)
    silent = {*WELCOME, "already", "left"}
    return {
        "checkin:stay:entered": sum(stay.way == "badge" for stay in stored.stays),
        "checkin:stay:left": outcomes["left"],
        "checkin:stay:undone": sum(stay.undone_at is not None for stay in stored.stays),
        "checkin:leaving:undone": sum(undo.what == "leaving" for undo in stored.undos),
        "checkin:scan:turned_away": sum(
            count for outcome, count in outcomes.items() if outcome not in silent
        ),
        "checkin:base:fixed": int(stored.base is not None),
        "conference:badge:replaced": sum(badge.issue > 1 for badge in stored.badges),
        "devices:gate:turned": len(day.turned),
    }


def _of_the_devices(day: Day) -> dict[str, int]:
    stored = day.stored
    orders = Counter(each.what for each in day.ordered)
    confirmed = [each for each in day.paired if each.by_code]
    refused = [each.refusal for each in day.guesses] + [each.refusal for each in day.dead_codes]
    doubled = {
        device for board in day.boards for device, state in board.troubled if state == "doubled"
    }
    tried = Counter(each.ok for each in stored.self_tests)
    return {
        # Whoever took the place of a device is no new one.
        "devices:device:added": len(stored.devices) - sum(not each.replaces for each in confirmed),
        "devices:code:confirmed": len(confirmed),
        "devices:device:paired": len(day.paired),
        "devices:code:refused": sum(burst.heard for burst in day.bursts)
        + refused.count("pairing_code_unknown"),
        "devices:device:renamed": orders["renamed"],
        "devices:device:kind_changed": orders["re-roled"],
        "devices:device:revoked": sum(device.is_revoked for device in stored.devices),
        "devices:tablet:told": orders["pinned"] + orders["let go"],
        "devices:tablets:told": len(day.switched),
        "devices:device:doubled": len(doubled),
        "doctor:self_test:passed": tried[True],
        "doctor:self_test:failed": tried[False],
    }


def _at_the_desk(day: Day) -> dict[str, int]:
    stored = day.stored
    # Somebody who is added and led in is one act.
    by_hand = [stay for stay in stored.stays if stay.way == "hand" and stay.reason != ON_ARRIVAL]
    recorded = [absence for absence in stored.absences if absence.reason != REPLACED_REASON]
    return {
        "checkin:stay:entered_by_hand": len(by_hand),
        "checkin:paper:merged": sum(paper.stored > 0 for paper in day.papers),
        "checkin:person:walked_in": len(day.added),
        "checkin:substitute:seated": len(stored.substitutions),
        "checkin:absence:recorded": len(recorded),
        "checkin:absence:withdrawn": sum(reported.withdrawn for reported in day.reported),
    }


def _of_the_agenda(day: Day) -> dict[str, int]:
    stored = day.stored
    marks = Counter(mark.what for mark in stored.marks)
    steps = ("started", "left_waiting", "resumed", "ended", "skipped", "reopened")
    settling = {(note.item_id, note.settled_in) for note in stored.notes}
    branches = [note for note in stored.notes if note.is_branch]
    forks = {(note.item_id, note.number) for note in branches}
    return {
        "conference:conference:opened": int(stored.opened_at is not None),
        "conference:conference:ended": int(stored.ended_at is not None),
        "motions:motion:opened": stored.motions,
        "motions:motion:counted": sum(count.number == 1 for count in stored.counts),
        "motions:count:corrected": sum(count.number > 1 for count in stored.counts),
        "agenda:file:attached": len(stored.files),
        "agenda:file:removed": sum(file.removed for file in stored.files),
        "agenda:note:settled": len({each for each in settling if each[1] is not None}),
        # A branch that goes on is no new one, and one that settles another is written as that.
        "agenda:note:branched": sum(
            (note.item_id, note.based_on) not in forks
            and (note.item_id, note.number) not in settling
            for note in branches
        ),
        "conference:committee:member_added": len(stored.members),
        "conference:committee:head_set": sum(member.role == "head" for member in stored.members),
        "conference:duty:assigned": len(day.duties),
        **{f"agenda:item:{step}": marks[step] for step in steps},
    }


@invariant
def book_tells_who_is_inside(day: Day) -> Findings:
    """Who is in the hall can be told from the lines of the book alone."""
    told, stored = inside_after(day.stored.book), day.stored.inside
    return [f"delegate {each} is in only by one of the two" for each in sorted(told ^ stored)]


def inside_after(lines: Iterable[BookRow]) -> set[int]:
    """Who is in the hall after these lines, and nothing but them."""
    inside: set[int] = set()
    for row in lines:
        delegate = row.facts.get("delegate")
        if row.event in {*_ENTERED, LEAVING_UNDONE}:
            inside.add(int(delegate or 0))
        elif row.event in {"checkin:stay:left", "checkin:stay:undone"}:
            inside.discard(int(delegate or 0))
        else:
            inside.update(_brought_in(row))
    return inside


def entries_of(lines: Iterable[BookRow]) -> int:
    """How many stays these lines have begun."""
    return sum(1 if row.event in _ENTERED else len(_brought_in(row)) for row in lines)


_ENTERED = ("checkin:stay:entered", "checkin:stay:entered_by_hand")
LEAVING_UNDONE = "checkin:leaving:undone"


def _brought_in(row: BookRow) -> list[int]:
    """Who came in by an act that did more than that."""
    if row.event == "checkin:paper:merged":
        return list(row.facts["delegates"])
    key = {"checkin:person:walked_in": "delegate", "checkin:substitute:seated": "substitute"}
    if row.event in key and row.facts["admitted"]:
        return [row.facts[key[row.event]]]
    return []
