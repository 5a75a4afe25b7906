"""What documents is told by its environment beyond the common settings."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from environs import Env

from shenbao_common.web.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """folder: where files are kept. fonts: folders with the only fonts that prints may use. scanner: clamd's address.

    providers: key of a retrieval to address and token of the data provider.
    The scanner's address is `unix:<path>` or `<host>:<port>`. seal: private key and certificates up to the root, PEM.
    """

    folder: str
    fonts: tuple[str, ...]
    scanner: str | None
    seal: str | None
    providers: Mapping[str, Mapping[str, str]]

    @classmethod
    def own(cls, env: Env) -> dict[str, Any]:
        return {
            "folder": env.str("DOCUMENTS_FOLDER"),
            "fonts": tuple(f for f in (env.str("DOCUMENTS_FONTS") or "").split(os.pathsep) if f),
            "scanner": env.str("DOCUMENTS_SCANNER", None) or None,
            "seal": env.str("DOCUMENTS_SEAL", None) or None,
            "providers": env.json("DOCUMENTS_PROVIDERS", None) or {},
        }

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        return cls.of("documents", environment)
