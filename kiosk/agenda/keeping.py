"""Keeping the notes for the minutes: every version that was ever saved, and bringing two together.

The rules are in `notes.py`. Notes may be written before an item is on, while it is, afterwards and
after the conference has ended; the seal is what closes the papers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from kiosk.agenda import notes, queries
from kiosk.agenda.events import AgendaEvent
from kiosk.agenda.models import AgendaNote
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused


@dataclass(frozen=True)
class NoteVersion:
    """One saved version."""

    number: int
    based_on: int
    is_branch: bool
    forked_from: int
    settled_in: int | None
    text: str
    at: datetime
    by: str
    by_name: str

    @property
    def facts(self) -> notes.Version:
        """What the rules need to know of it."""
        return notes.Version(
            number=self.number,
            based_on=self.based_on,
            forked_from=self.forked_from,
            is_branch=self.is_branch,
            settled_in=self.settled_in,
        )


@dataclass(frozen=True)
class Conflict:
    """Two texts that were written at the same time, and what a person may make of them."""

    #: The last version of the branch.
    ours: NoteVersion
    #: The newest of the main line; None when that is still empty.
    theirs: NoteVersion | None
    #: Both together, as a proposal.
    proposal: str


@dataclass(frozen=True)
class Notes:
    """The notes of one item."""

    item_id: int
    #: Newest of the main line; 0 while nothing is written.
    head: int
    text: str
    at: datetime | None
    by_name: str
    #: Last versions of the branches that wait for a person.
    open_tips: tuple[int, ...]


@dataclass(frozen=True)
class Saved:
    """What became of a save."""

    number: int
    is_branch: bool
    head: int
    open_tips: tuple[int, ...]
    at: datetime


_columns = (
    AgendaNote.number,
    AgendaNote.based_on,
    AgendaNote.is_branch,
    AgendaNote.forked_from,
    AgendaNote.settled_in,
    AgendaNote.text,
    AgendaNote.at,
    AgendaNote.by,
    AgendaNote.by_name,
)

#: The same without the texts: a thousand autosaves of ten pages are looked through at every save.
_light = (
    AgendaNote.item_id,
    AgendaNote.number,
    AgendaNote.based_on,
    AgendaNote.forked_from,
    AgendaNote.is_branch,
    AgendaNote.settled_in,
)

_newest = select(func.max(AgendaNote.number)).where(~AgendaNote.is_branch)


def _facts(session: Session, item_id: int, *, based_on: int = 0) -> list[notes.Version]:
    """What a save must look at: the newest, every branch, the start, and what began there.

    Not the whole history: a morning of autosaves is a thousand versions.
    """
    newest = _newest.where(AgendaNote.item_id == item_id).scalar_subquery()
    rows = session.execute(
        select(*_light)
        .where(
            AgendaNote.item_id == item_id,
            or_(
                AgendaNote.is_branch,
                AgendaNote.number == newest,
                AgendaNote.number == based_on,
                AgendaNote.based_on == based_on,
            ),
        )
        .order_by(AgendaNote.number)
    )
    return [notes.Version(*row[1:]) for row in rows]


def version(session: Session, item_id: int, number: int) -> NoteVersion:
    """One version, branches included. Refused with `note_version_unknown`."""
    row = session.execute(
        select(*_columns).where(AgendaNote.item_id == item_id, AgendaNote.number == number)
    ).one_or_none()
    if row is None:
        raise Refused("note_version_unknown")
    return NoteVersion(*row)


def notes_of(session: Session, item_id: int) -> Notes:
    """The notes of an item as they are now. Refused with `agenda_item_unknown`."""
    queries.item(session, item_id)
    facts = _facts(session, item_id)
    newest = notes.head(facts)
    found = version(session, item_id, newest) if newest else None
    return Notes(
        item_id=item_id,
        head=newest,
        text=found.text if found else "",
        at=found.at if found else None,
        by_name=found.by_name if found else "",
        open_tips=tuple(notes.open_tips(facts)),
    )


@dataclass(frozen=True)
class Head:
    """Where the notes of an item stand, for pages that have it open."""

    item_id: int
    head: int
    open_tips: tuple[int, ...]


def heads(session: Session) -> list[Head]:
    """Where the notes of every item stand; items without notes are left out."""
    newest: dict[int, int] = {
        row.item_id: row.head
        for row in session.execute(
            select(AgendaNote.item_id, func.max(AgendaNote.number).label("head"))
            .where(~AgendaNote.is_branch)
            .group_by(AgendaNote.item_id)
        )
    }
    branches: dict[int, list[notes.Version]] = {}
    for row in session.execute(
        select(*_light).where(AgendaNote.is_branch).order_by(AgendaNote.item_id, AgendaNote.number)
    ):
        branches.setdefault(row.item_id, []).append(notes.Version(*row[1:]))
    return [
        Head(item_id, newest.get(item_id, 0), tuple(notes.open_tips(branches.get(item_id, []))))
        for item_id in sorted(newest.keys() | branches.keys())
    ]


def texts(session: Session) -> dict[int, str]:
    """The notes in force by item id, for the minutes."""
    return {
        head.item_id: version(session, head.item_id, head.head).text
        for head in heads(session)
        if head.head
    }


def latest_versions(session: Session, item_id: int, *, limit: int = 30) -> Sequence[NoteVersion]:
    """The newest versions, branches included."""
    rows = session.execute(
        select(*_columns)
        .where(AgendaNote.item_id == item_id)
        .order_by(AgendaNote.number.desc())
        .limit(limit)
    )
    return [NoteVersion(*row) for row in rows]


def conflicts(session: Session, item_id: int) -> list[Conflict]:
    """What waits for a person: each open branch beside the main line, with a proposal."""
    now = notes_of(session, item_id)
    theirs = version(session, item_id, now.head) if now.head else None
    found = []
    for tip in now.open_tips:
        ours = version(session, item_id, tip)
        base = version(session, item_id, ours.forked_from).text if ours.forked_from else ""
        found.append(
            Conflict(ours=ours, theirs=theirs, proposal=notes.merge(base, ours.text, now.text))
        )
    return found


def save_note(
    item_id: int,
    text: str,
    *,
    based_on: int,
    by: Actor,
    settles: Collection[int] = (),
    clock: Clock = utc_now,
) -> Saved:
    """Store a text as a version of its own; nothing that is stored is ever replaced.

    `based_on` is the version that the page started from. On the newest it becomes the next; on an
    older one it is kept as a branch. `settles` names the branches that a person has just brought
    together in this text. The same text again is quiet (a repeated request, a page closing).

    A sitting of one writer is one line in the book; the versions themselves are the record.

    Raises:
        Refused: `agenda_item_unknown`, `note_too_long`, `note_version_unknown`.
    """
    text = notes.clean(text)
    at = clock()
    with unit_of_work() as session:
        item = queries.item(session, item_id)
        facts = _facts(session, item_id, based_on=based_on)
        place = notes.place(facts, based_on=based_on)
        newest = notes.head(facts)
        settled = notes.ensure_settles(notes.open_tips(facts), settles)
        same = _stored_already(session, item_id, facts, text, based_on=based_on, newest=newest)
        if same is not None and not settled:
            number, is_branch = same
        else:
            number, is_branch = place.number, place.is_branch
            last = version(session, item_id, facts[-1].number) if facts else None
            session.execute(
                insert(AgendaNote).values(
                    item_id=item_id,
                    number=number,
                    based_on=place.based_on,
                    is_branch=is_branch,
                    forked_from=place.forked_from,
                    text=text,
                    at=at,
                    by=by.label,
                    by_name=by.name[:80],
                )
            )
            if settled:
                session.execute(
                    update(AgendaNote)
                    .where(AgendaNote.item_id == item_id, AgendaNote.number.in_(settled))
                    .values(settled_in=number)
                )
            event = _event(
                is_first_branch=is_branch and place.based_on == place.forked_from,
                settled=settled,
                sitting=notes.is_new_sitting(
                    by=by.label,
                    at=at,
                    last_by=last.by if last else None,
                    last_at=last.at if last else None,
                ),
            )
            if event is not None:
                audit.record(
                    session,
                    event,
                    by=by,
                    clock=lambda: at,
                    item=item_id,
                    number=item.number,
                    version=number,
                )
            changed(session, "notes")
        facts = _facts(session, item_id)
        return Saved(
            number=number,
            is_branch=is_branch,
            head=notes.head(facts),
            open_tips=tuple(notes.open_tips(facts)),
            at=at,
        )


def _stored_already(
    session: Session,
    item_id: int,
    facts: Sequence[notes.Version],
    text: str,
    *,
    based_on: int,
    newest: int,
) -> tuple[int, bool] | None:
    """The version that already says exactly this: the newest, the start, or one from that start."""
    if newest == 0 and not text and based_on == 0:
        return 0, False
    for each in facts:
        likely = each.number in {newest, based_on} or each.based_on == based_on
        if likely and version(session, item_id, each.number).text == text:
            return each.number, each.is_branch
    return None


def _event(*, is_first_branch: bool, settled: list[int], sitting: bool) -> AgendaEvent | None:
    if settled:
        return AgendaEvent.NOTE_SETTLED
    if is_first_branch:
        return AgendaEvent.NOTE_BRANCHED
    return AgendaEvent.NOTE_WRITTEN if sitting else None
