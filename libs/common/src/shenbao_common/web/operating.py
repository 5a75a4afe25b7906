"""What operators ask of a service's bus (B-23): where an event is, what is parked, how deep the backlogs are; and what
they may do: send parked events back, have a publisher's past read again. Permission `events.operate`."""

from typing import Any
from uuid import UUID

import marshmallow as ma
import structlog
from flask import current_app
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.bus import depths, inbox, replay, timeline
from shenbao_common.data.paging import MAX_PAGE, Page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import NotFound, Problem, RuleBroken
from shenbao_common.web.auth import actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema, Text

blp = Blueprint("bus", __name__, url_prefix="/v1/bus", description="Operating the bus.")

PERMISSION = "events.operate"
_TRACE = r"^(00-)?[0-9a-f]{32}(-[0-9a-f]{16}-[0-9a-f]{2})?\Z"
_log = structlog.get_logger()


class TimelineQuery(PageQuery):
    """Either of the two. subject: id of an application, a unit ...; trace: its 32 digits, or a whole traceparent."""

    subject = Text(200, load_default=None)
    trace = ma.fields.String(load_default=None, validate=validate.Regexp(_TRACE))

    @ma.validates_schema
    def _one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if (data["subject"] is None) == (data["trace"] is None):
            raise ma.ValidationError("choose_one", "subject")


class TimelineStepOut(Schema):
    """One line: an event told here, or one heard here."""

    at = ma.fields.AwareDateTime()
    way = ma.fields.String()
    source = ma.fields.String()
    type = ma.fields.String()
    subject = ma.fields.String()
    event_id = ma.fields.UUID()
    position = ma.fields.Integer(allow_none=True)
    state = ma.fields.String()
    published_at = ma.fields.AwareDateTime(allow_none=True)
    attempts = ma.fields.Integer()
    error = ma.fields.String(allow_none=True)
    next_attempt_at = ma.fields.AwareDateTime(allow_none=True)
    trace = ma.fields.String()
    replayed = ma.fields.Boolean()


class TimelineOut(Schema):
    items = ma.fields.List(ma.fields.Nested(TimelineStepOut))
    next = ma.fields.String(allow_none=True)


class ParkedOut(Schema):
    """What a person has to look at. The content is not shown: what could not be read may hold anything."""

    source = ma.fields.String()
    event_id = ma.fields.UUID()
    type = ma.fields.String()
    subject = ma.fields.String()
    position = ma.fields.Integer()
    attempts = ma.fields.Integer()
    error = ma.fields.String()
    seen_at = ma.fields.AwareDateTime()
    trace = ma.fields.String()


class ParkedPageOut(Schema):
    items = ma.fields.List(ma.fields.Nested(ParkedOut))
    next = ma.fields.String(allow_none=True)


class SendBackIn(Schema):
    """Either of the two."""

    event_ids = ma.fields.List(ma.fields.UUID(), load_default=None, validate=validate.Length(1, MAX_PAGE))
    all = ma.fields.Boolean(load_default=False)

    @ma.validates_schema
    def _one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if (data["event_ids"] is None) is not data["all"]:
            raise ma.ValidationError("choose_one", "event_ids")


class SentBackOut(Schema):
    sent_back = ma.fields.Integer()


_POSITION = validate.Range(0, 2**63 - 1)


class ReplayIn(Schema):
    """source: whose past; after, until: positions; subject: of one subject only."""

    source = Text(40, required=True)
    after = ma.fields.Integer(load_default=0, validate=_POSITION)
    until = ma.fields.Integer(load_default=None, allow_none=True, validate=_POSITION)
    subject = Text(200, load_default=None, allow_none=True)


class ReplayOut(Schema):
    """reached: the position read up to; read: events that came of it; error: why it waits."""

    id = ma.fields.UUID()
    source = ma.fields.String()
    after = ma.fields.Integer()
    until = ma.fields.Integer(allow_none=True)
    subject = ma.fields.String(allow_none=True)
    asked_at = ma.fields.AwareDateTime()
    reached = ma.fields.Integer()
    read = ma.fields.Integer()
    error = ma.fields.String(allow_none=True)
    finished_at = ma.fields.AwareDateTime(allow_none=True)


class DepthOut(Schema):
    number = ma.fields.Integer()
    age = ma.fields.Float()


class DepthsOut(Schema):
    position = ma.fields.Integer()
    unpublished = ma.fields.Nested(DepthOut)
    deferred = ma.fields.Nested(DepthOut)
    parked = ma.fields.Nested(DepthOut)
    replays = ma.fields.Integer()
    followed = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())


@blp.get("/timeline")
@blp.arguments(TimelineQuery, location="query")
@blp.response(200, TimelineOut)
def steps(query: dict[str, Any]) -> Page[Any]:
    """What was told and heard here about a subject, or within a trace, oldest first."""
    _operator()
    page = {"after": query["after"], "limit": query["limit"]}
    with transaction() as session:
        if query["trace"] is not None:
            return timeline.of_trace(session, query["trace"].removeprefix("00-")[:32], **page)
        return timeline.of_subject(session, query["subject"], _heard(), **page)


@blp.get("/parked")
@blp.arguments(PageQuery, location="query")
@blp.response(200, ParkedPageOut)
def parked(query: dict[str, Any]) -> Page[Any]:
    """Events that a person has to look at, with the reason, oldest first."""
    _operator()
    with transaction() as session:
        return inbox.parked(session, after=query["after"], limit=query["limit"])


@blp.post("/send-backs")
@blp.arguments(SendBackIn)
@blp.response(200, SentBackOut)
def send_back(body: dict[str, Any]) -> dict[str, int]:
    """Gives parked events to their handlers again, with all their chances."""
    who = _operator()
    with transaction() as session:
        number = inbox.send_back(session, None if body["all"] else body["event_ids"])
    _log.info("events_sent_back", by=str(who.account_id), events=number)
    return {"sent_back": number}


@blp.post("/replays")
@blp.arguments(ReplayIn)
@blp.response(202, ReplayOut)
def ask_for_replay(body: dict[str, Any]) -> Any:
    """Has the worker read a part of a publisher's past again; what was handled is left alone."""
    who = _operator()
    heard = _heard()
    if body["source"] not in heard:
        raise RuleBroken("invalid", Problem("not_heard", "source", {"heard": list(heard)}))
    with transaction() as session:
        replay_id = replay.ask(session, replay.Wanted(**body), by=who.account_id)
        _log.info("replay_asked", by=str(who.account_id), source=body["source"], replay=str(replay_id))
        return replay.found(session, replay_id)


@blp.get("/replays/<uuid:replay_id>")
@blp.response(200, ReplayOut)
def show_replay(replay_id: UUID) -> Any:
    """How far a replay is."""
    _operator()
    with transaction() as session:
        row = replay.found(session, replay_id)
    if row is None:
        raise NotFound
    return row


@blp.get("/depths")
@blp.response(200, DepthsOut)
def show_depths() -> depths.Depths:
    """How much waits here, and for how long; how far each publisher has been followed."""
    _operator()
    with transaction() as session:
        return depths.read(session, clock.now())


def _operator() -> Actor:
    return actor_with(PERMISSION)


def _heard() -> tuple[str, ...]:
    """Publishers that this service listens to."""
    found: tuple[str, ...] = current_app.extensions["shenbao"].subscriptions.sources
    return found
