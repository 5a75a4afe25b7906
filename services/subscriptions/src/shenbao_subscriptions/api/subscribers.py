"""Subscribing systems, for administrators."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from shenbao_common.contracts import catalogue
from shenbao_common.data.paging import Page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.web.auth import actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import PageQuery
from shenbao_subscriptions import queries
from shenbao_subscriptions.actions import replays, subscribers
from shenbao_subscriptions.api.parts import settings
from shenbao_subscriptions.api.presenting import shown
from shenbao_subscriptions.api.schemas import (
    OptionsOut,
    RegisteredOut,
    StateIn,
    SubscriberChange,
    SubscriberIn,
    SubscriberOut,
    SubscriberPage,
    SubscriberReplayIn,
    SubscriberReplayOut,
    SubscriberReplayPage,
    SubscribersQuery,
)
from shenbao_subscriptions.domain.facts import RESULTS
from shenbao_subscriptions.domain.passwords import VIRTUAL_HOST
from shenbao_subscriptions.domain.registration import CHANNELS
from shenbao_subscriptions.models import Replay

blp = Blueprint("subscribers", __name__, url_prefix="/v1", description="Systems that hear of our events.")


@blp.get("/options")
@blp.response(200, OptionsOut)
def options() -> dict[str, Any]:
    """What can be chosen here: event types, results, and the channels that this deployment has."""
    manager()
    channels = [c for c in CHANNELS if c != "amqp" or settings().has_queues]
    return {"types": list(catalogue.BY_TYPE), "results": sorted(set(RESULTS.values())), "channels": channels}


@blp.get("/subscribers")
@blp.arguments(SubscribersQuery, location="query")
@blp.response(200, SubscriberPage)
def list_all(query: dict[str, Any]) -> dict[str, Any]:
    """By name."""
    manager()
    with transaction() as session:
        found = queries.subscribers(session, **query)
        return {"items": shown(session, found.items), "next": found.next}


@blp.post("/subscribers")
@blp.arguments(SubscriberIn)
@blp.response(201, RegisteredOut)
def register(body: dict[str, Any]) -> dict[str, Any]:
    """Registers a system, which hears what is told from now on. The password of a queue's user is shown this once."""
    manager()
    with transaction() as session:
        row, password = subscribers.register(session, settings(), body, now=clock.now())
        return shown(session, [tagged(row)])[0] | _access(password)


@blp.get("/subscribers/<uuid:subscriber_id>")
@blp.response(200, SubscriberOut)
def show(subscriber_id: UUID) -> dict[str, Any]:
    """One system, what it may hear, and how far it has come."""
    manager()
    with transaction() as session:
        row = tagged(queries.subscriber(session, subscriber_id))
        return shown(session, [row])[0]


@blp.patch("/subscribers/<uuid:subscriber_id>")
@blp.arguments(SubscriberChange)
@blp.response(200, SubscriberOut)
def revise(body: dict[str, Any], subscriber_id: UUID) -> dict[str, Any]:
    """Saves name, client, filter, webhook. What was made into deliveries before keeps its filter."""
    manager()
    with transaction() as session:
        row = queries.subscriber_to_change(session, subscriber_id)
        ensure_match(row)
        return shown(session, [tagged(subscribers.revise(session, settings(), row, body))])[0]


@blp.put("/subscribers/<uuid:subscriber_id>/state")
@blp.arguments(StateIn)
@blp.response(200, SubscriberOut)
def set_state(body: dict[str, Any], subscriber_id: UUID) -> dict[str, Any]:
    """Pauses or resumes; resumed, it catches up with what it missed."""
    manager()
    with transaction() as session:
        row = queries.subscriber_to_change(session, subscriber_id)
        ensure_match(row)
        return shown(session, [tagged(subscribers.set_state(session, row, body["state"]))])[0]


@blp.delete("/subscribers/<uuid:subscriber_id>")
@blp.response(204)
def remove(subscriber_id: UUID) -> ResponseReturnValue:
    """Nothing is delivered to it any more."""
    manager()
    with transaction() as session:
        row = queries.subscriber_to_change(session, subscriber_id)
        ensure_match(row)
        subscribers.remove(session, row)
    return ""


@blp.post("/subscribers/<uuid:subscriber_id>/password")
@blp.response(201, RegisteredOut)
def renew_password(subscriber_id: UUID) -> dict[str, Any]:
    """A new password for the queue's user, shown this once; the old one is refused within a moment."""
    manager()
    with transaction() as session:
        row = queries.subscriber_to_change(session, subscriber_id)
        ensure_match(row)
        password = subscribers.new_password(row)
        return shown(session, [tagged(row)])[0] | _access(password)


@blp.post("/subscribers/<uuid:subscriber_id>/replays")
@blp.arguments(SubscriberReplayIn)
@blp.response(201, SubscriberReplayOut)
def ask_replay(body: dict[str, Any], subscriber_id: UUID) -> Replay:
    """A part of the past once more, to this subscriber only, marked as replayed."""
    who = manager()
    with transaction() as session:
        row = queries.subscriber_to_change(session, subscriber_id)
        return replays.ask(session, row, body, by=who.account_id, now=clock.now())


@blp.get("/subscribers/<uuid:subscriber_id>/replays")
@blp.arguments(PageQuery, location="query")
@blp.response(200, SubscriberReplayPage)
def list_replays(query: dict[str, Any], subscriber_id: UUID) -> Page[Replay]:
    """The newest first."""
    manager()
    with transaction() as session:
        return queries.replays(session, queries.subscriber(session, subscriber_id).id, **query)


def _access(password: str | None) -> dict[str, str]:
    return {} if password is None else {"password": password, "virtual_host": VIRTUAL_HOST}


def manager() -> Actor:
    return actor_with("subscription.manage")
