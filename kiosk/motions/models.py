"""Motions, and every count of their hands. A correction is a new count, never a changed one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.core.columns import UtcDateTime
from kiosk.core.db import Base


class Motion(Base):
    """One question put to the hall, answered by raised hands."""

    __tablename__ = "motion"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed', 'withdrawn')", name="state_known"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="open_until_closed"),
        CheckConstraint(
            "(state = 'withdrawn') = (withdraw_reason <> '')", name="withdrawn_has_a_reason"
        ),
        CheckConstraint("put_away_at IS NULL OR state = 'closed'", name="only_results_put_away"),
        # The hall answers one question at a time.
        Index(
            "ix_motion_one_open",
            "state",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: 1, 2, 3 … over the whole conference, as the minutes number them.
    number: Mapped[int] = mapped_column(unique=True)
    #: The item that was on when the hall was asked; None between two items.
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    #: What the hall votes on, as the chair reads it out.
    text: Mapped[str] = mapped_column(String(500))
    #: One of `rules.MotionState`.
    state: Mapped[str] = mapped_column(String(10), default="open")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: `staff:3`.
    opened_by: Mapped[str] = mapped_column(String(40))
    #: When the first count was recorded, or the motion withdrawn.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why it was never voted on.
    withdraw_reason: Mapped[str] = mapped_column(String(200), default="")
    #: When its result left the wall; until then a closed motion is shown.
    put_away_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MotionCount(Base):
    """One count of a motion's hands; the one with the highest number is in force."""

    __tablename__ = "motion_count"
    __table_args__ = (
        UniqueConstraint("motion_id", "number"),
        CheckConstraint("in_favour >= 0 AND against >= 0 AND other >= 0", name="hands_counted"),
        CheckConstraint("present > 0 AND present_checkin >= 0", name="somebody_present"),
        CheckConstraint("in_favour + against + other <= present", name="no_more_than_present"),
        CheckConstraint("present_source IN ('checkin', 'hall')", name="source_known"),
        CheckConstraint(
            "present_source = 'hall' OR present = present_checkin", name="present_from_its_source"
        ),
        CheckConstraint(
            "(number = 1 AND present_source = 'checkin') OR reason <> ''", name="reason_given"
        ),
        # R4, repeated where nobody can go round it.
        CheckConstraint("adopted = (2 * in_favour > present)", name="more_than_half"),
        CheckConstraint(
            "NOT all_minus OR in_favour + against + other = present", name="minus_adds_up"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), index=True)
    #: 1 for the count in the hall, 2 for its first correction …
    number: Mapped[int] = mapped_column()
    #: Hands for the motion (tán thành).
    in_favour: Mapped[int] = mapped_column()
    #: Hands against it (không tán thành).
    against: Mapped[int] = mapped_column()
    #: Hands for neither (ý kiến khác).
    other: Mapped[int] = mapped_column()
    #: People present who may vote by hand: the base of the majority.
    present: Mapped[int] = mapped_column()
    #: `checkin`, or `hall` where heads were counted (R25).
    present_source: Mapped[str] = mapped_column(String(8))
    #: What the check-in said at the moment of the vote; kept beside a count in the hall.
    present_checkin: Mapped[int] = mapped_column()
    #: Why it was counted in the hall, or corrected.
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: `staff:3`.
    by: Mapped[str] = mapped_column(String(40))
    #: 2·for > present.
    adopted: Mapped[bool] = mapped_column()
    #: For was filled in as all present minus those against and other; the minutes say so.
    all_minus: Mapped[bool] = mapped_column(default=False, server_default=text("0"))
