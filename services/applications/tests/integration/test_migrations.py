"""The migrations make exactly the tables that the rows say."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shenbao_applications.models import Base


def test_migrated_tables_are_those_of_the_models(applications) -> None:
    own = set(Base.metadata.tables)
    with applications.service.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or name in own},
        )
        assert compare_metadata(context, Base.metadata) == []
        assert own <= set(sa.inspect(connection).get_table_names())
