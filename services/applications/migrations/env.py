"""Runs applications's migrations on the database that APPLICATIONS_DATABASE_URL names; online only."""

import os

import sqlalchemy as sa
from alembic import context

engine = sa.create_engine(os.environ["APPLICATIONS_DATABASE_URL"], poolclass=sa.NullPool)

with engine.connect() as connection:
    # A migration that cannot get its lock must fail instead of holding up the running service.
    connection.execute(sa.text("SET lock_timeout = '4s'"))
    connection.execute(sa.text("SET statement_timeout = '5s'"))
    connection.commit()
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
