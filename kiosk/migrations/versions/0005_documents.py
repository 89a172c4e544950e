"""Invitations that have been sent: how, to whom, when, by whom.

Revision ID: 0005
Revises: 0004
"""

from alembic import op
import sqlalchemy as sa

import kiosk.core.columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitation_sent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=5), nullable=False),
        sa.Column("receiver", sa.String(length=120), nullable=False),
        sa.Column("at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("taken_back_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "way IN ('paper', 'zalo', 'email')", name=op.f("ck_invitation_sent_way_known")
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name=op.f("fk_invitation_sent_delegate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_sent")),
    )
    with op.batch_alter_table("invitation_sent", schema=None) as batch_op:
        batch_op.create_index(
            "ix_invitation_sent_in_force",
            ["delegate_id"],
            unique=True,
            sqlite_where=sa.text("taken_back_at IS NULL"),
            postgresql_where=sa.text("taken_back_at IS NULL"),
        )
