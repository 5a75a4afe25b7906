"""What the service is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Self
from urllib.parse import urlsplit

from environs import Env, ValidationError, validate

from shenbao_common.web.settings import ServiceSettings

PROTOCOLS = ("openid", "zj_ticket", "zj_ssotoken")
MAIL_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""smtp: as it is, for a relay within the same network; the others are never without TLS."""
PASSWORD_PROFILES = ("mlps3", "asvs", "legacy")
"""mlps3: letters, digits and signs (GB/T 22239-2019 level 3, S4c-02). asvs: any mixture, as ASVS 5.0 6.2.5 has it.
legacy: letters and digits suffice (S4e-03)."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What an installation decides about accounts; IDENTITY_POLICY, with defaults.

    retired_before: local accounts of units and persons made before this day no longer sign in (S0-01).

    fixed_initial_password: "" means a random one each time; only an installation that must may set one (S4e-04).
    details: what a person has to have told before anything else (S3-03).
    agreements: version in force, by agreement; asked for at the registration of a person.
    idle_minutes, session_hours: how long a session lives unused, and at all.
    second_factor: kinds of account that must have one; whoever has one is asked for it anyway.
    recovery_lock_minutes: for how long a unit's recovery is closed to an address after five failures.
    separate_duties: nobody administers system, security and audit, or two of these (domain.account.DUTIES).
    two_persons: what an administrator gives an office or administrator waits for the yes of another one.
    staff_password_days: after which offices and administrators choose another password; 0 means never.
    """

    retired_before: date | None = None
    password_profile: str = "mlps3"  # noqa: S105  (a name)
    fixed_initial_password: str = ""
    sms_code_minutes: int = 5
    details: tuple[str, ...] = ("name", "id_number", "mobile")
    agreements: tuple[tuple[str, str], ...] = (("user_agreement", "2026-01"), ("privacy_policy", "2026-01"))
    idle_minutes: int = 30
    session_hours: int = 12
    second_factor: tuple[str, ...] = ("office", "admin")
    staff_password_days: int = 180
    recovery_lock_minutes: int = 30
    separate_duties: bool = False
    two_persons: bool = False

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def session(self) -> timedelta:
        return timedelta(hours=self.session_hours)


def policy_of(given: dict[str, object]) -> Policy:
    """Reads the JSON form; raises TypeError or ValueError for what it does not know."""
    said = dict(given)
    if day := said.get("retired_before"):
        said["retired_before"] = date.fromisoformat(str(day))
    if isinstance(agreements := said.get("agreements"), dict):
        said["agreements"] = tuple((str(k), str(v)) for k, v in agreements.items())
    if isinstance(kinds := said.get("second_factor"), list):
        said["second_factor"] = tuple(str(kind) for kind in kinds)
    if isinstance(details := said.get("details"), list):
        said["details"] = tuple(str(name) for name in details)
    found = Policy(**said)  # type: ignore[arg-type]
    if found.password_profile not in PASSWORD_PROFILES:
        raise ValueError(f"password_profile is one of {', '.join(PASSWORD_PROFILES)}")
    if not (1 <= found.sms_code_minutes <= 30 and 5 <= found.idle_minutes <= 240 and 1 <= found.session_hours <= 24):
        raise ValueError("sms_code_minutes 1 to 30, idle_minutes 5 to 240, session_hours 1 to 24")
    return found


@dataclass(frozen=True, kw_only=True)
class Client:
    """An OAuth client; a redirect address must match one of the list to the letter.

    permissions: what its own tokens (client credentials) hold.
    post_logout_redirect_uris: None means the portal's own address.
    secret_hash: instead of the secret, of a client that was registered (SHA-256).
    outside: a system that is not of the suite; its tokens tell it who signed in, and open nothing.
    """

    client_id: str
    secret: str
    redirect_uris: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] | None = None
    secret_hash: bytes = b""
    outside: bool = False

    def is_proved(self, secret: str) -> bool:
        if self.secret_hash:
            return compare_digest(self.secret_hash, sha256(secret.encode()).digest())
        return compare_digest(self.secret.encode(), secret.encode())


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provincial sign-in for which this service is the relying party, with what this installation demands of it.

    protocol: `openid`, or one of those of Zhejiang: `zj_ticket` for persons, `zj_ssotoken` for legal persons.
    issuer: for OpenID Connect the issuer, else the base address of the protocol. kind: whose accounts it vouches for.
    least_level: of assurance; below it nobody gets in, and the browser is sent to upgrade_url (S0-02).
    ask: further parameters of the way there (a choice between password and scan, S3-02).
    register_url, recovery_url: the provider's own pages, which the sign-in page offers.
    """

    key: str
    label_zh: str
    label_en: str
    issuer: str
    client_id: str
    client_secret: str
    protocol: str = "openid"
    kind: str = "person"
    least_level: int = 2
    upgrade_url: str = ""
    register_url: str = ""
    recovery_url: str = ""
    ask: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """clients: by client id. providers: by key. Addresses (sms_url, mail_url, …): "" where there is none.

    codes_per_address: codes by SMS, or by mail, that are sent for one address in a quarter of an hour. No word of the
    policy: a version that does not know it passes over a variable, and starts.
    """

    clients: Mapping[str, Client]
    providers: Mapping[str, Provider]
    policy: Policy
    codes_per_address: int
    sms_url: str
    sms_token: str
    mail_url: str
    mail_from: str
    shared_data_url: str
    shared_data_token: str
    real_name_url: str
    real_name_token: str

    @classmethod
    def own(cls, env: Env) -> dict[str, Any]:
        clients = env.json("IDENTITY_CLIENTS", validate=_clients)
        providers = env.json("IDENTITY_PROVIDERS", [], validate=_providers)
        policy = env.json("IDENTITY_POLICY", {}, validate=_policy)
        return {
            "clients": _clients(clients or []),
            "providers": _providers(providers),
            "policy": _policy(policy),
            "codes_per_address": env.int("IDENTITY_CODES_PER_ADDRESS", 20, validate=validate.Range(min=1)),
            "sms_url": env.str("IDENTITY_SMS_URL", ""),
            "shared_data_url": env.str("IDENTITY_SHARED_DATA_URL", ""),
            "shared_data_token": env.str("IDENTITY_SHARED_DATA_TOKEN", ""),
            "real_name_url": env.str("IDENTITY_REAL_NAME_URL", ""),
            "real_name_token": env.str("IDENTITY_REAL_NAME_TOKEN", ""),
            "sms_token": env.str("IDENTITY_SMS_TOKEN", ""),
            "mail_url": env.str("IDENTITY_MAIL_URL", "", validate=_mail_url),
            "mail_from": env.str("IDENTITY_MAIL_FROM", ""),
        }

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        return cls.of("identity", environment)

    @property
    def is_https(self) -> bool:
        return self.issuer.startswith("https://")

    def url(self, path: str) -> str:
        """A public address of this service; never taken from the request, which a proxy may have changed."""
        return f"{self.issuer}{path}"


def _clients(given: Any) -> dict[str, Client]:
    return {client.client_id: client for client in (_made(Client, entry) for entry in given)}


def _providers(given: Any) -> dict[str, Provider]:
    made = {provider.key: provider for provider in (_made(Provider, entry) for entry in given)}
    for provider in made.values():
        if provider.protocol not in PROTOCOLS:
            raise ValidationError(f"{provider.key}: protocol is one of {', '.join(PROTOCOLS)}")
        if provider.kind not in {"person", "legal"} or provider.least_level not in range(2, 6):
            raise ValidationError(f"{provider.key}: kind is person or legal, least_level 2 to 5")
    return made


def _mail_url(given: str) -> None:
    """Refuses what is no address of a mail server, and a password that would go in the clear."""
    told = urlsplit(given)
    if given and (told.scheme not in MAIL_SCHEMES or not told.hostname or (told.scheme == "smtp" and told.username)):
        raise ValidationError("is like smtp://host, smtp+starttls://user:password@host or smtps://user:password@host")


def _policy(given: Any) -> Policy:
    try:
        return policy_of(given or {})
    except (TypeError, ValueError, AttributeError) as wrong:
        raise ValidationError(f"not a policy: {wrong}") from wrong


def _made(kind: type[Any], entry: Any) -> Any:
    try:
        return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in entry.items()})
    except (TypeError, AttributeError) as wrong:
        raise ValidationError(f"not a {kind.__name__.lower()}: {wrong}") from wrong
