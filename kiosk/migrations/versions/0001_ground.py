"""The ground: book, staff, conference, devices, door, agenda, motions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import kiosk.core.columns


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('added_at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('closed_at', kiosk.core.columns.UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('key', name=op.f('uq_account_key'))
    )
    op.create_table('agenda_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=False),
    sa.Column('short_title', sa.String(length=38), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('planned_minutes', sa.Integer(), nullable=False),
    sa.Column('presenter', sa.String(length=200), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('skip_reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint("(state = 'skipped') = (skip_reason <> '')", name=op.f('ck_agenda_item_skipped_has_a_reason')),
    sa.CheckConstraint("state IN ('pending', 'started', 'waiting', 'ended', 'skipped')", name=op.f('ck_agenda_item_state_known')),
    sa.CheckConstraint('planned_minutes BETWEEN 1 AND 600', name=op.f('ck_agenda_item_minutes_in_range')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agenda_item')),
    sa.UniqueConstraint('number', name=op.f('uq_agenda_item_number')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('agenda_item', schema=None) as batch_op:
        batch_op.create_index('ix_agenda_item_one_started', ['state'], unique=True, sqlite_where=sa.text("state = 'started'"), postgresql_where=sa.text("state = 'started'"))

    op.create_table('book_line',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('uptime', sa.Float(), nullable=False),
    sa.Column('event', sa.String(length=60), nullable=False),
    sa.Column('by', sa.String(length=40), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_book_line'))
    )
    with op.batch_alter_table('book_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_book_line_event'), ['event'], unique=False)

    op.create_table('conference',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('title_block', sa.JSON(), nullable=False),
    sa.Column('host', sa.String(length=200), nullable=False),
    sa.Column('venue', sa.String(length=300), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('place', sa.String(length=100), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=True),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('hour', sa.String(length=5), nullable=True),
    sa.Column('seated', sa.JSON(), nullable=False),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('plan_file', sa.String(length=200), nullable=False),
    sa.Column('plan_sha256', sa.String(length=64), nullable=False),
    sa.Column('opened_at', kiosk.core.columns.UtcDateTime(), nullable=True),
    sa.Column('ended_at', kiosk.core.columns.UtcDateTime(), nullable=True),
    sa.CheckConstraint('id = 1', name=op.f('ck_conference_only_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conference'))
    )
    op.create_table('device',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('name_key', sa.String(length=40), nullable=False),
    sa.Column('added_at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('address_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('address_ends_at', kiosk.core.columns.UtcDateTime(), nullable=True),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('paired_at', kiosk.core.columns.UtcDateTime(), nullable=True),
    sa.Column('revoked_at', kiosk.core.columns.UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device')),
    sa.UniqueConstraint('address_hash', name=op.f('uq_device_address_hash')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_device_token_hash'))
    )
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.create_index('ix_device_name_in_use', ['name_key'], unique=True, sqlite_where=sa.text('revoked_at IS NULL'))

    op.create_table('instance_mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('keys', sa.String(length=64), nullable=False),
    sa.Column('rehearsal', sa.Boolean(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_instance_mark_only_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instance_mark'))
    )
    op.create_table('quorum_base',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('roster', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('by', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quorum_base'))
    )
    op.create_table('roster_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('by', sa.String(length=40), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('new', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('rejected', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_import'))
    )
    op.create_table('sign_in_delay',
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_failure_at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_sign_in_delay'))
    )
    op.create_table('unit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('key', name=op.f('uq_unit_key'))
    )
    op.create_table('agenda_mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=12), nullable=False),
    sa.Column('at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('by', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint("what IN ('started', 'left_waiting', 'resumed', 'ended', 'skipped', 'reopened')", name=op.f('ck_agenda_mark_what_known')),
    sa.ForeignKeyConstraint(['item_id'], ['agenda_item.id'], name=op.f('fk_agenda_mark_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agenda_mark'))
    )
    with op.batch_alter_table('agenda_mark', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agenda_mark_item_id'), ['item_id'], unique=False)

    op.create_table('delegate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('sort_key', sa.String(length=800), nullable=False),
    sa.Column('search_key', sa.String(length=120), nullable=False),
    sa.Column('address_form', sa.String(length=20), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('seat', sa.String(length=40), nullable=True),
    sa.Column('standing', sa.String(length=10), nullable=False),
    sa.Column('counts_for_quorum', sa.Boolean(), nullable=False),
    sa.Column('votes', sa.Boolean(), nullable=False),
    sa.Column('elects', sa.Boolean(), nullable=False),
    sa.Column('flags_by_hand', sa.Boolean(), nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("standing = 'delegate' OR (NOT counts_for_quorum AND NOT votes AND NOT elects)", name=op.f('ck_delegate_guests_never_count')),
    sa.CheckConstraint("standing IN ('delegate', 'guest')", name=op.f('ck_delegate_standing_known')),
    sa.ForeignKeyConstraint(['import_id'], ['roster_import.id'], name=op.f('fk_delegate_import_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_delegate_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegate')),
    sa.UniqueConstraint('number', name=op.f('uq_delegate_number'))
    )
    with op.batch_alter_table('delegate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delegate_search_key'), ['search_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_delegate_unit_id'), ['unit_id'], unique=False)
        batch_op.create_index('ix_delegate_unit_order', ['unit_id', 'sort_key'], unique=False)

    op.create_table('motion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('agenda_item_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.String(length=500), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('opened_at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('opened_by', sa.String(length=40), nullable=False),
    sa.Column('closed_at', kiosk.core.columns.UtcDateTime(), nullable=True),
    sa.Column('withdraw_reason', sa.String(length=200), nullable=False),
    sa.Column('put_away_at', kiosk.core.columns.UtcDateTime(), nullable=True),
    sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f('ck_motion_open_until_closed')),
    sa.CheckConstraint("(state = 'withdrawn') = (withdraw_reason <> '')", name=op.f('ck_motion_withdrawn_has_a_reason')),
    sa.CheckConstraint("put_away_at IS NULL OR state = 'closed'", name=op.f('ck_motion_only_results_put_away')),
    sa.CheckConstraint("state IN ('open', 'closed', 'withdrawn')", name=op.f('ck_motion_state_known')),
    sa.ForeignKeyConstraint(['agenda_item_id'], ['agenda_item.id'], name=op.f('fk_motion_agenda_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_motion')),
    sa.UniqueConstraint('number', name=op.f('uq_motion_number'))
    )
    with op.batch_alter_table('motion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_motion_agenda_item_id'), ['agenda_item_id'], unique=False)
        batch_op.create_index('ix_motion_one_open', ['state'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('staff_session',
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('signed_in_at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('ends_at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('signed_out_at', kiosk.core.columns.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_staff_session_account_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_staff_session'))
    )
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_session_account_id'), ['account_id'], unique=False)

    op.create_table('badge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('delegate_id', sa.Integer(), nullable=False),
    sa.Column('issue', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('issued_at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('revoked_at', kiosk.core.columns.UtcDateTime(), nullable=True),
    sa.Column('revoke_reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['delegate_id'], ['delegate.id'], name=op.f('fk_badge_delegate_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_badge')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_badge_code_hash'))
    )
    with op.batch_alter_table('badge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_badge_delegate_id'), ['delegate_id'], unique=False)
        batch_op.create_index('ix_badge_in_force', ['delegate_id'], unique=True, sqlite_where=sa.text('revoked_at IS NULL'))

    op.create_table('motion_count',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('motion_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('in_favour', sa.Integer(), nullable=False),
    sa.Column('against', sa.Integer(), nullable=False),
    sa.Column('other', sa.Integer(), nullable=False),
    sa.Column('present', sa.Integer(), nullable=False),
    sa.Column('present_source', sa.String(length=8), nullable=False),
    sa.Column('present_checkin', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('by', sa.String(length=40), nullable=False),
    sa.Column('adopted', sa.Boolean(), nullable=False),
    sa.CheckConstraint("(number = 1 AND present_source = 'checkin') OR reason <> ''", name=op.f('ck_motion_count_reason_given')),
    sa.CheckConstraint("present_source = 'hall' OR present = present_checkin", name=op.f('ck_motion_count_present_from_its_source')),
    sa.CheckConstraint("present_source IN ('checkin', 'hall')", name=op.f('ck_motion_count_source_known')),
    sa.CheckConstraint('adopted = (2 * in_favour > present)', name=op.f('ck_motion_count_more_than_half')),
    sa.CheckConstraint('in_favour + against + other <= present', name=op.f('ck_motion_count_no_more_than_present')),
    sa.CheckConstraint('in_favour >= 0 AND against >= 0 AND other >= 0', name=op.f('ck_motion_count_hands_counted')),
    sa.CheckConstraint('present > 0 AND present_checkin >= 0', name=op.f('ck_motion_count_somebody_present')),
    sa.ForeignKeyConstraint(['motion_id'], ['motion.id'], name=op.f('fk_motion_count_motion_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_motion_count')),
    sa.UniqueConstraint('motion_id', 'number', name=op.f('uq_motion_count_motion_id_number'))
    )
    with op.batch_alter_table('motion_count', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_motion_count_motion_id'), ['motion_id'], unique=False)

    op.create_table('stay',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('delegate_id', sa.Integer(), nullable=False),
    sa.Column('entered_at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('left_at', kiosk.core.columns.UtcDateTime(), nullable=True),
    sa.Column('way', sa.String(length=10), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', kiosk.core.columns.UtcDateTime(), nullable=True),
    sa.Column('undo_reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint('left_at IS NULL OR left_at >= entered_at', name=op.f('ck_stay_leaves_after_entering')),
    sa.ForeignKeyConstraint(['delegate_id'], ['delegate.id'], name=op.f('fk_stay_delegate_id')),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_stay_device_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stay'))
    )
    with op.batch_alter_table('stay', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stay_delegate_id'), ['delegate_id'], unique=False)
        batch_op.create_index('ix_stay_one_at_a_time', ['delegate_id'], unique=True, sqlite_where=sa.text('left_at IS NULL AND undone_at IS NULL'))

    op.create_table('scan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('scan_id', sa.String(length=64), nullable=False),
    sa.Column('at', kiosk.core.columns.UtcDateTime(), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('delegate_id', sa.Integer(), nullable=True),
    sa.Column('stay_id', sa.Integer(), nullable=True),
    sa.Column('repeat_of', sa.Integer(), nullable=True),
    sa.Column('ending', sa.String(length=4), nullable=False),
    sa.ForeignKeyConstraint(['delegate_id'], ['delegate.id'], name=op.f('fk_scan_delegate_id')),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_scan_device_id')),
    sa.ForeignKeyConstraint(['repeat_of'], ['scan.id'], name=op.f('fk_scan_repeat_of')),
    sa.ForeignKeyConstraint(['stay_id'], ['stay.id'], name=op.f('fk_scan_stay_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scan')),
    sa.UniqueConstraint('scan_id', name=op.f('uq_scan_scan_id'))
    )
    with op.batch_alter_table('scan', schema=None) as batch_op:
        batch_op.create_index('ix_scan_repeat', ['device_id', 'delegate_id', 'id'], unique=False)

    # The book is only ever written to (R24): whoever changes a line must at least break something.
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER book_line_no_{act.lower()} BEFORE {act} ON book_line "
            "BEGIN SELECT RAISE(ABORT, 'the book is never changed'); END"
        )
    # REPLACE deletes without asking the trigger above.
    op.execute(
        "CREATE TRIGGER book_line_no_replace BEFORE INSERT ON book_line "
        "WHEN EXISTS (SELECT 1 FROM book_line WHERE seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'the book is never changed'); END"
    )
