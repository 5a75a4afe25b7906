"""Webhooks cannot be made to ask inside our own house: judged when the connection is made, whatever the name said."""

import socket
import threading
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor
from shenbao_common.testing.receiver import Receiver
from shenbao_common.testing.service import ServiceFactory, UnderTest
from shenbao_subscriptions.app import create_app
from shenbao_subscriptions.providers import outgoing
from shenbao_subscriptions.providers.webhook import Webhook
from shenbao_subscriptions.settings import Settings

HERE = [ip_network("127.0.0.0/8")]
Names = Callable[..., None]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """The name server that the attacker owns: each look-up of a name gets the next of its answers."""
    answers: dict[str, list[list[str]]] = {}

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        found = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", look_up)

    def say(host: str, *replies: list[str]) -> None:
        answers[host] = list(replies)

    return say


def test_a_name_that_points_inside_is_not_asked(receiver: Receiver, names: Names) -> None:
    names("rebind.example", ["127.0.0.1"])
    hook = Webhook(f"https://rebind.example:{receiver.server_port}/", "none", {}, [])
    assert hook.post(b"{}", {}).error == "private_address"
    assert receiver.posts == []


def test_one_address_inside_among_public_ones_is_enough_to_refuse(receiver: Receiver, names: Names) -> None:
    names("mixed.example", ["93.184.216.34", "169.254.169.254"])
    hook = Webhook("https://mixed.example/latest/meta-data", "none", {}, [])
    assert hook.post(b"{}", {}).error == "private_address"


def test_the_address_that_was_judged_is_the_one_that_is_asked(receiver: Receiver, names: Names) -> None:
    """The name is looked up once for a connection: a second answer could be another address."""
    names("rebind.example", ["127.0.0.1"], ["127.0.0.2"], ["127.0.0.3"])
    hook = Webhook(f"http://rebind.example:{receiver.server_port}/", "none", {}, HERE)
    assert hook.post(b"{}", {}).error == ""
    assert hook.post(b"{}", {}).error == "", "the connection is kept, and no name is asked for again"
    assert len(receiver.taken) == 2
    hook.close()


def test_plain_http_to_the_world_is_refused_at_the_connection(names: Names) -> None:
    names("public.example", ["93.184.216.34"])
    assert Webhook("http://public.example/", "none", {}, HERE).post(b"{}", {}).error == "https_required"


def test_a_token_endpoint_inside_is_not_asked_either(receiver: Receiver, names: Names) -> None:
    names("public.example", ["127.0.0.1"])
    own = {"client_id": "a", "client_secret": "b", "token_url": f"https://public.example:{receiver.server_port}/token"}
    hook = Webhook("https://hook.example/", "oauth2", own, [])
    assert hook.post(b"{}", {}).error == "token_private_address"
    assert receiver.token_requests == []


def test_nobody_listens_nobody_is_known_and_no_certificate_are_told_apart(receiver: Receiver) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert Webhook(f"http://127.0.0.1:{port}/", "none", {}, HERE).post(b"{}", {}).error == "connection_refused"
    assert Webhook("https://no-such-host.invalid/", "none", {}, []).post(b"{}", {}).error == "name_unknown"
    plain = Webhook(f"https://127.0.0.1:{receiver.server_port}/", "none", {}, HERE)
    assert plain.post(b"{}", {}).error == "tls_failed"


def test_a_receiver_that_drips_its_answer_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, so a timeout of each read would never end it."""
    monkeypatch.setattr(outgoing, "ANSWER_SECONDS", 0.4)
    left = threading.Event()

    def drip(place: socket.socket) -> None:
        line, _ = place.accept()
        with line:
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000:
                if left.wait(0.05):
                    return
                line.send(bytes([byte]))

    with socket.create_server(("127.0.0.1", 0)) as place:
        thread = threading.Thread(target=drip, args=(place,))
        thread.start()
        hook = Webhook(f"http://127.0.0.1:{place.getsockname()[1]}/", "none", {}, HERE)
        assert hook.post(b"{}", {}).error == "timeout"
        left.set()
        thread.join()


@pytest.fixture(scope="module")
def strict(service_factory: ServiceFactory) -> UnderTest:
    """A deployment that allows no private network."""
    return service_factory("subscriptions", create_app, Settings)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://127.0.0.1/events", "private_address"),
        ("https://[::ffff:169.254.169.254]/latest/meta-data", "private_address"),
        ("https://10.0.0.8/events", "private_address"),
        ("http://archive.example.gov.cn/events", "https_required"),
        ("gopher://archive.example.gov.cn/", "wrong_format"),
    ],
)
def test_a_registration_to_an_inner_address_is_refused(strict: UnderTest, url: str, code: str) -> None:
    for path, webhook in (
        ("webhook.url", {"url": url}),
        (
            "webhook.token_url",
            {"url": "https://a.example", "auth": "oauth2", "client_id": "a", "client_secret": "b", "token_url": url},
        ),
    ):
        body = {"name": uuid7().hex, "channel": "webhook", "webhook": webhook}
        refused = strict.client(admin_actor()).post("/v1/subscribers", json=body)
        assert refused.status_code == 422
        assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [(code, path)]
