"""How a command that asks services is let in: a token, a client of its own, or a browser."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import click
import httpx

from shenbao_stack import browser_sign_in
from shenbao_stack.operators import Bus, Refused
from shenbao_stack.services import prefix

_PATIENCE = 5.0
_OK = 200


def as_operator(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the bus as its first argument, and the options that say where it is and who asks."""

    @click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Address of the portal.")
    @click.option("--token", envvar="SHENBAO_TOKEN", default="", help="Access token with events.operate.")
    @click.option(
        "--client", envvar="SHENBAO_CLIENT", default="", help="<id>:<secret> of a client with events.operate."
    )
    @wraps(command)
    def asking(*args: Any, url: str, token: str, client: str, **options: Any) -> None:
        identity = identity_at(url)
        renewed = partial(_of_client, identity, client) if client and not token else None
        try:
            token = token or (renewed() if renewed else browser_sign_in.access_token(identity))
            with Bus(url, token, renewed) as bus:
                command(bus, *args, **options)
                if bus.away:
                    raise click.ClickException(f"did not answer: {', '.join(bus.away)}")
        except (Refused, httpx.HTTPError) as reason:
            raise click.ClickException(str(reason) or type(reason).__name__) from reason

    return asking


def identity_at(url: str) -> str:
    """Where to sign in. A suite that is not there is said at once: nobody could come back from signing in to it."""
    identity = url.rstrip("/") + prefix("identity")
    try:
        answer = httpx.get(f"{identity}/.well-known/openid-configuration", timeout=_PATIENCE)
    except httpx.HTTPError as nobody:
        raise click.UsageError(f"nothing answers at {url}, see --url ({type(nobody).__name__})") from nobody
    if answer.status_code != _OK or "issuer" not in answer.text:
        raise click.UsageError(f"what answers at {url} is no Shenbao, see --url (status {answer.status_code})")
    return identity


def _of_client(identity: str, client: str) -> str:
    name, _, secret = client.partition(":")
    form = {"grant_type": "client_credentials"}
    answer = httpx.post(f"{identity}/token", data=form, auth=(name, secret), timeout=30).raise_for_status()
    return str(answer.json()["access_token"])
