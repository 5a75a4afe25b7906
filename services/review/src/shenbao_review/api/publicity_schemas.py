"""Public JSON of notices and objections."""

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import Schema, Text
from shenbao_review.domain.states import ObjectionState, PublicityState, PublicState

_TIME = ma.fields.AwareDateTime(format="iso")


class PublicityIn(Schema):
    """sheet: of `POST /v1/applications/publicity-sheet`."""

    title = Text(200, required=True)
    sheet = ma.fields.String(required=True, validate=validate.Length(max=900_000))


class PublicNoticeItemOut(Schema):
    """A notice while it is posted. last_day: the last day on which one may object."""

    publicity_id = ma.fields.UUID()
    title = ma.fields.String()
    organisation_name = ma.fields.String()
    working_days = ma.fields.Integer()
    posted_at = _TIME
    last_day = ma.fields.Date()


class PublicCaseOut(Schema):
    """name: masked; values: what the programme allows, each with its name in both languages."""

    number = ma.fields.Integer()
    name = ma.fields.String()
    unit_name = ma.fields.String()
    values = ma.fields.List(ma.fields.Dict())


class PublicNoticeOut(PublicNoticeItemOut):
    cases = ma.fields.List(ma.fields.Nested(PublicCaseOut))


class PublicNoticesOut(Schema):
    items = ma.fields.List(ma.fields.Nested(PublicNoticeItemOut))
    next = ma.fields.String(allow_none=True)


class NoticeItemOut(PublicNoticeItemOut):
    """With the evidence: taken_down_at, and the SHA-256 of what was shown. issuance_id: once its cases are numbered."""

    state = ma.fields.String(validate=validate.OneOf(list(PublicityState)))
    taken_down_at = ma.fields.AwareDateTime(format="iso", allow_none=True)
    content_hash = ma.fields.String()
    issuance_id = ma.fields.UUID(allow_none=True)


class NoticesOut(Schema):
    items = ma.fields.List(ma.fields.Nested(NoticeItemOut))
    next = ma.fields.String(allow_none=True)


class PostedCaseOut(PublicCaseOut):
    application_id = ma.fields.UUID()
    state = ma.fields.String(validate=validate.OneOf(list(PublicState)))


class ObjectionOut(Schema):
    """name, contact: null when it is anonymous."""

    objection_id = ma.fields.UUID()
    application_id = ma.fields.UUID()
    text = ma.fields.String()
    name = ma.fields.String(allow_none=True)
    contact = ma.fields.String(allow_none=True)
    has_attachment = ma.fields.Boolean()
    raised_at = _TIME
    state = ma.fields.String(validate=validate.OneOf(list(ObjectionState)))
    opinion = ma.fields.String(allow_none=True)
    decided_at = ma.fields.AwareDateTime(format="iso", allow_none=True)


class NoticeOut(NoticeItemOut):
    cases = ma.fields.List(ma.fields.Nested(PostedCaseOut))
    objections = ma.fields.List(ma.fields.Nested(ObjectionOut))


class ObjectionIn(Schema):
    """number: of the case in the notice; without name and contact it is anonymous."""

    number = ma.fields.Integer(required=True, validate=validate.Range(1, 100_000))
    text = Text(5000, required=True)
    name = Text(60, low=0, load_default="")
    contact = Text(200, low=0, load_default="")


class ReceivedOut(Schema):
    objection_id = ma.fields.UUID()
    raised_at = _TIME


class ObjectionDecisionIn(Schema):
    upheld = ma.fields.Boolean(required=True)
    opinion = Text(2000, low=0, load_default="")
