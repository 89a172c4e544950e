"""People made whole: undo of an import, bars from the board, duties, committees."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import kiosk.core.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OLD = (
    "id, number, name, sort_key, search_key, address_form, title, unit_id, seat, standing,"
    " counts_for_quorum, votes, elects, flags_by_hand, import_id"
)


def upgrade() -> None:
    _rebuild_delegate()
    for column in (
        "undone_at DATETIME",
        "undone_by VARCHAR(40) DEFAULT '' NOT NULL",
        "last_number INTEGER DEFAULT 0 NOT NULL",
    ):
        op.execute(f"ALTER TABLE roster_import ADD COLUMN {column}")

    op.create_table(
        "roster_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name=op.f("fk_roster_change_delegate_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["roster_import.id"], name=op.f("fk_roster_change_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_change")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_roster_change_delegate_id", "roster_change", ["delegate_id"])
    op.create_index(
        "ix_roster_change_once", "roster_change", ["import_id", "delegate_id"], unique=True
    )

    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("done_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(done_at IS NULL) = (done_by = '')", name=op.f("ck_duty_done_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )

    op.create_table(
        "committee_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("committee", sa.String(length=12), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=6), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added_at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("ended_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "committee IN ('presidium', 'secretaries', 'tellers', 'witnesses')",
            name=op.f("ck_committee_member_committee_known"),
        ),
        sa.CheckConstraint(
            "role IN ('head', 'member')", name=op.f("ck_committee_member_role_known")
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name=op.f("fk_committee_member_delegate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_member")),
    )
    op.create_index("ix_committee_member_delegate_id", "committee_member", ["delegate_id"])
    op.create_index(
        "ix_committee_member_once",
        "committee_member",
        ["committee", "delegate_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_committee_member_one_head",
        "committee_member",
        ["committee"],
        unique=True,
        sqlite_where=sa.text("role = 'head' AND ended_at IS NULL"),
    )


def _rebuild_delegate() -> None:
    """SQLite learns neither AUTOINCREMENT nor a table constraint later: the table is copied.

    Other tables go on pointing at the name `delegate`; foreign keys are off on this connection.
    """
    op.create_table(
        "delegate_new",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sort_key", sa.String(length=800), nullable=False),
        sa.Column("search_key", sa.String(length=120), nullable=False),
        sa.Column("address_form", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(length=40), nullable=True),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("counts_for_quorum", sa.Boolean(), nullable=False),
        sa.Column("votes", sa.Boolean(), nullable=False),
        sa.Column("elects", sa.Boolean(), nullable=False),
        sa.Column("flags_by_hand", sa.Boolean(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("bar", sa.String(length=20), nullable=True),
        sa.Column("bar_set_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("bar_set_by", sa.String(length=40), server_default="", nullable=False),
        sa.CheckConstraint(
            "standing = 'delegate' OR (NOT counts_for_quorum AND NOT votes AND NOT elects)",
            name=op.f("ck_delegate_guests_never_count"),
        ),
        sa.CheckConstraint(
            "standing IN ('delegate', 'guest')", name=op.f("ck_delegate_standing_known")
        ),
        sa.CheckConstraint(
            "bar IS NULL OR bar IN ('', 'head', 'deputy_head', 'chief_accountant')",
            name=op.f("ck_delegate_bar_known"),
        ),
        sa.CheckConstraint(
            "(bar IS NULL) = (bar_set_at IS NULL)", name=op.f("ck_delegate_bar_has_its_time")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["roster_import.id"], name=op.f("fk_delegate_import_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_delegate_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegate")),
        sa.UniqueConstraint("number", name=op.f("uq_delegate_number")),
        sqlite_autoincrement=True,
    )
    op.execute(f"INSERT INTO delegate_new ({_OLD}) SELECT {_OLD} FROM delegate")  # noqa: S608
    op.drop_table("delegate")
    op.rename_table("delegate_new", "delegate")
    op.create_index("ix_delegate_search_key", "delegate", ["search_key"])
    op.create_index("ix_delegate_unit_id", "delegate", ["unit_id"])
    op.create_index("ix_delegate_unit_order", "delegate", ["unit_id", "sort_key"])
