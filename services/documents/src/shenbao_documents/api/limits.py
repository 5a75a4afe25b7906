"""Bodies that may be larger than a request usually is, route by route."""

from flask import request

from shenbao_documents.domain.policies import MEGABYTE

UPLOAD = 64 * MEGABYTE
"""Above every programme's limit, so that a file that is too large is refused with its own limit."""

TABLE = 8 * MEGABYTE
"""A signed table of 2,000 rows."""


def allow_uploads() -> None:
    request.max_content_length = UPLOAD


def allow_tables() -> None:
    request.max_content_length = TABLE
