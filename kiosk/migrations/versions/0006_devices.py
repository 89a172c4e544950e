"""What a tablet is told to show, and the delay after wrong pairing codes.

Revision ID: 0006
Revises: 0005
"""

from alembic import op
import sqlalchemy as sa

import kiosk.core.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "device",
        sa.Column("task", sa.String(length=20), server_default="follow", nullable=False),
    )
    op.create_table(
        "pairing_delay",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pairing_delay")),
    )
