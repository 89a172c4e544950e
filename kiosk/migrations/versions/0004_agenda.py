"""Papers of an agenda item (notes, attachments, the chair's words), the wall, and *all minus*.

Revision ID: 0004
Revises: 0003
"""

from alembic import op
import sqlalchemy as sa

import kiosk.core.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain ADD COLUMN: SQLite takes it with its named constraint, and no table is copied.
    op.execute(
        "ALTER TABLE motion_count ADD COLUMN all_minus BOOLEAN DEFAULT 0 NOT NULL"
        " CONSTRAINT ck_motion_count_minus_adds_up"
        " CHECK (NOT all_minus OR in_favour + against + other = present)"
    )

    op.create_table(
        "agenda_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("is_branch", sa.Boolean(), nullable=False),
        sa.Column("forked_from", sa.Integer(), nullable=False),
        sa.Column("settled_in", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "number > 0 AND based_on >= 0 AND based_on < number", name=op.f("ck_agenda_note_grows")
        ),
        sa.CheckConstraint(
            "is_branch OR forked_from = 0", name=op.f("ck_agenda_note_main_line_has_no_fork")
        ),
        sa.CheckConstraint(
            "is_branch OR settled_in IS NULL", name=op.f("ck_agenda_note_only_branches_settled")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_note")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_agenda_note_item_id_number")),
    )

    op.create_table(
        "agenda_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("removed_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("removed_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "bytes > 0 AND length(sha256) = 64", name=op.f("ck_agenda_file_has_content")
        ),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by = '')",
            name=op.f("ck_agenda_file_removed_by_somebody"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_file")),
    )
    op.create_index(
        "ix_agenda_file_once",
        "agenda_file",
        ["item_id", "sha256"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )

    op.create_table(
        "agenda_script",
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_agenda_script")),
    )

    op.create_table(
        "wall_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("until", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("since", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_wall_state_one_wall")),
        sa.CheckConstraint(
            "mode IN ('live', 'aside', 'break')", name=op.f("ck_wall_state_mode_known")
        ),
        sa.CheckConstraint(
            "(mode = 'break') = (until IS NOT NULL)", name=op.f("ck_wall_state_a_break_has_its_end")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall_state")),
    )
