"""Public JSON of identity."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from shenbao_common.kernel.actor import Kind
from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_identity.actions.reservations import MOST
from shenbao_identity.actions.sign_in import ENTRIES
from shenbao_identity.domain.account import State


class Line(Text):
    """A text that has a UTF-8 form: JSON can write half a character (a lone surrogate), which no database takes."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return _encodable(super()._deserialize(value, attr, data, **kwargs))


class Password(ma.fields.String):
    """Taken as typed, spaces included; its length is the rule's to judge, up to what is worth hashing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.Length(max=200), metadata={"format": "password"}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return _encodable(str(super()._deserialize(value, attr, data, **kwargs)))


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as wrong:
        raise ma.ValidationError("control_character") from wrong
    return text


class ImageCodeOut(Schema):
    """image: a data URL of a PNG."""

    id = ma.fields.UUID()
    image = ma.fields.String()


class ImageCodeTextOut(Schema):
    code = ma.fields.String()


class CredentialsIn(Schema):
    username = Line(100, required=True)
    password = Password(required=True)
    image_code_id = ma.fields.UUID(required=True)
    image_code = Line(20, required=True)


class SignInIn(CredentialsIn):
    """username: at the entry of persons a mobile or ID number. entry: of the sign-in page; "" takes every kind."""

    entry = ma.fields.String(load_default="", validate=validate.OneOf(["", *ENTRIES]))


class NewPasswordIn(Schema):
    new_password = Password(required=True)


class PasswordChangeIn(NewPasswordIn):
    old_password = Password(required=True)


class SignInOut(Schema):
    """redirect_to: where to send the browser; or the change form, or a second factor, is due first."""

    redirect_to = ma.fields.String()
    second_factor_required = ma.fields.Boolean()
    password_change_required = ma.fields.Boolean()


class ChallengeOut(Schema):
    """state: credentials | password_change | second_factor | signed_in.

    username: known once a password was right.
    """

    client = ma.fields.String()
    state = ma.fields.String()
    username = ma.fields.String(allow_none=True)


class ProviderOut(Schema):
    """kind: whose accounts; register_url, recovery_url: pages of the provider, "" where it has none."""

    key = ma.fields.String()
    kind = ma.fields.String()
    register_url = ma.fields.String()
    recovery_url = ma.fields.String()
    label_zh = ma.fields.String()
    label_en = ma.fields.String()


class ProvidersOut(Schema):
    items = ma.fields.List(ma.fields.Nested(ProviderOut))


class UnitReservationIn(CredentialsIn):
    """What a unit chooses before it registers. agent: the slip of an agent's check, for a unit without a code.

    email: where a code to recover the password is sent to (S4e-01).
    """

    agent = ma.fields.String(load_default="", validate=validate.Length(max=4000))
    email = ma.fields.Email(load_default="", validate=validate.Length(max=100))


class UnitReservationOut(Schema):
    """access_token: kind registrant, for the upload of the scan; it and the ticket live half an hour."""

    account_id = ma.fields.UUID()
    username = ma.fields.String()
    ticket = ma.fields.String()
    access_token = ma.fields.String()
    expires_in = ma.fields.Integer()


class SubAccountReservationIn(Schema):
    username = Line(100, required=True)


class BatchIn(Schema):
    count = ma.fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST))


class TicketOut(Schema):
    """ticket: proves to units whose account it is, for half an hour."""

    account_id = ma.fields.UUID()
    username = ma.fields.String()
    ticket = ma.fields.String()


class SubAccountReservationOut(TicketOut):
    initial_password = ma.fields.String()


class BatchOut(Schema):
    items = ma.fields.List(ma.fields.Nested(SubAccountReservationOut))


class InitialPasswordOut(Schema):
    initial_password = ma.fields.String()


class AccountIn(Schema):
    username = Line(100, required=True)
    kind = ma.fields.String(required=True, validate=validate.OneOf([Kind.OFFICE.value, Kind.ADMIN.value]))
    display_name = Line(100, required=True)
    organisation_id = ma.fields.UUID(load_default=None, allow_none=True)
    permissions = ma.fields.List(ma.fields.String(), required=True, validate=validate.Length(max=20))


class ProposalOut(Schema):
    username = ma.fields.String()


class StaffIn(Schema):
    real_name = Line(100, required=True)
    permissions = ma.fields.List(ma.fields.String(), load_default=list, validate=validate.Length(max=20))


class AccountPatch(Schema):
    display_name = Line(100)
    permissions = ma.fields.List(ma.fields.String(), validate=validate.Length(max=20))


class ProposalDecisionIn(Schema):
    accept = ma.fields.Boolean(required=True)


class ProposedOut(Schema):
    """by: the account that asked."""

    permissions = ma.fields.List(ma.fields.String())
    by = ma.fields.UUID()


class AccountStateIn(Schema):
    state = ma.fields.String(required=True, validate=validate.OneOf([State.ACTIVE.value, State.DISABLED.value]))


class AccountsQuery(PageQuery):
    """q: how the user name begins."""

    kind = ma.fields.String(
        load_default=None,
        validate=validate.OneOf([k.value for k in (Kind.UNIT, Kind.SUB_ACCOUNT, Kind.OFFICE, Kind.ADMIN)]),
    )
    q = Line(40, load_default=None)


class AccountOut(Schema):
    """proposed: what waits for a second person (`two_persons` of the policy)."""

    account_id = ma.fields.UUID(attribute="id")
    username = ma.fields.String()
    kind = ma.fields.String()
    state = ma.fields.String()
    display_name = ma.fields.String()
    unit_id = ma.fields.UUID(allow_none=True)
    organisation_id = ma.fields.UUID(allow_none=True)
    permissions = ma.fields.List(ma.fields.String())
    proposed = ma.fields.Nested(ProposedOut, allow_none=True)
    created_at = ma.fields.AwareDateTime()
    version = ma.fields.Integer()


class ColleagueOut(Schema):
    account_id = ma.fields.UUID(attribute="id")
    display_name = ma.fields.String()


class CreatedAccountOut(Schema):
    """initial_password: told this once."""

    account_id = ma.fields.UUID()
    username = ma.fields.String()
    initial_password = ma.fields.String()


class AccountsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(AccountOut))
    next = ma.fields.String(allow_none=True)


class MeOut(Schema):
    account_id = ma.fields.UUID()
    kind = ma.fields.String()
    username = ma.fields.String(allow_none=True)
    display_name = ma.fields.String()
    unit_id = ma.fields.UUID(allow_none=True)
    organisation_id = ma.fields.UUID(allow_none=True)
    organisation_name = ma.fields.String(allow_none=True)
    permissions = ma.fields.List(ma.fields.String())
    has_password = ma.fields.Boolean()
    missing = ma.fields.List(ma.fields.String())
