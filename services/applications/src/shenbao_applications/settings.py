"""What applications is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from environs import Env

from shenbao_applications.domain.archive_categories import DEFAULT
from shenbao_common.web.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """archive_file: the categories of the performance archive; all else that differs is said in packs."""

    archive_file: Path = DEFAULT

    @classmethod
    def own(cls, env: Env) -> dict[str, Any]:
        return {"archive_file": env.path("APPLICATIONS_ARCHIVE_FILE", DEFAULT)}

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        return cls.of("applications", environment)
