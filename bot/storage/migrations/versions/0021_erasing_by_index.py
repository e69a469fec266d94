"""An index on `mentors.other_id`; no statistics of columns that hold mentors' data.

For its planner PostgreSQL keeps samples of each column's values, in `pg_statistic`, where no erasure reaches them. A
new type, though it is the same, drops the samples that are there.

Revision: 0021, after 0020. Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

PERSONAL = {
    'accounts': ('email', 'full_name', 'external_id'),
    'answers': ('value',),
    'checks': ('reason', 'candidate_id', 'invitation_id', 'report_id'),
    'continue_links': ('token_hash',),
    'conversations': ('external_id',),
    'data_keys': ('wrapped',),
    'email_codes': ('address_hash', 'code_hash'),
    'inbox': ('external_id', 'body'),
    'mails': ('contents',),
    'mentors': ('verified_email', 'undeliverable_email', 'doubted'),
    'sealed_values': ('ciphertext',),
    'transcript': ('body',),
    'unsent_texts': ('contents',),
}
TYPE = sa.text(
    'SELECT format_type(atttypid, atttypmod) FROM pg_attribute '
    'WHERE attrelid = CAST(:table AS regclass) AND attname = :column'
)


def upgrade() -> None:
    op.create_index(op.f('ix_mentors_other_id'), 'mentors', ['other_id'], unique=False)
    if op.get_bind().dialect.name != 'postgresql':
        return
    for table, columns in PERSONAL.items():
        for column in columns:
            kind = op.get_bind().scalar(TYPE, {'table': table, 'column': column})
            op.execute(f'ALTER TABLE {table} ALTER {column} TYPE {kind}, ALTER {column} SET STATISTICS 0')


def downgrade() -> None:
    op.drop_index(op.f('ix_mentors_other_id'), table_name='mentors')
    if op.get_bind().dialect.name != 'postgresql':
        return
    for table, columns in PERSONAL.items():
        for column in columns:
            op.execute(f'ALTER TABLE {table} ALTER {column} SET STATISTICS -1')
