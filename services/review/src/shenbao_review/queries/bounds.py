"""Counting without ever reading more than a bound: a tab's number must not cost what its list would."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

BOUND = 10_000
"""A count that says this means: that many, or more."""


def bounded_counts(session: Session, queries: Mapping[str, sa.Select[Any]], bound: int) -> dict[str, int]:
    """The number of rows of each query, at most `bound`, in one statement."""
    counts = [
        sa.select(sa.func.count()).select_from(_some(query, bound)).scalar_subquery().label(name)
        for name, query in queries.items()
    ]
    return dict(session.execute(sa.select(*counts)).one()._mapping)


def _some(query: sa.Select[Any], bound: int) -> sa.Subquery:
    return query.with_only_columns(sa.literal(1), maintain_column_froms=True).limit(bound).subquery()
