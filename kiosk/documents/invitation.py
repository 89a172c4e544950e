"""D1 Giấy mời: one A4 page for each person, form 1.7 of Decree 30 (domain.md 4, 5).

The same QR code as on the badge, so that phone, letter or badge opens the gate. The letter is
dated and numbered by the clerk when it goes out; the conference's own day stands in its text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kiosk.agenda import queries as agendas
from kiosk.conference import badge_code
from kiosk.conference import queries as people
from kiosk.conference.queries import DelegateRow
from kiosk.core import qr, typeset
from kiosk.core.errors import Refused
from kiosk.core.names import fold, tidy
from kiosk.documents import facts as common
from kiosk.documents import rules
from kiosk.documents.facts import Letterhead, Signature

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Invited:
    """One person as the letter speaks to them. Empty texts are left out of the page."""

    #: Before the name (`Ông`), and inside a sentence (`ông`).
    address: str
    called: str
    name: str
    title: str
    unit: str
    #: `Đại biểu số 12` or `Khách mời`.
    standing: str
    seat: str
    #: The 14 digits of the badge in force; empty where there is none.
    code: str


@dataclass(frozen=True)
class Invitations:
    """Everything that the letters say, and nothing else."""

    title: str
    head: Letterhead
    #: Trích yếu.
    subject: str
    #: The office in full, as the letter begins.
    office: str
    event: str
    content: str
    chair: str
    time: str
    venue: str
    recipients: tuple[str, ...]
    signature: Signature
    watermark: str
    #: By unit in roster order, then in Vietnamese order.
    people: tuple[Invited, ...]


def facts(
    session: Session,
    *,
    key: bytes,
    rehearsal: bool,
    unit_id: int | None = None,
    delegate_id: int | None = None,
    dated: date | None = None,
) -> Invitations:
    """The letters of everyone, of one unit, or of one person.

    `key` derives the codes of the badges in force. `dated` is the day of issue; without one the
    clerk writes it.

    Raises:
        Refused: `conference_missing`, `papers_nobody`.
    """
    meeting = people.conference(session)
    codes = {
        badge.delegate.id: badge_code.derive(
            key, delegate_id=badge.delegate.id, issue=badge.issue, attempt=badge.attempt
        )
        for badge in people.badges_in_force(session, unit_id=unit_id)
    }
    invited = tuple(
        _invited(person, codes.get(person.id, ""))
        for person in people.delegates(session, unit_id=unit_id)
        if delegate_id is None or person.id == delegate_id
    )
    if not invited:
        raise Refused("papers_nobody")
    event = rules.official(meeting.title)
    return Invitations(
        title=f"Giấy mời dự {event}",
        head=common.letterhead(
            meeting,
            kind="GM",
            dated=rules.date_line(dated)
            if dated
            else rules.undated_line(meeting.day, meeting.month),
        ),
        subject=f"Dự {event}",
        office=rules.office_words(meeting.host) or rules.DOTS,
        event=event,
        content=_content(session),
        chair=common.presides(session, meeting),
        time=rules.time_line(meeting.day, meeting.hour, meeting.month),
        venue=common.venue(meeting),
        recipients=("Như trên", common.archive_line(meeting)),
        signature=common.signature(meeting),
        watermark=common.REHEARSAL if rehearsal else "",
        people=invited,
    )


def _invited(person: DelegateRow, code: str) -> Invited:
    address, called = rules.address_words(person.address_form)
    return Invited(
        address=address,
        called=called,
        name=tidy(person.name),
        title=tidy(person.title),
        # People of other offices stand under this heading on the roster; it is no unit of theirs.
        unit="" if fold(person.unit) == "khach moi" else tidy(person.unit),
        standing="Khách mời" if person.is_guest else f"Đại biểu số {person.number}",
        seat=tidy(person.seat or ""),
        code=code,
    )


def _content(session: Session) -> str:
    """The agenda in one sentence; a word for it where there is none yet."""
    titles = [rules.official(item.short_title).rstrip(" .;") for item in agendas.items(session)]
    if not titles:
        return "theo chương trình Hội nghị."
    return "; ".join([titles[0], *(_inside(title) for title in titles[1:])]) + "."


def _inside(title: str) -> str:
    """A title after a semicolon: a word in capitals keeps them, any other begins small."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def payload(letters: Invitations, *, at: datetime | None = None) -> dict[str, Any]:
    """The same for `run_job("invitations", …)`, and for the command line."""
    return {"letters": asdict(letters), "at": at.isoformat() if at else None}


def job(order: Mapping[str, Any], progress: Progress) -> bytes:
    """The letters as one PDF/A, a page for each person; in the worker process."""
    letters = dict(order["letters"])
    pages = []
    for count, person in enumerate(letters["people"], start=1):
        code = person["code"]
        drawn = qr.svg_path(code) if code else ""
        pages.append({**person, "qr": drawn, "grouped": badge_code.grouped(code)})
        if count % 50 == 0:
            progress(count, len(letters["people"]))
    letters["people"] = pages
    return typeset.pdf(
        typeset.template("invitation"),
        data=letters,
        at=datetime.fromisoformat(order["at"]) if order["at"] else None,
        tags=False,
    )
