"""The door made whole: direction of a gate, claims of a cut-off gate, absences, substitutes, undo.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import kiosk.core.columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Plain ADD COLUMN: SQLite takes it with its named constraints, and no table is copied.
COLUMNS = (
    ("device", "direction VARCHAR(3) DEFAULT 'in' NOT NULL"
     " CONSTRAINT ck_device_direction_known CHECK (direction IN ('in', 'out'))"),
    ("scan", "claimed_at DATETIME"),
    ("scan", "direction VARCHAR(3) DEFAULT 'in' NOT NULL"
     " CONSTRAINT ck_scan_direction_known CHECK (direction IN ('in', 'out'))"),
    ("scan", "detail VARCHAR(12) DEFAULT '' NOT NULL"),
    ("stay", "claimed_at DATETIME"),
    ("stay", "left_device_id INTEGER CONSTRAINT fk_stay_left_device_id REFERENCES device (id)"),
    ("stay", "by VARCHAR(40) DEFAULT '' NOT NULL"),
    ("stay", "by_name VARCHAR(80) DEFAULT '' NOT NULL"),
    ("stay", "reason VARCHAR(200) DEFAULT '' NOT NULL"),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")

    op.create_table(
        "stay_undo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stay_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("was_at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.CheckConstraint("what IN ('entry', 'leaving')", name=op.f("ck_stay_undo_what_known")),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_stay_undo_stay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stay_undo")),
    )
    with op.batch_alter_table("stay_undo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stay_undo_stay_id"), ["stay_id"], unique=False)

    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("replaced_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('with_reason', 'without_reason')", name=op.f("ck_absence_kind_known")
        ),
        sa.CheckConstraint(
            "kind = 'without_reason' OR reason <> ''", name=op.f("ck_absence_reason_given")
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name=op.f("fk_absence_delegate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(
            "ix_absence_in_force",
            ["delegate_id"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )

    op.create_table(
        "substitution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("replaced_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("counts_for_quorum", sa.Boolean(), nullable=False),
        sa.Column("votes", sa.Boolean(), nullable=False),
        sa.Column("elects", sa.Boolean(), nullable=False),
        sa.Column("at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("ended_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("end_reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("replaced_id <> substitute_id", name=op.f("ck_substitution_two_people")),
        sa.ForeignKeyConstraint(
            ["replaced_id"], ["delegate.id"], name=op.f("fk_substitution_replaced_id")
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["delegate.id"], name=op.f("fk_substitution_substitute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        for name in ("replaced", "substitute"):
            batch_op.create_index(
                f"ix_substitution_{name}_in_force",
                [f"{name}_id"],
                unique=True,
                sqlite_where=sa.text("ended_at IS NULL"),
                postgresql_where=sa.text("ended_at IS NULL"),
            )
