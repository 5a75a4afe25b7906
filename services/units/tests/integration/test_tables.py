"""What the migrations make is what the rows say."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shenbao_common.testing.service import UnderTest
from shenbao_units.models import Base


def test_the_migrated_database_fits_the_models(units: UnderTest) -> None:
    own = set(Base.metadata.tables)
    with sa.create_engine(units.service.engine.url, poolclass=sa.NullPool).connect() as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or name in own, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        differences = [d for d in compare_metadata(context, Base.metadata) if not _is_index(d)]
    assert differences == []


def test_the_count_of_reported_applications_reads_only_the_units_own(units: UnderTest) -> None:
    with units.service.engine.connect() as connection:
        connection.execute(sa.text("SET enable_seqscan = off"))
        plan = connection.execute(
            sa.text("EXPLAIN SELECT count(*) FROM application_copy WHERE unit_id = gen_random_uuid() AND reported")
        )
        assert "application_copy_reported" in "\n".join(plan.scalars())


def _is_index(difference: object) -> bool:
    # Indexes serve the queries; rows do not name them.
    return isinstance(difference, tuple) and str(difference[0]).endswith("_index")
