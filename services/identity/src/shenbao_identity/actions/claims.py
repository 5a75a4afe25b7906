"""What tokens say; the edge signs it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from shenbao_common.kernel.actor import Kind, account_of_client
from shenbao_identity.models import Account, BrowserSession
from shenbao_identity.settings import Client

AUDIENCE = "shenbao"


ABOUT_USER = "shenbao-userinfo"
"""The audience of what systems outside the suite get: good for asking who signed in, and for nothing else."""


def of_account(account: Account, signed_in: BrowserSession, *, client: Client, scope: str) -> dict[str, Any]:
    """An access token for the services (RFC 9068); for a system outside the suite, for user information alone."""
    if client.outside:
        return {
            "aud": ABOUT_USER,
            "sub": str(account.id),
            "kind": account.kind,
            "rev": account.revision,
            "jti": str(uuid4()),
            "sid": str(signed_in.id),
            "client_id": client.client_id,
            "scope": scope,
        }
    return {
        "aud": AUDIENCE,
        "sub": str(account.id),
        "kind": account.kind,
        "rev": account.revision,
        "unit": _text(account.unit_id),
        "org": _text(account.organisation_id),
        "perms": list(account.permissions),
        "due": account.due,
        "auth_time": _seconds(signed_in.auth_time),
        "acr": signed_in.acr,
        "jti": str(uuid4()),
        "sid": str(signed_in.id),
        "client_id": client.client_id,
        "scope": scope,
    }


def of_id_token(signed_in: BrowserSession, *, client_id: str, nonce: str | None) -> dict[str, Any]:
    """OpenID Connect Core 2; strict clients refuse a nonce that they did not send."""
    said = {
        "aud": client_id,
        "sub": str(signed_in.account_id),
        "auth_time": _seconds(signed_in.auth_time),
        "acr": signed_in.acr,
        "sid": str(signed_in.id),
    }
    return said if nonce is None else said | {"nonce": nonce}


def of_registrant(account_id: UUID) -> dict[str, Any]:
    """For the scan that is uploaded before the unit is registered; good for nothing else."""
    return {
        "aud": AUDIENCE,
        "sub": str(account_id),
        "kind": Kind.REGISTRANT.value,
        "rev": 0,
        "perms": [],
        "jti": str(uuid4()),
    }


def of_service(client_id: str, permissions: Iterable[str]) -> dict[str, Any]:
    """A service acting for itself (RFC 6749 4.4)."""
    return {
        "aud": AUDIENCE,
        "sub": str(account_of_client(client_id)),
        "kind": Kind.SERVICE.value,
        "rev": 0,
        "perms": list(permissions),
        "jti": str(uuid4()),
        "client_id": client_id,
    }


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
