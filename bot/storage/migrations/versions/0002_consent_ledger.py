"""The ledger of consents, which is append-only.

Revision: 0002, after 0001. Created 2026-11-23.
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

_REFUSED = "the consent ledger is append-only"
#: REPLACE deletes without firing SQLite's delete triggers, so an insert in another row's place is refused, too.
_SQLITE = (
    f"CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    f"CREATE TRIGGER consents_no_delete BEFORE DELETE ON consents BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    "CREATE TRIGGER consents_no_replace BEFORE INSERT ON consents "
    "WHEN NEW.id IS NULL OR NEW.id != (SELECT coalesce(max(id), 0) + 1 FROM consents) "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION consents_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$",
    "CREATE FUNCTION consents_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF NEW.id IS DISTINCT FROM (SELECT coalesce(max(id), 0) + 1 FROM consents) THEN "
    f"RAISE EXCEPTION '{_REFUSED}'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER consents_no_change BEFORE UPDATE OR DELETE ON consents "
    "FOR EACH ROW EXECUTE FUNCTION consents_refuse()",
    "CREATE TRIGGER consents_no_truncate BEFORE TRUNCATE ON consents "
    "FOR EACH STATEMENT EXECUTE FUNCTION consents_refuse()",
    "CREATE TRIGGER consents_only_next BEFORE INSERT ON consents FOR EACH ROW EXECUTE FUNCTION consents_next()",
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT count(*) FROM consents")).scalar_one():
        raise RuntimeError(
            "This database holds consents from before the ledger, which cannot be chained afterwards. "
            "Keep it, and start with an empty data folder or database."
        )
    op.drop_table('consents')
    op.create_table('consents',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('mentor_id', sa.String(length=32), nullable=False),
    sa.Column('item_id', sa.String(length=64), nullable=False),
    sa.Column('decision', sa.String(length=16), nullable=False),
    sa.Column('wording', sa.Text(), nullable=False),
    sa.Column('wording_version', sa.Integer(), nullable=False),
    sa.Column('wording_sha256', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=16), nullable=False),
    sa.Column('shown_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reading', sa.String(length=16), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('contents', sa.LargeBinary(), nullable=False),
    sa.Column('commitment', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents'))
    )
    op.create_index(op.f('ix_consents_mentor_id'), 'consents', ['mentor_id'], unique=False)
    for statement in _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the consent ledger is kept")
