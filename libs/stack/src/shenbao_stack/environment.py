"""What each service is told: the settings of PLAN and README, made from one installation's secrets and addresses."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shenbao_stack.services import EVERYTHING, PORTAL, SERVICES, prefix, root, variable

COMMAND = "shenbao-command"
COMMAND_REDIRECT = "http://127.0.0.1:8765/"
"""Where a browser brings the code to the `shenbao` command on the same machine."""

_FAMILIES = ("noto-serif-sc", "noto-sans-sc", "noto-serif-jp", "noto-serif", "noto-sans-math", "noto-sans-symbols-2")
_FONTS = tuple(
    root() / "node_modules" / "@expo-google-fonts" / family / weight
    for family in _FAMILIES
    for weight in ("400Regular", "700Bold")
)


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """public: what a browser sees. inner: where services reach each other (differs when split).

    mail: the port of the demo's mail server.
    """

    public: str
    inner: Mapping[str, str]
    mail: int

    def service(self, name: str) -> str:
        return self.inner[name] + prefix(name)


def one_address(origin: str) -> Addresses:
    """Everything behind one port."""
    return Addresses(public=origin, inner=dict.fromkeys(EVERYTHING, origin), mail=0)


@dataclass(frozen=True, kw_only=True)
class Installation:
    """One suite: where it keeps its data, what it knows, whom it talks to."""

    folder: Path
    profile: str
    addresses: Addresses
    databases: Mapping[str, str]
    secrets: Mapping[str, str]
    broker_url: str | None = None

    def environment(self) -> dict[str, str]:
        """Variables of all services; `only` narrows them to one."""
        public = self.addresses.public
        shared = {
            "SHENBAO_PROFILE": self.profile,
            "SHENBAO_BROKER_URL": self.broker_url or "",
            "SHENBAO_ISSUER": public + prefix("identity"),
            "SHENBAO_PORTAL_URL": public,
            **{f"SHENBAO_{s.upper()}_URL": self.addresses.service(s) for s in SERVICES},
        }
        own: dict[str, str] = {}
        for service in SERVICES:
            own |= self._of_service(service)
        return shared | own | self._newer() | self._particular() | self._of_outside_parties()

    def _newer(self) -> dict[str, str]:
        """In production the environment says it, and tests run versions of before on the same data, which cannot read
        what is compressed."""
        return {"SHENBAO_COMPRESS": "true"} if self.profile == "demo" else {}

    def _of_service(self, service: str) -> dict[str, str]:
        return {
            variable(service, "DATABASE_URL"): self.databases[service],
            variable(service, "CLIENT_SECRET"): self.secrets[f"{service}_client_secret"],
            variable(service, "SIGNING_KEY"): self.secrets[f"{service}_signing_key"],
            variable(service, "DATA_KEY"): self.secrets[f"{service}_data_key"],
            **self._person_keys(service),
        }

    def _person_keys(self, service: str) -> dict[str, str]:
        """Beside the databases' folder, never in it; in production the environment says it, and tests run versions of
        before on the same data, which know no such keys."""
        kept = self.profile == "demo" and service != "subscriptions"
        return {variable(service, "PERSON_KEYS"): str(self.folder / "person-keys" / service)} if kept else {}

    def _particular(self) -> dict[str, str]:
        return {
            "IDENTITY_CLIENTS": json.dumps(clients(self.addresses.public, self.secrets) + self._listeners()),
            "DOCUMENTS_FOLDER": str(self.folder / "documents"),
            "DOCUMENTS_FONTS": os.pathsep.join(str(folder) for folder in _FONTS),
            "DOCUMENTS_SEAL": self.secrets.get("documents_seal", ""),
            "PORTAL_CLIENT_SECRET": self.secrets["portal_client_secret"],
            "PORTAL_COOKIE_KEY": self.secrets["portal_cookie_key"],
        }

    def _listeners(self) -> list[dict[str, object]]:
        """The simulated app of the face authentication; the demo's system of somebody else, as the README shows."""
        if self.profile == "production":
            return []
        face = _client("face-app", self.secrets["provincial_client_secret"]) | {"permissions": ["face.confirm"]}
        return [face, _client("my-system", "my-secret")] if self.profile == "demo" else [face]

    def _of_outside_parties(self) -> dict[str, str]:
        """The simulated ones, and the first administrator; in production the environment says this itself."""
        if self.profile == "production":
            return {}
        public, token = self.addresses.public, self.secrets["provincial_client_secret"]
        return {
            "IDENTITY_PROVIDERS": json.dumps(_simulated_providers(public, self.secrets)),
            "IDENTITY_ADMIN_PASSWORD": self.secrets["demo_password"],
            "IDENTITY_ADMIN_PASSWORD_IS_FINAL": "true",
            # People of a demo or test have no device at hand, and one address; whoever makes a second factor is asked
            # for it anyway.
            "IDENTITY_POLICY": json.dumps({"second_factor": []}),
            "IDENTITY_CODES_PER_ADDRESS": "1000",
            "IDENTITY_SMS_URL": f"{public}/demo/sms/messages",
            "IDENTITY_SMS_TOKEN": token,
            "IDENTITY_MAIL_URL": f"smtp://127.0.0.1:{self.addresses.mail}",
            "IDENTITY_MAIL_FROM": "Shenbao <noreply@shenbao.test>",
            "GATEWAY_MAIL_PORT": str(self.addresses.mail),
            "APPLICATIONS_REGISTERS_URL": f"{public}/demo/registers",
            "APPLICATIONS_REGISTERS_TOKEN": token,
            "DOCUMENTS_PROVIDERS": json.dumps({"social_insurance": {"url": f"{public}/demo/proofs/", "token": token}}),
            "GATEWAY_FONTS": os.pathsep.join(str(folder) for folder in _FONTS),
            "PORTAL_FACE_APP": f"{public}/demo/face/?code=",
            "UNITS_REGISTRY_URL": f"{public}/demo/registry",
            "SUBSCRIPTIONS_PRIVATE_TARGETS": "127.0.0.0/8",  # webhooks of whoever tries it on this machine
            "GATEWAY_DEMO_URL": public,
            "GATEWAY_PROVINCIAL_KEY": self.secrets["provincial_signing_key"],
            "GATEWAY_PROVINCIAL_SECRET": self.secrets["provincial_client_secret"],
        }


def clients(public: str, secrets: Mapping[str, str]) -> list[dict[str, object]]:
    """The OAuth clients of a suite that browsers reach at `public`: portal, command, each service for the feeds."""
    portal: dict[str, object] = {
        "client_id": PORTAL,
        "secret": secrets["portal_client_secret"],
        "redirect_uris": [f"{public}/signed-in"],
        "grants": ["authorization_code", "refresh_token"],
        "permissions": [],
    }
    command: dict[str, object] = {
        "client_id": COMMAND,
        "secret": "",  # a program on somebody's machine keeps none; PKCE stands in (RFC 8252)
        "redirect_uris": [COMMAND_REDIRECT],
        "grants": ["authorization_code", "refresh_token"],
        "permissions": [],
    }
    services = [_client(service, secrets[f"{service}_client_secret"]) for service in SERVICES]
    return [portal, command, *services]


def _client(name: str, secret: str) -> dict[str, object]:
    """A system that reads the feeds with a secret of its own."""
    return {
        "client_id": name,
        "secret": secret,
        "redirect_uris": [],
        "grants": ["client_credentials"],
        "permissions": ["events.read"],
    }


def _simulated_providers(public: str, secrets: Mapping[str, str]) -> list[dict[str, object]]:
    """Of persons and of legal persons: one province, which is asked for the one or the other."""
    shared: dict[str, object] = {
        "issuer": f"{public}/demo/provincial",
        "client_id": "shenbao",
        "client_secret": secrets["provincial_client_secret"],
    }
    person = {"key": "provincial", "label_zh": "省统一身份认证（演示）", "label_en": "Provincial sign-in (demo)"}
    legal = {"key": "provincial-legal", "label_zh": "省统一身份认证法人登录（演示）", "kind": "legal"}
    return [shared | person, shared | legal | {"label_en": "Legal-person sign-in (demo)", "ask": {"kind": "legal"}}]


def only(service: str, environment: Mapping[str, str]) -> dict[str, str]:
    """What one service needs to know: the shared variables and its own, no other's secrets."""
    others = tuple(f"{s.upper()}_" for s in (*EVERYTHING, "gateway") if s != service)
    return {name: value for name, value in environment.items() if not name.startswith(others)}
