"""The secret ballot: election, candidates, rounds, who drew a slip, what was opened.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

import kiosk.core.columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slip_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("printed_at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("replaced_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.CheckConstraint("count > 0", name=op.f("ck_slip_set_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_set")),
    )
    with op.batch_alter_table("slip_set", schema=None) as batch_op:
        batch_op.create_index(
            "ix_slip_set_in_force",
            ["round_number"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )

    op.create_table(
        "slip",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["slip_set.id"], name=op.f("fk_slip_set_id")),
        sa.PrimaryKeyConstraint("set_id", "hash", name=op.f("pk_slip")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("type", sa.String(length=1), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("board", sa.Integer(), nullable=False),
        sa.Column("style", sa.String(length=8), nullable=False),
        sa.Column("base", sa.String(length=10), nullable=False),
        sa.Column("tie", sa.String(length=14), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("conference", sa.String(length=12), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("running", sa.Boolean(), nullable=True),
        sa.Column("made_at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("slips_printed", sa.Integer(), nullable=True),
        sa.Column("lock", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("drawn_device_id", sa.Integer(), nullable=True),
        sa.Column("compared_device_id", sa.Integer(), nullable=True),
        sa.Column("compared_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("locked_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("opened_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("closed_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("closed_head_id", sa.Integer(), nullable=True),
        sa.Column("closed_witness_id", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("summoned", sa.Integer(), nullable=True),
        sa.Column("slips_left", sa.Integer(), nullable=True),
        sa.Column("slips_in_box", sa.Integer(), nullable=True),
        sa.Column("slips_lost", sa.Integer(), nullable=False),
        sa.Column("slips_refused", sa.Integer(), nullable=False),
        sa.Column("sums_note", sa.String(length=400), nullable=False),
        sa.Column("cast", sa.Integer(), nullable=True),
        sa.Column("set_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=32), nullable=True),
        sa.Column("issued_note", sa.String(length=400), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("votes", sa.JSON(), nullable=False),
        sa.Column("counted_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("revealed", sa.JSON(), nullable=False),
        sa.Column("declared_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("put_away_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("complaints", sa.String(length=1000), nullable=False),
        sa.Column("void_reason", sa.String(length=400), nullable=False),
        sa.Column("void_asked_by", sa.String(length=40), nullable=False),
        sa.Column("void_asked_reason", sa.String(length=400), nullable=False),
        sa.Column("voided_by", sa.String(length=40), nullable=False),
        sa.Column("voided_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(running IS NULL) = (state IN ('declared', 'voided'))",
            name=op.f("ck_ballot_round_running_until_its_end"),
        ),
        sa.CheckConstraint(
            "(state = 'voided') = (void_reason <> '')",
            name=op.f("ck_ballot_round_voided_has_a_reason"),
        ),
        sa.CheckConstraint(
            "kind IN ('first', 'tie', 'shortage', 'again')", name=op.f("ck_ballot_round_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('prepared', 'locked', 'opened', 'closed', 'sealed', 'counted', 'declared', 'voided')",
            name=op.f("ck_ballot_round_state_known"),
        ),
        sa.CheckConstraint("type IN ('A', 'B')", name=op.f("ck_ballot_round_type_known")),
        sa.CheckConstraint(
            "seats > 0 AND seats <= board", name=op.f("ck_ballot_round_seats_of_the_board")
        ),
        sa.CheckConstraint(
            "style IN ('choose', 'strike')", name=op.f("ck_ballot_round_style_known")
        ),
        sa.CheckConstraint(
            "base IN ('present', 'collected', 'valid', 'summoned')",
            name=op.f("ck_ballot_round_base_known"),
        ),
        sa.CheckConstraint(
            "tie IN ('second_round', 'older')", name=op.f("ck_ballot_round_tie_known")
        ),
        sa.CheckConstraint(
            "way IN ('tablet', 'paper', 'hands')", name=op.f("ck_ballot_round_way_known")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_ballot_round_numbered")),
        sa.ForeignKeyConstraint(
            ["closed_head_id"], ["delegate.id"], name=op.f("fk_ballot_round_closed_head_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_witness_id"], ["delegate.id"], name=op.f("fk_ballot_round_closed_witness_id")
        ),
        sa.ForeignKeyConstraint(
            ["compared_device_id"], ["device.id"], name=op.f("fk_ballot_round_compared_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["drawn_device_id"], ["device.id"], name=op.f("fk_ballot_round_drawn_device_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_round")),
        sa.UniqueConstraint("number", name=op.f("uq_ballot_round_number")),
        sa.UniqueConstraint("running", name=op.f("uq_ballot_round_running")),
    )
    op.create_table(
        "candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("consent_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("consent_by", sa.String(length=40), nullable=False),
        sa.Column("withdrawn_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("withdraw_reason", sa.String(length=200), nullable=False),
        sa.Column("added_at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("added_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdraw_reason = '')",
            name=op.f("ck_candidate_withdrawn_why"),
        ),
        sa.CheckConstraint(
            "source IN ('committee', 'hall', 'self')", name=op.f("ck_candidate_source_known")
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name=op.f("fk_candidate_delegate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("delegate_id", name=op.f("uq_candidate_delegate_id")),
    )
    op.create_table(
        "candidate_photo",
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_candidate_photo_candidate_id")
        ),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_candidate_photo")),
    )
    op.create_table(
        "election",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("term", sa.String(length=40), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seats_reason", sa.String(length=200), nullable=False),
        sa.Column("style", sa.String(length=8), nullable=False),
        sa.Column("base", sa.String(length=10), nullable=False),
        sa.Column("tie", sa.String(length=14), nullable=False),
        sa.Column("electorate", sa.String(length=8), nullable=False),
        sa.Column("camera", sa.Boolean(), nullable=False),
        sa.Column("seats_motion_id", sa.Integer(), nullable=True),
        sa.Column("slate_motion_id", sa.Integer(), nullable=True),
        sa.Column("rule_motion_id", sa.Integer(), nullable=True),
        sa.Column("stop_motion_id", sa.Integer(), nullable=True),
        sa.Column("rule_sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "base IN ('present', 'collected', 'valid', 'summoned')",
            name=op.f("ck_election_base_known"),
        ),
        sa.CheckConstraint(
            "electorate IN ('elects', 'votes')", name=op.f("ck_election_electorate_known")
        ),
        sa.CheckConstraint(
            "seats <= 9 OR seats_reason <> ''", name=op.f("ck_election_many_seats_have_a_reason")
        ),
        sa.CheckConstraint("style IN ('choose', 'strike')", name=op.f("ck_election_style_known")),
        sa.CheckConstraint("tie IN ('second_round', 'older')", name=op.f("ck_election_tie_known")),
        sa.CheckConstraint("id = 1", name=op.f("ck_election_only_one")),
        sa.CheckConstraint("seats >= 3", name=op.f("ck_election_at_least_three")),
        sa.ForeignKeyConstraint(
            ["rule_motion_id"], ["motion.id"], name=op.f("fk_election_rule_motion_id")
        ),
        sa.ForeignKeyConstraint(
            ["seats_motion_id"], ["motion.id"], name=op.f("fk_election_seats_motion_id")
        ),
        sa.ForeignKeyConstraint(
            ["slate_motion_id"], ["motion.id"], name=op.f("fk_election_slate_motion_id")
        ),
        sa.ForeignKeyConstraint(
            ["stop_motion_id"], ["motion.id"], name=op.f("fk_election_stop_motion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_election")),
    )
    op.create_table(
        "board_lowering",
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["motion_id"], ["motion.id"], name=op.f("fk_board_lowering_motion_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["ballot_round.id"], name=op.f("fk_board_lowering_round_id")
        ),
        sa.PrimaryKeyConstraint("motion_id", name=op.f("pk_board_lowering")),
    )
    with op.batch_alter_table("board_lowering", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_board_lowering_round_id"), ["round_id"], unique=False)

    op.create_table(
        "ballot_roll",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("witness_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "NOT added OR reason <> ''", name=op.f("ck_ballot_roll_addition_has_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name=op.f("fk_ballot_roll_delegate_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["ballot_round.id"], name=op.f("fk_ballot_roll_round_id")
        ),
        sa.ForeignKeyConstraint(
            ["witness_id"], ["delegate.id"], name=op.f("fk_ballot_roll_witness_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "delegate_id", name=op.f("pk_ballot_roll")),
    )
    op.create_table(
        "opened_ballot",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("marks", sa.LargeBinary(length=100), nullable=False),
        sa.Column("invalid", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["ballot_round.id"], name=op.f("fk_opened_ballot_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "place", name=op.f("pk_opened_ballot")),
    )
    op.create_table(
        "paper_entry",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("teller_id", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("collected", sa.Integer(), nullable=False),
        sa.Column("valid", sa.Integer(), nullable=False),
        sa.Column("invalid", sa.Integer(), nullable=False),
        sa.Column("votes", sa.JSON(), nullable=False),
        sa.Column("at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.CheckConstraint("entry IN (1, 2)", name=op.f("ck_paper_entry_two_entries")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["ballot_round.id"], name=op.f("fk_paper_entry_round_id")
        ),
        sa.ForeignKeyConstraint(
            ["teller_id"], ["delegate.id"], name=op.f("fk_paper_entry_teller_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "entry", name=op.f("pk_paper_entry")),
    )
    op.create_table(
        "round_helper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["ballot_round.id"], name=op.f("fk_round_helper_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_helper")),
    )
    with op.batch_alter_table("round_helper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_helper_round_id"), ["round_id"], unique=False)

    op.create_table(
        "round_teller",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("came_at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("typed_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.Column("envelope_at", kiosk.core.columns.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "envelope_at IS NULL OR typed_at IS NOT NULL",
            name=op.f("ck_round_teller_code_before_envelope"),
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name=op.f("fk_round_teller_delegate_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["ballot_round.id"], name=op.f("fk_round_teller_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "slot", name=op.f("pk_round_teller")),
        sa.UniqueConstraint(
            "round_id", "delegate_id", name=op.f("uq_round_teller_round_id_delegate_id")
        ),
    )
    op.create_table(
        "round_witness",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("came_at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name=op.f("fk_round_witness_delegate_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["ballot_round.id"], name=op.f("fk_round_witness_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "delegate_id", name=op.f("pk_round_witness")),
    )
    op.create_table(
        "sealed_ballot",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["ballot_round.id"], name=op.f("fk_sealed_ballot_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "sealed", name=op.f("pk_sealed_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "slip_mark",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("at", kiosk.core.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name=op.f("fk_slip_mark_delegate_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["ballot_round.id"], name=op.f("fk_slip_mark_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "delegate_id", name=op.f("pk_slip_mark")),
    )
