"""Public JSON of what comes before an application."""

import marshmallow as ma
from marshmallow import validate

from shenbao_applications.api.schemas import NamedOut
from shenbao_common.web.schema import Schema, Text


class ConsentIn(Schema):
    """accepted: keys of the programme's commitments that were read and agreed to."""

    accepted = ma.fields.List(Text(60), required=True, validate=validate.Length(max=20))


class ConsentOut(Schema):
    key = ma.fields.String()
    version_id = ma.fields.UUID()
    accepted_at = ma.fields.AwareDateTime()


class ConsentsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(ConsentOut))


class CatalogueConditionOut(NamedOut):
    """A condition in the words of the rule book."""

    key = ma.fields.String()
    policy = ma.fields.Nested(NamedOut, allow_none=True)
    limits = ma.fields.Dict()


class KeyedOut(NamedOut):
    key = ma.fields.String()


class MatchedOut(CatalogueConditionOut):
    """of: its class. materials: what to prepare, in order."""

    of = ma.fields.Nested(KeyedOut)
    materials = ma.fields.List(ma.fields.Nested(NamedOut))


class ClassOut(KeyedOut):
    conditions = ma.fields.List(ma.fields.Nested(CatalogueConditionOut))
    materials = ma.fields.List(ma.fields.Nested(NamedOut))


class ConditionsOut(Schema):
    """Classes in the programme's order."""

    programme = ma.fields.String()
    version = ma.fields.Integer()
    classes = ma.fields.List(ma.fields.Nested(ClassOut))


class ArticleOut(KeyedOut):
    """kind: policy, guide or answer."""

    kind = ma.fields.String()
    text = ma.fields.Nested(NamedOut)


class ArticlesOut(NamedOut):
    programme = ma.fields.String()
    items = ma.fields.List(ma.fields.Nested(ArticleOut))


class LineIn(Schema):
    question = Text(60, required=True)
    answer = Text(60, required=True)


class TrailIn(Schema):
    """answers: so far, in order. act: none, `previous` takes the last answer back, `reset` all."""

    answers = ma.fields.List(ma.fields.Nested(LineIn), load_default=list, validate=validate.Length(max=50))
    act = ma.fields.String(load_default="", validate=validate.OneOf(["", "previous", "reset"]))


class TreeQuestionOut(KeyedOut):
    """catalogue: a text to read before answering."""

    answers = ma.fields.List(ma.fields.Nested(KeyedOut))
    catalogue = ma.fields.Nested(NamedOut, allow_none=True, dump_default=None)


class TreeOut(NamedOut):
    programme = ma.fields.String()
    questions = ma.fields.List(ma.fields.Nested(TreeQuestionOut))


class AnsweredOut(Schema):
    """number: which answer of the question it was, from 1."""

    question = ma.fields.Nested(KeyedOut)
    answer = ma.fields.Nested(KeyedOut)
    number = ma.fields.Integer()


class WalkedOut(Schema):
    """open: the question that comes now, null at an end; then condition is what matches, null for none."""

    answered = ma.fields.List(ma.fields.Nested(AnsweredOut))
    open = ma.fields.Nested(TreeQuestionOut, allow_none=True)
    ended = ma.fields.Boolean()
    condition = ma.fields.Nested(MatchedOut, allow_none=True)


class AnalysisIn(Schema):
    """face: identity's slip about a passed authentication (POST /v1/me/face-slips), good once.

    numbers: of certificates, by register; skip: without them, so that only what needs no number is asked.
    """

    face = Text(4000, load_default=None, allow_none=True)
    skip = ma.fields.Boolean(load_default=False)
    numbers = ma.fields.Dict(keys=Text(40), values=Text(40, low=0), load_default=dict, validate=validate.Length(max=5))


class AnalysisOut(Schema):
    """outcome: title_only, education_only, both, neither. start: direct, choose among conditions, or self_select.

    asked, away: registers that were asked, and those of them that did not answer. found: records by register.
    """

    id = ma.fields.UUID()
    outcome = ma.fields.String()
    asked = ma.fields.List(ma.fields.String())
    away = ma.fields.List(ma.fields.String())
    found = ma.fields.Dict()
    conditions = ma.fields.List(ma.fields.Nested(MatchedOut))
    start = ma.fields.String()


class ReadAgainIn(Schema):
    """As for an analysis; the numbers are those of the form."""

    face = Text(4000, load_default=None, allow_none=True)


class ReadAgainOut(Schema):
    """replaced: whether the registers had anything; if not, what stood there stays."""

    replaced = ma.fields.Boolean()
    away = ma.fields.List(ma.fields.String())
