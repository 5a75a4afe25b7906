"""For who answers for personal data: a person is found, a field shown whole, a person erased; each with a reason."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.data import of_person
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema, Text
from shenbao_common.web.service import service
from shenbao_identity.actions import privacy
from shenbao_identity.domain.persons import masked

blp = Blueprint("privacy", __name__, url_prefix="/v1", description="Persons' data: found, revealed, erased.")

_SHOWN = ("name", "id_type", "id_number", "mobile")
_PERMISSION = "account.manage"


class ReasonIn(Schema):
    reason = ma.fields.String(required=True, validate=validate.OneOf(privacy.REASONS))


class PersonSearchIn(ReasonIn):
    """named: a document number or a mobile, whole."""

    named = Text(30, required=True)


class PersonFoundOut(Schema):
    account_id = ma.fields.UUID()
    name = ma.fields.String()
    id_type = ma.fields.String()
    id_number = ma.fields.String()
    mobile = ma.fields.String()


class RevealIn(ReasonIn):
    field = ma.fields.String(required=True, validate=validate.OneOf(("id_number", "mobile", "address")))


class RevealedOut(Schema):
    value = ma.fields.String()


@blp.post("/person-searches")
@blp.arguments(PersonSearchIn)
@blp.response(200, PersonFoundOut)
def search(body: dict[str, Any]) -> dict[str, Any]:
    """The person with this number or mobile, masked; a POST, so that no number stands in an address."""
    who = actor_with(_PERMISSION)
    with transaction() as session:
        found = privacy.find(session, body["named"], actor=who, reason=body["reason"])
        if found is None:
            raise NotFound
        told = {name: masked(name, found.personal[name]) for name in _SHOWN if found.personal.get(name)}
        return {"account_id": found.id, **told}


@blp.post("/persons/<uuid:account_id>/revelations")
@blp.arguments(RevealIn)
@blp.response(200, RevealedOut)
def reveal(body: dict[str, Any], account_id: UUID) -> dict[str, str]:
    """One field whole."""
    who = actor_with(_PERMISSION)
    with transaction() as session:
        return {"value": privacy.reveal(session, account_id, body["field"], actor=who, reason=body["reason"])}


@blp.post("/persons/<uuid:account_id>/erasure")
@blp.arguments(ReasonIn)
@blp.response(204)
def erase(body: dict[str, Any], account_id: UUID) -> None:
    """End the account and destroy the person's key: nobody reads the data again, also not from an old copy."""
    who = actor_with(_PERMISSION)
    with transaction() as session:
        privacy.erase(session, account_id, actor=who, reason=body["reason"])
        session.commit()  # First: a key is destroyed for good.
    if keys := of_person.keys_of(service().engine):
        keys.destroy(account_id)
