"""Public JSON of the check: clauses and items, met or not."""

import marshmallow as ma

from shenbao_applications.api.schemas import FoundOut, NamedOut, ProblemOut
from shenbao_common.web.schema import Schema


class ClauseOut(NamedOut):
    """A clause for this applicant. result: met, not_met, needs_proof. because: the places that it fails on.

    found: what was reckoned of these, to be read beside the limits: 4 of 5 years.
    """

    key = ma.fields.String()
    policy = ma.fields.Nested(NamedOut, allow_none=True)
    limits = ma.fields.Dict()
    result = ma.fields.String()
    because = ma.fields.List(ma.fields.String())
    found = ma.fields.List(ma.fields.Nested(FoundOut))


class CheckedOut(NamedOut):
    """A field of the form that applies, with what is objected to at it and below."""

    path = ma.fields.String()
    met = ma.fields.Boolean()
    problems = ma.fields.List(ma.fields.Nested(ProblemOut))


class CheckOut(Schema):
    """Everything that stands in the way of reporting, at once. complete: nothing does.

    bound: whether the person belongs to a unit, where the programme asks for that.
    """

    complete = ma.fields.Boolean()
    open = ma.fields.Boolean()
    bound = ma.fields.Boolean()
    items = ma.fields.List(ma.fields.Nested(CheckedOut))
    problems = ma.fields.List(ma.fields.Nested(ProblemOut))
    clauses = ma.fields.List(ma.fields.Nested(ClauseOut))
