"""Acts on who signs: propose, add, take off, capacity, a proxy (KT.), excused with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from kiosk.checkin.rules import ensure_reason
from kiosk.conference import queries as people
from kiosk.conference.introduced import signer_of
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy
from kiosk.pledge import queries, rules
from kiosk.pledge.events import PledgeEvent
from kiosk.pledge.models import PledgeSignatory
from kiosk.pledge.queries import SignatoryRow
from kiosk.pledge.rules import Person, Side, State
from kiosk.pledge.services import FACT, ensure_not_ended, put_excuse


def propose(*, by: Actor, clock: Clock = utc_now) -> int:
    """Add everyone who signs by default and is not listed yet; returns how many were added.

    Raises:
        Refused: `pledge_closed`, `conference_ended`, `pledge_signatories_too_many`.
    """
    with unit_of_work() as session:
        _ensure_may_change(session)
        roster = people.delegates(session)
        listed = {row.delegate_id for row in queries.pledge(session).signatories}
        by_id = {row.id: row for row in roster}
        wanted = rules.proposed(
            [Person(row.id, row.name, row.title, row.unit_id, row.is_guest) for row in roster],
            plan_signer=signer_of(people.conference(session).plan),
        )
        fresh = [each for each in wanted if each.delegate_id not in listed]
        at = clock()
        for each in fresh:
            _add(session, by_id[each.delegate_id], side=each.side, by=by, at=at)
    return len(fresh)


def add(*, delegate_id: int, side: str = "unit", by: Actor, clock: Clock = utc_now) -> None:
    """Let somebody sign, by choice; also while signing is open.

    Raises:
        Refused: `delegate_unknown`, `pledge_guest_signs`, `pledge_signatory_twice`,
            `pledge_side_unknown`, `pledge_signatories_too_many`, `pledge_closed`,
            `conference_ended`.
    """
    chosen = rules.side_of(side)
    with unit_of_work() as session:
        _ensure_may_change(session)
        person = people.delegate(session, delegate_id)
        _add(session, person, side=chosen, by=by, at=clock())


def _add(
    session: Session, person: people.DelegateRow, *, side: Side, by: Actor, at: datetime
) -> None:
    _ensure_signs(person)
    if len(queries.pledge(session).signatories) >= rules.MOST_SIGNATORIES:
        raise Refused("pledge_signatories_too_many", most=rules.MOST_SIGNATORIES)
    with refusing("pledge_signatory_twice", name=person.name):
        signatory_id = session.scalars(
            insert(PledgeSignatory)
            .values(
                delegate_id=person.id,
                side=side.value,
                capacity=tidy(person.title)[: rules.CAPACITY_MOST],
                added_at=at,
            )
            .returning(PledgeSignatory.id)
        ).one()
    audit.record(
        session,
        PledgeEvent.SIGNATORY_ADDED,
        by=by,
        clock=lambda: at,
        signatory=signatory_id,
        delegate=person.id,
        side=side.value,
    )
    changed(session, FACT)


def remove(*, signatory_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """Take somebody off the list who has not signed.

    Raises:
        Refused: `pledge_signatory_unknown`, `pledge_has_signed`, `pledge_closed`,
            `conference_ended`.
    """
    with unit_of_work() as session:
        row = _changeable(session, signatory_id)
        at = clock()
        _set(session, row, removed_at=at)
        _note(session, PledgeEvent.SIGNATORY_REMOVED, row, by=by, at=at)


def set_capacity(*, signatory_id: int, capacity: str, by: Actor, clock: Clock = utc_now) -> None:
    """Correct the capacity that stands over the signature; the roster keeps its own title.

    Raises:
        Refused: `pledge_capacity_too_long`, and as `remove`.
    """
    words = rules.capacity(capacity)
    with unit_of_work() as session:
        row = _changeable(session, signatory_id)
        if row.capacity == words:
            return
        _set(session, row, capacity=words)
        _note(session, PledgeEvent.CAPACITY_SET, row, by=by, at=clock(), capacity=words)


def name_proxy(*, signatory_id: int, delegate_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """Let another person sign for this one (KT.); naming another replaces the first.

    Raises:
        Refused: `pledge_proxy_for_oneself`, `pledge_guest_signs`, `pledge_signatory_twice`,
            `delegate_unknown`, and as `remove`.
    """
    with unit_of_work() as session:
        row = _changeable(session, signatory_id)
        stored = session.get_one(PledgeSignatory, signatory_id)
        principal_id = stored.principal_id or stored.delegate_id
        stands_for = stored.stands_for if stored.principal_id else stored.capacity
        person = people.delegate(session, delegate_id)
        _ensure_signs(person)
        if delegate_id == principal_id:
            raise Refused("pledge_proxy_for_oneself", name=person.name)
        if delegate_id == stored.delegate_id:
            return
        with refusing("pledge_signatory_twice", name=person.name):
            _set(
                session,
                row,
                delegate_id=delegate_id,
                principal_id=principal_id,
                stands_for=stands_for,
                capacity=tidy(person.title)[: rules.CAPACITY_MOST],
                excused_at=None,
                excuse="",
            )
        _note(
            session,
            PledgeEvent.PROXY_NAMED,
            row,
            by=by,
            at=clock(),
            delegate=delegate_id,
            principal=principal_id,
        )


def end_proxy(*, signatory_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """The principal signs after all; quiet where nobody stands in.

    Raises:
        Refused: as `remove`, and `pledge_signatory_twice`.
    """
    with unit_of_work() as session:
        row = _changeable(session, signatory_id)
        stored = session.get_one(PledgeSignatory, signatory_id)
        if stored.principal_id is None:
            return
        principal = people.delegate(session, stored.principal_id)
        capacity = stored.stands_for
        with refusing("pledge_signatory_twice", name=principal.name):
            _set(
                session,
                row,
                delegate_id=principal.id,
                principal_id=None,
                stands_for="",
                capacity=capacity,
            )
        _note(session, PledgeEvent.PROXY_ENDED, row, by=by, at=clock(), delegate=principal.id)


def excuse(*, signatory_id: int, reason: str, by: Actor, clock: Clock = utc_now) -> None:
    """Record why somebody does not sign; another reason replaces the first.

    Raises:
        Refused: as `remove`, and `reason_missing`, `reason_too_long`.
    """
    reason = tidy(reason)
    with unit_of_work() as session:
        row = _changeable(session, signatory_id)
        ensure_reason(reason)
        if row.excuse == reason:
            return
        put_excuse(session, row.id, row.delegate_id, reason=reason, by=by, at=clock())
        changed(session, FACT)


def take_excuse_back(*, signatory_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """This person signs after all; quiet where nobody is excused.

    Raises:
        Refused: as `remove`.
    """
    with unit_of_work() as session:
        row = _changeable(session, signatory_id)
        if not row.is_excused:
            return
        _set(session, row, excused_at=None, excuse="")
        _note(session, PledgeEvent.EXCUSE_TAKEN_BACK, row, by=by, at=clock())


def _ensure_may_change(session: Session) -> None:
    ensure_not_ended(session)
    if queries.state(session) is State.CLOSED:
        raise Refused("pledge_closed")


def _ensure_signs(person: people.DelegateRow) -> None:
    if person.is_guest:
        raise Refused("pledge_guest_signs", name=person.name)


def _changeable(session: Session, signatory_id: int) -> SignatoryRow:
    """Somebody on the list who has not signed, while the list may change."""
    _ensure_may_change(session)
    row = queries.signatory(session, signatory_id)
    if row.has_signed:
        raise Refused("pledge_has_signed", name=row.name)
    return row


def _set(session: Session, row: SignatoryRow, **values: object) -> None:
    """Change one of them; whoever is reading at a tablet has to scan again."""
    session.execute(
        update(PledgeSignatory)
        .where(PledgeSignatory.id == row.id)
        .values(visit_hash=None, visit_device_id=None, **values)
    )
    session.expire_all()
    changed(session, FACT)


def _note(
    session: Session,
    event: PledgeEvent,
    row: SignatoryRow,
    *,
    by: Actor,
    at: datetime,
    **facts: object,
) -> None:
    audit.record(
        session,
        event,
        by=by,
        clock=lambda: at,
        **{"signatory": row.id, "delegate": row.delegate_id, **facts},
    )
