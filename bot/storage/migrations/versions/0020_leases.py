"""`leases`: which process works for a conversation.

Revision: 0020, after 0019. Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'leases',
        sa.Column('conversation_id', sa.String(length=32), nullable=False),
        sa.Column('owner', sa.String(length=32), nullable=False),
        sa.Column('until', sa.Float(), nullable=False),
        sa.Column('is_asked', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ['conversation_id'], ['conversations.id'], name=op.f('fk_leases_conversation_id')
        ),
        sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_leases')),
    )


def downgrade() -> None:
    op.drop_table('leases')
