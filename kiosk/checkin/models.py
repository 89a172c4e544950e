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
    __table_args__ = (Index("ix_scan_repeat", "device_id", "delegate_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Made by the gate's page; the same id always brings the same answer back.
    scan_id: Mapped[str] = mapped_column(String(64), unique=True)
    #: The server's clock.
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    #: One of `rules.Outcome`.
    outcome: Mapped[str] = mapped_column(String(12))
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
    #: How the person was recognised: `badge` or `hand` (by a member of staff).
    way: Mapped[str] = mapped_column(String(10), default="badge")
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    #: Taken back because it was wrong; the row stays, with its reason.
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undo_reason: Mapped[str] = mapped_column(String(200), default="")


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
