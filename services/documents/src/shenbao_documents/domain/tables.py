"""Summary tables for Excel, as applications signed them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shenbao_documents.domain.forms import sheet_refused


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSheet:
    """labels: the header. rows: texts in the order in which they were listed. account_id: whom it was given to."""

    account_id: UUID
    title: str
    labels: Sequence[str]
    rows: Sequence[Sequence[str]]


def table_of(claims: Mapping[str, Any]) -> TableSheet:
    """Reads the claims of a verified sheet; refuses one that is no table with code sheet_invalid."""
    try:
        return TableSheet(
            account_id=UUID(claims["account_id"]),
            title=str(claims["title"]),
            labels=[str(column["label"]) for column in claims["columns"]],
            rows=[["" if cell is None else str(cell) for cell in row] for row in claims["rows"]],
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise sheet_refused("sheet_invalid") from wrong
