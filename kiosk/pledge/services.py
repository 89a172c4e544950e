"""Acts on the pledge: write its text, open the signing, take it back, close it, open it again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from kiosk.agenda import guards
from kiosk.agenda.queries import ItemRow
from kiosk.agenda.services import ensure_running_conference
from kiosk.checkin.rules import ensure_reason
from kiosk.conference import queries as people
from kiosk.conference.plan.kinds import AgendaKind
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, in_hall, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy
from kiosk.pledge import queries, rules
from kiosk.pledge import text as texts
from kiosk.pledge.events import PledgeEvent
from kiosk.pledge.models import Pledge, PledgeSignatory, PledgeVersion
from kiosk.pledge.rules import State
from kiosk.pledge.text import Text

#: What live pages, the wall and the tablets follow.
FACT = "pledge"

guards.before_ending(queries.ensure_not_open)


def model_text(session: Session, *, today: datetime) -> Text:
    """The ready model of D8 for this conference, for the form; nothing is stored."""
    meeting = people.conference(session)
    year = meeting.day.year if meeting.day else int((meeting.month or f"{in_hall(today):%Y}")[:4])
    bases: list[str] = meeting.plan.get("legal_bases") or []
    return texts.model(host=meeting.host, conference=meeting.title, year=year, bases=bases)


def save_text(text: Text, *, seen: int, by: Actor, clock: Clock = utc_now) -> int:
    """Store a new version of the draft; returns its number. The same text again is quiet.

    `seen` is the number of the version that the form showed, 0 for the first.

    Raises:
        Refused: `pledge_text_fixed`, `pledge_text_changed`, `conference_ended`.
    """
    with unit_of_work() as session:
        ensure_not_ended(session)
        rules.ensure_draft(queries.state(session))
        newest = next(iter(queries.versions(session)), None)
        digest = texts.text_hash(text)
        if newest is not None and newest.sha256 == digest:
            return newest.number
        if newest is not None and newest.number != seen:
            raise Refused("pledge_text_changed", name=newest.by_name, number=newest.number)
        number = newest.number + 1 if newest else 1
        at = clock()
        session.execute(
            insert(PledgeVersion).values(
                number=number,
                text=text.as_json(),
                sha256=digest,
                at=at,
                by=by.label,
                by_name=by.name,
            )
        )
        audit.record(
            session,
            PledgeEvent.TEXT_SAVED,
            by=by,
            clock=lambda: at,
            version=number,
            sha256=digest,
        )
        changed(session, FACT)
    return number


def choose_form(form: str, *, by: Actor, clock: Clock = utc_now) -> None:
    """All units on one sheet, or each with the head of the office; only for a draft.

    Raises:
        Refused: `pledge_form_unknown`, `pledge_text_fixed`, `conference_ended`.
    """
    chosen = rules.form_of(form)
    with unit_of_work() as session:
        ensure_not_ended(session)
        rules.ensure_draft(queries.state(session))
        if queries.pledge(session).form is chosen:
            return
        _put(session, form=chosen.value)
        audit.record(session, PledgeEvent.FORM_CHOSEN, by=by, clock=clock, form=chosen.value)
        changed(session, FACT)


def open_signing(*, by: Actor, clock: Clock = utc_now) -> None:
    """Fix the newest text and let the tablets take signatures. Quiet when it is open.

    Raises:
        Refused: `conference_not_open`, `conference_ended`, or what `rules.ensure_may_open` refuses.
    """
    with unit_of_work() as session:
        ensure_running_conference(session)
        _open(session, by=by, at=clock())


def _open(session: Session, *, by: Actor, at: datetime) -> None:
    found = queries.pledge(session)
    text = queries.newest_text(session)
    fit = rules.ensure_may_open(
        found.state,
        has_text=text is not None,
        blanks=texts.blanks(text) if text is not None else 0,
        signatories=len(found.signatories),
    )
    if not fit or found.newest is None:
        return
    _put(session, state=State.OPEN.value, version_id=found.newest.id, opened_at=at)
    audit.record(
        session,
        PledgeEvent.OPENED,
        by=by,
        clock=lambda: at,
        version=found.newest.number,
        sha256=found.newest.sha256,
        signatories=len(found.signatories),
    )
    changed(session, FACT)


def open_with_item(session: Session, item: ItemRow, *, by: Actor, at: datetime) -> None:
    """The item of the signing has begun: what is ready opens by itself, inside the same unit.

    What is not ready stays a draft; the agenda goes on, and the console's panel says what is
    missing.
    """
    if item.kind is not AgendaKind.PLEDGE:
        return
    try:
        _open(session, by=by, at=at)
    except Refused:
        return


guards.on_start(open_with_item)


def take_back(*, by: Actor, clock: Clock = utc_now) -> None:
    """Make the text a draft again, while nobody has signed it.

    Raises:
        Refused: `pledge_closed`, `pledge_already_signed`, `conference_ended`.
    """
    with unit_of_work() as session:
        ensure_not_ended(session)
        if not rules.ensure_may_take_back(
            queries.state(session), ever_signed=queries.ever_signed(session)
        ):
            return
        _put(session, state=State.DRAFT.value, version_id=None, opened_at=None)
        _end_visits(session)
        audit.record(session, PledgeEvent.TAKEN_BACK, by=by, clock=clock)
        changed(session, FACT)


def close_signing(*, excuse_rest: str = "", by: Actor, clock: Clock = utc_now) -> None:
    """End the signing once everyone has signed or is excused; quiet when it has ended.

    `excuse_rest` is the reason why those who are missing do not sign; all of them get it.

    Raises:
        Refused: `pledge_not_open`, `pledge_unsigned`, `reason_missing`, `reason_too_long`.
    """
    reason = tidy(excuse_rest)
    with unit_of_work() as session:
        found = queries.pledge(session)
        signing = found.signing
        if not rules.ensure_may_close(found.state, signing, excuses_rest=bool(reason)):
            return
        at = clock()
        if signing.missing:
            ensure_reason(reason)
            for row in found.signatories:
                if row.is_missing:
                    put_excuse(session, row.id, row.delegate_id, reason=reason, by=by, at=at)
        _put(session, state=State.CLOSED.value, closed_at=at)
        _end_visits(session)
        audit.record(
            session,
            PledgeEvent.CLOSED,
            by=by,
            clock=lambda: at,
            signatories=signing.signatories,
            signed=signing.signed,
            excused=signing.excused + signing.missing,
        )
        changed(session, FACT)


def reopen_signing(*, reason: str, by: Actor, clock: Clock = utc_now) -> None:
    """Take a closing back: the same text, the same signatures, and tablets take more.

    Raises:
        Refused: `pledge_not_closed`, `conference_not_open`, `conference_ended`, `reason_missing`,
            `reason_too_long`.
    """
    reason = tidy(reason)
    with unit_of_work() as session:
        ensure_running_conference(session)
        if queries.state(session) is not State.CLOSED:
            raise Refused("pledge_not_closed")
        ensure_reason(reason)
        at = clock()
        _put(session, state=State.OPEN.value, opened_at=at, closed_at=None)
        audit.record(session, PledgeEvent.REOPENED, by=by, clock=lambda: at, reason=reason)
        changed(session, FACT)


def note_printed(*, by: Actor, clock: Clock = utc_now) -> None:
    """A sheet with signatures has left the program: the book says who made it, of which text."""
    with unit_of_work() as session:
        found = queries.pledge(session)
        of = found.fixed or found.newest
        audit.record(
            session,
            PledgeEvent.PRINTED,
            by=by,
            clock=clock,
            version=of.number if of else None,
            signed=found.signing.signed,
        )


# -- shared by the acts of this room ---------------------------------------------------------------


def ensure_not_ended(session: Session) -> None:
    if people.conference(session).ended_at is not None:
        raise Refused("conference_ended")


def _put(session: Session, **values: Any) -> None:
    """Write the one row of the pledge; the first word makes it."""
    if session.scalar(select(Pledge.id)) is None:
        session.execute(insert(Pledge).values(id=1))
    session.execute(update(Pledge).where(Pledge.id == 1).values(**values))


def _end_visits(session: Session) -> None:
    session.execute(
        update(PledgeSignatory)
        .where(PledgeSignatory.visit_hash.is_not(None))
        .values(visit_hash=None, visit_device_id=None)
    )


def put_excuse(
    session: Session, signatory_id: int, delegate_id: int, *, reason: str, by: Actor, at: datetime
) -> None:
    session.execute(
        update(PledgeSignatory)
        .where(PledgeSignatory.id == signatory_id)
        .values(excused_at=at, excuse=reason, visit_hash=None, visit_device_id=None)
    )
    audit.record(
        session,
        PledgeEvent.EXCUSED,
        by=by,
        clock=lambda: at,
        signatory=signatory_id,
        delegate=delegate_id,
        reason=reason,
    )
