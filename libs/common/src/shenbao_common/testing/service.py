"""A service under test: its app on a migrated database, actors with tokens, events heard and told."""

import base64
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from sqlalchemy.orm import Session

from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.tables import outbox
from shenbao_common.contracts.event import Event
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.postgres import Cluster
from shenbao_common.web.service import Service
from shenbao_common.web.settings import SERVICES, ServiceSettings
from shenbao_common.web.tokens import AUDIENCE, TOKEN_TYPE, Keys, Signer

ISSUER = "http://identity.test"
E = TypeVar("E", bound=Event)
S = TypeVar("S", bound=ServiceSettings)
T = TypeVar("T")

_keys = {service: ECKey.generate_key("P-256").as_pem(private=True).decode() for service in SERVICES}


class UnderTest:
    """One service with everything a test needs around it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.service: Service = app.extensions["shenbao"]
        self._position: dict[str, int] = {}
        for other in SERVICES:
            published = Signer(other, _keys[other]).published()
            self._trust(other, published)

    def client(self, actor: Actor | None = None) -> FlaskClient:
        """A test client whose requests carry the actor's token; anonymous without an actor."""
        client = self.app.test_client()
        if actor:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token(actor)}"
        return client

    def sessions(self) -> Session:
        return self.service.sessions()

    def hear(self, event: Event, *, revision: int = 0) -> Envelope:
        """Delivers an event as the worker does, in a transaction of its own."""
        envelope = self.envelope(event, revision=revision)
        with self.service.sessions.begin() as session:
            self.service.subscriptions.deliver(session, envelope)
        return envelope

    def envelope(self, event: Event, *, revision: int = 0) -> Envelope:
        """The event as its publisher's next message."""
        publisher = event.publisher()
        self._position[publisher] = self._position.get(publisher, 0) + 1
        return Envelope.of(event, position=self._position[publisher], revision=revision)

    def told(self, event_type: type[E]) -> list[E]:
        """Events of this type in the outbox, oldest first."""
        query = sa.select(outbox.c.data).where(outbox.c.type == event_type.type).order_by(outbox.c.ordinal)
        with self.sessions() as session:
            return [event_type.from_wire(data) for data in session.scalars(query)]

    def slip(self, issuer: str, kind: str, claims: Mapping[str, Any], *, seconds: int = 600) -> str:
        """A slip that another service would sign."""
        return Signer(issuer, _keys[issuer]).sign(kind, claims, seconds=seconds)

    def clear(self) -> None:
        """Empties every table but the migrations'."""
        with self.service.engine.begin() as connection:
            names = sa.inspect(connection).get_table_names()
            tables = ", ".join(f'"{n}"' for n in names if n != "alembic_version")
            connection.execute(sa.text(f"truncate {tables} cascade"))
        self._position.clear()

    def close(self) -> None:
        self.service.engine.dispose()

    def _trust(self, other: str, published: Mapping[str, Any]) -> None:
        from shenbao_common.web import service  # noqa: PLC0415  (the module, beside the class of that name)

        url = f"{self.service.settings.service_urls[other]}/.well-known/jwks.json"
        service._slip_keys[other, url] = Keys(other, lambda: published)
        if other == "identity":
            self.service.token_keys._fetch = lambda: published


def token(actor: Actor, *, seconds: int = 300, **claims: Any) -> str:
    """An access token as identity makes it, signed with the test key."""
    body = {
        "aud": AUDIENCE,
        "sub": str(actor.account_id),
        "kind": actor.kind.value,
        "rev": actor.revision,
        "unit": str(actor.unit_id) if actor.unit_id else None,
        "org": str(actor.organisation_id) if actor.organisation_id else None,
        "perms": sorted(actor.permissions),
        "sid": str(actor.session_id) if actor.session_id else None,
        "acr": f"urn:shenbao:loa:{actor.assurance}",
    }
    return Signer(ISSUER, _keys["identity"]).sign(TOKEN_TYPE, body | claims, seconds=seconds)


def token_keys() -> bytes:
    """What identity publishes, for a service that runs as a process of its own."""
    return json.dumps(Signer(ISSUER, _keys["identity"]).published()).encode()


def environment(service: str, database_url: str, own: Mapping[str, str]) -> dict[str, str]:
    """The settings of a service under test."""
    upper = service.upper()
    return {
        "SHENBAO_PROFILE": "test",
        "SHENBAO_COMPRESS": "true",
        "SHENBAO_ISSUER": ISSUER,
        "SHENBAO_PORTAL_URL": "http://portal.test",
        **{f"SHENBAO_{s.upper()}_URL": f"http://{s}.test" for s in SERVICES},
        f"{upper}_DATABASE_URL": database_url,
        f"{upper}_CLIENT_SECRET": "test-client-secret",
        f"{upper}_SIGNING_KEY": _keys[service],
        f"{upper}_DATA_KEY": base64.b64encode(b"k" * 32).decode(),
        **own,
    }


ServiceFactory = Callable[..., UnderTest]


@pytest.fixture(scope="session")
def service_factory(postgres: Cluster, request: pytest.FixtureRequest) -> Iterator[ServiceFactory]:
    """Makes a service on a database of its own, migrated by the service's own migrations."""
    root = Path(request.config.rootpath)
    made: list[UnderTest] = []

    def make(
        name: str,
        create_app: Callable[[S], Flask],
        settings: type[S],
        own_env: Mapping[str, str] | None = None,
    ) -> UnderTest:
        env = environment(name, postgres.create_database(name), own_env or {})
        migrate(root, name, env[f"{name.upper()}_DATABASE_URL"])
        made.append(UnderTest(create_app(settings.of(name, env))))
        return made[-1]

    yield make
    for under_test in made:
        under_test.close()


def migrate(root: Path, service: str, database_url: str) -> None:
    """Runs a service's migrations on a database."""
    variable = f"{service.upper()}_DATABASE_URL"
    before = os.environ.get(variable)
    os.environ[variable] = database_url
    try:
        config = Config(root / "services" / service / "alembic.ini")
        config.set_main_option("script_location", str(root / "services" / service / "migrations"))
        command.upgrade(config, "head")
    finally:
        if before is None:
            del os.environ[variable]
        else:
            os.environ[variable] = before


@contextmanager
def count_queries(under_test: UnderTest) -> Iterator[list[str]]:
    """The statements that the service sends inside the block."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    sa.event.listen(under_test.service.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(under_test.service.engine, "before_cursor_execute", note)


def eventually(question: Callable[[], T], *, seconds: float = 10.0) -> T:
    """Asks until the answer is true; fails with the last answer when the time is over."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s, last answer: {answer!r}")
        time.sleep(0.02)
    return answer
