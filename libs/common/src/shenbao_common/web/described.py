"""The OpenAPI document: docstrings name requirements for us, which say nothing to its readers; errors are problems."""

import re
from typing import Any

import marshmallow as ma
from apispec import BasePlugin
from flask_smorest import Api

from shenbao_common.web.schema import Schema

_REQUIREMENTS = re.compile(r"\s*\((?:(?:B-|S\d[a-k]?-|[CTX])\d[\d.]*(?: (?:to|and) |, )?)+\)")


class RefusedFieldOut(Schema):
    """path: of the field, "" for the whole."""

    code = ma.fields.String()
    path = ma.fields.String()
    params = ma.fields.Dict()


class RefusalOut(Schema):
    """What every refusal answers (RFC 9457); see web/errors.py. errors: every objection at once."""

    type = ma.fields.String()
    title = ma.fields.String()
    status = ma.fields.Integer()
    code = ma.fields.String()
    params = ma.fields.Dict()
    errors = ma.fields.List(ma.fields.Nested(RefusedFieldOut))
    trace = ma.fields.String(allow_none=True)


class DescribedApi(Api):  # type: ignore[misc]
    """Whose document tells how we refuse."""

    ERROR_SCHEMA = RefusalOut


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

    def response_helper(self, response: dict[str, Any], **_kwargs: Any) -> None:
        """Called for each response that operations share: those are the errors, told as RFC 9457 says."""
        if shown := response.get("content", {}).pop("application/json", None):
            response["content"]["application/problem+json"] = shown
