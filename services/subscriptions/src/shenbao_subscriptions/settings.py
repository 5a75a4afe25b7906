"""What the service is told by its environment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Self

from environs import Env

from shenbao_common.web.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """private_targets: networks that are not public, but that webhooks may be sent to; http is allowed there too.

    broker_api_url: RabbitMQ's management API, with a user who may make virtual hosts and users; None: no queues.
    """

    private_targets: Sequence[IPv4Network | IPv6Network]
    broker_api_url: str | None

    @property
    def has_queues(self) -> bool:
        """Can subscribers be given a queue here?"""
        return self.broker_url is not None and self.broker_api_url is not None

    @classmethod
    def own(cls, env: Env) -> dict[str, Any]:
        named: list[str] = env.list("SUBSCRIPTIONS_PRIVATE_TARGETS", [], validate=_networks)
        return {
            "private_targets": _networks(named or []),
            "broker_api_url": env.str("SUBSCRIPTIONS_BROKER_API_URL", None) or None,
        }

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        return cls.of("subscriptions", environment)


def _networks(named: Sequence[str]) -> Sequence[IPv4Network | IPv6Network]:
    return [ip_network(name.strip()) for name in named if name.strip()]
