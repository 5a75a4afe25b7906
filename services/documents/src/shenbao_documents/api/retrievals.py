"""Fetching a proof from the provider that holds it (S0-27)."""

import io
from typing import Any

from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Conflict, Problem, RuleBroken, Unauthenticated
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.errors import Unavailable
from shenbao_common.web.schema import Schema, Text
from shenbao_common.web.service import service
from shenbao_documents.actions import files
from shenbao_documents.api import limits
from shenbao_documents.api.parts import parts
from shenbao_documents.api.receipts import receipted
from shenbao_documents.api.schemas import UploadedOut
from shenbao_documents.domain.policies import purpose_of, unknown_purpose
from shenbao_documents.providers.retrieval import ProviderAway

blp = Blueprint("retrievals", __name__, url_prefix="/v1/retrievals", description="Proofs that a provider holds.")
blp.before_request(limits.allow_uploads)

PROFILE = "shenbao-profile+jwt"


class RetrievalIn(Schema):
    """profile: identity's slip about the person (POST /v1/me/profile-slips)."""

    purpose = Text(200, required=True)
    profile = Text(8000, required=True)


@blp.post("")
@blp.arguments(RetrievalIn)
@blp.response(201, UploadedOut)
def retrieve(body: dict[str, Any]) -> dict[str, Any]:
    """Fetch the proof about the caller; it is checked as an upload is. 503 `retrieval_failed`: upload it by hand."""
    who = actor_of(Kind.PERSON)
    profile = _profile(body["profile"])
    purpose = purpose_of(body["purpose"])
    with transaction() as session:
        policy = files.policy_for(session, purpose, who)
    if policy.retrieval is None:
        raise unknown_purpose()
    provider = parts().providers.get(policy.retrieval)
    if provider is None:
        raise Conflict("retrieval_not_set_up")
    try:
        # No transaction is open while somebody else is waited for.
        found = provider.fetch(name=profile["name"], id_number=profile["id_number"], most_bytes=policy.max_bytes)
    except ProviderAway as away:
        raise Unavailable("retrieval_failed") from away
    whose = (who.account_id, who.unit_id)
    wanted = files.Wanted(*whose, purpose, f"{policy.retrieval}.pdf", clock.now(), files.Origin(policy.retrieval))
    intake = parts().intake
    with transaction() as session, intake.storage.receive(io.BytesIO(found), limit=policy.max_bytes) as incoming:
        return receipted(files.keep(session, incoming, wanted, policy=policy, intake=intake))


def _profile(slip: str) -> dict[str, Any]:
    try:
        said = service().keys_of("identity").verify(PROFILE, slip)
    except Unauthenticated as wrong:
        code = "person_expired" if wrong.code == "token_expired" else "person_invalid"
        raise RuleBroken("invalid", Problem(code, "profile")) from wrong
    if said.get("account_id") != str(actor().account_id):
        raise RuleBroken("invalid", Problem("person_invalid", "profile"))
    if not said.get("id_number"):
        raise RuleBroken("invalid", Problem("profile_needed", "profile"))
    if not said.get("verified"):
        raise RuleBroken("invalid", Problem("profile_unverified", "profile"))
    return dict(said)
