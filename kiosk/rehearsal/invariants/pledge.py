"""The pledge: what tablets thanked for is stored once, of one text, and written down."""

from __future__ import annotations

from kiosk.rehearsal.invariants.registry import Findings, invariant
from kiosk.rehearsal.told import Day

_LINES = ("pledge:signature:given", "pledge:signature:replaced")


@invariant
def signatures_are_what_was_confirmed(day: Day) -> Findings:
    """R20: each thanks is one stored signature of the one fixed text; the newest has the picture,
    and the book has a line for every one of them."""
    thanked = sorted((each.delegate_id, each.number) for each in day.signed if each.status == 200)
    stored = sorted((each.delegate_id, each.number) for each in day.stored.signatures)
    findings = [] if thanked == stored else [f"thanked for {thanked}, stored {stored}"]
    if len(thanked) != len(day.signed) or not any(number > 1 for _, number in thanked):
        findings.append("nobody signed, or nobody signed again")
    newest = dict(stored)  # sorted: the last number of each person stays
    for each in day.stored.signatures:
        if each.has_picture != (newest[each.delegate_id] == each.number):
            findings.append(f"delegate {each.delegate_id}, {each.number}: picture or none")
    if len({each.text_sha256 for each in day.stored.signatures}) > 1:
        findings.append("two texts were signed")
    written = sorted(
        (row.facts["delegate"], row.facts["number"], row.facts["ink_sha256"])
        for event in _LINES
        for row in day.stored.lines(event)
    )
    if written != sorted((e.delegate_id, e.number, e.ink_sha256) for e in day.stored.signatures):
        findings.append("the book does not have every signature")
    return findings
