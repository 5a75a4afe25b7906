"""What the service is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from environs import Env, ValidationError

from shenbao_common.web.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Client:
    """An OAuth client; a redirect address must match one of the list to the letter.

    permissions: what its own tokens (client credentials) hold.
    post_logout_redirect_uris: None means the portal's own address.
    """

    client_id: str
    secret: str
    redirect_uris: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provincial sign-in that speaks OpenID Connect, for which this service is the relying party."""

    key: str
    label_zh: str
    label_en: str
    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """clients: by client id. providers: by key."""

    clients: Mapping[str, Client]
    providers: Mapping[str, Provider]

    @classmethod
    def own(cls, env: Env) -> dict[str, Any]:
        clients = env.json("IDENTITY_CLIENTS", validate=_clients)
        providers = env.json("IDENTITY_PROVIDERS", [], validate=_providers)
        return {"clients": _clients(clients or []), "providers": _providers(providers)}

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        return cls.of("identity", environment)

    @property
    def is_https(self) -> bool:
        return self.issuer.startswith("https://")

    def url(self, path: str) -> str:
        """A public address of this service; never taken from the request, which a proxy may have changed."""
        return f"{self.issuer}{path}"


def _clients(given: Any) -> dict[str, Client]:
    return {client.client_id: client for client in (_made(Client, entry) for entry in given)}


def _providers(given: Any) -> dict[str, Provider]:
    return {provider.key: provider for provider in (_made(Provider, entry) for entry in given)}


def _made(kind: type[Any], entry: Any) -> Any:
    try:
        return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in entry.items()})
    except (TypeError, AttributeError) as wrong:
        raise ValidationError(f"not a {kind.__name__.lower()}: {wrong}") from wrong
