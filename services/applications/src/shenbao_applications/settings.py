"""What applications is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from environs import Env

from shenbao_common.web.settings import ServiceSettings

_ARCHIVE = Path(__file__).with_name("archive.yaml")


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """archive_file: the categories of the performance archive. registers_url: address below which the government's
    registers answer; "" where analyses are not offered. All else that differs is said in packs.
    """

    archive_file: Path = _ARCHIVE
    registers_url: str = ""
    registers_token: str = ""

    @classmethod
    def own(cls, env: Env) -> dict[str, Any]:
        return {
            "archive_file": env.path("APPLICATIONS_ARCHIVE_FILE", _ARCHIVE),
            "registers_url": env.str("APPLICATIONS_REGISTERS_URL", "").rstrip("/"),
            "registers_token": env.str("APPLICATIONS_REGISTERS_TOKEN", ""),
        }

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        return cls.of("applications", environment)
