"""The secrecy of the ballot: what lies where, what was shown, what the book knows (R10, R11)."""

from __future__ import annotations

from collections import Counter

from kiosk.rehearsal.invariants.ballots import both
from kiosk.rehearsal.invariants.registry import Findings, invariant
from kiosk.rehearsal.stored_ballot import Holder
from kiosk.rehearsal.told import Day
from kiosk.rehearsal.told_ballot import When

#: The one table that holds sealed ballots, and what an opened one consists of.
SEALED = Holder("sealed_ballot", ("round_id", "sealed"))
OPENED = ("round_id", "place", "marks", "invalid")
#: Lines of the book that may be written between the opening of the voting and its closing.
_WHILE_VOTING = frozenset(
    {"ballot:slip:issued", "ballot:slip:not_drawn", "ballot:helper:recorded", "ballot:roll:added"}
)


@invariant
def locked_ballots_are_nowhere(day: Day) -> Findings:
    """While a box is locked no byte of database, log, copies and everything else holds a sealed
    ballot, its id, a plain choice, a slip or a code; also where the plug was pulled (5.4)."""
    findings = [
        f"{each.when}, round {each.round}: {found}"
        for each in day.searched
        for found in each.found
        if each.when in {When.KILLED, When.CLOSED}
    ]
    findings += _unsearched(day, {When.KILLED, When.CLOSED})
    closed = [each for each in day.searched if each.when is When.CLOSED]
    return findings if any(each.copies for each in closed) else [*findings, "no copy was opened"]


@invariant
def nothing_joins_a_ballot_with_a_person(day: Day) -> Findings:
    """After the opening sealed ballots lie in one table that knows the round and nothing else, the
    opened ones in the order of what they say; no file or row leads from a ballot to a slip, a
    person or a moment, and no slip, no code and no sealed choice lies anywhere (R10)."""
    findings = [
        f"{each.when}, round {each.round}: {found}"
        for each in day.searched
        for found in each.found
        if each.when in {When.OPENED, When.COPIED}
    ]
    findings += _unsearched(day, {When.OPENED, When.COPIED})
    for stored in (day.stored, *((day.copied.stored,) if day.copied else ())):
        findings += [
            f"ballots stand in {each.table} beside {', '.join(each.columns)}"
            for each in stored.holders
            if each != SEALED
        ]
        if stored.opened_columns != OPENED:
            findings.append(f"an opened ballot knows {', '.join(stored.opened_columns)}")
        for held in stored.rounds:
            if list(held.sealed) != sorted(held.sealed) or list(held.opened) != sorted(held.opened):
                findings.append(f"round {held.number}: the order of the ballots tells something")
    if SEALED not in day.stored.holders:
        findings.append("the sealed set is not in its table")
    return findings


@invariant
def box_is_in_no_copy(day: Day) -> Findings:
    """A copy of the conference holds no box, whenever it was made (5.4)."""
    return [
        f"{each.when}: {found}" for each in day.searched for found in each.boxes_in_copies
    ] + _unsearched(day, {When.COPIED})


@invariant
def box_goes_when_it_is_opened(day: Day) -> Findings:
    """The file of the box is there while it is locked and gone when it has been opened (5.5)."""
    findings = [
        f"round {each.number}: the box lies there still" for each in day.rounds if each.box_lies
    ]
    return findings + [f"round {each.number} had no box" for each in day.rounds if not each.box_lay]


@invariant
def book_knows_no_cast(day: Day) -> Findings:
    """Between the opening and the closing of the voting the book has a line for each slip and each
    helper, and none for a ballot; each step of the ceremony has its lines (R24)."""
    findings = []
    for told, stored in both(day):
        lines = [row for row in day.stored.book if row.facts.get("round") == told.number]
        names = [row.event for row in lines]
        if names.count("ballot:voting:opened") != 1 or names.count("ballot:voting:closed") != 1:
            findings.append(f"round {told.number} was not opened and closed once")
            continue
        opened = lines[names.index("ballot:voting:opened")].seq
        closed = lines[names.index("ballot:voting:closed")].seq
        voting = [row for row in day.stored.book if opened < row.seq < closed]
        findings += [
            f"round {told.number}: «{row.event}» while people voted"
            for row in voting
            if row.event not in _WHILE_VOTING
        ]
        seen = Counter(names)
        drawn = sum(each.outcome == "issued" for each in told.scans)
        undone = sum(each.undone for each in told.scans)
        acts = {**told.acts, "ballot:slip:issued": drawn, "ballot:slip:not_drawn": undone}
        findings += [
            f"round {told.number}: {event}: {seen[event]} lines, {count} acts"
            for event, count in acts.items()
            if seen[event] != count
        ]
        if stored.helpers != told.helpers:
            findings.append(f"round {told.number}: helpers {stored.helpers}")
        if any(name in str(row.facts) for row in lines for name in told.helpers):
            findings.append(f"round {told.number}: the book names a helper")
    return findings


@invariant
def wall_shows_turnout_alone(day: Day) -> Findings:
    """Before the box is opened the wall shows slips issued and ballots cast, growing, and nothing
    of a result (R11)."""
    findings = []
    for told in day.rounds:
        if any(each.tells_result for each in told.turnouts):
            findings.append(f"round {told.number}: something of a result before the opening")
        shown = [each.figures for each in told.turnouts if each.figures]
        if any(len(each) != 2 for each in shown):
            findings.append(f"round {told.number}: other figures than issued and cast")
            continue
        issued, cast = len(told.choices), len(told.taken)
        wrong = [each for each in shown if not (each[1] <= each[0] <= issued and each[1] <= cast)]
        findings += [f"round {told.number}: {a} issued and {b} cast" for a, b in wrong]
        if [each[1] for each in shown] != sorted(each[1] for each in shown):
            findings.append(f"round {told.number}: the turnout went back")
        if not shown or max(each[1] for each in shown) == 0:
            findings.append(f"round {told.number}: no turnout was shown")
    return findings


@invariant
def fingerprints_agree(day: Day) -> Findings:
    """The fingerprint of the box is the same on console, every tablet, in the book, D6 and the
    database; so is that of the sealed set from the sums on (5.2, R14)."""
    findings = []
    marks: set[str] = set()
    for told, stored in both(day):
        for name, shown, kept, event in (
            ("fingerprint", told.fingerprints, stored.fingerprint, "ballot:box:locked"),
            ("set_fingerprint", told.set_fingerprints, stored.set_fingerprint, "ballot:box:opened"),
        ):
            booked = [
                row.facts.get(name)
                for row in day.stored.lines(event)
                if row.facts.get("round") == told.number
            ]
            findings += [
                f"round {told.number}: another {name} at {place}"
                for place, mark in (*shown, *(("the book", str(each)) for each in booked))
                if mark != kept
            ]
            places = {place.split(",")[0].split(" ")[0] for place, _ in shown}
            wanted = {"console", "report"} | ({"tablet"} if name == "fingerprint" else set())
            if not wanted <= places or not booked or not kept:
                findings.append(f"round {told.number}: the {name} was not seen everywhere")
            marks.add(kept)
    if len(marks) != 2 * len(day.rounds):
        findings.append("two boxes have one fingerprint")
    return findings


def _unsearched(day: Day, wanted: set[When]) -> Findings:
    """Moments at which nothing was looked through; a search without needles finds nothing."""
    done = {each.when for each in day.searched if each.files and each.ballots}
    return [f"nothing was searched when it was {when}" for when in sorted(wanted - done)]
