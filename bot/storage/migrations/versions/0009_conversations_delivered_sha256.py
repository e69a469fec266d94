"""`conversations.delivered_sha256` instead of the version: a shown question is known by its wording.

Questions that were shown before are asked again.

Revision: 0009, after 0008. Created 2026-11-29.
"""

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('delivered_sha256', sa.String(length=64), nullable=True))
        batch_op.drop_column('delivered_version')


def downgrade() -> None:
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('delivered_version', sa.Integer(), nullable=True))
        batch_op.drop_column('delivered_sha256')
