"""Self-tests: what a person has tried, and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.core.columns import UtcDateTime
from kiosk.core.db import Base

_PARTS = "'camera', 'touch', 'sound', 'scan', 'picture', 'print', 'clock', 'sleep', 'power'"  # Part


class SelfTest(Base):
    """One try of one part of a device, or of the laptop. Tried again, the newest of the day counts.

    A row is never changed: that a camera failed at seven and read at eight are two rows.
    """

    __tablename__ = "self_test"
    __table_args__ = (
        CheckConstraint(f"part IN ({_PARTS})", name="part_known"),
        Index("ix_self_test_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: None for the laptop itself.
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    #: One of `rules.Part`.
    part: Mapped[str] = mapped_column(String(8))
    ok: Mapped[bool] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: `staff:3`, or `device:2` where nobody was signed in at that machine.
    by: Mapped[str] = mapped_column(String(40))
    #: The account's name then, else the name that the person typed at that machine.
    by_name: Mapped[str] = mapped_column(String(80), default="")
