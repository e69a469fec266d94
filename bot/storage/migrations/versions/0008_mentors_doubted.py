"""`mentors.doubted`: a value that the mentor is asked about before it is saved.

Revision: 0008, after 0007. Created 2026-11-29.
"""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('mentors', schema=None) as batch_op:
        batch_op.add_column(sa.Column('doubted', sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('mentors', schema=None) as batch_op:
        batch_op.drop_column('doubted')
