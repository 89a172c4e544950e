"""The one source of *present* (lessons 31): now or at any moment, by unit and in all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, or_, select
from sqlalchemy.orm import Session

from kiosk.checkin import rules
from kiosk.checkin.attendance import (
    AttendanceList,
    AttendanceRow,
    Link,
    attendance,
    attendance_of,
)
from kiosk.checkin.models import QuorumBase, Scan, Stay, StayUndo, Substitution
from kiosk.conference import finding
from kiosk.conference.queries import ROSTER

__all__ = (
    "AttendanceList",
    "AttendanceRow",
    "BaseRow",
    "Link",
    "Presence",
    "ScanRow",
    "StayRow",
    "UndoRow",
    "UnitPresence",
    "attendance",
    "attendance_of",
    "base_in_force",
    "bases",
    "find_people",
    "has_ended_substitution",
    "inside_ids",
    "latest_scans",
    "latest_undone",
    "people_found",
    "presence",
    "stay_spans",
    "stays_of",
    "substitute_of",
)


@dataclass(frozen=True)
class UnitPresence:
    """One unit on the wall: how many of those convened are in."""

    unit_id: int
    name: str
    convened: int
    present: int


@dataclass(frozen=True)
class Presence:
    """Everything that depends on who is in the hall, taken at one moment (R25)."""

    #: Base of the quorum in force.
    convened: int
    #: True once the base is fixed; before, it follows the roster.
    base_is_fixed: bool
    #: Present, of those who count for the quorum (R3, first flag).
    present: int
    #: Present, of those who may vote by hand (R3, second flag).
    votes: int
    #: Present, of those who may elect the board (R3, third flag).
    elects: int
    #: Guests in the hall; they count for nothing (R2).
    guests: int
    #: Units with at least one person who counts, in their order.
    units: tuple[UnitPresence, ...]

    @property
    def attendance(self) -> rules.Attendance:
        return rules.Attendance(convened=self.convened, present=self.present)

    @property
    def needed(self) -> int:
        return rules.quorum_needed(self.convened)

    @property
    def has_quorum(self) -> bool:
        return rules.quorum_met(self.attendance)


def _inside(at: datetime | None) -> ColumnElement[bool]:
    """Stays that hold at this moment; an undone stay never held."""
    if at is None:
        return and_(Stay.left_at.is_(None), Stay.undone_at.is_(None))
    return and_(
        Stay.entered_at <= at,
        or_(Stay.left_at.is_(None), Stay.left_at > at),
        Stay.undone_at.is_(None),
    )


def presence(session: Session, *, at: datetime | None = None) -> Presence:
    """Count who is in the hall now, or who was at the moment `at`."""
    stay = select(Stay.delegate_id).where(_inside(at)).distinct().subquery()
    inside = stay.c.delegate_id.is_not(None)

    def count(*conditions: SQLColumnExpression[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)

    person = ROSTER.c
    rows = session.execute(
        select(
            person.unit_id,
            person.unit,
            count(person.counts_for_quorum),
            count(person.counts_for_quorum, inside),
            count(person.votes, inside),
            count(person.elects, inside),
            count(person.standing == "guest", inside),
        )
        .select_from(ROSTER)
        .outerjoin(stay, stay.c.delegate_id == person.id)
        .group_by(person.unit_id, person.unit, person.unit_position)
        .order_by(person.unit_position, person.unit_id)
    ).all()
    fixed = base_in_force(session)
    return Presence(
        convened=sum(row[2] for row in rows) if fixed is None else fixed.count,
        base_is_fixed=fixed is not None,
        present=sum(row[3] for row in rows),
        votes=sum(row[4] for row in rows),
        elects=sum(row[5] for row in rows),
        guests=sum(row[6] for row in rows),
        units=tuple(
            UnitPresence(unit_id=row[0], name=row[1], convened=row[2], present=row[3])
            for row in rows
            if row[2]
        ),
    )


@dataclass(frozen=True)
class BaseRow:
    """One fixing of the quorum's base; a correction is a new one with a reason."""

    count: int
    #: The roster's own number when it was fixed.
    roster: int
    kind: str
    reason: str
    at: datetime
    by: str


def bases(session: Session) -> list[BaseRow]:
    """All fixings, oldest first; the last one is in force."""
    rows = session.execute(
        select(
            QuorumBase.count,
            QuorumBase.roster,
            QuorumBase.kind,
            QuorumBase.reason,
            QuorumBase.at,
            QuorumBase.by,
        ).order_by(QuorumBase.id)
    )
    return [BaseRow(*row) for row in rows]


def base_in_force(session: Session) -> BaseRow | None:
    """The base of the quorum once it is fixed; None while it follows the roster."""
    found = bases(session)
    return found[-1] if found else None


@dataclass(frozen=True)
class StayRow:
    """One stay of one person in the hall, as the desk sees it."""

    id: int
    delegate_id: int
    entered_at: datetime
    left_at: datetime | None
    undone_at: datetime | None
    undo_reason: str
    way: str
    device_id: int | None
    claimed_at: datetime | None
    left_device_id: int | None
    by_name: str
    reason: str


def stays_of(session: Session, delegate_id: int) -> list[StayRow]:
    """Every stay of a person, undone ones included, newest first."""
    rows = session.execute(
        select(
            Stay.id,
            Stay.delegate_id,
            Stay.entered_at,
            Stay.left_at,
            Stay.undone_at,
            Stay.undo_reason,
            Stay.way,
            Stay.device_id,
            Stay.claimed_at,
            Stay.left_device_id,
            Stay.by_name,
            Stay.reason,
        )
        .where(Stay.delegate_id == delegate_id)
        .order_by(Stay.id.desc())
    )
    return [StayRow(**row._mapping) for row in rows]


def stay_spans(session: Session) -> list[tuple[int, datetime, datetime | None]]:
    """Every stay that holds or held: person, entered, left (None while it lasts)."""
    rows = session.execute(
        select(Stay.delegate_id, Stay.entered_at, Stay.left_at).where(Stay.undone_at.is_(None))
    )
    return [(row.delegate_id, row.entered_at, row.left_at) for row in rows]


def inside_ids(session: Session) -> frozenset[int]:
    """Delegates in the hall now."""
    return frozenset(session.scalars(select(Stay.delegate_id).where(_inside(None))))


@dataclass(frozen=True)
class ScanRow:
    """A scan as the secretary's page shows it."""

    at: datetime
    outcome: str
    device_id: int | None
    delegate_name: str | None
    ending: str
    #: Why, where it was refused: one of `rules.Detail`.
    detail: str
    #: When a cut-off gate says that it read the badge.
    claimed_at: datetime | None


def latest_scans(session: Session, *, limit: int = 12) -> list[ScanRow]:
    """The newest scans, refused ones too: the desk sees why someone was turned away."""
    rows = session.execute(
        select(
            Scan.at,
            Scan.outcome,
            Scan.device_id,
            ROSTER.c.name,
            Scan.ending,
            Scan.detail,
            Scan.claimed_at,
        )
        .outerjoin(ROSTER, ROSTER.c.id == Scan.delegate_id)
        .where(Scan.repeat_of.is_(None))
        .order_by(Scan.id.desc())
        .limit(limit)
    )
    return [ScanRow(*row) for row in rows]


@dataclass(frozen=True)
class UndoRow:
    """Something that a gate or the desk took back, as the secretary's page shows it."""

    at: datetime
    #: `entry` or `leaving`.
    what: str
    was_at: datetime
    reason: str
    by_name: str
    delegate_id: int
    delegate_name: str


def latest_undone(session: Session, *, limit: int = 6) -> list[UndoRow]:
    """The newest undoings, with who and why (design 3)."""
    rows = session.execute(
        select(
            StayUndo.at,
            StayUndo.what,
            StayUndo.was_at,
            StayUndo.reason,
            StayUndo.by_name,
            ROSTER.c.id,
            ROSTER.c.name,
        )
        .join(Stay, Stay.id == StayUndo.stay_id)
        .join(ROSTER, ROSTER.c.id == Stay.delegate_id)
        .order_by(StayUndo.id.desc())
        .limit(limit)
    )
    return [UndoRow(*row) for row in rows]


def substitute_of(session: Session, delegate_id: int) -> Link | None:
    """Who sits in for a person now."""
    row = session.execute(
        select(Substitution.id, Substitution.substitute_id, ROSTER.c.name)
        .join(ROSTER, ROSTER.c.id == Substitution.substitute_id)
        .where(Substitution.replaced_id == delegate_id, Substitution.ended_at.is_(None))
    ).one_or_none()
    return None if row is None else Link(*row)


def has_ended_substitution(session: Session, delegate_id: int) -> bool:
    """Whether a person was on the roster only as a substitute, and is none any more."""
    states = session.scalars(
        select(Substitution.ended_at).where(Substitution.substitute_id == delegate_id)
    ).all()
    return bool(states) and all(ended is not None for ended in states)


#: People whom the desk sees at once; whoever is not among them needs a letter more.
MOST_FOUND = 30


def find_people(session: Session, typed: str, *, most: int = MOST_FOUND) -> list[AttendanceRow]:
    """People for the desk: any part of the name without marks, or the number; given names first."""
    return attendance_of(session, _found(session, typed)[:most])


def people_found(session: Session, typed: str) -> int:
    """How many fit, those beyond the first `MOST_FOUND` included: a list that ends in silence would
    let the desk add a person a second time."""
    return len(_found(session, typed))


def _found(session: Session, typed: str) -> list[int]:
    ranked = [
        (rank, place, key.id)
        for place, key in enumerate(finding.search_keys(session))
        if (rank := rules.search_rank(typed, folded=key.folded, number=key.number)) is not None
    ]
    return [delegate_id for _, _, delegate_id in sorted(ranked)]
