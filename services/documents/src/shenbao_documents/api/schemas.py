"""Public JSON of documents."""

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow import validate

from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_documents.domain.names import LONGEST


class FileIn(Schema):
    """The file part of the form."""

    file = Upload(required=True)


class PurposeIn(Schema):
    """What the file is for.

    `wallet`, `code_certificate`, `unit_certificate`, `unit_licence`, `material:<programme>:<version>:<key>` or
    `attachment:<programme>:<version>:<field>`.
    """

    purpose = Text(200, required=True)


class FileOut(Schema):
    """A file that passed its checks. size in bytes; pages of a PDF."""

    id = ma.fields.UUID()
    name = ma.fields.String()
    media_type = ma.fields.String()
    size = ma.fields.Integer()
    sha256 = ma.fields.String()
    pages = ma.fields.Integer(allow_none=True)
    purpose = ma.fields.String()
    made_at = ma.fields.AwareDateTime()
    source = ma.fields.String()
    origin_id = ma.fields.UUID(allow_none=True)
    valid_until = ma.fields.Date(allow_none=True)
    facts = ma.fields.Dict(allow_none=True)


class FilePage(Schema):
    """Newest first."""

    items = ma.fields.List(ma.fields.Nested(FileOut))
    next = ma.fields.String(allow_none=True)


class FileChangeIn(Schema):
    """What the owner may change; the content is not among it."""

    name = Text(LONGEST)
    valid_until = ma.fields.Date(allow_none=True)


class TurnIn(Schema):
    """Clockwise."""

    degrees = ma.fields.Integer(required=True, validate=validate.OneOf((90, 180, 270)))


class PreviewQuery(Schema):
    """longest: pixels of the longer side."""

    longest = ma.fields.Integer(load_default=1600, validate=validate.Range(16, 4000))


class ViewOut(Schema):
    """Somebody who opened the file: what kind of account, of which organisation, when first and last."""

    kind = ma.fields.String()
    organisation_id = ma.fields.UUID(allow_none=True)
    first_at = ma.fields.AwareDateTime()
    last_at = ma.fields.AwareDateTime()


class ViewsOut(Schema):
    """Newest first."""

    items = ma.fields.List(ma.fields.Nested(ViewOut))


class UploadIn(PurposeIn):
    """size in bytes."""

    name = Text(1000, required=True)
    size = ma.fields.Integer(required=True, validate=validate.Range(1, 2**40))


class PartQuery(Schema):
    """offset: of the first byte of the body in the file."""

    offset = ma.fields.Integer(required=True, validate=validate.Range(0, 2**40))


class UploadOut(Schema):
    """state: received, checking, clean (with the file and its receipt once) or refused (with the errors)."""

    id = ma.fields.UUID()
    name = ma.fields.String()
    purpose = ma.fields.String()
    size = ma.fields.Integer()
    offset = ma.fields.Integer()
    state = ma.fields.String()
    file_id = ma.fields.UUID(allow_none=True)
    file = ma.fields.Nested("UploadedOut")
    errors = ma.fields.List(ma.fields.Dict())


class UploadedOut(FileOut):
    """receipt: the signed slip that the form stores and that applications and units verify."""

    receipt = ma.fields.String()


class ContentQuery(Schema):
    """inline: to be shown instead of saved, where that is safe."""

    inline = ma.fields.Boolean(load_default=False)


class SheetIn(Schema):
    """sheet: as applications signed it."""

    sheet = ma.fields.String(required=True)


class ExportIn(SheetIn):
    """format: a workbook for people, or comma-separated values in UTF-8 for other systems (RFC 4180)."""

    format = ma.fields.String(load_default="xlsx", validate=validate.OneOf(["xlsx", "csv"]))


class ExportOut(Schema):
    """state: gathering, waiting, writing or done; written: of rows."""

    id = ma.fields.UUID()
    title = ma.fields.String()
    state = ma.fields.String()
    rows = ma.fields.Integer()
    written = ma.fields.Integer()
    size = ma.fields.Integer(allow_none=True)
    made_at = ma.fields.AwareDateTime()


class PrintsQuery(PageQuery):
    """Prints of one application."""

    application_id = ma.fields.UUID(required=True)


class PrintOut(Schema):
    """A printed form. watermark: it was not reported yet. outdated: printed content has changed since."""

    id = ma.fields.UUID()
    application_id = ma.fields.UUID()
    kind = ma.fields.String()
    title = ma.fields.String()
    reference = ma.fields.String()
    watermark = ma.fields.Boolean()
    outdated = ma.fields.Boolean()
    pages = ma.fields.Integer()
    size = ma.fields.Integer()
    made_at = ma.fields.AwareDateTime()


class PrintPage(Schema):
    """Newest first."""

    items = ma.fields.List(ma.fields.Nested(PrintOut))
    next = ma.fields.String(allow_none=True)
