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
        # Each in a transaction of its own: locks that several of them held together met those of the running service in
        # another order, which was a deadlock.
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
