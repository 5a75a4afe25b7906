"""What the profile decides, on each service as it is put together."""

import importlib
from pathlib import Path

import pytest
from flask import Flask

from shenbao_stack.environment import Installation, one_address
from shenbao_stack.secret_store import load
from shenbao_stack.services import SERVICES, app_module


def app(service: str, profile: str, folder: Path) -> Flask:
    installation = Installation(
        folder=folder,
        profile=profile,
        addresses=one_address("http://shenbao.test"),
        databases=dict.fromkeys(SERVICES, "postgresql+psycopg://nobody@127.0.0.1:1/nowhere"),
        secrets=load(folder, "test"),
    )
    outside = {"IDENTITY_PROVIDERS": "[]", "UNITS_REGISTRY_URL": "http://registry.test"}
    settings = importlib.import_module(f"shenbao_{service}.settings").Settings
    found: Flask = importlib.import_module(app_module(service)).create_app(
        settings.of(service, outside | installation.environment())
    )
    return found


@pytest.mark.req("B-25")
@pytest.mark.parametrize("profile", ["production", "demo"])
@pytest.mark.parametrize("service", SERVICES)
def test_outside_the_profile_test_the_clock_address_answers_404(service: str, profile: str, tmp_path: Path) -> None:
    visitor = app(service, profile, tmp_path).test_client()
    assert visitor.get("/v1/test/clock").status_code == 404
    assert visitor.put("/v1/test/clock", json={"ahead_seconds": 604800}).status_code == 404


def test_in_the_profile_test_it_answers(tmp_path: Path) -> None:
    visitor = app("units", "test", tmp_path).test_client()
    assert visitor.get("/v1/test/clock").status_code == 200
    assert "/v1/test/clock" not in visitor.get("/openapi.json").json["paths"], "no part of what a service promises"
