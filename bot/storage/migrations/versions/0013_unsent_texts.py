"""`unsent_texts`: what a mentor has typed in the web chat and not sent yet.

Revision: 0013, after 0012. Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'unsent_texts',
        sa.Column('conversation_id', sa.String(length=32), nullable=False),
        sa.Column('contents', sa.LargeBinary(), nullable=False),
        sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['conversation_id'], ['conversations.id'], name=op.f('fk_unsent_texts_conversation_id')
        ),
        sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_unsent_texts')),
    )


def downgrade() -> None:
    op.drop_table('unsent_texts')
