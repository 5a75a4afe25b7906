"""Other systems as OpenID clients: registered by administrators, used by people, shown as tiles."""

from typing import Any

from flask_smorest import Blueprint

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import actor_of, actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import PageQuery
from shenbao_identity import queries
from shenbao_identity.actions import clients
from shenbao_identity.api.browser import settings
from shenbao_identity.api.client_schemas import (
    ClientIn,
    ClientOut,
    ClientPatch,
    ClientsOut,
    ModulesOut,
    NewClientOut,
)
from shenbao_identity.models import RegisteredClient
from shenbao_identity.settings import Client

blp = Blueprint("clients", __name__, url_prefix="/v1", description="Other systems as OpenID clients.")


def known(client_id: str) -> Client | None:
    """A client of the installation's settings, or one that was registered and is active."""
    if found := settings().clients.get(client_id):
        return found
    with transaction() as session:
        return clients.as_client(session, client_id)


@blp.get("/clients")
@blp.arguments(PageQuery, location="query")
@blp.response(200, ClientsOut)
def index(query: dict[str, Any]) -> Page[RegisteredClient]:
    """The systems that were registered, by their id."""
    actor_with("account.manage")
    with transaction() as session:
        return page(session, queries.registered_clients(), by=[RegisteredClient.client_id], **query)


@blp.post("/clients")
@blp.arguments(ClientIn)
@blp.response(201, NewClientOut)
def register(body: dict[str, Any]) -> dict[str, Any]:
    """Register a system; its secret is told this once."""
    actor_with("account.manage")
    with transaction() as session:
        row, secret = clients.register(session, body, reserved=settings().clients.keys(), now=clock.now())
    tagged(row)
    return {"client_id": row.client_id, "client_secret": secret}


@blp.get("/clients/<client_id>")
@blp.response(200, ClientOut)
def show(client_id: str) -> RegisteredClient:
    """One registered system."""
    actor_with("account.manage")
    with transaction() as session:
        row = clients.row_of(session, client_id)
    if row is None:
        raise NotFound
    return tagged(row)


@blp.patch("/clients/<client_id>")
@blp.arguments(ClientPatch)
@blp.response(200, ClientOut)
def revise(body: dict[str, Any], client_id: str) -> RegisteredClient:
    """Change addresses or names, or take the system out of use, which ends what it was given."""
    actor_with("account.manage")
    with transaction() as session:
        row = clients.row_of(session, client_id, lock=True)
        if row is None:
            raise NotFound
        ensure_match(row)
        return tagged(clients.revise(session, row, body))


@blp.get("/me/modules")
@blp.response(200, ModulesOut)
def modules() -> dict[str, Any]:
    """The systems with a tile, and whether they are among the own ones (S2-01)."""
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        return {"items": clients.modules_of(session, who.account_id)}


@blp.put("/me/modules/<client_id>")
@blp.response(204)
def add_module(client_id: str) -> None:
    """Add a system to the own ones."""
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        clients.add_module(session, who.account_id, client_id)


@blp.delete("/me/modules/<client_id>")
@blp.response(204)
def remove_module(client_id: str) -> None:
    """Take a system from the own ones."""
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        clients.remove_module(session, who.account_id, client_id)
