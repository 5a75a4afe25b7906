"""What this service is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from shenbao_common.web.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Review needs nothing beyond what every service needs."""

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        return cls.of("review", environment)
