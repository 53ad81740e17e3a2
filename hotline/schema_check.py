"""Whether the migrations make the tables that the code has."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from hotline import installation
from hotline.schema import metadata
from plumbing.db import Database


def differences(database: Database) -> list[str]:
    """One line each; empty when the migrated database is what the models say."""
    has, wants = installation.schema_revision(database)
    if has != wants:
        return [f"revision is {has}, the code wants {wants}: run hotline migrate"]
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, metadata)]
