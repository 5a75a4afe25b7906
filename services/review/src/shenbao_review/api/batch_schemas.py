"""Public JSON of batches."""

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import PageQuery, Schema
from shenbao_review.actions.batches import MOST
from shenbao_review.api.schemas import ProblemOut, VerdictIn
from shenbao_review.domain.states import DECISIONS, BatchState, ItemState


class OperationIn(VerdictIn):
    """ids, with the versions as shown; where no ids are given, all that wait, of one project or of every."""

    ids = ma.fields.List(
        ma.fields.UUID(), load_default=list, validate=[validate.Length(min=1), validate.Length(max=MOST)]
    )
    versions = ma.fields.Dict(ma.fields.UUID(), ma.fields.Integer(), load_default=dict)
    project_id = ma.fields.UUID(load_default=None, allow_none=True)


class OperationOut(Schema):
    """stopped_why: `by_hand`, or the code for which the officer could not go on."""

    batch_id = ma.fields.UUID()
    action = ma.fields.String(validate=validate.OneOf(list(DECISIONS)))
    opinion = ma.fields.String(allow_none=True)
    state = ma.fields.String(validate=validate.OneOf(list(BatchState)))
    stopped_why = ma.fields.String(allow_none=True)
    total = ma.fields.Integer()
    decided = ma.fields.Integer()
    refused = ma.fields.Integer()
    made_at = ma.fields.AwareDateTime(format="iso")
    ended_at = ma.fields.AwareDateTime(format="iso", allow_none=True)


class OperationsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(OperationOut))
    next = ma.fields.String(allow_none=True)


class ResultsQuery(PageQuery):
    """result: only those."""

    result = ma.fields.String(load_default=None, validate=validate.OneOf(list(ItemState)))


class ItemOut(Schema):
    """One case. reference: "" for what the office does not see."""

    application_id = ma.fields.UUID()
    reference = ma.fields.String()
    result = ma.fields.String(validate=validate.OneOf(list(ItemState)))
    code = ma.fields.String(allow_none=True)
    errors = ma.fields.List(ma.fields.Nested(ProblemOut), allow_none=True)


class ResultsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(ItemOut))
    next = ma.fields.String(allow_none=True)
