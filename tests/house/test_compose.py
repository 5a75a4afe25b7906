"""docker-compose.yml and what it is started with."""

import importlib
import os
import re
import shlex

import pytest
import yaml

from shenbao_stack.compose_secrets import variables
from shenbao_stack.services import EVERYTHING, root

_ASKED = re.compile(r"\$\{(\w+)(?::?[-?]((?:[^{}]|\{[^{}]*\})*))?\}")
_GIVEN = variables("http://127.0.0.1:8090", "production", "")


def _filled(text: object) -> str:
    """As compose does it: `${NAME:-default}`, and `${NAME:?}` for what must be there."""

    def value(found: re.Match[str]) -> str:
        name, otherwise = found.groups()
        if ":-" in found.group() or name in _GIVEN:
            return _GIVEN.get(name, otherwise or "")
        raise AssertionError(f"compose asks for {name}, and compose-secrets does not write it")

    return _ASKED.sub(value, str(text))


def _of_image(service: str) -> dict[str, str]:
    dockerfile = (root() / "services" / service / "Dockerfile").read_text(encoding="utf-8")
    said = [word for line in dockerfile.splitlines() if line.startswith("ENV ") for word in shlex.split(line[4:])]
    return dict(word.split("=", 1) for word in said)


@pytest.mark.parametrize("service", EVERYTHING)
def test_a_service_starts_with_what_compose_and_its_secrets_give(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    composed = yaml.safe_load((root() / "docker-compose.yml").read_text(encoding="utf-8"))
    given = {name: _filled(value) for name, value in composed["services"][service]["environment"].items()}
    monkeypatch.setattr(os, "environ", _of_image(service) | given)
    assert importlib.import_module(f"shenbao_{service}.settings").Settings.from_env()


def test_every_image_runs_gunicorn_by_the_same_settings() -> None:
    said = {service: _of_image(service)["GUNICORN_CMD_ARGS"] for service in EVERYTHING}
    shared = "--bind=0.0.0.0:8000 --config=python:shenbao_common.web.serving --worker-tmp-dir=/dev/shm"
    assert said == dict.fromkeys(EVERYTHING, shared)
