"""`person_requests`: mentors who want to talk to a person.

Revision: 0017, after 0016. Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'person_requests',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('mentor_id', sa.String(length=32), nullable=False),
        sa.Column('question', sa.String(length=64), nullable=True),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True),
        sa.Column('is_talking', sa.Boolean(), nullable=False),
        sa.Column('answers', sa.Integer(), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['mentor_id'], ['mentors.id'], name=op.f('fk_person_requests_mentor_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_person_requests')),
    )
    op.create_index(op.f('ix_person_requests_mentor_id'), 'person_requests', ['mentor_id'], unique=False)


def downgrade() -> None:
    op.drop_table('person_requests')
