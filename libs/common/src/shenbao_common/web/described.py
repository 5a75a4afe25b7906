"""Descriptions of the OpenAPI document: docstrings name requirements for us, which say nothing to its readers."""

import re
from typing import Any

from apispec import BasePlugin

_REQUIREMENTS = re.compile(r"\s*\((?:(?:B-|S\d[a-k]?-|[CTX])\d[\d.]*(?: (?:to|and) |, )?)+\)")


class Described(BasePlugin):
    """Leaves out `(S4g-11, B-28)` and the like."""

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **_kwargs: Any
    ) -> None:
        """Called by apispec for each path with its operations."""
        for operation in (operations or {}).values():
            for part in ("summary", "description"):
                if part in operation:
                    operation[part] = _REQUIREMENTS.sub("", operation[part])
