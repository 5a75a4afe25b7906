"""Public JSON of committees, experts and declared relations."""

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import PageQuery, PrintedText, Schema, Text

_WORDS = validate.Length(max=100)


class CommitteeIn(Schema):
    """programmes: keys; groups: values of the field by which the programme groups; empty for all.

    outside: it sits elsewhere and hands in its results.
    """

    name = PrintedText(200, required=True)
    programmes = ma.fields.List(Text(60), load_default=list, validate=_WORDS)
    groups = ma.fields.List(Text(200), load_default=list, validate=_WORDS)
    active = ma.fields.Boolean(load_default=True)
    outside = ma.fields.Boolean(load_default=False)


class ResultIn(Schema):
    """What an outside committee decided about the application of this reference number."""

    reference = Text(40, required=True)
    result = ma.fields.String(required=True, validate=validate.OneOf(["passed", "failed"]))
    opinion = PrintedText(2000, low=0, load_default="")


class ResultsIn(Schema):
    """All rows count, or none."""

    rows = ma.fields.List(ma.fields.Nested(ResultIn), required=True, validate=validate.Length(min=1, max=1000))


class ResultsTakenOut(Schema):
    passed = ma.fields.Integer()
    failed = ma.fields.Integer()


class CommitteeOut(Schema):
    committee_id = ma.fields.UUID()
    organisation_id = ma.fields.UUID(attribute="body_id")
    name = ma.fields.String()
    programmes = ma.fields.List(ma.fields.String())
    groups = ma.fields.List(ma.fields.String())
    active = ma.fields.Boolean()
    outside = ma.fields.Boolean()
    version = ma.fields.Integer()


class OverlapOut(Schema):
    committee_id = ma.fields.UUID()
    name = ma.fields.String()


class FormedOut(CommitteeOut):
    """overlaps: other committees of the office that evaluate the same; a report that concerns both is refused."""

    overlaps = ma.fields.List(ma.fields.Nested(OverlapOut))


class CommitteesOut(Schema):
    items = ma.fields.List(ma.fields.Nested(CommitteeOut))
    next = ma.fields.String(allow_none=True)


class ExpertsQuery(PageQuery):
    specialty = Text(100, load_default=None)


class ExpertIn(Schema):
    """term_from, term_to: days in China, both included."""

    name = PrintedText(60, required=True)
    unit_id = ma.fields.UUID(load_default=None, allow_none=True)
    specialties = ma.fields.List(Text(100), load_default=list, validate=_WORDS)
    term_from = ma.fields.Date(required=True)
    term_to = ma.fields.Date(required=True)


class ExpertOut(Schema):
    """joined: has an account to vote with."""

    expert_id = ma.fields.UUID()
    name = ma.fields.String()
    unit_id = ma.fields.UUID(allow_none=True)
    specialties = ma.fields.List(ma.fields.String())
    term_from = ma.fields.Date()
    term_to = ma.fields.Date()
    joined = ma.fields.Function(lambda row: row.account_id is not None)
    ended_at = ma.fields.AwareDateTime(format="iso", allow_none=True)


class InvitedOut(Schema):
    """invitation: told once."""

    expert_id = ma.fields.UUID()
    invitation = ma.fields.String()


class ExpertsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(ExpertOut))
    next = ma.fields.String(allow_none=True)


class MembershipIn(Schema):
    invitation = Text(40, required=True)


class MembershipOut(Schema):
    expert_id = ma.fields.UUID()
    organisation_id = ma.fields.UUID(attribute="body_id")
    specialties = ma.fields.List(ma.fields.String())
    term_from = ma.fields.Date()
    term_to = ma.fields.Date()


class RelationIn(Schema):
    """Exactly one of reference and unit_id. expert_id: of one's own office's pool; without it, oneself."""

    expert_id = ma.fields.UUID(load_default=None)
    reference = Text(40, load_default=None)
    unit_id = ma.fields.UUID(load_default=None)


class RelationOut(Schema):
    relation_id = ma.fields.UUID()
    application_id = ma.fields.UUID(allow_none=True)
    unit_id = ma.fields.UUID(allow_none=True)
    declared_at = ma.fields.AwareDateTime(format="iso")


class RelationsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(RelationOut))
    next = ma.fields.String(allow_none=True)
