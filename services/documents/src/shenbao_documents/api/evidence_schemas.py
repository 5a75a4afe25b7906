"""Public JSON of what files say."""

import marshmallow as ma

from shenbao_common.web.schema import Schema, Text


class RecognitionIn(Schema):
    """kind: what the image shows."""

    file_id = ma.fields.UUID(required=True)
    kind = Text(40, required=True)


class RecognitionOut(Schema):
    """state: waiting, running, done, failed or cancelled. result: turned (degrees), fields with confidence, lines."""

    id = ma.fields.UUID()
    file_id = ma.fields.UUID()
    kind = ma.fields.String()
    state = ma.fields.String()
    result = ma.fields.Dict(allow_none=True)


class FactsIn(Schema):
    """values: by the fields of the kind."""

    kind = Text(40, required=True)
    values = ma.fields.Dict(keys=ma.fields.String(), values=Text(1000, low=0), required=True)


class FindingsQuery(Schema):
    """The application that is reviewed."""

    application_id = ma.fields.UUID(required=True)


class FindingOut(Schema):
    """code: same_content or same_number; reference: of the other application."""

    code = ma.fields.String()
    file_id = ma.fields.UUID()
    file_name = ma.fields.String()
    kind = ma.fields.String(allow_none=True)
    number = ma.fields.String(allow_none=True)
    application_id = ma.fields.UUID()
    reference = ma.fields.String()


class FindingsOut(Schema):
    """At most a hundred."""

    items = ma.fields.List(ma.fields.Nested(FindingOut))
