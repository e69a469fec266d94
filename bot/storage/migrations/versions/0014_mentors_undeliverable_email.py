"""`mentors.undeliverable_email`: the address to which e-mails do not arrive.

Revision: 0014, after 0013. Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('mentors', schema=None) as batch_op:
        batch_op.add_column(sa.Column('undeliverable_email', sa.String(length=254), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('mentors', schema=None) as batch_op:
        batch_op.drop_column('undeliverable_email')
