"""The pledge: its text in versions, who signs it, and their drawn signatures.

Revision ID: 0008
Revises: 0007
"""

from alembic import op
import sqlalchemy as sa

import kiosk.core.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pledge_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "number > 0 AND length(sha256) = 64", name=op.f("ck_pledge_version_counted_and_hashed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_version")),
        sa.UniqueConstraint("number", name=op.f("uq_pledge_version_number")),
    )
    op.create_table(
        "pledge",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("closed_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_pledge_closed_since")
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (opened_at IS NULL)", name=op.f("ck_pledge_open_since")
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (version_id IS NULL)", name=op.f("ck_pledge_fixed_once_open")
        ),
        sa.CheckConstraint("form IN ('joint', 'two_sided')", name=op.f("ck_pledge_form_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'closed')", name=op.f("ck_pledge_state_known")
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_pledge_only_one")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["pledge_version.id"], name=op.f("fk_pledge_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
    )
    op.create_table(
        "pledge_signatory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("principal_id", sa.Integer(), nullable=True),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("capacity", sa.String(length=120), nullable=False),
        sa.Column("stands_for", sa.String(length=120), nullable=False),
        sa.Column("added_at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("removed_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("excused_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("excuse", sa.String(length=200), nullable=False),
        sa.Column("visit_hash", sa.String(length=64), nullable=True),
        sa.Column("visit_device_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(excused_at IS NULL) = (excuse = '')",
            name=op.f("ck_pledge_signatory_excused_with_a_reason"),
        ),
        sa.CheckConstraint(
            "side IN ('unit', 'office')", name=op.f("ck_pledge_signatory_side_known")
        ),
        sa.CheckConstraint(
            "(visit_hash IS NULL) = (visit_device_id IS NULL)",
            name=op.f("ck_pledge_signatory_a_visit_has_its_tablet"),
        ),
        sa.CheckConstraint(
            "principal_id IS NULL OR principal_id <> delegate_id",
            name=op.f("ck_pledge_signatory_not_for_oneself"),
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name=op.f("fk_pledge_signatory_delegate_id")
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["delegate.id"], name=op.f("fk_pledge_signatory_principal_id")
        ),
        sa.ForeignKeyConstraint(
            ["visit_device_id"], ["device.id"], name=op.f("fk_pledge_signatory_visit_device_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_signatory")),
        sa.UniqueConstraint("visit_hash", name=op.f("uq_pledge_signatory_visit_hash")),
    )
    with op.batch_alter_table("pledge_signatory", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pledge_signatory_delegate_id"), ["delegate_id"], unique=False
        )
        batch_op.create_index(
            "ix_pledge_signatory_once",
            ["delegate_id"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )

    op.create_table(
        "pledge_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("ink_sha256", sa.String(length=64), nullable=False),
        sa.Column("ink", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("svg", sa.Text(), nullable=True),
        sa.Column("png", sa.LargeBinary(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("visit_hash", sa.String(length=64), nullable=False),
        sa.Column("replaced_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(replaced_at IS NULL) = (ink IS NOT NULL) AND (ink IS NULL) = (svg IS NULL) AND (ink IS NULL) = (png IS NULL)",
            name=op.f("ck_pledge_signature_picture_while_in_force"),
        ),
        sa.CheckConstraint(
            "length(text_sha256) = 64 AND length(ink_sha256) = 64",
            name=op.f("ck_pledge_signature_hashed"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_pledge_signature_counted")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_pledge_signature_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["signatory_id"], ["pledge_signatory.id"], name=op.f("fk_pledge_signature_signatory_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["pledge_version.id"], name=op.f("fk_pledge_signature_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_signature")),
        sa.UniqueConstraint(
            "signatory_id", "number", name=op.f("uq_pledge_signature_signatory_id_number")
        ),
        sa.UniqueConstraint("visit_hash", name=op.f("uq_pledge_signature_visit_hash")),
    )
    with op.batch_alter_table("pledge_signature", schema=None) as batch_op:
        batch_op.create_index(
            "ix_pledge_signature_in_force",
            ["signatory_id"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )
