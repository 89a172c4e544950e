"""What happened to papers that leave the office."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.core.columns import UtcDateTime
from kiosk.core.db import Base


class InvitationSent(Base):
    """An invitation that went out. A tick that was wrong is taken back; the row stays."""

    __tablename__ = "invitation_sent"
    __table_args__ = (
        # One in force per person: two clerks who tick at once record it once.
        Index(
            "ix_invitation_sent_in_force",
            "delegate_id",
            unique=True,
            sqlite_where=text("taken_back_at IS NULL"),
            postgresql_where=text("taken_back_at IS NULL"),
        ),
        CheckConstraint("way IN ('paper', 'zalo', 'email')", name="way_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"))
    #: `paper`, `zalo` or `email`.
    way: Mapped[str] = mapped_column(String(5))
    #: Who took it, where that was somebody else (an office's clerk); never an address or a number.
    receiver: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: `staff:3`.
    by: Mapped[str] = mapped_column(String(40))
    #: The name of that account then.
    by_name: Mapped[str] = mapped_column(String(80))
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
