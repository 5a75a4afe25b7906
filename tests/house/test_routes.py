"""Deny by default, seen from outside: every route of every service without a token."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from shenbao_common.web import auth
from shenbao_stack.services import SERVICES

_EVERYWHERE = {
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /openapi.json",
    "GET /docs",
    "GET /.well-known/jwks.json",
    "GET /v1/events/catalogue",
    "GET /v1/test/clock",  # as all of /v1/test, in the profile test alone
    "PUT /v1/test/clock",
}

# Whoever adds a line here answers for it: what an unknown caller may do with it, and what limits them.
_OPEN = {
    "identity": {
        "GET /.well-known/openid-configuration",
        "GET /authorize",
        "GET /authorize/resume",
        "POST /token",
        "POST /revoke",
        "GET /logout",
        "POST /v1/image-codes",
        "GET /v1/test/image-codes/<uuid:image_code_id>",
        "GET /v1/agreements",
        "POST /v1/sms-codes",
        "GET /v1/test/sms-codes/<uuid:sms_code_id>",
        "POST /v1/person-registrations",
        "POST /v1/password-recoveries",
        "GET /v1/sign-ins/<challenge>",
        "POST /v1/sign-ins/<challenge>",
        "POST /v1/sign-ins/<challenge>/password",
        "GET /v1/sign-ins/<challenge>/factor",
        "POST /v1/sign-ins/<challenge>/totp-enrolment",
        "PUT /v1/sign-ins/<challenge>/totp-enrolment",
        "POST /v1/sign-ins/<challenge>/totp",
        "POST /v1/sign-ins/<challenge>/security-key-options",
        "POST /v1/sign-ins/<challenge>/security-key",
        "GET /v1/sign-ins/<challenge>/providers/<key>",
        "GET /v1/providers",
        "GET /v1/providers/<key>/callback",
        "POST /v1/account-reservations",
        "POST /v1/agent-checks",
        "POST /v1/registrant-tokens",
        "POST /v1/mail-recoveries",
        "POST /v1/mail-recovery-codes",
        "POST /v1/unit-recoveries",
        "POST /v1/unit-recoveries/staff",
    },
    "units": {
        "GET /v1/departments",
        "GET /v1/registration-profile",
        "POST /v1/registry-lookups",
        "POST /v1/registrations",
        "POST /v1/officer-requests",
    },
    # The self-test reads one published pack and stores nothing; an answer is bounded in size and in work.
    "applications": {
        "GET /v1/programmes/<key>/self-test",
        "POST /v1/programmes/<key>/self-test",
        "GET /v1/programmes/<key>/articles",
        "GET /v1/programmes/<key>/conditions",
        "GET /v1/programmes/<key>/questions",
        "POST /v1/programmes/<key>/question-test",
        # A signed text of at most 4,000 characters; it answers nothing but what stands there.
        "POST /v1/receipt-verifications",
        # What authorities publish for everybody, by pages.
        "GET /v1/public/publications",
        "GET /v1/public/publications/<uuid:publication_id>",
        "GET /v1/public/committees",
        "GET /v1/public/committees/<uuid:committee_id>",
        "GET /v1/public/committees/<uuid:committee_id>/projects",
        "GET /v1/public/projects/<uuid:project_id>",
    },
    # What is posted for everybody; an objection has at most 5,000 characters and one small PDF or picture.
    "review": {
        "GET /v1/public/publicities",
        "GET /v1/public/publicities/<uuid:publicity_id>",
        "POST /v1/public/publicities/<uuid:publicity_id>/objections",
    },
    # By number and name, or a code of 144 random bits; a PDF of at most 8 MB, which is not kept.
    # An attachment of a publication goes out by a slip that applications signs while it is visible.
    "documents": {
        "POST /v1/verifications",
        "GET /v1/verifications/<code>",
        "GET /v1/form-verifications/<code>",
        "POST /v1/validations",
        "POST /v1/public-contents",
    },
    "subscriptions": set[str](),
}

_SAMPLES: dict[str, object] = {"UUIDConverter": UUID(int=1), "IntegerConverter": 1}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize("service", SERVICES)
def test_a_route_refuses_a_caller_without_token_unless_it_is_listed(apps: dict[str, Flask], service: str) -> None:
    app = apps[service]
    listed = _OPEN[service] | _EVERYWHERE
    answers = {name: _status(app, rule, method) for name, rule, method in _routes(app) if name not in listed}
    assert {name: status for name, status in answers.items() if status != 401} == {}


@pytest.mark.parametrize("service", SERVICES)
def test_the_list_of_open_routes_has_no_line_too_many(apps: dict[str, Flask], service: str) -> None:
    app = apps[service]
    public = {name for name, rule, _ in _routes(app) if auth.is_public(app, rule.endpoint)}
    assert public <= _OPEN[service] | _EVERYWHERE
    assert _OPEN[service] <= public


@pytest.mark.parametrize("service", SERVICES)
def test_the_document_asks_for_a_token_where_the_route_does(apps: dict[str, Flask], service: str) -> None:
    document = apps[service].test_client().get("/openapi.json").get_json()
    paths = document["paths"]
    open_in_document = {
        f"{method.upper()} {path}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        if isinstance(operation, dict) and operation.get("security") == []
    }
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", name) for name in _OPEN[service]}
    assert open_in_document - _EVERYWHERE == routes & {
        f"{method.upper()} {path}" for path, operations in paths.items() for method in operations
    }


def _routes(app: Flask) -> Iterator[tuple[str, Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in _METHODS:
            if rule.methods and method in rule.methods:
                yield f"{method} {rule.rule}", rule, method


def _status(app: Flask, rule: Rule, method: str) -> int:
    values = {name: _SAMPLES.get(type(rule._converters[name]).__name__, "x") for name in rule.arguments}
    with app.test_request_context():
        path = app.url_map.bind("shenbao.test").build(rule.endpoint, values, method=method)
    return app.test_client().open(path, method=method).status_code
