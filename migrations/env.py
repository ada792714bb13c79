"""Alembic's environment: the connection comes from touchline, or from the settings when ``alembic`` is run by hand."""

from alembic import context
from sqlalchemy import Connection

from touchline.config import load_settings
from touchline.store.database import connect
from touchline.store.tables import Base


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction on a connection."""
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with connect(load_settings().store_url).begin() as opened:
        migrate(opened)
