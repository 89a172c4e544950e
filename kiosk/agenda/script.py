"""The words that the chair reads (D3): the usual ones of each kind, or what the secretary wrote.

The usual words are a document, not code: `kiosk/data/script/loi-dan.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from kiosk.agenda import notes, queries
from kiosk.agenda.events import AgendaEvent
from kiosk.agenda.models import AgendaScript
from kiosk.agenda.queries import ItemRow
from kiosk.conference import queries as conferences
from kiosk.conference.committees import Committee
from kiosk.conference.introduced import NOBODY, Introduced, Introductions, introductions
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused

#: Signs of one item's words; the longest usual one has 1,600.
SCRIPT_MOST = 8_000

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_BLANK = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the script."""

    text: str
    #: Something to do, set apart from what is read out.
    is_cue: bool

    @property
    def pieces(self) -> list[tuple[bool, str]]:
        """The paragraph in pieces: (is it a cue, text); brackets inside a sentence are cues too."""
        if self.is_cue:
            return [(True, self.text)]
        parts = _BRACKETS.split(self.text)
        return [(place % 2 == 1, part) for place, part in enumerate(parts) if part.strip()]


@dataclass(frozen=True)
class Words:
    """The chair's words for one item."""

    item_id: int
    text: str
    #: False for the usual words of its kind.
    is_written: bool
    #: 0 while nobody has written any; a form shows the number that it started from.
    number: int
    at: datetime | None
    by_name: str

    @property
    def paragraphs(self) -> list[Paragraph]:
        return paragraphs(self.text)


@cache
def _usual() -> dict[str, Any]:
    source = files("kiosk").joinpath("data", "script", "loi-dan.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def filled(template: str, facts: Mapping[str, object]) -> str:
    """The template with its blanks filled once; braces inside a title stay as they are."""
    return _BLANK.sub(lambda blank: str(facts.get(blank[1], blank[0])), template).strip()


def paragraphs(text: str) -> list[Paragraph]:
    """The text for reading: blank lines part paragraphs, `[…]` alone is a thing to do."""
    parts = (part.strip() for part in re.split(r"\n\s*\n", text))
    return [
        Paragraph(text=part.strip("[]") if cue else part, is_cue=cue)
        for part in parts
        if part
        for cue in [part.startswith("[") and part.endswith("]") and "]" not in part[:-1]]
    ]


def usual_words(item: ItemRow, *, conference: str, people: Introductions = NOBODY) -> str:
    """What an office says at an item of this kind; the opening introduces `people`, as the wall."""
    usual = _usual()
    return filled(
        usual["item"][item.kind.value],
        {
            "number": item.number,
            "title": item.title,
            "presenter": item.presenter or usual["presenter"]["unknown"],
            "conference": conference,
            "presidium": _named(people.of(Committee.PRESIDIUM), usual["introduced"]["presidium"]),
            "secretaries": _named(
                people.of(Committee.SECRETARIES), usual["introduced"]["secretaries"]
            ),
            "guests": _named(people.of(None), usual["introduced"]["guests"]),
        },
    )


def _named(people: Sequence[Introduced], words: Mapping[str, str]) -> str:
    """The people of one body as the chair reads them; the words for nobody where it is empty."""
    if not people:
        return words["nobody"]
    return words["some"].format("; ".join(_spoken(each, words) for each in people))


def _spoken(person: Introduced, words: Mapping[str, str]) -> str:
    form = person.address_form
    name = f"{form[:1].lower()}{form[1:]} {person.name}".strip()
    parts = [name, person.title or person.capacity, words["head"] if person.is_head else ""]
    return ", ".join(part for part in parts if part)


def vote_words(**facts: object) -> list[Paragraph]:
    """What the chair reads while the hall is asked: `text`."""
    return paragraphs(filled(_usual()["vote"]["open"], facts))


def outcome_words(*, is_adopted: bool, **facts: object) -> list[Paragraph]:
    """What the chair reads once the hands are counted.

    `text`, `present`, `in_favour`, `against`, `other`, `share`.
    """
    return paragraphs(filled(_usual()["vote"]["adopted" if is_adopted else "rejected"], facts))


def written(session: Session) -> list[int]:
    """Ids of the items for which somebody wrote words."""
    return list(session.scalars(select(AgendaScript.item_id).where(AgendaScript.text != "")))


def script(session: Session) -> dict[int, Words]:
    """The chair's words of every item, by item id."""
    conference = conferences.find_conference(session)
    title = conference.title if conference is not None else ""
    people = introductions(session)
    stored = {
        row.item_id: row
        for row in session.execute(
            select(
                AgendaScript.item_id,
                AgendaScript.number,
                AgendaScript.text,
                AgendaScript.at,
                AgendaScript.by_name,
            )
        )
    }
    found = {}
    for item in queries.items(session):
        row = stored.get(item.id)
        found[item.id] = Words(
            item_id=item.id,
            text=row.text
            if row and row.text
            else usual_words(item, conference=title, people=people),
            is_written=bool(row and row.text),
            number=row.number if row else 0,
            at=row.at if row else None,
            by_name=row.by_name if row else "",
        )
    return found


def words_of(session: Session, item_id: int) -> Words:
    """The chair's words of one item. Refused with `agenda_item_unknown`."""
    queries.item(session, item_id)
    return script(session)[item_id]


def write_script(item_id: int, text: str, *, seen: int, by: Actor, clock: Clock = utc_now) -> None:
    """Write the chair's words of an item; an empty text brings the usual ones back.

    `seen` is the number that the form started from. Unlike notes these are written in peace, so a
    form that is out of date is refused and keeps its text on the screen.

    Raises:
        Refused: `agenda_item_unknown`, `script_too_long`, `script_changed`.
    """
    text = notes.clean(text).strip()
    if len(text) > SCRIPT_MOST:
        raise Refused("script_too_long", most=SCRIPT_MOST, length=len(text))
    with unit_of_work() as session:
        before = words_of(session, item_id)
        item = queries.item(session, item_id)
        if text == (before.text if before.is_written else ""):
            return
        if seen != before.number:
            raise Refused("script_changed", name=before.by_name)
        if text == before.text:
            return  # the usual words sent back as they are stay the usual words
        at = clock()
        values = {
            "number": before.number + 1,
            "text": text,
            "at": at,
            "by": by.label,
            "by_name": by.name[:80],
        }
        if before.number:
            session.execute(
                update(AgendaScript).where(AgendaScript.item_id == item_id).values(**values)
            )
        else:
            session.execute(insert(AgendaScript).values(item_id=item_id, **values))
        audit.record(
            session,
            AgendaEvent.SCRIPT_WRITTEN,
            by=by,
            clock=lambda: at,
            item=item_id,
            number=item.number,
            usual=not text,
        )
        changed(session, "agenda")
