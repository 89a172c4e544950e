"""The bodies that run the day: presidium, secretaries, tellers, witnesses of the count.

They are proposed before the day and may change during it; every change is an act of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from kiosk.conference import queries
from kiosk.conference.models import CommitteeMember
from kiosk.conference.preparation_events import PreparationEvent
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import Refused


class Committee(StrEnum):
    """A body of the conference, in the order in which it is introduced."""

    PRESIDIUM = "presidium"
    SECRETARIES = "secretaries"
    TELLERS = "tellers"
    WITNESSES = "witnesses"


@dataclass(frozen=True)
class MemberRow:
    """A person on a body."""

    id: int
    committee: Committee
    delegate_id: int
    number: int
    name: str
    address_form: str | None
    title: str
    unit: str
    is_head: bool

    @property
    def seat(self) -> tuple[Committee, int]:
        """On which body who sits."""
        return self.committee, self.delegate_id


def members(session: Session, committee: Committee | None = None) -> list[MemberRow]:
    """Who sits on which body now, body by body, in their order."""
    rows = session.execute(
        select(
            CommitteeMember.id,
            CommitteeMember.committee,
            CommitteeMember.delegate_id,
            CommitteeMember.role,
        )
        .where(CommitteeMember.ended_at.is_(None))
        .order_by(CommitteeMember.position, CommitteeMember.id)
    ).all()
    people = {row.id: row for row in queries.delegates(session)} if rows else {}
    found = []
    for member_id, body, delegate_id, role in rows:
        if committee is None or body == committee:
            person = people[delegate_id]
            found.append(
                MemberRow(
                    id=member_id,
                    committee=Committee(body),
                    delegate_id=delegate_id,
                    number=person.number,
                    name=person.name,
                    address_form=person.address_form,
                    title=person.title,
                    unit=person.unit,
                    is_head=role == "head",
                )
            )
    return sorted(found, key=lambda row: list(Committee).index(row.committee))


def committee_of(text: str) -> Committee:
    """A body by its word. Refused: `committee_unknown`."""
    try:
        return Committee(text)
    except ValueError as unknown:
        raise Refused("committee_unknown") from unknown


def _ensure_running(session: Session) -> None:
    if queries.conference(session).ended_at is not None:
        raise Refused("conference_ended")


def add_member(
    *, committee: Committee, delegate_id: int, by: Actor, clock: Clock = utc_now
) -> None:
    """Seat a person on a body, at its end.

    Raises:
        Refused: `committee_member_twice`, `delegate_unknown`, `conference_ended`.
    """
    at = clock()
    with unit_of_work() as session:
        _ensure_running(session)
        person = queries.delegate(session, delegate_id)
        last = session.scalar(select(func.max(CommitteeMember.position))) or 0
        with refusing("committee_member_twice", name=person.name):
            session.execute(
                insert(CommitteeMember).values(
                    committee=committee.value,
                    delegate_id=delegate_id,
                    role="member",
                    position=last + 1,
                    added_at=at,
                )
            )
        _note(session, PreparationEvent.MEMBER_ADDED, (committee, delegate_id), by, lambda: at)


def make_head(*, member_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """Let a member lead the body; who led it before becomes a member.

    Raises:
        Refused: `committee_member_unknown`, `conference_ended`.
    """
    with unit_of_work() as session:
        _ensure_running(session)
        member = _member(session, member_id)
        if member.is_head:
            return
        session.execute(
            update(CommitteeMember)
            .where(
                CommitteeMember.committee == member.committee.value,
                CommitteeMember.ended_at.is_(None),
            )
            .values(role="member")
        )
        session.execute(
            update(CommitteeMember).where(CommitteeMember.id == member_id).values(role="head")
        )
        _note(session, PreparationEvent.HEAD_SET, member.seat, by, clock)


def move_member(*, member_id: int, up: bool, by: Actor, clock: Clock = utc_now) -> None:
    """Let a member change places with the one above or below; at the end nothing happens.

    Raises:
        Refused: `committee_member_unknown`, `conference_ended`.
    """
    with unit_of_work() as session:
        _ensure_running(session)
        member = _member(session, member_id)
        seated = [row.id for row in members(session, member.committee)]
        at = seated.index(member_id)
        other = at - 1 if up else at + 1
        if not 0 <= other < len(seated):
            return
        seated[at], seated[other] = seated[other], seated[at]
        for position, row_id in enumerate(seated, start=1):
            session.execute(
                update(CommitteeMember)
                .where(CommitteeMember.id == row_id)
                .values(position=position)
            )
        _note(session, PreparationEvent.MEMBER_MOVED, member.seat, by, clock)


def end_member(*, member_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """Take a person off a body; the row stays with its end.

    Raises:
        Refused: `committee_member_unknown`, `conference_ended`.
    """
    at = clock()
    with unit_of_work() as session:
        _ensure_running(session)
        member = _member(session, member_id)
        session.execute(
            update(CommitteeMember).where(CommitteeMember.id == member_id).values(ended_at=at)
        )
        _note(session, PreparationEvent.MEMBER_ENDED, member.seat, by, lambda: at)


def _member(session: Session, member_id: int) -> MemberRow:
    found = next((row for row in members(session) if row.id == member_id), None)
    if found is None:
        raise Refused("committee_member_unknown")
    return found


def _note(
    session: Session,
    event: PreparationEvent,
    member: tuple[Committee, int],
    by: Actor,
    clock: Clock,
) -> None:
    committee, delegate_id = member
    audit.record(
        session, event, by=by, clock=clock, committee=committee.value, delegate=delegate_id
    )
    changed(session, "committees")
