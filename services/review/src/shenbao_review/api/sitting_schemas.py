"""Public JSON of sittings, ballots and minutes."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import Schema, Text
from shenbao_review.domain.ballot import CHOICES, Result
from shenbao_review.domain.states import SittingState

MOST_CASES, MOST_MEMBERS = 1000, 200
_STATE = ma.fields.String(validate=validate.OneOf(list(SittingState)))
_RESULT = ma.fields.String(validate=validate.OneOf(list(Result)))


def _ids(most: int, least: int = 1) -> ma.fields.List[Any]:
    return ma.fields.List(ma.fields.UUID(), required=True, validate=validate.Length(min=least, max=most))


class SittingIn(Schema):
    """ids: applications that wait for the committee. seats: how many may be through, null for all."""

    title = Text(200, required=True)
    held_on = ma.fields.Date(required=True)
    seats = ma.fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, MOST_CASES))
    ids = _ids(MOST_CASES)


class CasesIn(Schema):
    ids = _ids(MOST_CASES)


class MembersIn(Schema):
    expert_ids = _ids(MOST_MEMBERS)


class DrawIn(Schema):
    """specialty: only who knows it."""

    number = ma.fields.Integer(required=True, validate=validate.Range(1, MOST_MEMBERS))
    specialty = Text(100, load_default=None, allow_none=True)


class AttendanceIn(Schema):
    """expert_ids: who is there; chair_id: who of them chairs."""

    expert_ids = _ids(MOST_MEMBERS)
    chair_id = ma.fields.UUID(required=True)


class MinutesIn(Schema):
    text = Text(10_000, low=0, required=True)


class VoteIn(Schema):
    """choices: by application, for every candidate of the own ballot."""

    round = ma.fields.Integer(required=True, validate=validate.Range(1, 2))
    choices = ma.fields.Dict(ma.fields.UUID(), ma.fields.String(validate=validate.OneOf(CHOICES)), required=True)


class RecusalIn(Schema):
    application_id = ma.fields.UUID(required=True)


class SignatureIn(Schema):
    """content_hash: of the minutes as they were read."""

    content_hash = ma.fields.String(required=True, validate=validate.Length(equal=64))


class SittingItemOut(Schema):
    sitting_id = ma.fields.UUID()
    committee_id = ma.fields.UUID()
    committee_name = ma.fields.String()
    title = ma.fields.String()
    held_on = ma.fields.Date()
    seats = ma.fields.Integer(allow_none=True)
    state = _STATE
    round = ma.fields.Integer()
    opened_at = ma.fields.AwareDateTime(format="iso", allow_none=True)
    closed_at = ma.fields.AwareDateTime(format="iso", allow_none=True)
    signed_at = ma.fields.AwareDateTime(format="iso", allow_none=True)


class SittingsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(SittingItemOut))
    next = ma.fields.String(allow_none=True)


class MemberOut(Schema):
    """voted: in the present round."""

    expert_id = ma.fields.UUID()
    name = ma.fields.String()
    drawn = ma.fields.Boolean()
    attends = ma.fields.Boolean()
    chairs = ma.fields.Boolean()
    voted = ma.fields.Boolean()
    recused = ma.fields.Integer()


class CountOut(Schema):
    round = ma.fields.Integer()
    present = ma.fields.Integer()
    yes = ma.fields.Integer()
    no = ma.fields.Integer()
    abstained = ma.fields.Integer()


class CandidateOut(Schema):
    number = ma.fields.Integer()
    application_id = ma.fields.UUID()
    reference = ma.fields.String()
    unit_name = ma.fields.String()
    result = _RESULT
    counts = ma.fields.List(ma.fields.Nested(CountOut))


class SittingOut(SittingItemOut):
    """quorum: how many must attend. draws: how members were drawn, each with its seed."""

    quorum = ma.fields.Integer()
    text = ma.fields.String()
    draws = ma.fields.List(ma.fields.Dict())
    members = ma.fields.List(ma.fields.Nested(MemberOut))
    candidates = ma.fields.List(ma.fields.Nested(CandidateOut))


class RecountedOut(Schema):
    """agrees: with what was announced. unchanged: the slips are those of the closing."""

    round = ma.fields.Integer()
    slips = ma.fields.Integer()
    agrees = ma.fields.Boolean()
    unchanged = ma.fields.Boolean()


class RecountOut(Schema):
    rounds = ma.fields.List(ma.fields.Nested(RecountedOut))


class SeatOut(SittingItemOut):
    """A sitting as one of its members sees it."""

    attends = ma.fields.Boolean()
    chairs = ma.fields.Boolean()
    voted = ma.fields.Boolean()


class SeatsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(SeatOut))
    next = ma.fields.String(allow_none=True)


class OnBallotOut(Schema):
    number = ma.fields.Integer()
    application_id = ma.fields.UUID()
    reference = ma.fields.String()
    unit_name = ma.fields.String()
    variant = ma.fields.String()


class BallotOut(SeatOut):
    """candidates: those about whom the member votes in this round. agenda: those that the member may read."""

    candidates = ma.fields.List(ma.fields.Nested(OnBallotOut))
    agenda = ma.fields.List(ma.fields.Nested(OnBallotOut))


class SlipOut(Schema):
    """Good for ten minutes: hand it to POST /v1/evaluations of applications, or to POST /v1/minutes of documents."""

    slip = ma.fields.String()


class VotedOut(Schema):
    voted = ma.fields.Boolean()


class MinutesOut(Schema):
    """minutes: what is signed, with its hash; content_hash of what was signed stays."""

    minutes = ma.fields.Dict()
    content_hash = ma.fields.String()
    signed_at = ma.fields.AwareDateTime(format="iso", allow_none=True)
