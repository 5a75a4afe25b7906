"""Public JSON of officers, bindings, the search for units and what happened to one."""

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_units.actions.history import Act
from shenbao_units.api.schemas import Phone
from shenbao_units.domain.officers import RequestState, Way

_SLIP = validate.Length(max=4000)


class NamedUnitOut(Schema):
    """What anybody signed in may know of a registered unit."""

    id = ma.fields.UUID(attribute="unit.id")
    name = ma.fields.String(attribute="unit.name")
    department_name = ma.fields.String(attribute="unit.department.name")


class NamedUnitQuery(PageQuery):
    """q: part of the name, at least one character."""

    q = Text(50, required=True)


class NamedUnitPage(Schema):
    items = ma.fields.List(ma.fields.Nested(NamedUnitOut))
    next = ma.fields.String(allow_none=True)


class HistoryQuery(PageQuery):
    act = ma.fields.Enum(Act, by_value=True, load_default=None)


class HistoryEntryOut(Schema):
    """details: by act, such as from and to, or name and permissions."""

    id = ma.fields.UUID()
    at = ma.fields.AwareDateTime()
    act = ma.fields.String()
    actor_id = ma.fields.UUID()
    details = ma.fields.Dict()


class HistoryPage(Schema):
    items = ma.fields.List(ma.fields.Nested(HistoryEntryOut))
    next = ma.fields.String(allow_none=True)


class OfficerOut(Schema):
    """until: null while the officer acts for the unit."""

    account_id = ma.fields.UUID()
    name = ma.fields.Function(lambda row: (row.personal or {}).get("name", ""))
    mobile = ma.fields.Function(lambda row: _masked((row.personal or {}).get("mobile", "")))
    since = ma.fields.AwareDateTime()
    until = ma.fields.AwareDateTime(allow_none=True)
    version = ma.fields.Integer()


class OfficerPage(Schema):
    items = ma.fields.List(ma.fields.Nested(OfficerOut))
    next = ma.fields.String(allow_none=True)


class OfficerRequestIn(Schema):
    """ticket: of identity's account reservation. letter_receipt: of the sealed letter, when no officer is left."""

    code = Text(32, required=True)
    department_id = ma.fields.UUID(required=True)
    name = Text(100, required=True)
    mobile = Phone(required=True)
    letter_receipt = ma.fields.String(load_default=None, allow_none=True, validate=_SLIP)
    ticket = ma.fields.String(required=True, validate=_SLIP)


class OfficerRequestStateOut(Schema):
    """What the asker reads: waiting | approved | refused, with the reason."""

    id = ma.fields.UUID()
    state = ma.fields.String()
    reason = ma.fields.String(allow_none=True)
    requested_at = ma.fields.AwareDateTime()
    decided_at = ma.fields.AwareDateTime(allow_none=True)


class OfficerRequestOut(OfficerRequestStateOut):
    """What who decides reads. letter_id: of the sealed letter, in documents."""

    name = ma.fields.String(attribute="personal.name")
    mobile = ma.fields.String(attribute="personal.mobile")
    unit_name = ma.fields.String(attribute="unit.name")
    unit_code = ma.fields.String(attribute="unit.org_code")
    letter_id = ma.fields.UUID(allow_none=True)
    version = ma.fields.Integer()


class OfficerRequestPage(Schema):
    items = ma.fields.List(ma.fields.Nested(OfficerRequestOut))
    next = ma.fields.String(allow_none=True)


class OfficerDecisionIn(Schema):
    """way: joins, or replaces who decides; of a department always replaces, which ends all officers of before."""

    state = ma.fields.Enum(
        RequestState,
        by_value=True,
        required=True,
        validate=validate.OneOf([RequestState.APPROVED, RequestState.REFUSED]),
    )
    way = ma.fields.Enum(Way, by_value=True, load_default=Way.JOINS)
    reason = Text(500, low=0, load_default="")


class BindingIn(Schema):
    """person: identity's slip of who asks. note: why (申请说明)."""

    unit_id = ma.fields.UUID(required=True)
    note = Text(500, required=True)
    person = ma.fields.String(required=True, validate=_SLIP)


class BindingOut(Schema):
    """state: pending | active | rejected | withdrawn | ended. id_number: masked."""

    id = ma.fields.UUID()
    unit_id = ma.fields.UUID()
    unit_name = ma.fields.String(attribute="unit.name")
    state = ma.fields.String()
    name = ma.fields.String(attribute="personal.name")
    id_number = ma.fields.String(attribute="personal.id_number")
    note = ma.fields.String(attribute="personal.note")
    reason = ma.fields.Function(lambda row: row.personal.get("reason"))
    requested_at = ma.fields.AwareDateTime()
    decided_at = ma.fields.AwareDateTime(allow_none=True)
    ended_at = ma.fields.AwareDateTime(allow_none=True)
    version = ma.fields.Integer()


class BindingPage(Schema):
    items = ma.fields.List(ma.fields.Nested(BindingOut))
    next = ma.fields.String(allow_none=True)


class OwnBindingOut(Schema):
    """state: of the present binding: none | pending | active; a wish for another unit stands beside an active one."""

    state = ma.fields.String()
    active = ma.fields.Nested(BindingOut, allow_none=True)
    pending = ma.fields.Nested(BindingOut, allow_none=True)


class UnitBindingQuery(PageQuery):
    state = ma.fields.String(load_default="pending", validate=validate.OneOf(["pending", "active"]))


class BindingDecisionIn(Schema):
    state = ma.fields.String(required=True, validate=validate.OneOf(["active", "rejected"]))
    reason = Text(500, low=0, load_default="")


def _masked(mobile: str) -> str:
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) > 7 else ""
