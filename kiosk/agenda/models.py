"""The items of the agenda, their history, their papers, and what the wall is used for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
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


# Papers of an item name it by number without a foreign key: while a draft is laid out anew they go
# over to the new item of the same title, and what was removed stays to be read (`papers.py`).


class AgendaNote(Base):
    """One saved version of an item's notes for the minutes. Never changed, never deleted."""

    __tablename__ = "agenda_note"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        CheckConstraint("number > 0 AND based_on >= 0 AND based_on < number", name="grows"),
        CheckConstraint("is_branch OR forked_from = 0", name="main_line_has_no_fork"),
        CheckConstraint("is_branch OR settled_in IS NULL", name="only_branches_settled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column()
    #: 1, 2, 3 … over all versions of the item, branches included.
    number: Mapped[int] = mapped_column()
    #: The version that the writer had on the screen; 0 for the empty page.
    based_on: Mapped[int] = mapped_column()
    #: Written on an older version while a newer one was stored: kept beside, for a person to merge.
    is_branch: Mapped[bool] = mapped_column(default=False)
    #: The version that a branch started from: the common start when it is brought together.
    forked_from: Mapped[int] = mapped_column(default=0)
    #: The version in which a person brought this branch together with the others.
    settled_in: Mapped[int | None] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: `staff:3`.
    by: Mapped[str] = mapped_column(String(40))
    #: The account's name then.
    by_name: Mapped[str] = mapped_column(String(80))


class AgendaFile(Base):
    """A PDF attached to an item. Removing it keeps the row, and the file on the disk."""

    __tablename__ = "agenda_file"
    __table_args__ = (
        Index(
            "ix_agenda_file_once",
            "item_id",
            "sha256",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        CheckConstraint("bytes > 0 AND length(sha256) = 64", name="has_content"),
        CheckConstraint("(removed_at IS NULL) = (removed_by = '')", name="removed_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column()
    #: As people call it; the disk knows it by its hash.
    name: Mapped[str] = mapped_column(String(120))
    #: SHA-256 of the content; the file is `files/<sha256>.pdf` in the instance folder.
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(40))
    by_name: Mapped[str] = mapped_column(String(80))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by: Mapped[str] = mapped_column(String(40), default="")


class AgendaScript(Base):
    """What the chair reads for an item, where somebody has written it; else the usual words."""

    __tablename__ = "agenda_script"

    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: 1, 2, 3 …: a form that shows an older text may not replace a newer one.
    number: Mapped[int] = mapped_column()
    #: Empty: the usual words of its kind again.
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(40))
    by_name: Mapped[str] = mapped_column(String(80))


class WallState(Base):
    """Whether the wall shows the conference, steps aside for other slides, or shows a break."""

    __tablename__ = "wall_state"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_wall"),
        CheckConstraint("mode IN ('live', 'aside', 'break')", name="mode_known"),
        CheckConstraint("(mode = 'break') = (until IS NOT NULL)", name="a_break_has_its_end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: One of `rules.WallMode`.
    mode: Mapped[str] = mapped_column(String(8))
    #: When a break is to end, as announced.
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(40))
