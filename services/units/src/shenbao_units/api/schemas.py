"""Public JSON of units."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import PageQuery, PrintedText, Schema, Text
from shenbao_units.domain.contact import is_phone
from shenbao_units.domain.levels import Level
from shenbao_units.domain.sub_account import CATALOGUE, State

_MOST_AT_ONCE = 1000


def _phone(value: str) -> None:
    if value and not is_phone(value):
        raise ma.ValidationError("wrong_format")


def _immutable(_: object) -> None:
    raise ma.ValidationError("immutable")


def _once_each(values: list[str]) -> None:
    if len(set(values)) < len(values):
        raise ma.ValidationError("duplicate")


class Phone(Text):
    """A telephone number, or "" where it may be left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(30, low=0, **options)
        self.validators.append(_phone)


def _email(value: str) -> None:
    if value:
        validate.Email(error="wrong_format")(value)


class Email(Text):
    """An address for mails, or "" where it may be left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(100, low=0, **options)
        self.validators.append(_email)


class OrganisationIn(Schema):
    """code: letters, digits, hyphen, underscore; never reused; "" lets the coding rule give one.

    demands_letter: units below it bring an authorization letter before anything else.
    """

    code = ma.fields.String(load_default="", validate=validate.Regexp(r"^[A-Za-z0-9_-]{0,32}\Z"))
    name = Text(100, required=True)
    level = ma.fields.Enum(Level, by_value=True, required=True)
    parent_id = ma.fields.UUID(load_default=None, allow_none=True)
    demands_letter = ma.fields.Boolean(load_default=False)


class OrganisationChange(Schema):
    demands_letter = ma.fields.Boolean(required=True)


class OrganisationOut(Schema):
    id = ma.fields.UUID()
    code = ma.fields.String()
    name = ma.fields.String()
    level = ma.fields.String()
    parent_id = ma.fields.UUID(allow_none=True)
    demands_letter = ma.fields.Boolean()


class OrganisationQuery(PageQuery):
    parent_id = ma.fields.UUID(load_default=None)
    level = ma.fields.Enum(Level, by_value=True, load_default=None)


class OrganisationPage(Schema):
    items = ma.fields.List(ma.fields.Nested(OrganisationOut))
    next = ma.fields.String(allow_none=True)


class DepartmentOut(Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    level = ma.fields.String()


class DepartmentQuery(PageQuery):
    """q: part of the name."""

    q = Text(100, low=0, load_default=None)


class DepartmentPage(Schema):
    items = ma.fields.List(ma.fields.Nested(DepartmentOut))
    next = ma.fields.String(allow_none=True)


class LookupIn(Schema):
    """code: organisation code (9) or credit code (18)."""

    code = Text(32, required=True)
    legal_representative = Text(100, required=True)


class LookupOut(Schema):
    """recognised: unit_name is the registered one and stays as it is; else name and scan are asked for.

    registry_available: false when the register gave no answer, so that trying again may help.
    """

    recognised = ma.fields.Boolean()
    unit_name = ma.fields.String(allow_none=True)
    code_kind = ma.fields.String()
    registry_available = ma.fields.Boolean()


class RegistrationIn(LookupIn):
    """ticket: of identity's account reservation. certificate_receipt: of documents' upload, when not recognised.

    self_declaring: a person declares in the unit's name, which has no title officer (个人以单位名义注册).
    """

    unit_name = PrintedText(200, low=0, load_default="")
    certificate_receipt = ma.fields.String(load_default=None, allow_none=True, validate=validate.Length(max=4000))
    department_id = ma.fields.UUID(required=True)
    contact_name = Text(100, low=0, load_default="")
    contact_phone = Phone(load_default="")
    address = Text(200, low=0, load_default="")
    unit_type = Text(30, low=0, load_default="")
    industry = Text(100, low=0, load_default="")
    location = Text(100, low=0, load_default="")
    email = Email(load_default="")
    self_declaring = ma.fields.Boolean(load_default=False)
    ticket = ma.fields.String(required=True, validate=validate.Length(max=4000))


class UnitIn(Schema):
    """Basic information (基本信息); what is left out stays."""

    contact_name = Text(100, low=0)
    contact_phone = Phone()
    address = Text(200, low=0)


class UnitNameIn(Schema):
    """certificate_receipt: of the licence that bears the name, where the register does not know it."""

    name = PrintedText(200, required=True)
    certificate_receipt = ma.fields.String(load_default=None, allow_none=True, validate=validate.Length(max=4000))


class UnitOut(Schema):
    """code: the organisation code. uscc: "" when registered without. verified: registry | scan."""

    id = ma.fields.UUID()
    code = ma.fields.String(attribute="org_code")
    uscc = ma.fields.String()
    name = ma.fields.String()
    legal_representative = ma.fields.String(attribute="personal.legal_representative")
    contact_name = ma.fields.String(attribute="personal.contact_name")
    contact_phone = ma.fields.String(attribute="personal.contact_phone")
    email = ma.fields.String(attribute="personal.email")
    address = ma.fields.String()
    unit_type = ma.fields.String()
    industry = ma.fields.String()
    location = ma.fields.String()
    self_declaring = ma.fields.Boolean()
    department = ma.fields.Nested(DepartmentOut)
    verified = ma.fields.String()
    verified_at = ma.fields.AwareDateTime()
    registered_at = ma.fields.AwareDateTime()
    version = ma.fields.Integer()


class RegisteredOut(UnitOut):
    """state: `waiting` where registrations are reviewed first; only this is told then."""

    state = ma.fields.String()


class SupervisionIn(Schema):
    """confirmed_count: the number of reported applications that the warning named."""

    department_id = ma.fields.UUID(required=True)
    confirmed_count = ma.fields.Integer(load_default=0, strict=True, validate=validate.Range(0))


class SupervisionOut(Schema):
    """reported_count: how many applications a change would recall. warning_code: null when none."""

    department = ma.fields.Nested(DepartmentOut)
    reported_count = ma.fields.Integer()
    warning_code = ma.fields.String(allow_none=True)


class PermissionOut(Schema):
    """advised: the manual advises to tick it."""

    key = ma.fields.String()
    advised = ma.fields.Boolean()


class PermissionPage(Schema):
    items = ma.fields.List(ma.fields.Nested(PermissionOut))
    next = ma.fields.String(allow_none=True)


def _ticks(**options: Any) -> ma.fields.List[str]:
    tick = ma.fields.String(validate=validate.OneOf(CATALOGUE))
    return ma.fields.List(tick, validate=[validate.Length(min=1), _once_each], **options)


class SubAccountIn(Schema):
    """ticket: of identity's sub-account reservation."""

    ticket = ma.fields.String(required=True, validate=validate.Length(max=4000))
    display_name = Text(100, required=True)
    permissions = _ticks(required=True)


class SubAccountsIn(Schema):
    """The display names are the user names at first."""

    tickets = ma.fields.List(
        ma.fields.String(validate=validate.Length(max=4000)),
        required=True,
        validate=validate.Length(min=1, max=_MOST_AT_ONCE),
    )
    permissions = _ticks(required=True)


class SubAccountChange(Schema):
    """What is left out stays; the user name cannot be changed (S4g-27)."""

    display_name = Text(100)
    permissions = _ticks()
    username = ma.fields.Raw(load_only=True, validate=_immutable)


class DelegationIn(Schema):
    """permissions: the scope. valid_until: the last day, null for as long as it is not taken back."""

    permissions = _ticks(required=True)
    valid_until = ma.fields.Date(required=True, allow_none=True)


class OwnNameIn(Schema):
    """A sub-account's own basic information."""

    display_name = Text(100, required=True)
    username = ma.fields.Raw(load_only=True, validate=_immutable)


class StateIn(Schema):
    state = ma.fields.Enum(
        State, by_value=True, required=True, validate=validate.OneOf([State.ENABLED, State.DISABLED])
    )


class SubAccountOut(Schema):
    """state: enabled | disabled. permissions: in order of display. valid_until: last day of a delegation, or null."""

    id = ma.fields.UUID(attribute="account_id")
    username = ma.fields.String()
    display_name = ma.fields.String()
    permissions = ma.fields.List(ma.fields.String())
    state = ma.fields.String()
    valid_until = ma.fields.Date(allow_none=True)
    created_at = ma.fields.AwareDateTime()
    version = ma.fields.Integer()


class SubAccountQuery(PageQuery):
    """q: part of user name or display name."""

    q = Text(100, low=0, load_default=None)
    state = ma.fields.String(load_default=None, validate=validate.OneOf(["enabled", "disabled"]))


class SubAccountPage(Schema):
    items = ma.fields.List(ma.fields.Nested(SubAccountOut))
    next = ma.fields.String(allow_none=True)
