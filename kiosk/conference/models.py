"""The meeting itself: one conference, its units, its people and their badges."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.core.columns import UtcDateTime
from kiosk.core.db import Base


class Conference(Base):
    """One day, one database: this table has exactly one row, with id 1."""

    __tablename__ = "conference"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Short random name of this conference, 12 hex digits; later part of the archive's name.
    code: Mapped[str] = mapped_column(String(12))
    #: As the plan's subject line says.
    title: Mapped[str] = mapped_column(String(300))
    #: Lines of the banner: office, HỘI NGHỊ, subject, place and day.
    title_block: Mapped[list[str]] = mapped_column(JSON)
    host: Mapped[str] = mapped_column(String(200))
    venue: Mapped[str] = mapped_column(String(300))
    address: Mapped[str] = mapped_column(String(300))
    #: Name of the place as documents write it before the date: "Hải Dương".
    place: Mapped[str] = mapped_column(String(100), default="")
    #: "2026-03" where the plan only knows the month.
    month: Mapped[str | None] = mapped_column(String(7))
    #: The day of the conference; None until the secretary sets it.
    day: Mapped[date | None] = mapped_column(Date)
    #: Hour of opening on the hall's clock, "08:00".
    hour: Mapped[str | None] = mapped_column(String(5))
    #: Presidium, secretaries and guests to be introduced, `[name, capacity]` in order.
    seated: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    #: Everything that the plan file said, as `kiosk plan --json` prints it.
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Name and SHA-256 of the plan file.
    plan_file: Mapped[str] = mapped_column(String(200), default="")
    plan_sha256: Mapped[str] = mapped_column(String(64), default="")
    #: Set by the act of opening (R1) and of ending; everything before is preparation.
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Unit(Base):
    """An office, section or committee that people belong to."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    #: Folded name: one unit, however it is spelled.
    key: Mapped[str] = mapped_column(String(200), unique=True)
    #: Order on lists: as the roster brings them.
    position: Mapped[int] = mapped_column()


class Delegate(Base):
    """A person on the roster, guests included (R22 says what may be kept, and no more is)."""

    __tablename__ = "delegate"
    __table_args__ = (
        CheckConstraint("standing IN ('delegate', 'guest')", name="standing_known"),
        # R2: guests never count for quorum, votes or ballots.
        CheckConstraint(
            "standing = 'delegate' OR (NOT counts_for_quorum AND NOT votes AND NOT elects)",
            name="guests_never_count",
        ),
        CheckConstraint(
            "bar IS NULL OR bar IN ('', 'head', 'deputy_head', 'chief_accountant')",
            name="bar_known",
        ),
        CheckConstraint("(bar IS NULL) = (bar_set_at IS NULL)", name="bar_has_its_time"),
        Index("ix_delegate_unit_order", "unit_id", "sort_key"),
        # An id is never given twice: badge codes are derived from it, and the badge of a person
        # whose import was undone must not open a gate for the next one.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Number on the badge, 1, 2, 3 … over the whole conference; never given twice.
    number: Mapped[int] = mapped_column(unique=True)
    #: As the roster spells it, NFC.
    name: Mapped[str] = mapped_column(String(120))
    #: Vietnamese order by given name (`core.names.sort_key`).
    sort_key: Mapped[str] = mapped_column(String(800))
    #: Folded name, for search without marks.
    search_key: Mapped[str] = mapped_column(String(120), index=True)
    #: Ông, Bà or Đồng chí, where the roster says so; never guessed from a name.
    address_form: Mapped[str | None] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200), default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    seat: Mapped[str | None] = mapped_column(String(40))
    #: delegate or guest.
    standing: Mapped[str] = mapped_column(String(10))
    #: R3, first flag: stands in the base of the quorum.
    counts_for_quorum: Mapped[bool] = mapped_column()
    #: R3, second flag: may vote by hand.
    votes: Mapped[bool] = mapped_column()
    #: R3, third flag: may elect the People's Inspection Board.
    elects: Mapped[bool] = mapped_column()
    #: A person set these flags for this delegate; a setting for the whole unit leaves them alone.
    flags_by_hand: Mapped[bool] = mapped_column(default=False)
    #: Import that brought this person.
    import_id: Mapped[int | None] = mapped_column(ForeignKey("roster_import.id"))
    #: R7: why this person may not stand for the board: head, deputy_head, chief_accountant; ""
    #: when somebody decided that nothing bars them; None while nobody has decided.
    bar: Mapped[str | None] = mapped_column(String(20))
    bar_set_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: `staff:3` or `program`.
    bar_set_by: Mapped[str] = mapped_column(String(40), default="", server_default="")


class Badge(Base):
    """A printed code. The code itself is nowhere stored: it is derived again for printing."""

    __tablename__ = "badge"
    __table_args__ = (
        # One badge in force per person.
        Index(
            "ix_badge_in_force",
            "delegate_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"), index=True)
    #: 1 for the first badge of a person, 2 for the one that replaced it …
    issue: Mapped[int] = mapped_column()
    #: Counted up when two people would have got the same twelve digits.
    attempt: Mapped[int] = mapped_column(default=0)
    #: Keyed hash of the code.
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why it was replaced, as the desk typed it.
    revoke_reason: Mapped[str] = mapped_column(String(200), default="")


class RosterImport(Base):
    """One file of people, and what it brought."""

    __tablename__ = "roster_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: `staff:3` or `program`.
    by: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    new: Mapped[int] = mapped_column()
    changed: Mapped[int] = mapped_column()
    unchanged: Mapped[int] = mapped_column()
    rejected: Mapped[int] = mapped_column()
    #: Taken back as a whole, before anybody of it had arrived.
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: Highest number on a badge ever given when this import was undone; not given again.
    last_number: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class RosterChange(Base):
    """What one import did to one person, so that it can be taken back."""

    __tablename__ = "roster_change"
    __table_args__ = (
        Index("ix_roster_change_once", "import_id", "delegate_id", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("roster_import.id"))
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"), index=True)
    #: Column to `[before, after]`; empty for a person whom the import brought.
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)


class Duty(Base):
    """One thing that the plan asks a unit to prepare."""

    __tablename__ = "duty"
    __table_args__ = (
        CheckConstraint("(done_at IS NULL) = (done_by = '')", name="done_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: As the plan names the unit; it need not be a unit of the roster.
    unit: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(String(1000))
    #: Order on the checklist.
    position: Mapped[int] = mapped_column()
    #: Who sees to it, as the secretary typed it.
    owner: Mapped[str] = mapped_column(String(200), default="")
    due: Mapped[date | None] = mapped_column(Date)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: `staff:3`.
    done_by: Mapped[str] = mapped_column(String(40), default="")


class CommitteeMember(Base):
    """A person on one of the bodies that run the day; the row stays when the person leaves it."""

    __tablename__ = "committee_member"
    __table_args__ = (
        CheckConstraint(
            "committee IN ('presidium', 'secretaries', 'tellers', 'witnesses')",
            name="committee_known",
        ),
        CheckConstraint("role IN ('head', 'member')", name="role_known"),
        # Nobody twice in one body, and one head of it.
        Index(
            "ix_committee_member_once",
            "committee",
            "delegate_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_committee_member_one_head",
            "committee",
            unique=True,
            sqlite_where=text("role = 'head' AND ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: presidium, secretaries, tellers or witnesses.
    committee: Mapped[str] = mapped_column(String(12))
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"), index=True)
    #: head or member.
    role: Mapped[str] = mapped_column(String(6))
    #: Order in which the body is introduced.
    position: Mapped[int] = mapped_column()
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
