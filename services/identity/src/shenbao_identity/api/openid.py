"""What the OpenID provider says of itself and of who is signed in."""

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from shenbao_common.kernel.errors import Unauthenticated
from shenbao_common.web.auth import actor, also_for, public
from shenbao_common.web.edge import transaction
from shenbao_common.web.tokens import ALGORITHM
from shenbao_identity.actions.claims import ABOUT_USER
from shenbao_identity.api.authorization import SCOPES
from shenbao_identity.api.browser import settings
from shenbao_identity.models import Account

blp = Blueprint("openid", __name__, description="OpenID Connect discovery and user information.")


@blp.get("/.well-known/openid-configuration")
@public
def discovery() -> ResponseReturnValue:
    """OpenID Connect Discovery 1.0."""
    url = settings().url
    return jsonify(
        issuer=settings().issuer,
        authorization_endpoint=url("/authorize"),
        token_endpoint=url("/token"),
        userinfo_endpoint=url("/userinfo"),
        revocation_endpoint=url("/revoke"),
        end_session_endpoint=url("/logout"),
        jwks_uri=url("/.well-known/jwks.json"),
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code", "refresh_token", "client_credentials"],
        code_challenge_methods_supported=["S256"],
        claims_parameter_supported=False,
        request_parameter_supported=False,
        request_uri_parameter_supported=False,
        scopes_supported=list(SCOPES),
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=[ALGORITHM],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
        authorization_response_iss_parameter_supported=True,
        acr_values_supported=[f"urn:shenbao:loa:{level}" for level in range(2, 6)],
        claims_supported=["sub", "name", "preferred_username", "kind", "unit", "org", "auth_time", "acr"],
    )


@blp.get("/userinfo")
@also_for(ABOUT_USER)
def userinfo() -> ResponseReturnValue:
    """Who is signed in (OpenID Connect Core 5.3)."""
    return jsonify(_said())


@blp.post("/userinfo")
@also_for(ABOUT_USER)
def posted_userinfo() -> ResponseReturnValue:
    """The same by POST, as the standard demands."""
    return jsonify(_said())


def _said() -> dict[str, Any]:
    with transaction() as session:
        account = session.get(Account, actor().account_id)
    if account is None:
        raise Unauthenticated("token_invalid")
    said = {
        "sub": str(account.id),
        "name": account.display_name,
        "preferred_username": account.username,
        "kind": account.kind,
        "unit": str(account.unit_id) if account.unit_id else None,
        "org": str(account.organisation_id) if account.organisation_id else None,
    }
    return {name: value for name, value in said.items() if value is not None}
