"""The reception desk: people on no list, substitutes, absences, the paper list, and its limits."""

from __future__ import annotations

from kiosk.checkin.paper import FROM_PAPER
from kiosk.checkin.rules import REPLACED_REASON
from kiosk.rehearsal.invariants.registry import Findings, invariant, named, only, unplayed
from kiosk.rehearsal.stored import Person
from kiosk.rehearsal.told import Day, Scene


@invariant
def desk_finds_people(day: Day) -> Findings:
    """A name typed without its marks finds the person."""
    missed = [
        f"«{each.typed}» did not find delegate {each.delegate_id}"
        for each in day.sought
        if not each.found
    ]
    return missed if day.sought else ["nobody was looked for"]


@invariant
def walk_ins_are_on_the_list(day: Day) -> Findings:
    """Who was added stands on the roster with a new number and a badge that opens the gate, and
    changes no base: a guest has no flag (R2), a delegate of the day counts for no quorum (R1)."""
    people = {person.id: person for person in day.stored.people}
    numbers = [person.number for person in day.stored.people]
    with_badge = {badge.delegate_id for badge in day.stored.badges if not badge.revoked}
    findings = [] if len(set(numbers)) == len(numbers) else ["a number was given twice"]
    for added in day.added:
        person = people.get(added.delegate_id)
        if person is None or person.standing != added.standing:
            findings.append(f"delegate {added.delegate_id} is not on the list as {added.standing}")
            continue
        if _flags(person) != ((False,) * 3 if added.standing == "guest" else (False, True, True)):
            findings.append(f"{added.standing} {person.id} counts for {_flags(person)}")
        if person.id not in with_badge:
            findings.append(f"{added.standing} {person.id} has no badge")
        by_hand = [stay for stay in day.stored.stays_of(person.id) if stay.way == "hand"]
        if added.admitted and len(by_hand) != 1:
            findings.append(f"{added.standing} {person.id} was led in, {len(by_hand)} stays")
    walked_in = day.scene(Scene.WALK_IN)
    findings += named(answer for answer in walked_in if answer.outcome != "guest")
    if {(added.standing, added.admitted) for added in day.added} != {
        ("guest", True),
        ("guest", False),
        ("delegate", True),
    }:
        findings.append("not every kind of newcomer came")
    return findings + unplayed(day, Scene.WALK_IN)


@invariant
def substitutes_take_the_place(day: Day) -> Findings:
    """Who sits in counts and votes in place of the other (R3), the number convened stays (R1), and
    the one who is replaced comes in by no gate and by no hand."""
    people = {person.id: person for person in day.stored.people}
    links = {
        (link.replaced_id, link.substitute_id): link
        for link in day.stored.substitutions
        if link.in_force
    }
    findings = only(day, Scene.REPLACED, "refused", "replaced")
    findings += named(
        answer for answer in day.scene(Scene.SUBSTITUTE) if answer.outcome != "admitted"
    )
    for seated in day.seated:
        link = links.get((seated.replaced_id, seated.substitute_id))
        replaced, sits_in = people.get(seated.replaced_id), people.get(seated.substitute_id)
        if link is None or replaced is None or sits_in is None:
            findings.append(f"delegate {seated.replaced_id} has no substitute")
            continue
        counts, votes, elects = seated.flags_before
        if _flags(sits_in) != (counts, votes, False):
            findings.append(f"substitute {sits_in.id} counts for {_flags(sits_in)}")
        if _flags(replaced) != (False, votes, elects):
            findings.append(f"delegate {replaced.id}, replaced, counts for {_flags(replaced)}")
        if day.stored.stays_of(replaced.id):
            findings.append(f"delegate {replaced.id} was replaced and has been in the hall")
        if (replaced.id, REPLACED_REASON) not in {
            (absence.delegate_id, absence.reason)
            for absence in day.stored.absences
            if absence.in_force
        }:
            findings.append(f"delegate {replaced.id} was replaced and is not down as absent")
    if not day.seated:
        findings.append("nobody was replaced")
    return findings + unplayed(day, Scene.SUBSTITUTE)


@invariant
def absences_keep_their_reason(day: Day) -> Findings:
    """The newest word of a person is in force, with its reason; what was taken back is not, and
    what was replaced stays to be read."""
    findings = []
    last = {each.delegate_id: each for each in day.reported}
    for delegate, reported in last.items():
        rows = [absence for absence in day.stored.absences if absence.delegate_id == delegate]
        in_force = [(row.kind, row.reason) for row in rows if row.in_force]
        wanted = [] if reported.withdrawn else [(reported.kind, reported.reason)]
        if in_force != wanted:
            findings.append(f"delegate {delegate}: {in_force} in force, {wanted} was said")
        said = sum(each.delegate_id == delegate for each in day.reported)
        if len(rows) != said:
            findings.append(f"delegate {delegate}: {len(rows)} rows, said {said} times")
    findings += [
        f"delegate {row.delegate_id}'s absence has a reason and does not name it"
        for row in day.stored.absences
        if row.kind == "with_reason" and not row.reason
    ]
    if {each.withdrawn for each in day.reported} != {True, False}:
        findings.append("no absence was reported, or none taken back")
    return findings


@invariant
def paper_is_taken_over_once(day: Day) -> Findings:
    """Who was ticked on the paper is recorded once, with the paper's time beside the server's;
    whom the preview showed as present or replaced is not, and a second press does nothing."""
    stays = [stay for stay in day.stored.stays if stay.way == "paper"]
    findings = []
    for paper in day.papers:
        said = (paper.previewed, paper.stored, paper.stored_again)
        if said != (len(paper.ticked), len(paper.ticked), 0):
            findings.append(f"{len(paper.ticked)} ticked; previewed, stored, stored again: {said}")
        for delegate in paper.ticked:
            found = [stay for stay in stays if stay.delegate_id == delegate]
            if len(found) != 1 or found[0].reason != FROM_PAPER:
                findings.append(f"delegate {delegate} was ticked, {len(found)} stays from paper")
            elif found[0].claimed_at != paper.claimed_at or found[0].entered_at < paper.merged_at:
                findings.append(f"delegate {delegate}: the paper's time became the recorded one")
        wrong = [stay.id for stay in stays if stay.delegate_id in paper.others]
        findings += [f"stay {each} from paper, which brought nobody" for each in wrong]
    ticked = sum(len(paper.ticked) for paper in day.papers)
    if len(stays) != ticked:
        findings.append(f"{ticked} ticked, {len(stays)} stays from paper")
    if not day.papers or not all(paper.ticked and paper.others for paper in day.papers):
        findings.append("no paper list was brought back")
    return findings


@invariant
def printed_list_tells_who_is_in(day: Day) -> Findings:
    """The fall-back list, as it was printed: everybody, who is in, and a box for who may come."""
    moment = day.printed_at
    if moment is None or not day.printed:
        return ["no list was printed for the doors"]
    rows = {row.number: row for row in day.printed}
    people = [each for each in day.stored.people if each.number <= max(rows)]
    findings = []
    if not len(rows) == len(day.printed) == len(people):
        findings.append(f"{len(day.printed)} lines for {len(people)} people")
    replaced = {seated.replaced_id for seated in day.seated}
    inside = {stay.delegate_id for stay in day.stored.stays if stay.held_at(moment)}
    for person in people:
        is_in = person.id in inside
        awaited = not is_in and person.id not in replaced
        row = rows.get(person.number)
        if row is None or (row.state.startswith("vào"), row.awaited) != (is_in, awaited):
            findings.append(f"number {person.number} is printed as {row}")
    return findings


@invariant
def everyone_keeps_to_their_part(day: Day) -> Findings:
    """What is not the desk's is refused: at its door (403), or by its rule (422)."""
    wrong = [
        f"{each.what}: {each.status}" for each in day.not_theirs if each.status not in {403, 422}
    ]
    return wrong if day.not_theirs else ["the desk never overstepped"]


def _flags(person: Person) -> tuple[bool, bool, bool]:
    return person.counts_for_quorum, person.votes, person.elects
