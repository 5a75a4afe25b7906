"""What was told and what was heard, from the databases themselves: for suites that lose processes on purpose."""

import importlib
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shenbao_common.bus.tables import inbox, outbox
from shenbao_stack.services import SERVICES, variable
from shenbao_stack.stack import Stack


def unheard(stack: Stack) -> dict[str, str]:
    """By listener and teller what differs between an inbox and what the teller's outbox has for it."""
    found: dict[str, str] = {}
    for listener in SERVICES:
        types = importlib.import_module(f"shenbao_{listener}.handlers").subscriptions.types
        for teller in SERVICES:
            told, heard = _events(stack, teller, set(types)), _handled(stack, listener, teller)
            if teller != listener and told != heard:
                found[f"{teller} > {listener}"] = f"{len(told - heard)} unheard, {len(heard - told)} unknown"
    return found


def wrong_positions(stack: Stack, service: str) -> list[int | None]:
    """Positions that are missing from 1, 2, 3 … or given twice."""
    found = rows(stack, service, sa.select(outbox.c.position).order_by(outbox.c.position))
    return [row[0] for place, row in enumerate(found, 1) if row[0] != place]


def told_of(stack: Stack, service: str, subject: str) -> list[str]:
    """Types, without their version, of what was told of one subject."""
    query = sa.select(outbox.c.type).where(outbox.c.subject == subject).order_by(outbox.c.position)
    return [row[0].rsplit(".", 1)[0] for row in rows(stack, service, query)]


def rows(stack: Stack, service: str, query: sa.Select[Any]) -> list[Any]:
    engine = sa.create_engine(stack.environment[variable(service, "DATABASE_URL")], poolclass=sa.NullPool)
    with engine.connect() as connection:
        return list(connection.execute(query))


def _events(stack: Stack, teller: str, types: set[str]) -> set[UUID]:
    return {row[0] for row in rows(stack, teller, sa.select(outbox.c.id).where(outbox.c.type.in_(types)))}


def _handled(stack: Stack, listener: str, teller: str) -> set[UUID]:
    query = sa.select(inbox.c.event_id).where(inbox.c.source == teller, inbox.c.state == "handled")
    return {row[0] for row in rows(stack, listener, query)}
