"""Public JSON of the performance archive."""

import marshmallow as ma
from marshmallow import validate

from shenbao_applications.api.schemas import MOST_AT_ONCE, NamedOut, ProblemOut
from shenbao_applications.domain.archive import Action
from shenbao_applications.queries.archive import ALL, TABS
from shenbao_common.web.schema import PageQuery, Schema, Text


class CategoryOut(NamedOut):
    """A form of the archive. columns: what lists show; pending: how many records wait for who asks."""

    key = ma.fields.String()
    help = ma.fields.Nested(NamedOut, allow_none=True)
    columns = ma.fields.List(ma.fields.String())
    fields_ = ma.fields.List(ma.fields.Dict(), data_key="fields", attribute="fields")
    pending = ma.fields.Integer()


class CategoriesOut(Schema):
    """In the order in which they are shown; verifies: the caller decides about the records that it reads.

    bound: a number that equals it means that many or more.
    """

    items = ma.fields.List(ma.fields.Nested(CategoryOut))
    verifies = ma.fields.Boolean()
    bound = ma.fields.Integer()


class ArchiveFilters(Schema):
    """q: a piece of the name, or of the ID number."""

    category = Text(60, load_default=None)
    q = Text(60, low=0, load_default="")


class ArchiveQuery(ArchiveFilters, PageQuery):
    """Filters and page."""

    tab = ma.fields.String(load_default=ALL, validate=validate.OneOf(TABS))


class RecordIn(Schema):
    """profile: identity's slip about the caller (POST /v1/me/profile-slips)."""

    category = Text(60, required=True)
    profile = Text(8000, required=True)
    values = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)


class ValuesIn(Schema):
    """Everything of the form; what is missing is empty. Files: a receipt of documents, or the id of one kept."""

    values = ma.fields.Dict(keys=ma.fields.String(), required=True)


class DecisionsIn(Schema):
    """opinion: needed for everything but passing."""

    ids = ma.fields.List(ma.fields.UUID(), required=True, validate=validate.Length(1, MOST_AT_ONCE))
    action = ma.fields.String(required=True, validate=validate.OneOf([a.value for a in Action]))
    opinion = Text(2000, low=0, load_default="")


class PersonOut(Schema):
    """Whose record it is."""

    name = ma.fields.String()
    id_type = ma.fields.String()
    id_number = ma.fields.String()


class RecordItemOut(Schema):
    """A record with its latest version; for who verifies it, the latest that was handed in.

    passed_number: of the version that counts, null while none was passed.
    """

    id = ma.fields.UUID()
    category = ma.fields.String()
    person = ma.fields.Nested(PersonOut)
    state = ma.fields.String()
    number = ma.fields.Integer()
    passed_number = ma.fields.Integer(allow_none=True)
    version = ma.fields.Integer()
    submitted_at = ma.fields.AwareDateTime(allow_none=True)
    values = ma.fields.Dict()


class RecordVersionOut(Schema):
    """What a record says, or said."""

    number = ma.fields.Integer()
    state = ma.fields.String()
    values = ma.fields.Dict()


class RecordOut(RecordItemOut):
    """With every version."""

    versions = ma.fields.List(ma.fields.Nested(RecordVersionOut))


class RecordsOut(Schema):
    """One page, the latest first."""

    items = ma.fields.List(ma.fields.Nested(RecordItemOut))
    next = ma.fields.String(allow_none=True)


class RecordCountsOut(Schema):
    """all: pending, passed and failed together; bound: a number of one tab that equals it means that many or more."""

    pending = ma.fields.Integer()
    passed = ma.fields.Integer()
    failed = ma.fields.Integer()
    all = ma.fields.Integer()
    bound = ma.fields.Integer()


class EntryOut(Schema):
    """One line of the log. actor: the person, the unit or the department."""

    number = ma.fields.Integer()
    action = ma.fields.String()
    actor = ma.fields.String()
    opinion = ma.fields.String(allow_none=True)
    at = ma.fields.AwareDateTime()


class EntriesOut(Schema):
    """Oldest first."""

    items = ma.fields.List(ma.fields.Nested(EntryOut))
    next = ma.fields.String(allow_none=True)


class DecidedOut(Schema):
    """result: decided or refused, then with its code."""

    id = ma.fields.UUID()
    result = ma.fields.String()
    code = ma.fields.String()
    params = ma.fields.Dict()
    errors = ma.fields.List(ma.fields.Nested(ProblemOut))


class DecisionsOut(Schema):
    """In the order of the ids."""

    results = ma.fields.List(ma.fields.Nested(DecidedOut))
