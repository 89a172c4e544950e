"""Self-tests of the laptop and of devices: what was tried, by whom, and what came of it.

Revision ID: 0007
Revises: 0006
"""

from alembic import op
import sqlalchemy as sa

import kiosk.core.columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "self_test",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "part IN ('camera', 'touch', 'sound', 'scan', 'picture', 'print', 'clock', 'sleep',"
            " 'power')",
            name=op.f("ck_self_test_part_known"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_self_test_device_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_test")),
    )
    with op.batch_alter_table("self_test", schema=None) as batch_op:
        batch_op.create_index("ix_self_test_at", ["at"], unique=False)
