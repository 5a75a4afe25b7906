"""What a process is told: enough to start, nothing of its neighbours' secrets."""

import json
from pathlib import Path

import pytest

from shenbao_stack import secret_store
from shenbao_stack.environment import Installation, one_address, only
from shenbao_stack.services import SERVICES


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return Installation(
        folder=tmp_path,
        profile="test",
        addresses=one_address("http://shenbao.test"),
        databases={s: f"postgresql+psycopg://{s}@/{s}" for s in SERVICES},
        secrets=secret_store.load(tmp_path, "test"),
    ).environment()


def test_a_service_is_not_told_another_services_secrets(environment: dict[str, str]) -> None:
    told = only("review", environment)
    assert told["REVIEW_DATABASE_URL"] == "postgresql+psycopg://review@/review"
    assert [name for name in told if name.startswith(("IDENTITY_", "UNITS_", "PORTAL_", "GATEWAY_"))] == []


def test_every_service_has_a_client_of_its_own_that_may_read_feeds(environment: dict[str, str]) -> None:
    clients = {c["client_id"]: c for c in json.loads(environment["IDENTITY_CLIENTS"])}
    assert all(clients[s]["permissions"] == ["events.read"] for s in SERVICES)
    assert all(clients[s]["secret"] == environment[f"{s.upper()}_CLIENT_SECRET"] for s in SERVICES)


def test_people_sign_in_by_the_portal_and_the_command_only(environment: dict[str, str]) -> None:
    clients = json.loads(environment["IDENTITY_CLIENTS"])
    by_code = [c["client_id"] for c in clients if "authorization_code" in c["grants"]]
    assert by_code == ["portal", "shenbao-command"]
