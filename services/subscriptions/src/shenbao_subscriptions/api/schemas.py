"""Public JSON of subscriptions."""

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_subscriptions.domain.facts import RESULTS
from shenbao_subscriptions.domain.registration import AUTHS, CHANNELS

STATES = ("active", "paused")
DELIVERY_STATES = ("pending", "delivered", "skipped")
_TIME = ma.fields.AwareDateTime(format="iso")
_PLACE = validate.Range(0, 2**53)
_MANY = validate.Length(max=200)


class _Secret(ma.fields.String):
    """Kept to the letter: a secret may begin or end with a blank."""

    def __init__(self, high: int) -> None:
        super().__init__(validate=[validate.Length(1, high), validate.Regexp(r"\A[^\x00\ud800-\udfff]*\Z")])


class FilterSchema(Schema):
    """What may be heard; an empty list lets everything through, any other only what is known to fit.

    bodies: employers, or organisations with everything below them. results: of a step or of an application.
    """

    types = ma.fields.List(Text(100), validate=_MANY, load_default=list)
    programmes = ma.fields.List(Text(100), validate=_MANY, load_default=list)
    years = ma.fields.List(ma.fields.Integer(validate=validate.Range(1949, 2999)), validate=_MANY, load_default=list)
    bodies = ma.fields.List(ma.fields.UUID(), validate=_MANY, load_default=list)
    steps = ma.fields.List(Text(100), validate=_MANY, load_default=list)
    results = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(sorted(set(RESULTS.values())))), validate=_MANY, load_default=list
    )


class WebhookIn(Schema):
    """auth: how we prove to the subscriber who we are, with what that way needs."""

    url = ma.fields.String(required=True, validate=validate.Length(1, 2000))
    auth = ma.fields.String(load_default="none", validate=validate.OneOf(list(AUTHS)))
    token_url = ma.fields.String(validate=validate.Length(1, 2000))
    client_id = _Secret(500)
    client_secret = _Secret(2000)
    scope = Text(500)
    certificate = _Secret(20_000)
    private_key = _Secret(20_000)


class SubscriberIn(Schema):
    """client_id: of the client (IDENTITY_CLIENTS) with whose token the system reads its feed and asks for replays."""

    name = Text(100, required=True)
    client_id = Text(100, load_default=None, allow_none=True)
    channel = ma.fields.String(required=True, validate=validate.OneOf(CHANNELS))
    filter = ma.fields.Nested(FilterSchema, load_default=dict)
    webhook = ma.fields.Nested(WebhookIn)


class SubscriberChange(Schema):
    """Filter and webhook are replaced whole."""

    name = Text(100)
    client_id = Text(100, allow_none=True)
    filter = ma.fields.Nested(FilterSchema)
    webhook = ma.fields.Nested(WebhookIn)


class StateIn(Schema):
    state = ma.fields.String(required=True, validate=validate.OneOf(STATES))


class SubscriberOut(Schema):
    """pause: why it is paused (administrator, repeated_failure, event_refused, gone). filled_to, head: up to where the
    log was made into deliveries, and its newest position. waiting: deliveries made and not done, up to 1,000."""

    id = ma.fields.UUID()
    name = ma.fields.String()
    client_id = ma.fields.String(allow_none=True)
    channel = ma.fields.String()
    filter = ma.fields.Nested(FilterSchema)
    url = ma.fields.String(allow_none=True)
    auth = ma.fields.String()
    queue = ma.fields.String(allow_none=True)
    state = ma.fields.String()
    pause = ma.fields.String()
    filled_to = ma.fields.Integer()
    head = ma.fields.Integer()
    waiting = ma.fields.Integer()
    delivered_position = ma.fields.Integer(allow_none=True)
    delivered_at = _TIME
    failures = ma.fields.Integer()
    failing_since = _TIME
    quiet_until = _TIME
    error = ma.fields.String(allow_none=True)
    error_at = _TIME
    created_at = _TIME
    version = ma.fields.Integer()


class RegisteredOut(SubscriberOut):
    """password: of the user on the broker whose name is the queue's; shown this once, and only where there is one."""

    password = ma.fields.String()
    virtual_host = ma.fields.String()


class SubscriberPage(Schema):
    items = ma.fields.List(ma.fields.Nested(SubscriberOut))
    next = ma.fields.String(allow_none=True)


class SubscribersQuery(PageQuery):
    state = ma.fields.String(load_default=None, validate=validate.OneOf(STATES))


class SubscriberReplayIn(Schema):
    """after < position <= until; without `until` up to the newest. types, subject, since narrow it."""

    after = ma.fields.Integer(load_default=0, strict=True, validate=_PLACE)
    until = ma.fields.Integer(load_default=None, allow_none=True, strict=True, validate=_PLACE)
    types = ma.fields.List(Text(100), validate=_MANY, load_default=list)
    subject = Text(200, load_default=None, allow_none=True)
    since = ma.fields.AwareDateTime(load_default=None, allow_none=True)


class SubscriberReplayOut(Schema):
    """filled_to: up to there it was made into deliveries."""

    id = ma.fields.UUID()
    after = ma.fields.Integer()
    until = ma.fields.Integer()
    types = ma.fields.List(ma.fields.String())
    subject = ma.fields.String(allow_none=True)
    since = _TIME
    filled_to = ma.fields.Integer()
    state = ma.fields.String()
    asked_at = _TIME


class SubscriberReplayPage(Schema):
    items = ma.fields.List(ma.fields.Nested(SubscriberReplayOut))
    next = ma.fields.String(allow_none=True)


class DeliveriesQuery(PageQuery):
    """subject: the application, unit, account ... that the event is about."""

    subscriber_id = ma.fields.UUID(load_default=None)
    subject = Text(200, load_default=None)
    state = ma.fields.String(load_default=None, validate=validate.OneOf(DELIVERY_STATES))


class DeliveryOut(Schema):
    """error: of the last try. replay_id: it belongs to a replay."""

    id = ma.fields.Integer()
    subscriber_id = ma.fields.UUID()
    replay_id = ma.fields.UUID(allow_none=True)
    position = ma.fields.Integer()
    event_id = ma.fields.UUID()
    type = ma.fields.String()
    subject = ma.fields.String()
    state = ma.fields.String()
    attempts = ma.fields.Integer()
    next_attempt_at = _TIME
    error = ma.fields.String(allow_none=True)
    made_at = _TIME
    delivered_at = _TIME


class DeliveryPage(Schema):
    items = ma.fields.List(ma.fields.Nested(DeliveryOut))
    next = ma.fields.String(allow_none=True)


class FeedQuery(Schema):
    """types: comma-separated. next of the answer is the place to read on from, also after an empty page."""

    after = ma.fields.Integer(load_default=0, validate=_PLACE)
    limit = ma.fields.Integer(load_default=200, validate=validate.Range(1, 1000))
    types = Text(5_000, load_default=None)
    subject = Text(200, load_default=None)
    since = ma.fields.AwareDateTime(load_default=None)


class FeedOut(Schema):
    """events: structured CloudEvents, oldest first, each with its `position`; head: the newest position there is."""

    events = ma.fields.List(ma.fields.Dict())
    next = ma.fields.Integer()
    head = ma.fields.Integer()


class OptionsOut(Schema):
    """What filters can be made of."""

    types = ma.fields.List(ma.fields.String())
    results = ma.fields.List(ma.fields.String())
    channels = ma.fields.List(ma.fields.String())
