"""The SDK proves deliveries as a subscriber gets them: signed by a running service, posted by its dispatcher (B-21)."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from shenbao_common.testing.receiver import Post, Receiver
from shenbao_common.testing.service import UnderTest
from shenbao_subscriber.event import Unreadable
from shenbao_subscriber.signatures import HEADER, KeysAway, NotProven, Signatures
from shenbao_subscriptions.actions.dispatching import SIGNATURE_TYPE, Dispatcher

README = Path(__file__).parents[4] / "libs" / "subscriber" / "README.md"


@pytest.fixture
def asked() -> list[str]:
    """Which addresses of the service were asked for."""
    return []


@pytest.fixture
def keys_url(service: UnderTest, asked: list[str]) -> Iterator[str]:
    def app(environ: Any, start: Any) -> Any:
        asked.append(environ["PATH_INFO"])
        return service.app(environ, start)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/.well-known/jwks.json"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def delivered(town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher) -> tuple[str, list[Post]]:
    """The subscriber's id, and what came of one application's course."""
    subscriber = office.register(receiver)
    town.hear(*town.course(town.P))
    dispatcher.work_off()
    return subscriber["id"], list(receiver.taken)


@pytest.mark.req("B-21")
def test_deliveries_are_proven_and_read_and_the_keys_asked_for_once(
    delivered: tuple[str, list[Post]], keys_url: str, asked: list[str]
) -> None:
    subscriber, posts = delivered
    signatures = Signatures(keys_url, subscriber=subscriber)
    events = [signatures.verify(post.body, post.headers[HEADER]) for post in posts]
    assert [event.type for event in events] == [post.event["type"].removeprefix("cn.shenbao.") for post in posts]
    assert [event.data for event in events] == [post.event["data"] for post in posts]
    assert len(events) == 4
    assert len(asked) == 1


def test_what_was_changed_is_for_others_or_signs_something_else_is_refused(
    service: UnderTest, delivered: tuple[str, list[Post]], keys_url: str, asked: list[str]
) -> None:
    subscriber, (post, other, *_) = delivered
    mine, theirs = (Signatures(keys_url, subscriber=one) for one in (subscriber, "another"))
    signature = post.headers[HEADER]
    with pytest.raises(NotProven, match="another subscriber"):
        theirs.verify(post.body, signature)
    signer = service.service.signer
    slip = signer.detached("receipt+jwt", post.body)
    stranger = signature.replace(signature.split(".")[0], "eyJhbGciOiJub25lIn0")
    wrong = [(post.body + b" ", signature), (other.body, signature), (post.body, slip), (post.body, stranger)]
    for body, signed in [*wrong, *((post.body, junk) for junk in ("", "..", "a.b.c", "é.." + "x" * 9000))]:
        with pytest.raises(NotProven):
            mine.verify(body, signed)
    assert len(asked) == 2, "each asks once, however much junk comes"
    no_event = b"[1]"
    with pytest.raises(Unreadable):
        mine.verify(no_event, signer.detached(SIGNATURE_TYPE, no_event))
    assert mine.verify(post.body, signature).id == post.event["id"]


def test_while_the_keys_are_away_nothing_is_proven_and_nothing_is_refused(
    delivered: tuple[str, list[Post]], service: UnderTest
) -> None:
    subscriber, (post, *_) = delivered
    away = Signatures("http://127.0.0.1:9/jwks.json", subscriber=subscriber)
    with pytest.raises(KeysAway):
        away.verify(post.body, post.headers[HEADER])
    with pytest.raises(ValueError, match="http or https"):
        Signatures("file:///etc/keys.json", subscriber=subscriber)


def test_the_lines_of_the_readme_answer_a_delivery(delivered: tuple[str, list[Post]], keys_url: str) -> None:
    subscriber, (post, *_) = delivered
    (code,) = re.findall(r"```python\n(from shenbao_subscriber.signatures.*?)```", README.read_text("utf-8"), re.DOTALL)
    heard: list[Any] = []
    theirs: dict[str, Any] = {"api": "", "on_event": heard.append}
    address = 'f"{api}/subscriptions/.well-known/jwks.json"'
    for said, true in ((address, repr(keys_url)), ("id from the registration", subscriber)):
        assert said in code
        code = code.replace(said, true)
    exec(code, theirs)  # noqa: S102
    signature = post.headers[HEADER]
    assert [theirs["status_of"](body, signature) for body in (post.body, post.body + b" ")] == [204, 400]
    assert [event.id for event in heard] == [post.event["id"]]
