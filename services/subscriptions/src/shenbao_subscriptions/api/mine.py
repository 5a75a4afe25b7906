"""What a subscribing system does itself, with the token of its own client: looks, reads its past, asks for it again."""

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from shenbao_common.data.paging import Page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Conflict
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery
from shenbao_subscriptions import queries
from shenbao_subscriptions.actions import replays
from shenbao_subscriptions.api.presenting import shown
from shenbao_subscriptions.api.schemas import (
    FeedOut,
    FeedQuery,
    SubscriberOut,
    SubscriberReplayIn,
    SubscriberReplayOut,
    SubscriberReplayPage,
)
from shenbao_subscriptions.models import LogEntry, Replay
from shenbao_subscriptions.queries import Part

blp = Blueprint("mine", __name__, url_prefix="/v1/subscribers/mine", description="For the subscribing systems.")


@blp.get("")
@blp.response(200, SubscriberOut)
def show() -> dict[str, Any]:
    """The calling system: what it may hear, and how far it has come."""
    who = actor_of(Kind.SERVICE)
    with transaction() as session:
        return shown(session, [queries.subscriber_of(session, who.account_id)])[0]


@blp.get("/events")
@blp.arguments(FeedQuery, location="query")
@blp.alt_response(200, schema=FeedOut)
def read(query: dict[str, Any]) -> ResponseReturnValue:
    """What the calling system may see of the past: by position, time, type, application (subject)."""
    who = actor_of(Kind.SERVICE)
    limit, types = query["limit"], query["types"].split(",") if query["types"] else []
    part = Part(after=query["after"], types=types, subject=query["subject"], since=query["since"])
    with transaction() as session:
        subscriber = queries.subscriber_of(session, who.account_id)
        if subscriber.pause == "administrator":
            raise Conflict("subscriber_paused")
        page = queries.read_log(session, subscriber, part, limit)
        # Without the schema: a page of a thousand events is not to be copied twice.
        return jsonify(events=[_event(entry) for entry in page.entries], next=page.next, head=page.head)


@blp.post("/replays")
@blp.arguments(SubscriberReplayIn)
@blp.response(201, SubscriberReplayOut)
def ask_replay(body: dict[str, Any]) -> Replay:
    """A part of the past once more, by the own webhook or queue, marked as replayed."""
    who = actor_of(Kind.SERVICE)
    with transaction() as session:
        own = queries.subscriber_of(session, who.account_id)
        return replays.ask(session, own, body, by=who.account_id, now=clock.now())


@blp.get("/replays")
@blp.arguments(PageQuery, location="query")
@blp.response(200, SubscriberReplayPage)
def list_replays(query: dict[str, Any]) -> Page[Replay]:
    """The newest first."""
    who = actor_of(Kind.SERVICE)
    with transaction() as session:
        return queries.replays(session, queries.subscriber_of(session, who.account_id).id, **query)


def _event(entry: LogEntry) -> dict[str, Any]:
    return entry.envelope | {"position": f"{entry.position:020}"}
