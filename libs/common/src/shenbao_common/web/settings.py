"""What every service is told by its environment; read once, a missing value means no start."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from environs import Env, ValidationError

from shenbao_common.data.sealed import SUITES

SERVICES = ("identity", "units", "applications", "review", "documents", "subscriptions")


@dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """Common part; a service adds its own fields and reads them in `own`.

    profile: production | demo | test. broker_url: None means that events travel by the feeds alone.
    service_urls: base address of every service, for its keys and its feed. data_key: 32 bytes, base64.
    signing_key: EC P-256 private key, PEM. Every secret has no default.
    otlp_endpoint: where spans are sent to; "" sends none.
    other_signing_key: of a rotation, "" outside of one: the key that signed before or will sign next, published too.
    algorithms: `international` or `national` (SM4, SM3). other_data_keys: for what an earlier key has sealed.
    index_key: of the blind indexes, named as soon as there are other keys: indexes do not change when it does.
    person_keys: folder of the persons' keys; "" seals with the service's key alone.
    trusted_proxies: how many proxies in front may say who calls and under which prefix (X-Forwarded-*).
    """

    service: str
    profile: str
    database_url: str
    broker_url: str | None
    issuer: str
    portal_url: str
    service_urls: Mapping[str, str]
    client_secret: str
    signing_key: str
    data_key: str
    trusted_proxies: int
    otlp_endpoint: str = ""
    other_signing_key: str = ""
    algorithms: str = "international"
    other_data_keys: tuple[str, ...] = ()
    index_key: str = ""
    person_keys: str = ""
    compresses: bool = False

    @classmethod
    def own(cls, env: Env) -> dict[str, Any]:
        """Fields of one service only."""
        del env
        return {}

    @classmethod
    def of(cls, service: str, environment: Mapping[str, str] | None = None) -> Self:
        """Reads the settings; every missing or wrong value is named in one error (environs.EnvValidationError)."""
        env = Env(eager=False) if environment is None else _Environment(environment)
        upper = service.upper()
        found = {
            "service": service,
            "profile": env.str("SHENBAO_PROFILE", validate=_profile),
            "database_url": env.str(f"{upper}_DATABASE_URL"),
            "broker_url": env.str("SHENBAO_BROKER_URL", None) or None,
            "issuer": env.str("SHENBAO_ISSUER"),
            "portal_url": env.str("SHENBAO_PORTAL_URL"),
            "service_urls": {s: env.str(f"SHENBAO_{s.upper()}_URL") for s in SERVICES},
            "client_secret": env.str(f"{upper}_CLIENT_SECRET"),
            "signing_key": env.str(f"{upper}_SIGNING_KEY"),
            "other_signing_key": env.str(f"{upper}_OTHER_SIGNING_KEY", ""),
            "data_key": env.str(f"{upper}_DATA_KEY"),
            "algorithms": env.str("SHENBAO_ALGORITHMS", "international", validate=_suite),
            "other_data_keys": tuple(env.list(f"{upper}_OTHER_DATA_KEYS", [])),
            "index_key": env.str(f"{upper}_INDEX_KEY", ""),
            "person_keys": env.str(f"{upper}_PERSON_KEYS", ""),
            "compresses": env.bool("SHENBAO_COMPRESS", False),
            "trusted_proxies": env.int("SHENBAO_TRUSTED_PROXIES", 0),
            "otlp_endpoint": env.str("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
            **cls.own(env),
        }
        env.seal()
        if found["other_data_keys"] and not found["index_key"]:
            # Else nobody would be found any more who was written down under the key of before.
            raise ValueError(f"{upper}_INDEX_KEY is needed beside {upper}_OTHER_DATA_KEYS")
        return cls(**found)


def metrics_port() -> str:
    """Where a worker process is measured; "" where nobody does."""
    return str(Env().str("SHENBAO_METRICS_PORT", ""))


class _Environment(Env):
    """Reads a given mapping instead of the process's environment; gathers all errors until `seal`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(eager=False)
        self._given = environment

    def _get_value(self, env_key: str, default: Any) -> Any:
        return self._given.get(env_key, default)


def _suite(value: str) -> None:
    if value not in SUITES:
        raise ValidationError(", ".join(SUITES))


def _profile(value: str) -> None:
    if value not in {"production", "demo", "test"}:
        raise ValidationError("production, demo or test")
