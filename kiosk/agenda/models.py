"""The items of the agenda, and every moment at which one of them changed its state."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.core.columns import UtcDateTime
from kiosk.core.db import Base


class AgendaItem(Base):
    """One item. The agenda is laid out before the opening; afterwards only its state changes."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        CheckConstraint(
            "state IN ('pending', 'started', 'waiting', 'ended', 'skipped')", name="state_known"
        ),
        CheckConstraint("(state = 'skipped') = (skip_reason <> '')", name="skipped_has_a_reason"),
        CheckConstraint("planned_minutes BETWEEN 1 AND 600", name="minutes_in_range"),
        # One item is on at a time: two secretaries at once start one, the database has the last
        # word.
        Index(
            "ix_agenda_item_one_started",
            "state",
            unique=True,
            sqlite_where=text("state = 'started'"),
            postgresql_where=text("state = 'started'"),
        ),
        # An id is never given twice: a page that shows a replaced draft must not edit the new one.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Number as printed, 1, 2, 3 … without a gap; it also is the order.
    number: Mapped[int] = mapped_column(unique=True)
    #: Whole, in the plan's own spelling.
    title: Mapped[str] = mapped_column(String(500))
    #: At most 38 letters, for the wall.
    short_title: Mapped[str] = mapped_column(String(38))
    #: One of `conference.plan.kinds.AgendaKind`.
    kind: Mapped[str] = mapped_column(String(12))
    planned_minutes: Mapped[int] = mapped_column()
    #: Who presents, as the secretary typed it; empty where nobody is named.
    presenter: Mapped[str] = mapped_column(String(200), default="")
    #: One of `rules.ItemState`; always what the newest mark says.
    state: Mapped[str] = mapped_column(String(8), default="pending")
    #: Why it was not held.
    skip_reason: Mapped[str] = mapped_column(String(200), default="")


class AgendaMark(Base):
    """One change of an item's state. Actual minutes are the sum of the running intervals."""

    __tablename__ = "agenda_mark"
    __table_args__ = (
        CheckConstraint(
            "what IN ('started', 'left_waiting', 'resumed', 'ended', 'skipped', 'reopened')",
            name="what_known",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    #: One of `rules.Step`.
    what: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: `staff:3` or `program`.
    by: Mapped[str] = mapped_column(String(40))
    #: Why an item was skipped or opened again.
    reason: Mapped[str] = mapped_column(String(200), default="")
