"""What documents is told by its environment beyond the common settings."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from environs import Env, ValidationError

from shenbao_common.web.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """folder: where files are kept; s3: the bucket instead of it (endpoint, bucket, key, secret, region).

    fonts: folders with the only fonts that prints may use. providers: key of a retrieval to address and token of the
    data provider. scanner: clamd's address, `unix:<path>` or `<host>:<port>`.
    seal: private key and certificates up to the root, PEM. timestamps: address of an authority (RFC 3161).
    """

    folder: str
    s3: Mapping[str, str] | None
    fonts: tuple[str, ...]
    scanner: str | None
    seal: str | None
    timestamps: str | None
    providers: Mapping[str, Mapping[str, str]]

    @classmethod
    def own(cls, env: Env) -> dict[str, Any]:
        return {
            "folder": env.str("DOCUMENTS_FOLDER"),
            "s3": env.json("DOCUMENTS_S3", None, validate=_bucket) or None,
            "fonts": tuple(f for f in (env.str("DOCUMENTS_FONTS") or "").split(os.pathsep) if f),
            "scanner": env.str("DOCUMENTS_SCANNER", None) or None,
            "seal": env.str("DOCUMENTS_SEAL", None) or None,
            "timestamps": env.str("DOCUMENTS_TIMESTAMPS", None) or None,
            "providers": env.json("DOCUMENTS_PROVIDERS", None) or {},
        }

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        return cls.of("documents", environment)


def _bucket(named: Any) -> None:
    wanted = {"endpoint", "bucket", "key", "secret", "region"}
    if named and (not isinstance(named, dict) or named.keys() != wanted or not all(map(_is_text, named.values()))):
        raise ValidationError(f"an object of texts: {', '.join(sorted(wanted))}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
