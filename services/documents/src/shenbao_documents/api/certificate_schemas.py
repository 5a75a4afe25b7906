"""Public JSON of certificates."""

from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow import validate

from shenbao_common.kernel import clock
from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_documents.domain.certificates import standing
from shenbao_documents.models import Certificate


class WordingIn(Schema):
    """What a certificate says. series: what stands before year and count; valid_until: its last day, or null."""

    series = ma.fields.String(required=True, validate=validate.Regexp(r"[A-Z0-9]{1,8}\Z"))
    holder = Text(60, required=True)
    title = Text(100, required=True)
    valid_until = ma.fields.Date(required=True, allow_none=True)


class CertificateIn(WordingIn):
    """For one approved application."""

    application_id = ma.fields.UUID(required=True)


class ReplacementIn(WordingIn):
    """reason: why the old one ends."""

    reason = Text(500, required=True)


class RevocationIn(Schema):
    """reason: why it ends."""

    reason = Text(500, required=True)


class ExtensionIn(Schema):
    """valid_until: the new last day."""

    valid_until = ma.fields.Date(required=True)


class CertificatesQuery(PageQuery):
    """Certificates of one application."""

    application_id = ma.fields.UUID(required=True)


class CertificateOut(Schema):
    """state: valid, expired, revoked or replaced, today."""

    id = ma.fields.UUID()
    application_id = ma.fields.UUID()
    organisation_id = ma.fields.UUID()
    organisation_name = ma.fields.String()
    number = ma.fields.String()
    code = ma.fields.String()
    holder = ma.fields.String()
    title = ma.fields.String()
    issued_on = ma.fields.Date()
    valid_until = ma.fields.Date(allow_none=True)
    state = ma.fields.String()
    ended_on = ma.fields.Date(allow_none=True)
    reason = ma.fields.String(allow_none=True)
    replaced_by_id = ma.fields.UUID(allow_none=True)
    size = ma.fields.Integer()


class CertificatePage(Schema):
    """Newest first."""

    items = ma.fields.List(ma.fields.Nested(CertificateOut))
    next = ma.fields.String(allow_none=True)


class VerificationIn(Schema):
    """A certificate as somebody read it on paper."""

    number = Text(20, required=True)
    name = Text(60, required=True)


class VerificationOut(Schema):
    """What anybody may know who holds the certificate. state: valid, expired, revoked or replaced, today."""

    number = ma.fields.String()
    holder = ma.fields.String()
    title = ma.fields.String()
    organisation_name = ma.fields.String()
    issued_on = ma.fields.Date()
    valid_until = ma.fields.Date(allow_none=True)
    state = ma.fields.String()
    ended_on = ma.fields.Date(allow_none=True)


class FormVerificationOut(Schema):
    """What anybody may know who holds a printed form. outdated: what it prints has changed since.

    reported: false where it was printed before the report.
    """

    title = ma.fields.String()
    reference = ma.fields.String()
    revision = ma.fields.Integer()
    reported = ma.fields.Boolean()
    outdated = ma.fields.Boolean()
    made_at = ma.fields.AwareDateTime()


class PdfIn(Schema):
    """A PDF that is said to be one of ours."""

    file = Upload(required=True)


class EarlierPrintOut(Schema):
    """A genuine print that the certificate was extended after. valid_until: the last day that this print says."""

    valid_until = ma.fields.Date()


class ValidationOut(Schema):
    """signed, intact (over the whole file), trusted (by this deployment's root); certificate: what it is today.

    earlier_print: what the file says that is no longer so, where a newer print exists.
    """

    signed = ma.fields.Boolean()
    intact = ma.fields.Boolean()
    trusted = ma.fields.Boolean()
    signer = ma.fields.String()
    signed_at = ma.fields.AwareDateTime(allow_none=True)
    certificate = ma.fields.Nested(VerificationOut, allow_none=True)
    earlier_print = ma.fields.Nested(EarlierPrintOut, allow_none=True)


def shown(row: Certificate) -> dict[str, Any]:
    """The certificate with its state of today."""
    today = clock.now().astimezone(OFFICE_ZONE).date()
    return {**vars(row), "state": standing(row.state, row.valid_until, today)}
