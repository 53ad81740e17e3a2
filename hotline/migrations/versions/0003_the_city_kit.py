"""A city's people: what posts decide, tags, groups, rosters, knowledge, processes and another city's codes.

Revision: 0003, follows 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _new_columns() -> dict[str, tuple[sa.Column[object], ...]]:
    return {
        "city_posts": (
            sa.Column("decides", sa.String()),
            sa.Column("from_date", sa.Date()),
            sa.Column("to_date", sa.Date()),
        ),
        "city_matters": (
            sa.Column("tags", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
            sa.Column("scope", sa.String()),
        ),
        "city_duties": (sa.Column("process", sa.String()),),
    }


def upgrade() -> None:
    for table, columns in _new_columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(column)
    _create("city_groups", ("code", "unit", "name"), ("matters",))
    _create("city_tags", ("code", "axis", "name"), ("words",))
    _create(
        "city_rosters",
        ("unit", "from_time", "to_time", "contact"),
        ("days",),
        sa.Column("post", sa.String()),
        sa.Column("from_date", sa.Date()),
        sa.Column("to_date", sa.Date()),
    )
    _create(
        "city_articles",
        ("code", "title", "owner", "source"),
        ("matters", "words"),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
    )
    _create(
        "city_processes",
        ("code", "name", "when", "source"),
        ("steps",),
        sa.Column("checked", sa.Boolean(), nullable=False),
    )
    _create("city_equivalents", ("scheme", "ours", "theirs", "theirs_name", "way"), ())
    _create("city_sources", ("name", "kind"), (), sa.Column("from_date", sa.Date()), sa.Column("to_date", sa.Date()))


def downgrade() -> None:
    for table in ("sources", "equivalents", "processes", "articles", "rosters", "tags", "groups"):
        op.drop_table(f"city_{table}")
    for table, columns in _new_columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column.name)


def _create(name: str, texts: tuple[str, ...], lists: tuple[str, ...], *more: sa.Column[object]) -> None:
    """A versioned table: what is text, what is a list, and the rest."""
    op.create_table(
        name,
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("added_in", sa.Integer(), nullable=False),
        sa.Column("removed_in", sa.Integer()),
        sa.Column("origin", sa.String(), nullable=False),
        *(sa.Column(text, sa.String(), nullable=False) for text in texts),
        *(sa.Column(one, sa.JSON(), nullable=False) for one in lists),
        *more,
        sa.ForeignKeyConstraint(["added_in"], ["city_list_versions.seq"]),
        sa.ForeignKeyConstraint(["removed_in"], ["city_list_versions.seq"]),
        sa.PrimaryKeyConstraint("row_no"),
    )
