"""What every paper shares: its head, who signs, and the mark over a paper that is not final."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kiosk.conference import committees
from kiosk.conference.committees import Committee
from kiosk.conference.queries import ConferenceRow
from kiosk.core.clock import in_hall
from kiosk.documents import rules

#: Printed pale under every page.
REHEARSAL = "DIỄN TẬP"
DRAFT = "BẢN NHÁP"


@dataclass(frozen=True)
class Letterhead:
    """The top of a paper, left and right (Decree 30, Appendix I)."""

    #: The issuing office, one line for each entry; the last one is bold.
    office: tuple[str, ...]
    #: What follows the number: `GM-UBND`; empty for a paper without number.
    symbol: str
    #: `Hải Dương, ngày 12 tháng 3 năm 2026`.
    dated: str


@dataclass(frozen=True)
class Signature:
    """Who signs: the lines above the name, and the name, empty where nobody is known."""

    capacity: tuple[str, ...]
    name: str


def letterhead(meeting: ConferenceRow, *, kind: str, dated: str) -> Letterhead:
    """The head of a paper of this office. `kind` is `GM`, `BB` …, or empty."""
    place = rules.official(meeting.place) or rules.DOTS
    return Letterhead(
        office=rules.office_lines(meeting.host),
        symbol=rules.symbol(kind, meeting.host) if kind else "",
        dated=f"{place}, {dated}",
    )


def signature(meeting: ConferenceRow) -> Signature:
    """The signer of the plan; blanks where it names none."""
    signer: dict[str, Any] = meeting.plan.get("signer") or {}
    return Signature(
        capacity=rules.capacity_lines(signer.get("capacity")), name=signer.get("name") or ""
    )


def archive_line(meeting: ConferenceRow) -> str:
    """The last of the recipients, as the plan has it: `Lưu: VT, VP`."""
    recipients: list[str] = meeting.plan.get("recipients") or []
    last = rules.official(recipients[-1]) if recipients else ""
    return last if last.startswith("Lưu") else "Lưu: VT"


def chair(session: Session) -> str:
    """Head of the presidium, as minutes name one; empty while nobody is."""
    for member in committees.members(session, Committee.PRESIDIUM):
        if member.is_head:
            return member.name
    return ""


def presides(session: Session, meeting: ConferenceRow) -> str:
    """Who presides: the head of the presidium, else the plan's signer, else its leaders."""
    for member in committees.members(session, Committee.PRESIDIUM):
        if member.is_head:
            form = f"{member.address_form} " if member.address_form else ""
            title = rules.official(member.title)
            return ", ".join(filter(None, [f"{form}{member.name}", title]))
    signer: dict[str, Any] = meeting.plan.get("signer") or {}
    return rules.presides(signer.get("capacity"), signer.get("name"), meeting.host)


def venue(meeting: ConferenceRow) -> str:
    """Hall and address in one line; dots where neither is known."""
    parts = [rules.official(part) for part in (meeting.venue, meeting.address)]
    return ", ".join(filter(None, parts)) or rules.DOTS


def held_on(meeting: ConferenceRow) -> date | None:
    """The day that papers about the conference bear: when it was opened, else as planned."""
    return in_hall(meeting.opened_at).date() if meeting.opened_at else meeting.day


def watermark(meeting: ConferenceRow, *, rehearsal: bool) -> str:
    """`DIỄN TẬP` in a rehearsal, `BẢN NHÁP` until the end of the conference, then nothing."""
    if rehearsal:
        return REHEARSAL
    return "" if meeting.ended_at is not None else DRAFT
