"""A question that was shown is known by its wording, not by a number.

What was shown before is not known by it, so it is asked once more.

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
