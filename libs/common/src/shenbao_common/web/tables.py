"""The tables that common brings into every service's database, for each service's first migration."""

from alembic.operations import Operations

from shenbao_common.bus.migration import create_bus_tables
from shenbao_common.data import audit
from shenbao_common.web import accounts, idempotency


def create_common_tables(op: Operations) -> None:
    """Outbox, inbox and followed of the bus; idempotency keys; changes of accounts; the audit trail."""
    create_bus_tables(op)
    idempotency.metadata.create_all(op.get_bind())
    accounts.metadata.create_all(op.get_bind())
    audit.create_tables(op.get_bind())
