"""Public JSON of applications."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from shenbao_applications.domain.received import SORTS
from shenbao_applications.domain.tabs import ALL, TABS
from shenbao_common.web.schema import PageQuery, Schema, Text

MOST_AT_ONCE = 100
"""Applications in one batch; each is checked and locked."""


class Listed(ma.fields.Field[list[Any]]):
    """Values separated by commas."""

    def __init__(self, inner: ma.fields.Field[Any], **options: Any) -> None:
        super().__init__(**options)
        self._inner = inner

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        parts = [part.strip() for part in str(value).split(",") if part.strip()]
        if len(parts) > MOST_AT_ONCE:
            raise ma.ValidationError(f"too_long:{MOST_AT_ONCE}")
        return [self._inner.deserialize(part) for part in parts]


class Filters(Schema):
    """q: exact name or ID number of the person, or the start of a reference number."""

    project_id = ma.fields.UUID(load_default=None)
    programme = Text(60, load_default=None)
    variant = Text(60, load_default=None)
    status = Listed(ma.fields.String(validate=validate.OneOf(ALL)), load_default=None)
    tab = ma.fields.String(load_default=None, validate=validate.OneOf(list(TABS)))
    q = Text(100, low=0, load_default=None)
    ids = Listed(ma.fields.UUID(), load_default=None)


class ApplicationQuery(Filters, PageQuery):
    """Filters and page. sort: keys in turn, separated by commas; without, the newest first."""

    sort = Listed(ma.fields.String(validate=validate.OneOf(SORTS)), load_default=None)
    descending = ma.fields.Boolean(load_default=False)


class ApplicationIn(Schema):
    """sections: section key to field key to value; may be empty, and completed later.

    accepted: keys of the programme's commitments that were read and agreed to. profile: identity's slip about the
    person (POST /v1/me/profile-slips), where the programme begins with what the personal centre tells.
    analysis: of the person's register data, which fill in what they can.
    """

    project_id = ma.fields.UUID(required=True)
    analysis = ma.fields.UUID(load_default=None, allow_none=True)
    profile = Text(8000, load_default=None, allow_none=True)
    accepted = ma.fields.List(Text(60), load_default=list, validate=validate.Length(max=20))
    sections = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)


class SectionsIn(Schema):
    """PUT: everything, what is missing is empty. PATCH: only what changes, null empties a field. confirmed: places
    (`section.field`) of choices on which rules depend and which are meant to be changed."""

    sections = ma.fields.Dict(keys=ma.fields.String(), required=True)
    confirmed = ma.fields.List(Text(200), load_default=list, validate=validate.Length(max=20))


class IdsIn(Schema):
    """Ticked applications."""

    ids = ma.fields.List(ma.fields.UUID(), required=True, validate=validate.Length(1, MOST_AT_ONCE))


class OperatorIn(Schema):
    """What is required is said by the pack (`report_fields`). confirmed: keys of its `report_confirmations`."""

    class Meta(Schema.Meta):
        unknown = ma.INCLUDE

    operator_name = Text(200, low=0, load_default="")
    operator_phone = Text(200, low=0, load_default="")
    confirmed = ma.fields.List(Text(60), load_default=list, validate=validate.Length(max=20))


class ReportIn(OperatorIn):
    """face: identity's slip about an authentication for the purpose `submission`, where the pack asks for one."""

    face = Text(4000, load_default=None, allow_none=True)


class ReportsIn(IdsIn, OperatorIn):
    """Ticked applications with operator and telephone."""


class NamedOut(Schema):
    """A name in both languages."""

    zh = ma.fields.String()
    en = ma.fields.String()


class ProblemOut(Schema):
    """One objection; path is dotted from `sections`."""

    code = ma.fields.String()
    path = ma.fields.String()
    params = ma.fields.Dict()


class StepOut(NamedOut):
    """A step of the review; state: open, passed, returned, failed, cancelled, recalled."""

    step_key = ma.fields.String()
    organisation_id = ma.fields.UUID()
    organisation_name = ma.fields.String()
    round = ma.fields.Integer()
    state = ma.fields.String()
    decided_at = ma.fields.AwareDateTime(allow_none=True)


class ApplicationItemOut(Schema):
    """A line of a list. headline: the list columns of the pack as texts in both languages, by place in the form.

    codes_version: of the code dictionaries, null where the programme takes no options of them.
    operations: what whoever asks may do with it now: edit or view, delete, print:<kind of document>, progress.
    """

    id = ma.fields.UUID()
    reference = ma.fields.String()
    project_id = ma.fields.UUID()
    project_name = ma.fields.String()
    project_year = ma.fields.Integer()
    project_batch = ma.fields.String()
    programme = ma.fields.String()
    programme_version = ma.fields.Integer()
    variant = ma.fields.String()
    variant_label = ma.fields.Nested(NamedOut)
    level = ma.fields.String()
    codes_version = ma.fields.Integer(allow_none=True)
    unit_id = ma.fields.UUID()
    unit_name = ma.fields.String()
    filler_id = ma.fields.UUID()
    person_name = ma.fields.String()
    headline = ma.fields.Dict()
    operations = ma.fields.List(ma.fields.String())
    status = ma.fields.String()
    status_label = ma.fields.Nested(NamedOut)
    current = ma.fields.Nested(StepOut, allow_none=True)
    round = ma.fields.Integer()
    revision = ma.fields.Integer()
    version = ma.fields.Integer()
    created_at = ma.fields.AwareDateTime()
    saved_at = ma.fields.AwareDateTime()
    reported_at = ma.fields.AwareDateTime(allow_none=True)


class FormOut(NamedOut):
    """Something that is printed of an application."""

    kind = ma.fields.String()


class AgreedOut(Schema):
    """A commitment of the programme that the applicant agreed to."""

    key = ma.fields.String()
    accepted_at = ma.fields.AwareDateTime()


class ReconsiderationOut(Schema):
    """That of a rejection, as review tells: open, granted, or upheld (then the rejection stands)."""

    reconsideration_id = ma.fields.UUID()
    state = ma.fields.String()
    asked_at = ma.fields.AwareDateTime()
    decided_at = ma.fields.AwareDateTime(allow_none=True)


class ApplicationOut(ApplicationItemOut):
    """problems: what is missing before it can be reported. hidden: fields whose condition does not hold now.

    necessary: places of files that are demanded now, handed in or not.
    changed: places that are no longer as in the recognition that it renews.

    step: of a form in steps, the one to be filled in next. supersedes_id: the case that it replaces.
    registered: registers whose answers stand in it unchanged, and when they were read.
    open_items: fields and materials that alone may be changed after an itemised return; null when everything may.
    """

    sections = ma.fields.Dict()
    changed = ma.fields.List(ma.fields.String())
    problems = ma.fields.List(ma.fields.Nested(ProblemOut))
    hidden = ma.fields.List(ma.fields.String())
    necessary = ma.fields.List(ma.fields.String())
    editable = ma.fields.Boolean()
    deletable = ma.fields.Boolean()
    reportable = ma.fields.Boolean()
    withdrawable = ma.fields.Boolean()
    redeclarable = ma.fields.Boolean()
    supersedes_id = ma.fields.UUID(allow_none=True)
    registered = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())
    step = ma.fields.String(allow_none=True)
    open_items = ma.fields.List(ma.fields.String(), allow_none=True)
    form_kind = ma.fields.String(allow_none=True)
    forms = ma.fields.List(ma.fields.Nested(FormOut))
    commitments = ma.fields.List(ma.fields.Nested(AgreedOut))
    print_hash = ma.fields.String()
    reconsideration = ma.fields.Nested(ReconsiderationOut, allow_none=True)
    steps = ma.fields.List(ma.fields.Nested(StepOut))


class ForeseenOut(NamedOut):
    """A step to come. decider: the resolver that finds its body; missing: why it finds none.

    working_days: how long the step may take, null for as long as it needs.
    """

    step_key = ma.fields.String()
    stage = ma.fields.Integer()
    decider = ma.fields.String()
    organisation_id = ma.fields.UUID(allow_none=True)
    organisation_name = ma.fields.String()
    missing = ma.fields.String(allow_none=True)
    working_days = ma.fields.Integer(allow_none=True)


class RouteOut(Schema):
    """The way that an application will take. missing: the codes with which a report would be refused."""

    steps = ma.fields.List(ma.fields.Nested(ForeseenOut))
    missing = ma.fields.List(ma.fields.String())


class ChangeOut(NamedOut):
    """A field that the correction changed; before, after: as in `sections`, null when not filled in."""

    path = ma.fields.String()
    type = ma.fields.String()
    before = ma.fields.Raw(allow_none=True)
    after = ma.fields.Raw(allow_none=True)


class ComparisonOut(Schema):
    """What is new in this report, in the order of the form."""

    round = ma.fields.Integer()
    items = ma.fields.List(ma.fields.Nested(ChangeOut))


class FoundOut(NamedOut):
    """What was reckoned from the form, such as years of work."""

    key = ma.fields.String()
    value = ma.fields.Raw()


class ApplicationList(Schema):
    """One page, newest first."""

    items = ma.fields.List(ma.fields.Nested(ApplicationItemOut))
    next = ma.fields.String(allow_none=True)


class ResultOut(Schema):
    """result: reported, deleted or refused, then with the number that people know it by, code and errors."""

    id = ma.fields.UUID()
    reference = ma.fields.String()
    result = ma.fields.String()
    code = ma.fields.String()
    params = ma.fields.Dict()
    errors = ma.fields.List(ma.fields.Nested(ProblemOut))


class ResultsOut(Schema):
    """In the order of the ids."""

    results = ma.fields.List(ma.fields.Nested(ResultOut))


class SheetOut(Schema):
    """A signed slip for documents: hand it to POST /v1/prints or /v1/exports."""

    sheet = ma.fields.String()


class SheetPartOut(SheetOut):
    """next: where the table goes on, null with its last part; hand all parts in turn to /v1/export-jobs."""

    next = ma.fields.String(allow_none=True)
