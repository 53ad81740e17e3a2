"""Alembic's entry: our metadata, the caller's engine."""

from alembic import context

from hotline.schema import metadata

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_as_batch=engine.dialect.name == "sqlite",
        user_module_prefix="plumbing.db.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
