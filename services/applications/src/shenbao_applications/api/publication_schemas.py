"""Public JSON of what authorities publish for everybody."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from shenbao_applications.api.projects import ProjectOut
from shenbao_applications.domain.publications import KINDS
from shenbao_common.web.schema import PageQuery, Schema, Text

_TEXT_LIMIT = 20_000


class FileIn(Schema):
    """A receipt of documents for purpose `publication`, or the id of an attachment that stays."""

    receipt = Text(4000)
    document_id = Text(60)

    @ma.validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ma.ValidationError("required", "receipt")


class CommitteeLineIn(Schema):
    """What an evaluation notice says of one of the body's committees."""

    committee_id = ma.fields.UUID(required=True)
    scope = Text(2000, low=0, load_default="")
    specialties = ma.fields.List(Text(100), load_default=list, validate=validate.Length(max=200))
    contact = Text(200, low=0, load_default="")


class PublicationIn(Schema):
    """body: of a question its answer. programme: "" for every programme. visible_from: null hides it.

    Days are China's, both included. position: the lower, the earlier in its list.
    """

    kind = ma.fields.String(required=True, validate=validate.OneOf(KINDS))
    title = Text(200, required=True)
    body = Text(_TEXT_LIMIT, low=0, load_default="")
    programme = Text(60, low=0, load_default="")
    position = ma.fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 9999))
    visible_from = ma.fields.Date(load_default=None, allow_none=True)
    visible_until = ma.fields.Date(load_default=None, allow_none=True)
    attachments = ma.fields.List(ma.fields.Nested(FileIn), load_default=list, validate=validate.Length(max=20))
    project_ids = ma.fields.List(ma.fields.UUID(), load_default=list, validate=validate.Length(max=100))
    committees = ma.fields.List(ma.fields.Nested(CommitteeLineIn), load_default=list, validate=validate.Length(max=50))


class PublicationQuery(PageQuery):
    """programme: what is of this programme, and what is of none."""

    kind = ma.fields.String(load_default=None, validate=validate.OneOf(KINDS))
    programme = Text(60, load_default=None)


class AttachmentOut(Schema):
    """A file to download."""

    document_id = ma.fields.String()
    name = ma.fields.String()
    size = ma.fields.Integer()


class SlippedOut(AttachmentOut):
    """slip: for POST /v1/public-contents of documents, within two minutes."""

    slip = ma.fields.String()


class PublicationLine(Schema):
    """One of a list."""

    id = ma.fields.UUID()
    kind = ma.fields.String()
    title = ma.fields.String()
    body = ma.fields.String()
    programme = ma.fields.String()
    position = ma.fields.Integer()
    visible_from = ma.fields.Date(allow_none=True)
    visible_until = ma.fields.Date(allow_none=True)
    organisation_id = ma.fields.UUID()
    organisation_name = ma.fields.String()
    attachments = ma.fields.List(ma.fields.Nested(AttachmentOut))
    changed_at = ma.fields.AwareDateTime()


class PublicationList(Schema):
    """One page: guides and questions by position, notices with the newest first."""

    items = ma.fields.List(ma.fields.Nested(PublicationLine))
    next = ma.fields.String(allow_none=True)


class MaintainedLine(PublicationLine):
    """visible: whether everybody sees it today."""

    visible = ma.fields.Boolean()


class MaintainedList(Schema):
    """One page, the newest first."""

    items = ma.fields.List(ma.fields.Nested(MaintainedLine))
    next = ma.fields.String(allow_none=True)


class ListedProjectOut(ProjectOut):
    """fill: the kinds of account that declare in it. committee_id: of the committee that evaluates it."""

    fill = ma.fields.List(ma.fields.String())
    committee_id = ma.fields.UUID(allow_none=True)


class CommitteeLineOut(Schema):
    """What an evaluation notice says of a committee."""

    committee_id = ma.fields.String()
    name = ma.fields.String()
    scope = ma.fields.String()
    specialties = ma.fields.List(ma.fields.String())
    contact = ma.fields.String()


class PublicationOut(MaintainedLine):
    """One with everything that it lists."""

    attachments = ma.fields.List(ma.fields.Nested(SlippedOut))
    committees = ma.fields.List(ma.fields.Nested(CommitteeLineOut))
    projects = ma.fields.List(ma.fields.Nested(ListedProjectOut))
