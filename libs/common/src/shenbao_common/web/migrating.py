"""How every service's migrations run: online, and never in the way of the code that is serving."""

import sqlalchemy as sa
from alembic import context


def run(database_url: str) -> None:
    """Called by a service's migrations/env.py."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        # A migration that cannot get its lock must fail instead of holding up the running service.
        connection.execute(sa.text("SET lock_timeout = '4s'"))
        connection.execute(sa.text("SET statement_timeout = '5s'"))
        connection.commit()
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
