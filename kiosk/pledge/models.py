"""The pledge of the conference, every version of its text, who signs, and what they drew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.core.columns import UtcDateTime
from kiosk.core.db import Base


class Pledge(Base):
    """One conference, one pledge: this table has one row at most, with id 1."""

    __tablename__ = "pledge"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("state IN ('draft', 'open', 'closed')", name="state_known"),
        CheckConstraint("form IN ('joint', 'two_sided')", name="form_known"),
        # What is signed is one version, and it does not change any more.
        CheckConstraint("(state = 'draft') = (version_id IS NULL)", name="fixed_once_open"),
        CheckConstraint("(state = 'draft') = (opened_at IS NULL)", name="open_since"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: One of `rules.State`.
    state: Mapped[str] = mapped_column(String(8), default="draft")
    #: One of `rules.Form`.
    form: Mapped[str] = mapped_column(String(10), default="joint")
    #: The version that is signed; none while the text is a draft.
    version_id: Mapped[int | None] = mapped_column(ForeignKey("pledge_version.id"))
    #: When signing was opened last.
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PledgeVersion(Base):
    """One saved text. Never changed, never deleted."""

    __tablename__ = "pledge_version"
    __table_args__ = (
        CheckConstraint("number > 0 AND length(sha256) = 64", name="counted_and_hashed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: 1, 2, 3 …
    number: Mapped[int] = mapped_column(unique=True)
    #: As `text.Text.as_json` makes it.
    text: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: SHA-256 of `text.canonical`, 64 hex digits.
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: `staff:3`.
    by: Mapped[str] = mapped_column(String(40))
    #: The account's name then.
    by_name: Mapped[str] = mapped_column(String(80))


class PledgeSignatory(Base):
    """Somebody who is to sign. A proxy signs for a principal; a row taken off stays."""

    __tablename__ = "pledge_signatory"
    __table_args__ = (
        CheckConstraint("side IN ('unit', 'office')", name="side_known"),
        CheckConstraint("(excused_at IS NULL) = (excuse = '')", name="excused_with_a_reason"),
        CheckConstraint(
            "principal_id IS NULL OR principal_id <> delegate_id", name="not_for_oneself"
        ),
        CheckConstraint(
            "(visit_hash IS NULL) = (visit_device_id IS NULL)", name="a_visit_has_its_tablet"
        ),
        # Nobody signs the same pledge twice, once for each of two units.
        Index(
            "ix_pledge_signatory_once",
            "delegate_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Who signs.
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"), index=True)
    #: Whom this person signs for (KT.); None for somebody who signs in their own capacity.
    principal_id: Mapped[int | None] = mapped_column(ForeignKey("delegate.id"))
    #: One of `rules.Side`.
    side: Mapped[str] = mapped_column(String(6))
    #: The capacity of who signs, "Phó Trưởng phòng"; empty where nobody has a title.
    capacity: Mapped[str] = mapped_column(String(120), default="")
    #: The principal's capacity, "Trưởng phòng".
    stands_for: Mapped[str] = mapped_column(String(120), default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    excused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why this person does not sign.
    excuse: Mapped[str] = mapped_column(String(200), default="")
    #: SHA-256 of the token of the tablet page that this badge opened last; the next scan replaces
    #: it, so that one badge is at one tablet only.
    visit_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    visit_device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))


class PledgeSignature(Base):
    """One signing. Signed again, the row stays with its hash; its picture goes (R22)."""

    __tablename__ = "pledge_signature"
    __table_args__ = (
        UniqueConstraint("signatory_id", "number"),
        CheckConstraint("number > 0", name="counted"),
        CheckConstraint("length(text_sha256) = 64 AND length(ink_sha256) = 64", name="hashed"),
        CheckConstraint(
            "(replaced_at IS NULL) = (ink IS NOT NULL) AND (ink IS NULL) = (svg IS NULL)"
            " AND (ink IS NULL) = (png IS NULL)",
            name="picture_while_in_force",
        ),
        # One signature of a person is in force.
        Index(
            "ix_pledge_signature_in_force",
            "signatory_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    signatory_id: Mapped[int] = mapped_column(ForeignKey("pledge_signatory.id"))
    #: 1 for the first of a person, 2 for the one that replaced it …
    number: Mapped[int] = mapped_column()
    version_id: Mapped[int] = mapped_column(ForeignKey("pledge_version.id"))
    #: Hash of the text that was signed, as its version has it (R20).
    text_sha256: Mapped[str] = mapped_column(String(64))
    #: Hash of the strokes; stays when they go.
    ink_sha256: Mapped[str] = mapped_column(String(64))
    #: Strokes as `ink.Ink.as_json` makes them; no time, no pressure.
    ink: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    svg: Mapped[str | None] = mapped_column(Text)
    png: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Name, unit and lines over the signature as they were then.
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(200))
    lines: Mapped[list[str]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    #: SHA-256 of the page's token: the same page sent twice is one signature.
    visit_hash: Mapped[str] = mapped_column(String(64), unique=True)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
