"""What the knowledge base answered, what staff quoted, and which questions had no answer.

Revision: 0005, follows 0004
"""

import sqlalchemy as sa
from alembic import op

from plumbing.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("receipt_no", sa.String(length=20), nullable=False),
        sa.Column("article", sa.String(length=40), nullable=False),
        sa.Column("list_version", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=80), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=True),
        sa.Column("verdict_at", UtcDateTime(), nullable=True),
        sa.Column("went_to", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("receipt_no"),
    )
    op.create_index("ix_answer_article", "answer", ["article", "at"])
    op.create_table(
        "article_quote",
        sa.Column("ticket_no", sa.String(length=20), nullable=False),
        sa.Column("article", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_no", "article", "actor"),
    )
    op.create_table(
        "open_question",
        sa.Column("receipt_no", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("article", sa.String(length=40), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_no"),
    )
    op.create_index("ix_open_question_at", "open_question", ["at"])


def downgrade() -> None:
    op.drop_index("ix_open_question_at", table_name="open_question")
    op.drop_table("open_question")
    op.drop_table("article_quote")
    op.drop_index("ix_answer_article", table_name="answer")
    op.drop_table("answer")
