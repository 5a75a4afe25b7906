"""What applications is told by its environment: the common settings only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from shenbao_common.web.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Nothing of its own; what differs between authorities is said in packs."""

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        return cls.of("applications", environment)
