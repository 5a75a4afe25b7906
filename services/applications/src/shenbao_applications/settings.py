"""What applications is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from environs import Env

from shenbao_common.web.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """registers_url: address below which the government's registers answer; "" where analyses are not offered.

    What differs between authorities is said in packs.
    """

    registers_url: str = ""
    registers_token: str = ""

    @classmethod
    def own(cls, env: Env) -> dict[str, Any]:
        return {
            "registers_url": env.str("APPLICATIONS_REGISTERS_URL", "").rstrip("/"),
            "registers_token": env.str("APPLICATIONS_REGISTERS_TOKEN", ""),
        }

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        return cls.of("applications", environment)
