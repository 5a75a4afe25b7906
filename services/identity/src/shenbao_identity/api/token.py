"""The token endpoint and revocation (RFC 6749 3.2, RFC 7009)."""

from typing import Any

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.web.auth import public
from shenbao_common.web.edge import transaction
from shenbao_common.web.service import service
from shenbao_common.web.tokens import TOKEN_TYPE
from shenbao_identity.actions import claims, grants
from shenbao_identity.api.browser import settings
from shenbao_identity.api.oauth import client_of_request, refused
from shenbao_identity.domain import lifetimes
from shenbao_identity.settings import Client

blp = Blueprint("token", __name__, description="Tokens for clients (RFC 6749).")


@blp.post("/token")
@public
def token() -> ResponseReturnValue:
    """Exchange an authorization code or a refresh token, or get a service's own token.

    A form (application/x-www-form-urlencoded) with grant_type and what that grant needs; the client by HTTP Basic.
    """
    if any(len(request.form.getlist(name)) > 1 for name in request.form):
        return refused("invalid_request", "a parameter was sent twice")
    client = client_of_request()
    if client is None:
        return refused("invalid_client")
    grant_type = request.form.get("grant_type", "")
    exchange = _EXCHANGES.get(grant_type)
    if exchange is None:
        return refused("unsupported_grant_type")
    if grant_type not in client.grants:
        return refused("unauthorized_client")
    return exchange(client)


@blp.post("/revoke")
@public
def revoke() -> ResponseReturnValue:
    """End a refresh token and all that came of the same sign-in for this client; unknown tokens are fine."""
    client = client_of_request()
    if client is None:
        return refused("invalid_client")
    with transaction() as session:
        grants.revoke(session, request.form.get("token", ""), client=client)
    return jsonify({})


def _by_code(client: Client) -> Response:
    form = request.form
    with transaction() as session:
        proof = grants.Proof(redirect_uri=form.get("redirect_uri", ""), verifier=form.get("code_verifier", ""))
        code = form.get("code", "")
        grant = grants.redeem(session, code, proof, client=client, policy=settings().policy, now=clock.now())
    return refused("invalid_grant") if grant is None else _signed(client, grant)


def _by_refresh_token(client: Client) -> Response:
    with transaction() as session:
        text = request.form.get("refresh_token", "")
        grant = grants.refresh(session, text, client=client, policy=settings().policy, now=clock.now())
    return refused("invalid_grant") if grant is None else _signed(client, grant)


def _for_itself(client: Client) -> Response:
    return jsonify(_access_token(claims.of_service(client.client_id, client.permissions)))


_EXCHANGES = {
    "authorization_code": _by_code,
    "refresh_token": _by_refresh_token,
    "client_credentials": _for_itself,
}


def _signed(client: Client, grant: grants.Grant) -> Response:
    account = grant.session.account
    said = claims.of_account(account, grant.session, client=client, scope=grant.scope)
    body = _access_token(said) | {"scope": grant.scope}
    if grant.refresh_token:
        body["refresh_token"] = grant.refresh_token
    if "openid" in grant.scope.split():
        body["id_token"] = _sign(
            "JWT", claims.of_id_token(grant.session, client_id=client.client_id, nonce=grant.nonce)
        )
    return jsonify(body)


def _access_token(said: dict[str, Any]) -> dict[str, Any]:
    seconds = int(lifetimes.ACCESS_TOKEN.total_seconds())
    return {"access_token": _sign(TOKEN_TYPE, said), "token_type": "Bearer", "expires_in": seconds}


def _sign(kind: str, said: dict[str, Any]) -> str:
    seconds = int(lifetimes.ACCESS_TOKEN.total_seconds())
    return service().signer.sign(kind, {"iss": settings().issuer, **said}, seconds=seconds)
