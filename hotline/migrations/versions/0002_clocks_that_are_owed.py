"""The queue of what is due next passes over return windows in its index and not row by row.

Revision: 0002, follows 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_sla_clock_next", table_name="sla_clock")
    _create(sa.text("state = 'running' AND kind <> 'return_window'"))


def downgrade() -> None:
    op.drop_index("ix_sla_clock_next", table_name="sla_clock")
    _create(sa.text("state = 'running'"))


def _create(where: sa.TextClause) -> None:
    op.create_index(
        "ix_sla_clock_next",
        "sla_clock",
        ["due_at", "id"],
        unique=False,
        sqlite_where=where,
        postgresql_where=where,
    )
