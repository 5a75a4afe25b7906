"""We prove to a subscriber who we are: a token of its own endpoint, or a certificate."""

from typing import Any

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.receiver import Receiver
from shenbao_subscriptions.actions.dispatching import Dispatcher


def oauth(receiver: Receiver) -> dict[str, str]:
    return {
        "url": receiver.url,
        "auth": "oauth2",
        "token_url": receiver.token_url,
        "client_id": "shenbao",
        "client_secret": "their secret:1",
        "scope": "events",
    }


def test_a_token_is_fetched_once_and_sent_with_every_event(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    office.register(channel="webhook", webhook=oauth(receiver))
    receiver.wanted = "nobody has this"
    town.hear(*town.course(town.P), *town.course(town.P))
    dispatcher.work_off()
    assert len(receiver.taken) == 8
    (asked,) = receiver.token_requests
    assert asked.body == b"grant_type=client_credentials&scope=events"
    assert asked.headers["Authorization"] == "Basic c2hlbmJhbzp0aGVpciUyMHNlY3JldCUzQTE="


def test_a_token_that_is_refused_is_fetched_anew_within_the_same_try(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    subscriber = office.register(channel="webhook", webhook=oauth(receiver))
    receiver.wanted = "x"
    town.hear(town.begun(town.P, uuid7()))
    dispatcher.work_off()
    receiver.wanted = "revoked in between"
    town.hear(town.begun(town.P, uuid7()))
    dispatcher.work_off()
    assert (len(receiver.taken), len(receiver.token_requests)) == (2, 2)
    assert office.look(subscriber)["error"] is None


def test_a_secret_that_is_wrong_is_shown_as_what_it_is(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    receiver.refuse_tokens = True
    subscriber = office.register(channel="webhook", webhook=oauth(receiver))
    town.hear(town.begun(town.P, uuid7()))
    dispatcher.work_off()
    assert receiver.posts == []
    assert office.look(subscriber)["error"] == "token_http_401"
