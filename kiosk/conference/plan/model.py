"""What a plan says, as frozen values. `Plan.as_json()` is the shape that `kiosk plan` prints."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kiosk.conference.plan.kinds import AgendaKind
from kiosk.conference.plan.letters import fold

#: What a subject line begins with before it names the conference.
_SUBJECT = re.compile(r"(?:(?:v/v|ve viec):? )?(?:to chuc )?(?=\S)")


@dataclass(frozen=True)
class SourceLine:
    """One line of the file as a person sees it."""

    #: 1-based; in a `.txt` the line of the file, in a `.docx` the line counted from its top.
    number: int
    #: NFC, ordinary spaces, runs of spaces kept (they separate columns), no space at the right end.
    text: str
    #: True at the start of a Word paragraph, False after a soft break, None in a plain text, where
    #: only the reader can tell a new paragraph from a wrapped line.
    begins: bool | None = None
    #: Whether an empty line stands before this one.
    after_blank: bool = False


@dataclass(frozen=True)
class Doubt:
    """Something that the reading is not sure of, beside its source line.

    `about`: `not_understood` (found no place), `year_from_title` (the line names no year),
    `day_invalid` (no calendar or clock has it), `kind_other` (an item of no known kind),
    `numbers_jump` (an item's printed number does not follow), `agenda_not_chosen` (items of a
    second agenda), `seats_out_of_law` (R6: fewer than 3 or more than 9).
    """

    line: int
    text: str
    about: str

    def as_json(self) -> dict[str, Any]:
        return {"line": self.line, "text": self.text, "about": self.about}


def doubts_about(about: str, lines: Iterable[SourceLine]) -> list[Doubt]:
    """The same doubt about each of some lines."""
    return [Doubt(line.number, line.text.strip(), about) for line in lines]


@dataclass(frozen=True)
class AgendaItem:
    """One item of the agenda, whole and in the plan's own spelling."""

    number: int
    title: str
    kind: AgendaKind

    def as_json(self) -> dict[str, Any]:
        return {"number": self.number, "title": self.title, "kind": self.kind.value}


@dataclass(frozen=True)
class Seats:
    """How many people the board may have; equal numbers when the plan names one."""

    min: int
    max: int

    def as_json(self) -> dict[str, int]:
        return {"min": self.min, "max": self.max}


@dataclass(frozen=True)
class Duty:
    """What one unit has to do."""

    unit: str
    items: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"unit": self.unit, "items": list(self.items)}


@dataclass(frozen=True)
class Signer:
    """Who signed the plan: the printed capacity, its lines joined by " - ", and the name."""

    capacity: str | None
    name: str | None

    def as_json(self) -> dict[str, str | None]:
        return {"capacity": self.capacity, "name": self.name}


@dataclass(frozen=True)
class Plan:
    """The facts of a plan. A part that the plan does not have is None or an empty tuple."""

    #: The subject line under "KẾ HOẠCH".
    title: str | None
    #: Lines for the stage, as printed.
    title_block: tuple[str, ...]
    host: str | None
    venue: str | None
    address: str | None
    #: "2026-03"; known also when the day is not.
    month: str | None
    date: dt.date | None
    #: Local time of the start, to the minute.
    time: dt.time | None
    #: Noun phrases that read well after "Căn cứ", in the plan's wording.
    legal_bases: tuple[str, ...]
    purposes: tuple[str, ...]
    agenda: tuple[AgendaItem, ...]
    seats: Seats | None
    #: Days within which the head recognises the elected board.
    recognition_days: int | None
    invitees: tuple[str, ...]
    duties: tuple[Duty, ...]
    recipients: tuple[str, ...]
    signer: Signer | None
    budget: str | None
    #: Lines that found no place; a person should look at them.
    unread: tuple[SourceLine, ...]
    #: Everything unsure, the unread lines included, from top to bottom.
    doubts: tuple[Doubt, ...] = ()

    @property
    def conference_title(self) -> str | None:
        """The name of the conference: the subject line without its "V/v" and "Tổ chức"."""
        if self.title is None:
            return None
        begins = _SUBJECT.match(fold(self.title))
        rest = self.title[begins.end() :] if begins else self.title
        return rest[:1].upper() + rest[1:]

    def as_json(self) -> dict[str, Any]:
        """The plan as JSON values, always with the same keys in the same order."""
        return {
            "title": self.title,
            "title_block": list(self.title_block),
            "host": self.host,
            "venue": self.venue,
            "address": self.address,
            "month": self.month,
            "date": self.date.isoformat() if self.date else None,
            "time": self.time.strftime("%H:%M") if self.time else None,
            "legal_bases": list(self.legal_bases),
            "purposes": list(self.purposes),
            "agenda": [item.as_json() for item in self.agenda],
            "seats": self.seats.as_json() if self.seats else None,
            "recognition_days": self.recognition_days,
            "invitees": list(self.invitees),
            "duties": [duty.as_json() for duty in self.duties],
            "recipients": list(self.recipients),
            "signer": self.signer.as_json() if self.signer else None,
            "budget": self.budget,
            "unread": [line.text.strip() for line in self.unread],
            "doubts": [doubt.as_json() for doubt in self.doubts],
        }
