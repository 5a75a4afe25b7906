"""The publisher's feed: its past, by position, for healing and for subscribers that come late (EVENTS 4, 5)."""

from functools import cache
from typing import Any

import marshmallow as ma
from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from shenbao_common.bus import asyncapi, feed
from shenbao_common.web.auth import actor_with, public
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema

blp = Blueprint("events", __name__, url_prefix="/v1/events", description="The feed of what this service told.")


class FeedQuery(Schema):
    """types: comma-separated event types without prefix; subject: the id the facts are about."""

    after = ma.fields.Integer(load_default=0, validate=ma.validate.Range(0))
    limit = ma.fields.Integer(load_default=500, validate=ma.validate.Range(1, 1000))
    types = ma.fields.String(load_default=None)
    subject = ma.fields.String(load_default=None)


class PublishedOut(Schema):
    """events: CloudEvents in their structured form; next: what to ask after for the next page."""

    events = ma.fields.List(ma.fields.Dict())
    watermark = ma.fields.Integer()
    next = ma.fields.Integer()


@blp.get("")
@blp.arguments(FeedQuery, location="query")
@blp.response(200, PublishedOut)
def read(query: dict[str, Any]) -> ResponseReturnValue:
    """Events after a position, oldest first, as structured CloudEvents, and the position that this page has come to."""
    actor_with("events.read")
    types = query["types"].split(",") if query["types"] else None
    with transaction() as session:
        page = feed.read(session, query["after"], query["limit"], types=types, subject=query["subject"])
    return jsonify(events=[e.to_structured() for e in page.events], watermark=page.watermark, next=page.next)


@blp.get("/catalogue")
@public
def catalogue() -> ResponseReturnValue:
    """Which events this service tells, and their shapes: an AsyncAPI 3.0 document."""
    return jsonify(_catalogue(current_app.extensions["shenbao"].settings.service))


_catalogue = cache(asyncapi.document)  # the contracts do not change while a process runs
