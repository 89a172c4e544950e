"""Paired devices. Trust starts at the tablet, not at the person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.core.columns import UtcDateTime
from kiosk.core.db import Base


class Device(Base):
    """A gate, a tablet or the projector's computer."""

    __tablename__ = "device"
    __table_args__ = (
        # Two gates called "Cổng 1" would make the book unreadable; a revoked name is free again.
        Index(
            "ix_device_name_in_use",
            "name_key",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
        ),
        CheckConstraint("direction IN ('in', 'out')", name="direction_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: gate, tablet or projector.
    kind: Mapped[str] = mapped_column(String(20))
    #: As people call it: "Cổng 1".
    name: Mapped[str] = mapped_column(String(40))
    #: Folded name.
    name_key: Mapped[str] = mapped_column(String(40))
    #: For a gate: `in` (vào) records arrivals, `out` (ra) records who leaves.
    direction: Mapped[str] = mapped_column(String(3), default="in", server_default="in")
    #: What a tablet is told to show: `follow` (the open act), `follow_gate` (the open act, a gate
    #: while none is), or the name of the act it is pinned to (`core.follow`).
    task: Mapped[str] = mapped_column(String(20), default="follow", server_default="follow")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Keyed hash of the one-time pairing address, or of the secret of a browser whose code was
    #: confirmed; gone once it is used.
    address_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    #: After this the address is worth nothing.
    address_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Keyed hash of the device's cookie, from pairing on. A revoked device keeps it, so that its
    #: page can say what happened; it opens nothing (`queries.device_of`).
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    paired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PairingDelay(Base):
    """Wrong pairing codes in a row by one member of staff; kept over restarts."""

    __tablename__ = "pairing_delay"

    #: Who typed them: `staff:3`.
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_failure_at: Mapped[datetime] = mapped_column(UtcDateTime)
