"""An index of the inbox, so that waiting messages are found quickly in long conversations.

Revision: 0006, after 0005. Created 2026-11-28.
"""

from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.create_index('ix_inbox_conversation_id_processed_at', ['conversation_id', 'processed_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.drop_index('ix_inbox_conversation_id_processed_at')
