"""Scans, stays in the hall, and the base of the quorum."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.core.columns import UtcDateTime
from kiosk.core.db import Base


class Scan(Base):
    """One answered scan, refusals included. The answer never changes afterwards."""

    __tablename__ = "scan"
    __table_args__ = (
        Index("ix_scan_repeat", "device_id", "delegate_id", "id"),
        CheckConstraint("direction IN ('in', 'out')", name="direction_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Made by the gate's page; the same id always brings the same answer back.
    scan_id: Mapped[str] = mapped_column(String(64), unique=True)
    #: The server's clock.
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    #: When the gate says that it read the badge, where it was cut off from the server then. Never
    #: used as the time of an arrival; it stands beside it.
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Which way the gate showed to the people: `in` or `out`.
    direction: Mapped[str] = mapped_column(String(3), default="in", server_default="in")
    #: One of `rules.Outcome`.
    outcome: Mapped[str] = mapped_column(String(12))
    #: Why `refused` was the answer: one of `rules.Detail`; empty for all other outcomes.
    detail: Mapped[str] = mapped_column(String(12), default="", server_default="")
    #: Whose badge it was, where some badge has this code.
    delegate_id: Mapped[int | None] = mapped_column(ForeignKey("delegate.id"))
    #: The stay that this scan began, or met ("already in").
    stay_id: Mapped[int | None] = mapped_column(ForeignKey("stay.id"))
    #: The scan whose answer this one got again: the same badge at the same gate within seconds.
    repeat_of: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
    #: Last four signs of what was scanned; a whole code would be a badge for whoever reads it.
    ending: Mapped[str] = mapped_column(String(4), default="")


class Stay(Base):
    """One person's time in the hall. *Present* is derived from these rows and nothing else."""

    __tablename__ = "stay"
    __table_args__ = (
        # Two gates at once admit one: the database has the last word.
        Index(
            "ix_stay_one_at_a_time",
            "delegate_id",
            unique=True,
            sqlite_where=text("left_at IS NULL AND undone_at IS NULL"),
        ),
        CheckConstraint("left_at IS NULL OR left_at >= entered_at", name="leaves_after_entering"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"), index=True)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: How the person was recognised: `badge`, `hand` (by a member of staff) or `paper` (from the
    #: fall-back list).
    way: Mapped[str] = mapped_column(String(10), default="badge")
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    #: When a cut-off gate or the paper list says that the person came; beside `entered_at`, which
    #: is the server's.
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The gate where the person went out.
    left_device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    #: Who recorded it and why, where no badge was read; empty for a badge.
    by: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: The name of that account then.
    by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    #: Taken back because it was wrong; the row stays, with its reason.
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undo_reason: Mapped[str] = mapped_column(String(200), default="")


class StayUndo(Base):
    """An entry or a leaving that was taken back: by whom and why, for the secretary's page."""

    __tablename__ = "stay_undo"
    __table_args__ = (CheckConstraint("what IN ('entry', 'leaving')", name="what_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stay_id: Mapped[int] = mapped_column(ForeignKey("stay.id"), index=True)
    #: `entry` or `leaving`.
    what: Mapped[str] = mapped_column(String(8))
    #: The moment that was taken back: of entering, or of leaving.
    was_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(40))
    #: The account or the gate as it was called then.
    by_name: Mapped[str] = mapped_column(String(80))


class Absence(Base):
    """An absence that the desk recorded. An arrival wins over it and leaves the row alone."""

    __tablename__ = "absence"
    __table_args__ = (
        # One absence in force per person; a newer one replaces it.
        Index(
            "ix_absence_in_force",
            "delegate_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
        CheckConstraint("kind IN ('with_reason', 'without_reason')", name="kind_known"),
        CheckConstraint("kind = 'without_reason' OR reason <> ''", name="reason_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"))
    #: `with_reason` or `without_reason` (có lý do, không lý do).
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(40))
    by_name: Mapped[str] = mapped_column(String(80))
    #: Taken back, or replaced by a newer row.
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Substitution(Base):
    """Someone who sits in for a person of the roster. The one replaced cannot be admitted."""

    __tablename__ = "substitution"
    __table_args__ = (
        *(
            Index(
                f"ix_substitution_{side}_in_force",
                f"{side}_id",
                unique=True,
                sqlite_where=text("ended_at IS NULL"),
                postgresql_where=text("ended_at IS NULL"),
            )
            for side in ("replaced", "substitute")
        ),
        CheckConstraint("replaced_id <> substitute_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    replaced_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"))
    #: Which flags of the replaced person were passed on (R3); the others stayed behind.
    counts_for_quorum: Mapped[bool] = mapped_column()
    votes: Mapped[bool] = mapped_column()
    elects: Mapped[bool] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(40))
    by_name: Mapped[str] = mapped_column(String(80))
    #: Ended because the replaced person came after all.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str] = mapped_column(String(200), default="")


class QuorumBase(Base):
    """How many people the quorum is counted against (R1). The newest row is in force."""

    __tablename__ = "quorum_base"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Whole people.
    count: Mapped[int] = mapped_column()
    #: What the roster counted at that moment: a base fixed against another roster is asked again.
    roster: Mapped[int] = mapped_column()
    #: `delegates` summoned, or `all_staff` (plenary).
    kind: Mapped[str] = mapped_column(String(12))
    #: Why it differs from the row before, or from the roster.
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(40))
