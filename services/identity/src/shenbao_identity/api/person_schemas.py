"""Public JSON about persons: their registration, codes, details, consents."""

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import Schema
from shenbao_identity.api.schemas import Line, Password
from shenbao_identity.domain.persons import ID_TYPES


class AgreementOut(Schema):
    agreement = ma.fields.String()
    version = ma.fields.String()


class AgreementsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(AgreementOut))


class ConsentOut(AgreementOut):
    given_at = ma.fields.AwareDateTime()


class ConsentsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(ConsentOut))


class SmsCodeIn(Schema):
    mobile = Line(11, required=True)
    image_code_id = ma.fields.UUID(required=True)
    image_code = Line(20, required=True)


class SmsCodeOut(Schema):
    """expires_in: seconds."""

    id = ma.fields.UUID()
    expires_in = ma.fields.Integer()


class SmsCodeTextOut(Schema):
    code = ma.fields.String()


class ProvedMobileIn(Schema):
    """A mobile with the code that was sent to it."""

    mobile = Line(11, required=True)
    sms_code_id = ma.fields.UUID(required=True)
    sms_code = Line(10, required=True)


class RecoveryIn(ProvedMobileIn):
    new_password = Password(required=True)


class RegistrationIn(ProvedMobileIn):
    """consents: version agreed to, by agreement."""

    name = Line(50, required=True)
    id_type = ma.fields.String(load_default="201", validate=validate.OneOf(ID_TYPES))
    id_number = Line(30, required=True)
    password = Password(required=True)
    password_again = Password(required=True)
    consents = ma.fields.Dict(keys=Line(50), values=Line(20), load_default=dict, validate=validate.Length(max=10))


class RegisteredOut(Schema):
    account_id = ma.fields.UUID(attribute="id")


class ProfileOut(Schema):
    """Number and mobile masked; missing: demanded details that are not told yet; fixed: what cannot be changed."""

    name = ma.fields.String()
    id_type = ma.fields.String()
    id_number = ma.fields.String()
    mobile = ma.fields.String()
    sex = ma.fields.String()
    birth_date = ma.fields.String()
    email = ma.fields.String()
    phone = ma.fields.String()
    address = ma.fields.String()
    work_unit = ma.fields.String()
    verified = ma.fields.Boolean()
    missing = ma.fields.List(ma.fields.String())
    fixed = ma.fields.List(ma.fields.String())


class ProfileIn(Schema):
    name = Line(50)
    id_type = ma.fields.String(validate=validate.OneOf(ID_TYPES))
    id_number = Line(30)
    sex = ma.fields.String(validate=validate.OneOf(["男", "女"]))
    birth_date = ma.fields.Date()
    email = ma.fields.Email(validate=validate.Length(max=100))
    phone = Line(30)
    address = Line(200)
    work_unit = Line(100)
