"""`staff_sessions`, and the keys of the staff's one-time codes.

Revision: 0018, after 0017. Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('staff', sa.Column('code_key', sa.LargeBinary(), nullable=True))
    op.add_column('staff', sa.Column('code_step', sa.Integer(), server_default='0', nullable=False))
    op.create_table(
        'staff_sessions',
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['name'], ['staff.name'], name=op.f('fk_staff_sessions_name')),
        sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_staff_sessions')),
    )
    op.create_index(op.f('ix_staff_sessions_name'), 'staff_sessions', ['name'], unique=False)


def downgrade() -> None:
    op.drop_table('staff_sessions')
    op.drop_column('staff', 'code_step')
    op.drop_column('staff', 'code_key')
