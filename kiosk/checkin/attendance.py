"""Attendance for the desk and for the official list (D2): who came, how, and who did not and why.

*Present* of this list means: came, by a stay that was not taken back, whether or not the person is
still inside. Who is inside at a moment is `queries.presence`. An arrival wins over a recorded
absence; when the arrival is taken back, the recorded absence holds again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.checkin.models import Absence, Stay, Substitution
from kiosk.checkin.rules import AbsenceKind
from kiosk.conference import queries as people
from kiosk.conference.queries import DelegateRow
from kiosk.devices import queries as devices


@dataclass(frozen=True)
class Arrival:
    """The first stay of a person that still stands, and where they are now."""

    at: datetime
    #: What a cut-off gate or the paper list says; the recorded time is `at`.
    claimed_at: datetime | None
    #: `badge`, `hand` or `paper`.
    way: str
    #: The gate that read the badge; empty for the other ways.
    gate: str
    #: Who recorded it; empty for a badge.
    by: str
    #: Why by hand.
    reason: str
    inside: bool
    #: When the person went out, where nobody has come back in since.
    left_at: datetime | None


@dataclass(frozen=True)
class AbsenceRow:
    """An absence as the desk recorded it."""

    kind: AbsenceKind
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Link:
    """The other person of a substitution."""

    substitution_id: int
    delegate_id: int
    name: str


@dataclass(frozen=True)
class AttendanceRow:
    """One person of the list."""

    person: DelegateRow
    arrival: Arrival | None
    #: The absence in force, also where an arrival has overtaken it.
    absence: AbsenceRow | None
    #: Who sits in for this person.
    substitute: Link | None
    #: For whom this person sits in.
    sits_in_for: Link | None

    @property
    def state(self) -> str:
        """`inside`, `left`, `with_reason`, `without_reason` (recorded) or `expected`."""
        if self.arrival is not None:
            return "inside" if self.arrival.inside else "left"
        return self.absence.kind.value if self.absence is not None else "expected"

    @property
    def counts_as(self) -> str:
        """For D2: `present`, `with_reason`, or `without_reason` (also where nothing was said)."""
        if self.arrival is not None:
            return "present"
        with_reason = self.absence is not None and self.absence.kind is AbsenceKind.WITH_REASON
        return "with_reason" if with_reason else "without_reason"


@dataclass(frozen=True)
class AttendanceList:
    """Everybody in the order of lists, and the totals of D2 in whole people.

    convened = present + absent_with_reason + absent_without_reason, always.
    """

    rows: tuple[AttendanceRow, ...]
    #: Those of the roster who count for the quorum (triệu tập).
    convened: int
    #: Of these, those who came (có mặt).
    present: int
    #: Vắng có lý do.
    absent_with_reason: int
    #: Vắng không lý do: recorded so, or nothing was said.
    absent_without_reason: int
    #: Guests who came (khách mời).
    guests: int
    #: Delegates who came and count for no quorum: they vote or elect only, or sit in without it.
    others: int


def attendance(session: Session) -> AttendanceList:
    """The list of attendance as it stands now; any time, also after the end."""
    rows = tuple(_rows(session, people.delegates(session)))
    counted = [row.counts_as for row in rows if row.person.counts_for_quorum]
    came = [row.person for row in rows if row.arrival is not None]
    return AttendanceList(
        rows=rows,
        convened=len(counted),
        present=counted.count("present"),
        absent_with_reason=counted.count("with_reason"),
        absent_without_reason=counted.count("without_reason"),
        guests=sum(person.is_guest for person in came),
        others=sum(not person.is_guest and not person.counts_for_quorum for person in came),
    )


def attendance_of(session: Session, ids: Collection[int]) -> list[AttendanceRow]:
    """The rows of these people, in the order of `ids`; for the desk."""
    return _rows(session, [people.delegate(session, each) for each in ids], only=set(ids))


def _rows(
    session: Session, persons: list[DelegateRow], *, only: set[int] | None = None
) -> list[AttendanceRow]:
    arrivals = _arrivals(session, only)
    absences = _absences(session, only)
    links = session.execute(
        select(Substitution.id, Substitution.replaced_id, Substitution.substitute_id).where(
            Substitution.ended_at.is_(None)
        )
    ).all()
    roster = people.ROSTER.c
    linked = {each for link in links for each in (link.replaced_id, link.substitute_id)}
    names: dict[int, str] = {
        row.id: row.name
        for row in session.execute(select(roster.id, roster.name).where(roster.id.in_(linked)))
    }
    substitutes = {
        link.replaced_id: Link(link.id, link.substitute_id, names[link.substitute_id])
        for link in links
    }
    sits_in = {
        link.substitute_id: Link(link.id, link.replaced_id, names[link.replaced_id])
        for link in links
    }
    return [
        AttendanceRow(
            person=person,
            arrival=arrivals.get(person.id),
            absence=absences.get(person.id),
            substitute=substitutes.get(person.id),
            sits_in_for=sits_in.get(person.id),
        )
        for person in persons
    ]


def _arrivals(session: Session, only: set[int] | None) -> dict[int, Arrival]:
    gates = {row.id: row.name for row in devices.devices(session)}
    query = select(Stay).where(Stay.undone_at.is_(None)).order_by(Stay.entered_at, Stay.id)
    if only is not None:
        query = query.where(Stay.delegate_id.in_(only))
    found: dict[int, Arrival] = {}
    for stay in session.scalars(query):
        first = found.get(stay.delegate_id)
        if first is None:
            first = Arrival(
                at=stay.entered_at,
                claimed_at=stay.claimed_at,
                way=stay.way,
                gate=gates.get(stay.device_id or 0, ""),
                by=stay.by_name,
                reason=stay.reason,
                inside=False,
                left_at=None,
            )
        inside = first.inside or stay.left_at is None
        left = [moment for moment in (first.left_at, stay.left_at) if moment is not None]
        found[stay.delegate_id] = replace(
            first, inside=inside, left_at=None if inside else max(left)
        )
    return found


def _absences(session: Session, only: set[int] | None) -> dict[int, AbsenceRow]:
    query = select(Absence).where(Absence.replaced_at.is_(None))
    if only is not None:
        query = query.where(Absence.delegate_id.in_(only))
    return {
        row.delegate_id: AbsenceRow(
            kind=AbsenceKind(row.kind), reason=row.reason, at=row.at, by=row.by_name
        )
        for row in session.scalars(query)
    }
