"""What the service is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from environs import Env

from shenbao_common.web.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """registry_url: base address of the register of organisations; "" for none, so that every unit brings a scan."""

    registry_url: str

    @classmethod
    def own(cls, env: Env) -> dict[str, Any]:
        return {"registry_url": env.str("UNITS_REGISTRY_URL", validate=_address)}

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        return cls.of("units", environment)


def _address(value: str) -> None:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("an http address, or nothing")
