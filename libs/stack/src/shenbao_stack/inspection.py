"""The services as they are put together, without a database: for rules about the whole house and for its pages."""

import importlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from shenbao_stack import secret_store
from shenbao_stack.environment import Installation, one_address
from shenbao_stack.services import PORTAL, SERVICES, app_module

_NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/nowhere"


def services(folder: Path) -> dict[str, Flask]:
    """Each service's app, made of throw-away secrets kept in `folder`; it answers, but no question about data."""
    with _environment(_throw_away(folder)):
        return {s: importlib.import_module(app_module(s)).create_app() for s in SERVICES}


def portal(folder: Path) -> Flask:
    with _environment(_throw_away(folder)):
        found: Flask = importlib.import_module(app_module(PORTAL)).create_app()
        return found


def listeners(apps: Mapping[str, Flask]) -> dict[str, list[str]]:
    """Event type to the services that read it; who only passes it on is no listener."""
    heard: dict[str, list[str]] = {}
    for name, app in apps.items():
        for event_type in app.extensions["shenbao"].subscriptions.event_types:
            heard.setdefault(event_type.type, []).append(name)
    return heard


def _throw_away(folder: Path) -> dict[str, str]:
    installation = Installation(
        folder=folder,
        profile="test",
        addresses=one_address("http://shenbao.test"),
        databases=dict.fromkeys(SERVICES, _NOWHERE),
        secrets=secret_store.load(folder, "test"),
    )
    return installation.environment()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
