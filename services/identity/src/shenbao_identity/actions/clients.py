"""Other systems that sign their users in with us, and the tiles that lead people there."""

import re
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import NotFound, Problem, RuleBroken, ensure
from shenbao_identity import queries
from shenbao_identity.models import Account, AuthorizationCode, RefreshToken, RegisteredClient
from shenbao_identity.settings import Client

_ID = re.compile(r"[a-z][a-z0-9-]{2,49}", re.ASCII)
_GRANTS = ("authorization_code", "refresh_token")


def register(
    session: Session, wanted: Mapping[str, Any], *, reserved: Collection[str], now: datetime
) -> tuple[RegisteredClient, str]:
    """A new client with a random secret, which is told once."""
    ensure(_address_problems(wanted))
    client_id = wanted["client_id"]
    if client_id in reserved or session.get(RegisteredClient, client_id) is not None:
        raise RuleBroken("invalid", Problem("client_id_taken", "client_id"))
    secret = secrets.token_urlsafe(32)
    row = RegisteredClient(**wanted, secret_hash=queries.digest(secret), active=True, created_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as taken:
        # Somebody else registered it since we looked.
        raise RuleBroken("invalid", Problem("client_id_taken", "client_id")) from taken
    return row, secret


def revise(session: Session, row: RegisteredClient, changes: Mapping[str, Any]) -> RegisteredClient:
    """A client that is taken out of use loses its codes and refresh tokens at once."""
    ensure(_address_problems(changes))
    for name, value in changes.items():
        setattr(row, name, value)
    if not row.active:
        for given in (AuthorizationCode, RefreshToken):
            session.execute(delete(given).where(given.client_id == row.client_id))
    return row


def row_of(session: Session, client_id: str, *, lock: bool = False) -> RegisteredClient | None:
    """The registered client; whatever cannot be an id, whoever sent it, is none."""
    if not _ID.fullmatch(client_id):
        return None
    return session.get(RegisteredClient, client_id, with_for_update=lock)


def as_client(session: Session, client_id: str) -> Client | None:
    row = row_of(session, client_id)
    if row is None or not row.active:
        return None
    return Client(
        client_id=row.client_id,
        secret="",
        secret_hash=row.secret_hash,
        redirect_uris=tuple(row.redirect_uris),
        grants=_GRANTS,
        post_logout_redirect_uris=tuple(row.post_logout_redirect_uris),
        outside=True,
    )


def modules_of(session: Session, account_id: UUID) -> list[dict[str, Any]]:
    """Every system with a tile, and whether it is among the person's own (S2-01)."""
    own = session.get_one(Account, account_id).modules
    rows = session.scalars(
        select(RegisteredClient)
        .where(RegisteredClient.active, RegisteredClient.start_url != "")
        .order_by(RegisteredClient.client_id)
        .limit(200)
    )
    names = ("client_id", "label_zh", "label_en", "start_url")
    return [{name: getattr(row, name) for name in names} | {"own": row.client_id in own} for row in rows]


def add_module(session: Session, account_id: UUID, client_id: str) -> None:
    row = row_of(session, client_id)
    if row is None or not row.active or not row.start_url:
        raise NotFound
    account = queries.account_to_change(session, account_id)
    if client_id not in account.modules:
        account.modules = [*account.modules, client_id]


def remove_module(session: Session, account_id: UUID, client_id: str) -> None:
    account = queries.account_to_change(session, account_id)
    account.modules = [own for own in account.modules if own != client_id]


def _address_problems(wanted: Mapping[str, Any]) -> list[Problem]:
    """Addresses are whole, without a fragment, and https but for a machine's own (RFC 6749 3.1.2, RFC 8252).

    Nor do they name a user, who would look like the host, or have what readers of addresses drop in silence.
    """
    listed = [(f"{name}.{i}", a) for name in _LISTS for i, a in enumerate(wanted.get(name, ()))]
    single = [("start_url", wanted["start_url"])] if wanted.get("start_url") else []
    return [Problem("wrong_address", path) for path, address in listed + single if not _is_address(address)]


_LISTS = ("redirect_uris", "post_logout_redirect_uris")
_OWN_MACHINE = frozenset({"127.0.0.1", "localhost"})


def _is_address(address: str) -> bool:
    if not address.isascii() or not address.isprintable() or set(address) & set(" \\"):
        return False
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    right_scheme = parts.scheme == "https" or (parts.scheme == "http" and host in _OWN_MACHINE)
    return bool(host) and right_scheme and not parts.fragment and "*" not in address and "@" not in parts.netloc
