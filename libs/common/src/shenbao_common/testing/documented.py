"""Made-up requests to every route of a service's OpenAPI document: what is answered stands there, and is no fault.

The same walk says which role each route lets in, for the matrix of roles and routes that every service has checked in.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
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

ONCE = settings(
    max_examples=1,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""One made-up request to a route, the same in every run."""

_CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
_OTHERS_RULES = {"/.well-known/openid-configuration", "/authorize/resume", "/revoke", "/token", "/userinfo"}
_OTHERS_RULES |= {"/metrics", "/health/live", "/health/ready", "/v1/events/catalogue", "/v1/reconciliation"}
"""What they answer is said by OAuth, OpenID Connect, Prometheus, Kubernetes, AsyncAPI or `shenbao reconcile`; so these
are asked for faults alone."""
_AT_THE_DOOR = {"wrong_kind_of_account", "permission_missing"}
"""What a role is refused with; whatever else is answered, it was let in."""
_SHUT = "shut"
_HEADERS = {"x-content-type-options": "nosniff", "cache-control": "no-store"}


@dataclass
class Walk:
    """surprises: each answer that is a fault or not documented, in words.

    matrix: by route, the roles that it does not refuse as such (403). Behind a role, `*` says that it is answered as if
    there were nothing (404), `!` that it has to sign in otherwise first (401). Whether the made-up request was good is
    chance, so it is not told. Routes that are open to everybody are not in it.
    """

    surprises: list[str] = field(default_factory=list)
    matrix: dict[str, str] = field(default_factory=dict)


def walk(app: Flask, actors: Mapping[str, Actor], *, restore: Callable[[], None] = lambda: None) -> Walk:
    """Asks every route as each of these roles. restore: before each route, lest one that ends accounts spoil others."""
    described = schemathesis.openapi.from_wsgi("/openapi.json", app)
    headers = {role: {"Authorization": f"Bearer {token(actor)}", "If-Match": '"1"'} for role, actor in actors.items()}
    found = Walk()
    operations: Any = described.get_all_operations()
    for operation in operations:
        restore()
        _ask(operation.ok(), headers, found)
    return found


def checked_in(path: Path) -> dict[str, str]:
    """The matrix as the file has it: method, path, roles. Whoever changes a line answers for it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = (line.split(maxsplit=2) for line in lines if line and not line.startswith("#"))
    return {f"{method} {route}": roles for method, route, roles in rows}


def _ask(operation: Any, headers: Mapping[str, Mapping[str, str]], found: Walk) -> None:
    said: dict[str, str] = {}
    is_open = operation.definition.raw.get("security") == []
    asked = dict(list(headers.items())[:1]) if is_open else headers

    @ONCE
    @given(operation.as_strategy())
    def ask(case: Any) -> None:
        for role, sent in asked.items():
            answer = case.call(headers=sent)
            said[role] = _door(answer)
            found.surprises.extend(_wrong(operation, case, answer))

    ask()
    if not is_open:
        found.matrix[operation.label] = " ".join(role + said[role] for role in headers if said[role] != _SHUT) or "-"


def _door(answer: Any) -> str:
    if answer.status_code == 403 and answer.json().get("code") in _AT_THE_DOOR:
        return _SHUT
    return {401: "!", 404: "*"}.get(answer.status_code, "")


def _wrong(operation: Any, case: Any, answer: Any) -> Iterator[str]:
    said = f"{operation.label}: {answer.status_code}"
    kept = [name for name, value in _HEADERS.items() if answer.headers.get(name) != [value]]
    yield from (f"{said} without {name}" for name in kept)
    if answer.status_code >= 500:
        yield f"{said} {answer.text[:300]}"
    elif operation.path not in _OTHERS_RULES:
        try:
            case.validate_response(answer, checks=_CHECKS)
        except FailureGroup as wrong:
            yield from (f"{said} {str(one)[:300]}" for one in wrong.exceptions)
