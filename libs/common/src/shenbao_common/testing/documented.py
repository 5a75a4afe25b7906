"""Made-up requests to every route of a service's OpenAPI document: what is answered stands there, and is no fault."""

from collections.abc import Iterator
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.service import token

_CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
_OTHERS_RULES = {"/.well-known/openid-configuration", "/authorize/resume", "/revoke", "/token", "/userinfo"}
_OTHERS_RULES |= {"/metrics", "/health/live", "/health/ready", "/v1/events/catalogue", "/v1/reconciliation"}
"""What they answer is said by OAuth, OpenID Connect, Prometheus, Kubernetes, AsyncAPI or `shenbao reconcile`; so these
are asked for faults alone."""


def surprises(app: Flask, *actors: Actor) -> list[str]:
    """Each answer that is a fault or not documented, in words."""
    described = schemathesis.openapi.from_wsgi("/openapi.json", app)
    callers = [{"Authorization": f"Bearer {token(actor)}", "If-Match": '"1"'} for actor in actors]
    operations: Any = described.get_all_operations()
    return [found for operation in operations for found in _of(operation.ok(), callers)]


def _of(operation: Any, callers: list[dict[str, str]]) -> list[str]:
    found: list[str] = []

    @settings(
        max_examples=2,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy())
    def ask(case: Any) -> None:
        for caller in callers:
            found.extend(_wrong(operation, case, case.call(headers=caller)))

    ask()
    return found


def _wrong(operation: Any, case: Any, answer: Any) -> Iterator[str]:
    said = f"{operation.label}: {answer.status_code}"
    if answer.status_code >= 500:
        yield f"{said} {answer.text[:300]}"
    elif operation.path not in _OTHERS_RULES:
        try:
            case.validate_response(answer, checks=_CHECKS)
        except FailureGroup as wrong:
            yield from (f"{said} {str(one)[:300]}" for one in wrong.exceptions)
