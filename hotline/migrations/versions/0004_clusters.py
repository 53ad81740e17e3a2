"""Clusters of tickets that tell of one event: who belongs to them, who was taken out, and the blocks that find them.

Revision: 0004, follows 0003
"""

import sqlalchemy as sa
from alembic import op

from plumbing.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "gathering",
        sa.Column("ticket_no", sa.String(20), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_no"], ["ticket.no"]),
        sa.PrimaryKeyConstraint("ticket_no"),
    )
    op.create_index("ix_gathering_waiting", "gathering", ["at"], sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.create_table(
        "cluster",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("founded_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("warned", sa.Integer(), nullable=False),
        sa.Column("warned_at", UtcDateTime(timezone=True)),
        sa.Column("noticed", sa.Integer(), nullable=False),
        sa.Column("noticed_by", sa.String(80)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_cluster_last", "cluster", ["is_open", "last_at"])
    op.create_table(
        "cluster_member",
        sa.Column("ticket_no", sa.String(20), nullable=False),
        sa.Column("cluster", sa.String(24), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("with_no", sa.String(20)),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["ticket_no"], ["ticket.no"]),
        sa.ForeignKeyConstraint(["cluster"], ["cluster.id"]),
        sa.PrimaryKeyConstraint("ticket_no"),
    )
    op.create_index("ix_cluster_member_cluster", "cluster_member", ["cluster", "at"])
    op.create_index("ix_cluster_member_at", "cluster_member", ["at"])
    op.create_table(
        "cluster_parting",
        sa.Column("ticket_no", sa.String(20), nullable=False),
        sa.Column("cluster", sa.String(24), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_no"], ["ticket.no"]),
        sa.ForeignKeyConstraint(["cluster"], ["cluster.id"]),
        sa.PrimaryKeyConstraint("ticket_no", "cluster"),
    )
    op.create_table(
        "cluster_key",
        sa.Column("ticket_no", sa.String(20), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_no"], ["ticket.no"]),
        sa.PrimaryKeyConstraint("ticket_no", "key"),
    )
    op.create_index("ix_cluster_key", "cluster_key", ["key", "at"])
    op.create_index("ix_cluster_key_at", "cluster_key", ["at"])


def downgrade() -> None:
    for table in ("cluster_key", "cluster_parting", "cluster_member", "cluster", "gathering"):
        op.drop_table(table)
