"""A publisher with its relay, its real feed over HTTP, and subscribers that are stopped at the end."""

import base64
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import kombu
import pytest
from werkzeug.serving import make_server

from shenbao_common.bus import topology
from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.testing.actors import service_actor
from shenbao_common.testing.bus import Counter, running
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.rabbit import broker, mortal_rabbit, rabbit
from shenbao_common.testing.service import UnderTest, environment, token
from shenbao_common.web import accounts, idempotency
from shenbao_common.web.service import create_service
from shenbao_common.web.settings import ServiceSettings
from shenbao_subscriber import Event, Feeds, FileCheckpoint, Pace, Subscriber

__all__ = ["broker", "mortal_rabbit", "rabbit"]

QUEUE = "my-system"
SECRET = "my-secret"


class Api:
    """All publishers' feeds at one address (they share a database here), and a place that gives tokens."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.away = False
        self.feed_reads = self.refusals = 0
        self.server = make_server("127.0.0.1", 0, self, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.port}"

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        _, service, path = environ["PATH_INFO"].split("/", 2)
        if service == "identity":
            return self._token(environ, start)
        if self.away:
            self.refusals += 1
            start("503 Service Unavailable", [])
            return []
        self.feed_reads += 1
        answer: Iterable[bytes] = self._app(environ | {"PATH_INFO": f"/{path}"}, start)
        return answer

    def feeds(self, secret: str = SECRET) -> Feeds:
        return Feeds(self.url, token_url=f"{self.url}/identity/token", client_id=QUEUE, client_secret=secret)

    def _token(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        known = "Basic " + base64.b64encode(f"{QUEUE}:{SECRET}".encode()).decode()
        if environ.get("HTTP_AUTHORIZATION") != known:
            start("401 Unauthorized", [])
            return []
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"access_token": token(service_actor()), "expires_in": 300}).encode()]


class System:
    """The other system: writes down what it hears; `faults` are raised by its handler first."""

    def __init__(self, api: Api, folder: Path) -> None:
        self.api = api
        self.file = folder / "come-to.json"
        self.heard: list[Event] = []
        self.tried: list[int] = []
        self.faults: list[Exception] = []
        self.unread: list[str] = []

    def on_event(self, event: Event) -> None:
        self.tried.append(event.data["number"])
        if self.faults:
            raise self.faults.pop(0)
        self.heard.append(event)

    def numbers(self) -> list[int]:
        return [event.data["number"] for event in self.heard]

    def come_to(self) -> dict[str, int]:
        return FileCheckpoint(self.file).load()

    def subscriber(self, broker_url: str | None = None, **more: Any) -> Subscriber:
        given: dict[str, Any] = {
            "types": ["counter.raised.v1", "counter.named.v1"],
            "queue": QUEUE,
            "checkpoint": FileCheckpoint(self.file),
        } | more
        return Subscriber(
            handler=self.on_event,
            feeds=self.api.feeds(),
            broker_url=broker_url,
            on_unreadable=lambda unread: self.unread.append(unread.reason),
            pace=Pace(first=0.05, most=0.2, poll=0.05),
            **given,
        )

    @contextmanager
    def listening(self, broker_url: str | None = None, **more: Any) -> Iterator[Subscriber]:
        subscriber = self.subscriber(broker_url, **more)

        def run(stop: threading.Event) -> None:
            ender = threading.Thread(target=lambda: (stop.wait(), subscriber.stop()), daemon=True)
            ender.start()
            subscriber.run()

        with running(run):
            yield subscriber


@pytest.fixture(scope="session")
def publisher_url(postgres: Cluster) -> str:
    url = postgres.create_database("publisher")
    Counter(url).close()
    return url


@pytest.fixture
def counter(publisher_url: str) -> Iterator[Counter]:
    found = Counter(publisher_url, made=True)
    found.clear()
    yield found
    found.close()


@pytest.fixture(scope="session")
def served(publisher_url: str) -> Iterator[Api]:
    env = environment("applications", publisher_url, {})
    settings = ServiceSettings.of("applications", env)
    app = create_service(settings, title="Publisher", blueprints=[], subscriptions=Subscriptions("applications"))
    for tables in (idempotency.metadata, accounts.metadata):
        tables.create_all(app.extensions["shenbao"].engine)
    under_test = UnderTest(app)
    api = Api(app)
    thread = threading.Thread(target=api.server.serve_forever, daemon=True)
    thread.start()
    yield api
    api.server.shutdown()
    thread.join()
    api.server.server_close()
    under_test.close()


@pytest.fixture
def api(served: Api) -> Api:
    served.away = False
    served.feed_reads = served.refusals = 0
    return served


@pytest.fixture
def system(api: Api, tmp_path: Path) -> System:
    return System(api, tmp_path)


@pytest.fixture
def queues(broker: str) -> str:
    """The broker's address; publishers have been there, nothing of the other system is on it."""
    with kombu.Connection(broker) as connection, closing(connection.channel()) as channel:
        for queue in (QUEUE, f"{QUEUE}.dead"):
            channel.queue_delete(queue)
        topology.declare_exchange(channel)
    return broker
