"""Papers of an item: no word of its notes is ever lost, and an attachment comes back as it was."""

from __future__ import annotations

from collections import defaultdict

from kiosk.rehearsal.invariants.registry import Findings, invariant
from kiosk.rehearsal.stored import Note
from kiosk.rehearsal.told import Day


@invariant
def no_note_is_lost(day: Day) -> Findings:
    """Each text that a page was told to be saved is a version of its own, under its writer's name;
    and each line that anybody typed stands in the text in force (lessons 38)."""
    versions = _versions(day)
    findings = []
    for save in day.saves:
        note = next((n for n in versions[save.item_id] if n.number == save.number), None)
        if note is None or (note.text, note.by_name) != (save.text, save.by):
            findings.append(f"version {save.number} of {save.by} is not stored as it was typed")
    for item in {save.item_id for save in day.saves}:
        main = [note for note in versions[item] if not note.is_branch]
        in_force = main[-1].text.split("\n") if main else []
        typed = [
            line for save in day.saves if save.item_id == item for line in save.text.split("\n")
        ]
        lost = [line for line in dict.fromkeys(typed) if line not in in_force]
        findings += [f"«{line}» is in no text any more" for line in lost]
        doubled = [line for line in dict.fromkeys(typed) if in_force.count(line) > 1]
        findings += [f"«{line}» stands twice" for line in doubled]
    return findings if day.saves else ["nobody wrote notes"]


@invariant
def two_hands_are_brought_together(day: Day) -> Findings:
    """Two who start from one version both keep their text: one goes on, the other is a branch that
    a person sees beside it and settles; in the end none is left open."""
    findings = []
    texts: dict[tuple[int, int], dict[str, bool]] = defaultdict(dict)
    for save in day.saves:
        texts[save.item_id, save.based_on][save.text] = save.is_branch
    raced = [ways for ways in texts.values() if len(ways) > 1]
    findings += [
        f"{len(ways)} texts from one version, {sum(ways.values())} of them branches"
        for ways in raced
        if sum(ways.values()) != len(ways) - 1
    ]
    for conflict in day.conflicts:
        unseen = [text for text in conflict.texts if text not in conflict.shown]
        if unseen:
            findings.append(f"{len(unseen)} of the two texts are not on the page of the conflict")
        lines = {line for text in conflict.texts for line in text.split("\n")}
        lost = lines - set(conflict.proposal.split("\n"))
        findings += [f"«{line}» is not in the proposal" for line in sorted(lost)]
    for item, notes in _versions(day).items():
        went_on = {note.based_on for note in notes if note.is_branch}
        findings += [
            f"version {note.number} of item {item} waits for a person"
            for note in notes
            if note.is_branch and note.settled_in is None and note.number not in went_on
        ]
    if not raced or not day.conflicts:
        findings.append("no two wrote at once")
    return findings


@invariant
def attachments_stay_whole(day: Day) -> Findings:
    """A PDF comes back byte by byte, once however often it was sent; one that was taken off keeps
    its row and its file."""
    findings = []
    for attached in day.attached:
        rows = [
            row
            for row in day.stored.files
            if (row.item_id, row.sha256) == (attached.item_id, attached.sha256)
        ]
        if [row.removed for row in rows] != [attached.removed]:
            findings.append(f"{attached.name}: rows {[row.removed for row in rows]}")
        if attached.downloaded != attached.sha256:
            findings.append(f"{attached.name} came back as another file")
        if day.stored.on_disk.get(attached.sha256) != attached.sha256:
            findings.append(f"{attached.name} is not on the disk as it was sent")
    if {attached.removed for attached in day.attached} != {True, False}:
        findings.append("no file was attached, or none was taken off")
    return findings


def _versions(day: Day) -> dict[int, list[Note]]:
    """The stored versions by item, oldest first."""
    found: dict[int, list[Note]] = defaultdict(list)
    for note in day.stored.notes:
        found[note.item_id].append(note)
    return found
