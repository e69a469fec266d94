"""Checks, accounts' continue links, events, webhooks and staff: all that follows the submit.

Revision: 0003, after 0002. Created 2026-11-23.
"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('events',
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('mentor_id', sa.String(length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_events')),
    sa.UniqueConstraint('id', name=op.f('uq_events_id'))
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_events_mentor_id'), ['mentor_id'], unique=False)

    op.create_table('funnel',
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('item_id', sa.String(length=64), nullable=False),
    sa.Column('shown', sa.Integer(), nullable=False),
    sa.Column('answered', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('month', 'channel', 'item_id', name=op.f('pk_funnel'))
    )
    op.create_table('staff',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_staff'))
    )
    op.create_table('webhook_events',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('provider', sa.String(length=32), nullable=False),
    sa.Column('event_id', sa.String(length=64), nullable=False),
    sa.Column('object_type', sa.String(length=32), nullable=False),
    sa.Column('object_id', sa.String(length=64), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_events')),
    sa.UniqueConstraint('provider', 'event_id', name=op.f('uq_webhook_events_provider_event_id'))
    )
    op.create_table('continue_links',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('mentor_id', sa.String(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['mentor_id'], ['mentors.id'], name=op.f('fk_continue_links_mentor_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_continue_links'))
    )
    with op.batch_alter_table('continue_links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_continue_links_mentor_id'), ['mentor_id'], unique=False)

    op.create_table('email_codes',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('mentor_id', sa.String(length=32), nullable=False),
    sa.Column('conversation_id', sa.String(length=32), nullable=False),
    sa.Column('address_hash', sa.String(length=64), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['mentor_id'], ['mentors.id'], name=op.f('fk_email_codes_mentor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_codes'))
    )
    with op.batch_alter_table('email_codes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_email_codes_address_hash'), ['address_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_email_codes_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_email_codes_mentor_id'), ['mentor_id'], unique=False)

    op.create_table('mails',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('mentor_id', sa.String(length=32), nullable=False),
    sa.Column('contents', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['mentor_id'], ['mentors.id'], name=op.f('fk_mails_mentor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mails'))
    )
    with op.batch_alter_table('mails', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mails_mentor_id'), ['mentor_id'], unique=False)

    op.create_table('reminders',
    sa.Column('mentor_id', sa.String(length=32), nullable=False),
    sa.Column('days', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('marked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['mentor_id'], ['mentors.id'], name=op.f('fk_reminders_mentor_id')),
    sa.PrimaryKeyConstraint('mentor_id', 'days', name=op.f('pk_reminders'))
    )
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('external_id', sa.String(length=64), nullable=True))

    with op.batch_alter_table('checks', schema=None) as batch_op:
        batch_op.add_column(sa.Column('candidate_id', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('invitation_id', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('report_id', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('called_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('looked_up_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('notice_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('first_decision', sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column('first_actor', sa.String(length=64), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_checks_mentor_id'), type_='unique')
        batch_op.create_index(batch_op.f('ix_checks_candidate_id'), ['candidate_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_checks_invitation_id'), ['invitation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_checks_mentor_id'), ['mentor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_checks_report_id'), ['report_id'], unique=False)

    with op.batch_alter_table('mentors', schema=None) as batch_op:
        batch_op.add_column(sa.Column('verified_email', sa.String(length=254), nullable=True))
        batch_op.add_column(sa.Column('check_provider', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('time_zone', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('furthest', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('other_id', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('reminders_off_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f('ix_mentors_verified_email'), ['verified_email'], unique=False)

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mentor_id', sa.String(length=32), nullable=True))
        batch_op.create_index(batch_op.f('ix_outbox_mentor_id'), ['mentor_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_mentor_id'))
        batch_op.drop_column('mentor_id')

    with op.batch_alter_table('mentors', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mentors_verified_email'))
        batch_op.drop_column('reminders_off_at')
        batch_op.drop_column('other_id')
        batch_op.drop_column('furthest')
        batch_op.drop_column('time_zone')
        batch_op.drop_column('check_provider')
        batch_op.drop_column('verified_email')

    with op.batch_alter_table('checks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_checks_report_id'))
        batch_op.drop_index(batch_op.f('ix_checks_mentor_id'))
        batch_op.drop_index(batch_op.f('ix_checks_invitation_id'))
        batch_op.drop_index(batch_op.f('ix_checks_candidate_id'))
        batch_op.create_unique_constraint(batch_op.f('uq_checks_mentor_id'), ['mentor_id'])
        batch_op.drop_column('first_actor')
        batch_op.drop_column('first_decision')
        batch_op.drop_column('notice_at')
        batch_op.drop_column('looked_up_at')
        batch_op.drop_column('called_at')
        batch_op.drop_column('report_id')
        batch_op.drop_column('invitation_id')
        batch_op.drop_column('candidate_id')

    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.drop_column('external_id')

    op.drop_table('reminders')
    with op.batch_alter_table('mails', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mails_mentor_id'))

    op.drop_table('mails')
    with op.batch_alter_table('email_codes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_email_codes_mentor_id'))
        batch_op.drop_index(batch_op.f('ix_email_codes_conversation_id'))
        batch_op.drop_index(batch_op.f('ix_email_codes_address_hash'))

    op.drop_table('email_codes')
    with op.batch_alter_table('continue_links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_continue_links_mentor_id'))

    op.drop_table('continue_links')
    op.drop_table('webhook_events')
    op.drop_table('staff')
    op.drop_table('funnel')
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_events_mentor_id'))

    op.drop_table('events')
