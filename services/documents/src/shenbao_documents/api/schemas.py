"""Public JSON of documents."""

import marshmallow as ma
from flask_smorest.fields import Upload

from shenbao_common.web.schema import PageQuery, Schema, Text


class FileIn(Schema):
    """The file part of the form."""

    file = Upload(required=True)


class PurposeIn(Schema):
    """What the file is for.

    `code_certificate`, `material:<programme>:<version>:<key>` or `attachment:<programme>:<version>:<field>`.
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


class UploadedOut(FileOut):
    """receipt: the signed slip that the form stores and that applications and units verify."""

    receipt = ma.fields.String()


class ContentQuery(Schema):
    """inline: to be shown instead of saved, where that is safe."""

    inline = ma.fields.Boolean(load_default=False)


class SheetIn(Schema):
    """sheet: as applications signed it."""

    sheet = ma.fields.String(required=True)


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
