"""A turn is one transaction, so nothing is stored about half-done turns.

Revision: 0010, after 0009. Created 2026-11-29.
"""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_column('last_turn_id')
        batch_op.drop_column('last_notes')
        batch_op.drop_column('engine_turns')


def downgrade() -> None:
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('last_turn_id', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('last_notes', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('engine_turns', sa.Integer(), nullable=False, server_default='0'))
