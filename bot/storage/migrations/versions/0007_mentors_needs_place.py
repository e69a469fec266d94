"""`mentors.needs_place`: whether the check's provider needs country and region.

Revision: 0007, after 0006. Created 2026-12-01.
"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('mentors', schema=None) as batch_op:
        batch_op.add_column(sa.Column('needs_place', sa.Boolean(), nullable=False, server_default=sa.false()))
    # The only provider until now that needs it.
    op.execute(sa.text("UPDATE mentors SET needs_place = true WHERE check_provider = 'checkr'"))


def downgrade() -> None:
    with op.batch_alter_table('mentors', schema=None) as batch_op:
        batch_op.drop_column('needs_place')
