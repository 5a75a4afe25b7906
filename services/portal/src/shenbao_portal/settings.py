"""What the portal is told by its environment; read once, a missing value means no start."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from environs import Env

SERVICES = ("identity", "units", "applications", "review", "documents", "subscriptions")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """issuer: identity as browsers reach it. service_urls: each service as the portal reaches it.

    cookie_key: 32 bytes, base64; replicas share it. client_secret: of the OAuth client `portal`.
    trusted_proxies: how many proxies in front may say who calls (X-Forwarded-For).
    otlp_endpoint: where spans are sent to; "" sends none.
    face_app: what stands before the code in the picture that the authentication app scans.
    """

    profile: str
    issuer: str
    portal_url: str
    service_urls: Mapping[str, str]
    client_secret: str
    cookie_key: str
    trusted_proxies: int = 0
    otlp_endpoint: str = ""
    face_app: str = ""

    @property
    def secure(self) -> bool:
        """Cookies travel over https only, where the portal is reached by https."""
        return self.portal_url.startswith("https:")

    @classmethod
    def from_env(cls) -> Self:
        """Reads the settings; every missing value is named in one error (environs.EnvValidationError)."""
        env = Env(eager=False)
        found = cls(
            profile=env.str("SHENBAO_PROFILE"),
            issuer=env.str("SHENBAO_ISSUER"),
            portal_url=env.str("SHENBAO_PORTAL_URL"),
            service_urls={s: env.str(f"SHENBAO_{s.upper()}_URL") for s in SERVICES},
            client_secret=env.str("PORTAL_CLIENT_SECRET"),
            cookie_key=env.str("PORTAL_COOKIE_KEY"),
            trusted_proxies=env.int("SHENBAO_TRUSTED_PROXIES", 0),
            otlp_endpoint=env.str("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
            face_app=env.str("PORTAL_FACE_APP", ""),
        )
        env.seal()
        return found
