"""What is kept of a person, whole, for that person to take away (Personal Information Protection Law, article 45)."""

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from sqlalchemy import select

from shenbao_common.data import audit
from shenbao_common.kernel.actor import Kind
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_common.web.schema import Schema
from shenbao_identity.api.person_schemas import ConsentOut
from shenbao_identity.api.recent import ensure_recent
from shenbao_identity.models import Account, Consent, SharedDataRead, UpstreamIdentity

blp = Blueprint("own_copy", __name__, url_prefix="/v1/me", description="A copy of what is kept of oneself.")


class SharedDataReadOut(Schema):
    purpose = ma.fields.String()
    legal_basis = ma.fields.String()
    fields_ = ma.fields.List(ma.fields.String(), attribute="fields", data_key="fields")
    outcome = ma.fields.String()
    read_at = ma.fields.AwareDateTime()


class OwnCopyOut(Schema):
    """personal: as it was told, nothing masked. providers: by which one signed in."""

    account_id = ma.fields.UUID()
    personal = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())
    verified = ma.fields.Boolean()
    created_at = ma.fields.AwareDateTime()
    consents = ma.fields.List(ma.fields.Nested(ConsentOut))
    providers = ma.fields.List(ma.fields.String())
    shared_data_reads = ma.fields.List(ma.fields.Nested(SharedDataReadOut))


@blp.get("/copy")
@blp.response(200, OwnCopyOut)
def show() -> dict[str, Any]:
    """Soon after a sign-in only: a number stands here whole."""
    who = actor_of(Kind.PERSON)
    ensure_recent()
    own = who.account_id
    with own_transaction() as session:  # A read commits nothing.
        audit.record(session, "copied", actor=who, person_id=own, subject=own)
    with transaction() as session:
        account = session.get_one(Account, own)
        given = select(Consent).where(Consent.account_id == own).order_by(Consent.given_at, Consent.agreement)
        consents = session.scalars(given).all()
        by = select(UpstreamIdentity.provider).where(UpstreamIdentity.account_id == own)
        read = select(SharedDataRead).where(SharedDataRead.account_id == own).order_by(SharedDataRead.read_at)
        return {
            "account_id": own,
            "personal": {name: str(value) for name, value in account.personal.items()},
            "verified": account.verified,
            "created_at": account.created_at,
            "consents": consents,
            "providers": session.scalars(by).all(),
            "shared_data_reads": session.scalars(read).all(),
        }
