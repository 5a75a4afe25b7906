"""Edits that are safe against each other: an ETag per version of a row, If-Match on every edit (RFC 9110)."""

from typing import Protocol, TypeVar

from flask import g, request

from shenbao_common.web.errors import PreconditionRequired, Stale


class Versioned(Protocol):
    """A row with a version that grows with every change."""

    version: int


Row = TypeVar("Row", bound=Versioned)


def tagged(row: Row) -> Row:
    """Gives the answer the row's ETag (set when the answer is made, after the change is flushed)."""
    g.etag_row = row
    return row


def ensure_match(row: Versioned) -> None:
    """Refuses an edit without If-Match (`precondition_required`) or of an older state (`stale`)."""
    if not request.if_match:
        raise PreconditionRequired("precondition_required")
    if not request.if_match.contains(str(row.version)):
        raise Stale("stale")
