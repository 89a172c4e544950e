"""The copy that the running server made by itself, restored into an empty folder."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from kiosk.rehearsal.invariants.book import LEAVING_UNDONE, entries_of, inside_after
from kiosk.rehearsal.invariants.registry import Findings, invariant
from kiosk.rehearsal.stored import Stay
from kiosk.rehearsal.told import Day

RESTORED = "backup:instance:restored"


@invariant
def copy_is_restored_whole(day: Day) -> Findings:
    """The book in the copy is the book of that moment, line by line and hash by hash; one line says
    that it was restored; every attachment that it names lies beside it (design 10)."""
    if day.copied is None:
        return ["no copy was made and restored"]
    copied, stored = day.copied, day.copied.stored
    findings = [] if copied.is_noted else ["it is not the copy that the server noted"]
    if stored.first_break is not None:
        findings.append(f"the chain breaks at line {stored.first_break}")
    if stored.book[: copied.book_seq] != day.stored.book[: copied.book_seq]:
        findings.append("the book of the copy is another book")
    after = [row.event for row in stored.book[copied.book_seq :]]
    if after != [RESTORED]:
        findings.append(f"after line {copied.book_seq} stands {after}")
    findings += [
        f"{file.name} is not in the copy"
        for file in stored.files
        if stored.on_disk.get(file.sha256) != file.sha256
    ]
    known = {(file.item_id, file.sha256) for file in stored.files}
    lines = stored.book[: copied.book_seq]
    attached = [row for row in lines if row.event == "agenda:file:attached"]
    findings += [
        f"line {row.seq} attached a file that the copy has not"
        for row in attached
        if (row.facts.get("item"), row.facts.get("sha256")) not in known
    ]
    return findings


@invariant
def copy_holds_the_same_stays(day: Day) -> Findings:
    """Whoever was in the hall when the copy was made is in it, by the same stays and no others."""
    if day.copied is None:
        return ["no copy was made and restored"]
    copied, stored = day.copied, day.copied.stored
    lines = day.stored.book[: copied.book_seq]
    findings = []
    if stored.inside != inside_after(lines):
        findings.append("the copy and the book of its moment disagree on who is in the hall")
    if len(stored.stays) != entries_of(lines):
        findings.append(f"{len(stored.stays)} stays, {entries_of(lines)} entries in the book")
    live = {stay.id: stay for stay in day.stored.stays}
    # By lines, not by times: a moment is taken before the COMMIT that a copy may just miss.
    since = {(row.event, row.facts.get("delegate")) for row in day.stored.book[copied.book_seq :]}
    findings += [
        f"stay {stay.id} is another one in the copy"
        for stay in stored.stays
        if stay.id not in live or not _is_earlier(stay, live[stay.id], since)
    ]
    return findings if stored.stays else [*findings, "the copy holds no stay"]


def _is_earlier(stay: Stay, later: Stay, since: set[tuple[str, Any]]) -> bool:
    """Whether a stay is what it was in the copy; what is different now, a later line must say."""
    follows = {
        "left_at": ("checkin:stay:left", LEAVING_UNDONE),
        "left_device_id": ("checkin:stay:left", LEAVING_UNDONE),
        "undone_at": ("checkin:stay:undone",),
        "undo_reason": ("checkin:stay:undone",),
    }
    different = [
        each.name for each in fields(stay) if getattr(stay, each.name) != getattr(later, each.name)
    ]
    return all(
        any((line, stay.delegate_id) in since for line in follows.get(name, ()))
        for name in different
    )
