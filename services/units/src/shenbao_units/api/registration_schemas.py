"""Public JSON of registrations under manual review, and of what the installation asks for."""

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import PrintedText, Schema, Text
from shenbao_units.domain.registration_cases import CaseState


class UnitTypeOut(Schema):
    """licence_*: what the upload of this type is called. with_code: false where it registers without a code."""

    key = ma.fields.String()
    zh = ma.fields.String()
    en = ma.fields.String()
    licence_zh = ma.fields.String()
    licence_en = ma.fields.String()
    with_code = ma.fields.Boolean()


class ProfileOut(Schema):
    """required: fields that a registration has to fill in; `licence` among them: a scan from every unit."""

    required = ma.fields.List(ma.fields.String())
    codes = ma.fields.List(ma.fields.String())
    reviewed = ma.fields.Boolean()
    ethnicity = ma.fields.String()
    agreement = ma.fields.String()
    agreement_version = ma.fields.String()
    types = ma.fields.List(ma.fields.Nested(UnitTypeOut))


class UnitCheckIn(Schema):
    """agent: identity's slip of the agent's check. can_provide: whether a certificate with a credit code exists."""

    agent = ma.fields.String(load_default="", validate=validate.Length(max=4000))
    can_provide = ma.fields.Boolean(required=True)
    no_code_confirmed = ma.fields.Boolean(load_default=False)
    department_id = ma.fields.UUID(required=True)
    unit_name = PrintedText(200, low=0, load_default="")
    certificate_number = Text(50, low=0, load_default="")
    certificate_receipt = ma.fields.String(load_default=None, allow_none=True, validate=validate.Length(max=4000))
    agreement_version = Text(20, low=0, load_default="")


class SubmissionIn(Schema):
    """ticket: of identity's account reservation, which is the third step."""

    ticket = ma.fields.String(required=True, validate=validate.Length(max=4000))


class OwnCaseOut(Schema):
    """step: of the four visible ones, where it stands. reason: of a refusal; what was filled in, to correct it."""

    state = ma.fields.String()
    step = ma.fields.Function(lambda row: 3 if row.state == CaseState.CHECKED else 4)
    unit_name = ma.fields.String(attribute="details.name")
    certificate_number = ma.fields.String(attribute="details.certificate_number")
    code = ma.fields.String(attribute="details.org_code")
    uscc = ma.fields.String(attribute="details.uscc")
    legal_representative = ma.fields.String(attribute="details.personal.legal_representative")
    self_declaring = ma.fields.Function(lambda row: bool(row.details.get("self_declaring")))
    contact_name = ma.fields.String(attribute="details.personal.contact_name")
    contact_phone = ma.fields.String(attribute="details.personal.contact_phone")
    email = ma.fields.String(attribute="details.personal.email")
    address = ma.fields.String(attribute="details.address")
    industry = ma.fields.String(attribute="details.industry")
    location = ma.fields.String(attribute="details.location")
    department_id = ma.fields.UUID()
    department = ma.fields.String(attribute="department.name")
    unit_type = ma.fields.String(attribute="details.unit_type")
    reason = ma.fields.String(allow_none=True)
    agreement = ma.fields.String(allow_none=True)
    agreement_version = ma.fields.String(allow_none=True)
    consented_at = ma.fields.AwareDateTime(allow_none=True)
    submitted_at = ma.fields.AwareDateTime(allow_none=True)
    decided_at = ma.fields.AwareDateTime(allow_none=True)


class CaseOut(OwnCaseOut):
    """agent: who registers, the number masked; certificate_id: the scan, a document."""

    id = ma.fields.UUID()
    agent_name = ma.fields.String(attribute="details.agent.name")
    agent_id_number = ma.fields.String(attribute="details.agent.id_number")
    certificate_id = ma.fields.UUID(allow_none=True)
    version = ma.fields.Integer()


class CasePage(Schema):
    items = ma.fields.List(ma.fields.Nested(CaseOut))
    next = ma.fields.String(allow_none=True)


class CaseDecisionIn(Schema):
    """reason: needed for a refusal."""

    state = ma.fields.Enum(
        CaseState, by_value=True, required=True, validate=validate.OneOf([CaseState.APPROVED, CaseState.REJECTED])
    )
    reason = Text(500, low=0, load_default="")
