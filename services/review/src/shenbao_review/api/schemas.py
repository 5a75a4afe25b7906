"""Public JSON of review."""

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import PageQuery, PrintedText, Schema, Text
from shenbao_review.domain.states import DECISIONS, CaseState, ReconsiderationState, StepState

TABS = ("open", "passed", "returned", "failed", "watched", "all")
_TIME = ma.fields.AwareDateTime(format="iso")


class NameOut(Schema):
    """A name in both languages, as the programme words it."""

    zh = ma.fields.String()
    en = ma.fields.String()


class CasesQuery(PageQuery):
    """q: the beginning of a reference. claimed: of an office's queue, what the caller has claimed, or nobody has.

    publicity, committee_id: of an office's queue, what waits to be posted, or for a sitting of that committee.
    """

    tab = ma.fields.String(load_default="open", validate=validate.OneOf(TABS))
    project_id = ma.fields.UUID(load_default=None)
    q = Text(40, load_default=None)
    claimed = ma.fields.String(load_default=None, validate=validate.OneOf(["mine", "nobody"]))
    overdue = ma.fields.Boolean(load_default=False)
    publicity = ma.fields.Boolean(load_default=False)
    committee_id = ma.fields.UUID(load_default=None)


class CountsQuery(Schema):
    project_id = ma.fields.UUID(load_default=None)


class CountsOut(Schema):
    """Cases under each tab; a number that equals `bound` means that many, or more.

    For offices: watched, overdue below the office and not in `all`. overdue: of those that wait for the office, or of
    those of the unit, for whomever they wait.
    """

    open = ma.fields.Integer()
    passed = ma.fields.Integer()
    returned = ma.fields.Integer()
    failed = ma.fields.Integer()
    watched = ma.fields.Integer()
    overdue = ma.fields.Integer()
    all = ma.fields.Integer()
    bound = ma.fields.Integer()


class CurrentOut(Schema):
    """Where the case is now. actions: what the caller may do there, none for a reader. due_on: its last day.

    default_opinion: of one case alone, what a pass is proposed to say. pass_mark: of an examination.
    """

    pass_mark = ma.fields.Integer(allow_none=True)

    step_id = ma.fields.UUID()
    step_key = ma.fields.String()
    name = ma.fields.Nested(NameOut)
    organisation_id = ma.fields.UUID()
    organisation_name = ma.fields.String()
    since = _TIME
    due_on = ma.fields.Date(allow_none=True)
    overdue = ma.fields.Boolean()
    publicity = ma.fields.Boolean()
    committee_id = ma.fields.UUID(allow_none=True)
    actions = ma.fields.List(ma.fields.String())
    opinion_required = ma.fields.List(ma.fields.String())
    default_opinion = ma.fields.Nested(NameOut, allow_none=True)


class CaseItemOut(Schema):
    """A line of a list. since: how long the case has stood under this tab; version: that of its ETag.

    self_declaring: a person declares in the name of the unit, which examines nothing (个人以单位名义注册).
    claimed, mark: for officers, in the queue of their own office; null when nobody has claimed it, or nothing is new.
    """

    application_id = ma.fields.UUID()
    reference = ma.fields.String()
    programme = ma.fields.String()
    project_id = ma.fields.UUID()
    variant = ma.fields.String()
    tier = ma.fields.String()
    unit_id = ma.fields.UUID()
    unit_name = ma.fields.String()
    self_declaring = ma.fields.Boolean()
    round = ma.fields.Integer()
    status = ma.fields.String(validate=validate.OneOf(list(CaseState)))
    submitted_at = _TIME
    since = _TIME
    version = ma.fields.Integer()
    current = ma.fields.Nested(CurrentOut, allow_none=True)
    claimed = ma.fields.String(validate=validate.OneOf(["mine", "other"]), allow_none=True)
    mark = ma.fields.String(validate=validate.OneOf(["unread", "changed"]), allow_none=True)


class StepOut(Schema):
    """One step of one round. score: of an examination."""

    score = ma.fields.Float(allow_none=True)

    id = ma.fields.UUID()
    step_key = ma.fields.String()
    name = ma.fields.Nested(NameOut)
    organisation_id = ma.fields.UUID()
    organisation_name = ma.fields.String()
    round = ma.fields.Integer()
    state = ma.fields.String(validate=validate.OneOf(list(StepState)))
    opened_at = ma.fields.AwareDateTime(format="iso", allow_none=True)
    decided_at = ma.fields.AwareDateTime(format="iso", allow_none=True)


class PostedOut(Schema):
    """The notice that everybody may read, with its first and last day."""

    publicity_id = ma.fields.UUID()
    starts_on = ma.fields.Date()
    ends_on = ma.fields.Date()


class ReconsiderableOut(Schema):
    """Of a rejection: the state of its reconsideration, or null and until when it may be asked for."""

    reconsideration_id = ma.fields.UUID(allow_none=True)
    state = ma.fields.String(validate=validate.OneOf(list(ReconsiderationState)), allow_none=True)
    until = ma.fields.Date()


class CaseOut(CaseItemOut):
    """A case with its progress. label: the programme's own name of the status. publicity: while it is posted.

    reconsideration: of a rejected case, where the programme knows it.
    """

    reconsideration = ma.fields.Nested(ReconsiderableOut, allow_none=True)

    label = ma.fields.Nested(NameOut, allow_none=True)
    publicity = ma.fields.Nested(PostedOut, allow_none=True)
    steps = ma.fields.List(ma.fields.Nested(StepOut))


class CasesOut(Schema):
    items = ma.fields.List(ma.fields.Nested(CaseItemOut))
    next = ma.fields.String(allow_none=True)


class ReturnItem(Schema):
    """item: `<section>.<field>`, or the key of a material."""

    item = Text(200, required=True)
    reason = Text(500, required=True)


class LogEntryOut(Schema):
    """A line of the log. account_id: for administrators only, so that no applicant learns who decided."""

    step_key = ma.fields.String(allow_none=True)
    name = ma.fields.Nested(NameOut, allow_none=True)
    organisation_name = ma.fields.String()
    action = ma.fields.String()
    opinion = ma.fields.String(allow_none=True)
    items = ma.fields.List(ma.fields.Nested(ReturnItem))
    at = _TIME
    round = ma.fields.Integer()
    account_id = ma.fields.UUID(allow_none=True)


class LogOut(Schema):
    items = ma.fields.List(ma.fields.Nested(LogEntryOut))
    next = ma.fields.String(allow_none=True)


class VerdictIn(Schema):
    action = ma.fields.String(required=True, validate=validate.OneOf(list(DECISIONS)))
    opinion = PrintedText(2000, low=0, load_default=None, allow_none=True)


class DecisionIn(VerdictIn):
    """items: with a return, what alone is to be corrected; none opens everything. score: of an examination."""

    score = ma.fields.Float(load_default=None, allow_none=True, validate=validate.Range(0, 1000))

    step_id = ma.fields.UUID(required=True)
    items = ma.fields.List(ma.fields.Nested(ReturnItem), load_default=list, validate=validate.Length(max=200))


class BatchIn(VerdictIn):
    """versions: those of the cases as they were shown; a case that changed since is refused."""

    ids = ma.fields.List(ma.fields.UUID(), required=True, validate=validate.Length(min=1, max=500))
    versions = ma.fields.Dict(ma.fields.UUID(), ma.fields.Integer(), load_default=dict)


class ProblemOut(Schema):
    code = ma.fields.String()
    path = ma.fields.String()
    params = ma.fields.Dict()


class ResultOut(Schema):
    application_id = ma.fields.UUID()
    result = ma.fields.String(validate=validate.OneOf(["decided", "refused"]))
    code = ma.fields.String(allow_none=True)
    errors = ma.fields.List(ma.fields.Nested(ProblemOut))


class BatchOut(Schema):
    results = ma.fields.List(ma.fields.Nested(ResultOut))
