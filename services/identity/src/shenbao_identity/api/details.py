"""The personal centre's API: the own details, the bound mobile, the consents given."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import select

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_identity import queries
from shenbao_identity.actions import persons
from shenbao_identity.api.browser import settings
from shenbao_identity.api.person_schemas import ConsentsOut, ProfileIn, ProfileOut, ProvedMobileIn
from shenbao_identity.api.persons import code_is_right
from shenbao_identity.api.recent import ensure_recent
from shenbao_identity.domain.persons import CITIZEN, DETAILS, fixed, masked, told_by_number
from shenbao_identity.models import Account, Consent

blp = Blueprint("details", __name__, url_prefix="/v1/me", description="The own details.")


@blp.get("/profile")
@blp.response(200, ProfileOut)
def show() -> dict[str, Any]:
    """What the account tells of its holder."""
    who = actor_of(Kind.PERSON, Kind.UNIT, Kind.SUB_ACCOUNT, Kind.OFFICE, Kind.ADMIN)
    with transaction() as session:
        return _profile(tagged(session.get_one(Account, who.account_id)))


@blp.patch("/profile")
@blp.arguments(ProfileIn)
@blp.response(200, ProfileOut)
def revise(body: dict[str, Any]) -> dict[str, Any]:
    """Change the own details, but for what real-name verification fixed."""
    who = actor_of(Kind.PERSON)
    changes = {name: value if isinstance(value, str) else value.isoformat() for name, value in body.items()}
    with transaction() as session:
        account = queries.account_to_change(session, who.account_id)
        ensure_match(account)
        persons.change_details(account, changes, now=clock.now())
        return _profile(tagged(account))


@blp.put("/mobile")
@blp.arguments(ProvedMobileIn)
@blp.response(200, ProfileOut)
def change_mobile(body: dict[str, Any]) -> dict[str, Any]:
    """Bind another mobile, after a code to the new number."""
    who = actor_of(Kind.PERSON, Kind.UNIT, Kind.SUB_ACCOUNT, Kind.OFFICE, Kind.ADMIN)
    ensure_recent()
    proved = code_is_right(body, mobile=body["mobile"])
    with transaction() as session:
        account = queries.account_to_change(session, who.account_id)
        persons.change_mobile(session, account, body["mobile"], proved=proved, now=clock.now())
        return _profile(tagged(account))


@blp.get("/consents")
@blp.response(200, ConsentsOut)
def consents() -> dict[str, Any]:
    """Which agreements were given, in which version and when."""
    with transaction() as session:
        given = select(Consent).where(Consent.account_id == actor().account_id).order_by(Consent.given_at)
        return {"items": session.scalars(given).all()}


def _profile(account: Account) -> dict[str, Any]:
    told = {name: masked(name, account.personal[name]) for name in DETAILS if account.personal.get(name)}
    today = clock.office_day(clock.now())
    if account.kind == Kind.PERSON:
        told = {"id_type": CITIZEN} | told
        told |= told_by_number(told["id_type"], account.personal.get("id_number", ""), today=today)
    return told | {
        "verified": account.verified,
        "missing": persons.missing(account, settings().policy),
        "fixed": sorted(fixed(account.personal, verified=account.verified, today=today)),
    }
