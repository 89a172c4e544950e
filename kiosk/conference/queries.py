"""Reading the meeting, its units, its people and their badges."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, func, select
from sqlalchemy.orm import Session

from kiosk.conference.models import Badge, Conference, Delegate, RosterImport, Unit
from kiosk.conference.roster.compare import Known
from kiosk.conference.roster.sheet import Standing
from kiosk.conference.roster.standing import Flags
from kiosk.core.errors import Refused
from kiosk.core.names import matches


@dataclass(frozen=True)
class ConferenceRow:
    """The meeting, as pages and papers use it."""

    id: int
    code: str
    title: str
    title_block: tuple[str, ...]
    host: str
    venue: str
    address: str
    place: str
    month: str | None
    day: date | None
    hour: str | None
    #: Who is introduced at the opening: `(name, capacity)`.
    seated: tuple[tuple[str, str], ...]
    plan: dict[str, Any]
    plan_file: str
    opened_at: datetime | None
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.ended_at is None


def find_conference(session: Session) -> ConferenceRow | None:
    """The one conference of this instance, if the plan has been read or `init` was run."""
    found = session.get(Conference, 1)
    if found is None:
        return None
    return ConferenceRow(
        id=found.id,
        code=found.code,
        title=found.title,
        title_block=tuple(found.title_block),
        host=found.host,
        venue=found.venue,
        address=found.address,
        place=found.place,
        month=found.month,
        day=found.day,
        hour=found.hour,
        seated=tuple((name, capacity) for name, capacity in found.seated),
        plan=found.plan,
        plan_file=found.plan_file,
        opened_at=found.opened_at,
        ended_at=found.ended_at,
    )


def conference(session: Session) -> ConferenceRow:
    """The one conference. Refused with `conference_missing` where there is none."""
    found = find_conference(session)
    if found is None:
        raise Refused("conference_missing")
    return found


def code(session: Session) -> str:
    """The short name of the conference, without its plan; "" where there is none."""
    return session.scalar(select(Conference.code)) or ""


#: The roster with its units, for other rooms to join with: columns and no more, never to write.
ROSTER = (
    select(
        Delegate.id,
        Delegate.name,
        Delegate.standing,
        Delegate.counts_for_quorum,
        Delegate.votes,
        Delegate.elects,
        Unit.id.label("unit_id"),
        Unit.name.label("unit"),
        Unit.position.label("unit_position"),
    )
    .select_from(Delegate)
    .join(Unit, Unit.id == Delegate.unit_id)
    .subquery("roster")
)


@dataclass(frozen=True)
class UnitRow:
    """A unit and how many of its people count for what."""

    id: int
    name: str
    people: int
    counts_for_quorum: int
    votes: int
    elects: int


def units(session: Session) -> list[UnitRow]:
    """All units in roster order."""
    rows = session.execute(
        select(
            Unit.id,
            Unit.name,
            func.count(Delegate.id),
            func.count().filter(Delegate.counts_for_quorum),
            func.count().filter(Delegate.votes),
            func.count().filter(Delegate.elects),
        )
        .outerjoin(Delegate, Delegate.unit_id == Unit.id)
        .group_by(Unit.id)
        .order_by(Unit.position, Unit.id)
    )
    return [UnitRow(*row) for row in rows]


@dataclass(frozen=True)
class DelegateRow:
    """A person as lists, gates and papers show them."""

    id: int
    number: int
    name: str
    address_form: str | None
    title: str
    unit_id: int
    unit: str
    seat: str | None
    standing: str
    counts_for_quorum: bool
    votes: bool
    elects: bool
    flags_by_hand: bool

    @property
    def is_guest(self) -> bool:
        return self.standing == Standing.GUEST


def _people() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Delegate.id,
            Delegate.number,
            Delegate.name,
            Delegate.address_form,
            Delegate.title,
            Delegate.unit_id,
            Unit.name,
            Delegate.seat,
            Delegate.standing,
            Delegate.counts_for_quorum,
            Delegate.votes,
            Delegate.elects,
            Delegate.flags_by_hand,
        )
        .select_from(Delegate)
        .join(Unit, Unit.id == Delegate.unit_id)
    )


def delegates(
    session: Session,
    *,
    unit_id: int | None = None,
    search: str = "",
    ids: Collection[int] | None = None,
) -> list[DelegateRow]:
    """People by unit, then in Vietnamese order by given name; `search` without marks.

    With `ids` only those, a few hundred at most.
    """
    query = _people().order_by(Unit.position, Unit.id, Delegate.sort_key, Delegate.number)
    if unit_id is not None:
        query = query.where(Delegate.unit_id == unit_id)
    if ids is not None:
        query = query.where(Delegate.id.in_(ids))
    found = [DelegateRow(*row) for row in session.execute(query)]
    if not search.strip():
        return found
    keys = {row[0]: row[1] for row in session.execute(select(Delegate.id, Delegate.search_key))}
    return [row for row in found if matches(search[:100], keys[row.id])]


def delegate(session: Session, delegate_id: int) -> DelegateRow:
    """One person. Refused with `delegate_unknown`."""
    row = session.execute(_people().where(Delegate.id == delegate_id)).one_or_none()
    if row is None:
        raise Refused("delegate_unknown")
    return DelegateRow(*row)


@dataclass(frozen=True)
class RosterCount:
    """The roster in five numbers."""

    people: int
    convened: int
    guests: int
    votes: int
    elects: int


def roster_count(session: Session) -> RosterCount:
    """How many people stand on the roster, and for what they count."""
    row = session.execute(
        select(
            func.count(),
            func.count().filter(Delegate.counts_for_quorum),
            func.count().filter(Delegate.standing == Standing.GUEST),
            func.count().filter(Delegate.votes),
            func.count().filter(Delegate.elects),
        ).select_from(Delegate)
    ).one()
    return RosterCount(people=row[0], convened=row[1], guests=row[2], votes=row[3], elects=row[4])


def known_people(session: Session) -> list[Known]:
    """The stored people, as the comparison with a file wants them."""
    return [
        Known(
            id=row.id,
            number=row.number,
            name=row.name,
            unit=row.unit,
            title=row.title,
            address_form=row.address_form,
            seat=row.seat or "",
            standing=Standing(row.standing),
        )
        for row in delegates(session)
    ]


def flags_by_id(session: Session) -> dict[int, Flags]:
    """The stored flags of everyone (R3)."""
    return {
        row.id: Flags(counts_for_quorum=row.counts_for_quorum, votes=row.votes, elects=row.elects)
        for row in delegates(session)
    }


@dataclass(frozen=True)
class BadgeRow:
    """A badge in force; its code is derived from these facts and the instance's key."""

    delegate: DelegateRow
    issue: int
    attempt: int


def badges_in_force(session: Session, *, unit_id: int | None = None) -> list[BadgeRow]:
    """Every badge to print: by unit, then in Vietnamese order."""
    people = {row.id: row for row in delegates(session, unit_id=unit_id)}
    rows = session.execute(
        select(Badge.delegate_id, Badge.issue, Badge.attempt).where(Badge.revoked_at.is_(None))
    )
    badges = {row[0]: (row[1], row[2]) for row in rows}
    return [
        BadgeRow(delegate=person, issue=badges[person.id][0], attempt=badges[person.id][1])
        for person in people.values()
        if person.id in badges
    ]


@dataclass(frozen=True)
class BadgeIssue:
    """One badge of a person, in force or not."""

    issue: int
    issued_at: datetime
    revoked_at: datetime | None
    revoke_reason: str


def badges_of(session: Session, delegate_id: int) -> list[BadgeIssue]:
    """All badges of a person, newest first."""
    rows = session.execute(
        select(Badge.issue, Badge.issued_at, Badge.revoked_at, Badge.revoke_reason)
        .where(Badge.delegate_id == delegate_id)
        .order_by(Badge.issue.desc())
    )
    return [BadgeIssue(*row) for row in rows]


@dataclass(frozen=True)
class Scanned:
    """Whose badge a code is, in one look-up: what a gate needs and nothing else."""

    delegate_id: int
    number: int
    name: str
    title: str
    unit: str
    seat: str | None
    standing: str
    revoked: bool


# Built once, of plain columns: the ORM would build them anew for every scan.
_delegates = cast("Table", Delegate.__table__)
_units = cast("Table", Unit.__table__)
_badges = cast("Table", Badge.__table__)
_scanned = (
    select(
        _delegates.c.id,
        _delegates.c.number,
        _delegates.c.name,
        _delegates.c.title,
        _units.c.name,
        _delegates.c.seat,
        _delegates.c.standing,
        _badges.c.revoked_at.is_not(None),
    )
    .select_from(_badges)
    .join(_delegates, _delegates.c.id == _badges.c.delegate_id)
    .join(_units, _units.c.id == _delegates.c.unit_id)
)
_by_code = _scanned.where(_badges.c.code_hash == bindparam("code_hash"))
_by_person = _scanned.where(_delegates.c.id == bindparam("delegate_id")).limit(1)
_ended_at = select(cast("Table", Conference.__table__).c.ended_at)
#: The end of the conference, null before it; for the one statement that a scan asks.
ENDED_AT = _ended_at.scalar_subquery()


def badge_holder(session: Session, code_hash: bytes) -> Scanned | None:
    """The person behind a scanned code; None for a code that no badge has."""
    row = session.connection().execute(_by_code, {"code_hash": code_hash}).one_or_none()
    return None if row is None else Scanned(*row)


def person(session: Session, delegate_id: int) -> Scanned:
    """The same facts by person; for answers that are given again."""
    row = session.connection().execute(_by_person, {"delegate_id": delegate_id}).one()
    return Scanned(*row)


def has_ended(session: Session) -> bool:
    """Whether the conference is over; without its plan, which the full row carries along."""
    return session.connection().execute(_ended_at).scalar() is not None


def last_number(session: Session) -> int:
    """The highest number ever printed on a badge, people of undone imports included."""
    given = session.scalar(select(func.max(Delegate.number))) or 0
    return max(given, session.scalar(select(func.max(RosterImport.last_number))) or 0)


@dataclass(frozen=True)
class ImportRow:
    """One import of the roster."""

    id: int
    at: datetime
    by: str
    file_name: str
    new: int
    changed: int
    unchanged: int
    rejected: int
    undone_at: datetime | None


def imports(session: Session) -> list[ImportRow]:
    """All imports, newest first."""
    rows = session.execute(
        select(
            RosterImport.id,
            RosterImport.at,
            RosterImport.by,
            RosterImport.file_name,
            RosterImport.new,
            RosterImport.changed,
            RosterImport.unchanged,
            RosterImport.rejected,
            RosterImport.undone_at,
        ).order_by(RosterImport.id.desc())
    )
    return [ImportRow(*row) for row in rows]
