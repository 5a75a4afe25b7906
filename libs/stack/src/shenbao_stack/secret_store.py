"""Secrets of one installation: made once, kept in `secrets.json` that only its owner can read."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shenbao_stack import seal
from shenbao_stack.services import SERVICES

Secrets = dict[str, str]
_WORDS = (
    "Bamboo",
    "Bridge",
    "Crane",
    "Garden",
    "Harbour",
    "Lantern",
    "Lotus",
    "Pine",
    "River",
    "Silk",
    "Spring",
    "Tea",
)
_DEMO_ONLY = ("postgres_", "provincial_", "demo_", "documents_seal")


class UnfitForProduction(Exception):
    """Secrets are missing from the environment, or come from a demo."""


def load(folder: Path, profile: str) -> Secrets:
    """The secrets of an installation, by lower-case name; `IDENTITY_DATA_KEY` in the environment wins over the file.

    Production takes them from the environment alone and refuses those that a demo made in the same folder.
    """
    path = folder / "secrets.json"
    known: Secrets = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    given = {name: os.environ[name.upper()] for name in _makers() if os.environ.get(name.upper())}
    if profile == "production":
        return _fit_for_production(given, known)
    return _completed(path, known) | given


def _fit_for_production(given: Secrets, demo: Secrets) -> Secrets:
    needed = {name for name in _makers() if not name.startswith(_DEMO_ONLY)}
    missing = sorted(name.upper() for name in needed - given.keys())
    if missing:
        raise UnfitForProduction(f"set in the environment: {', '.join(missing)}")
    borrowed = sorted(name.upper() for name in needed if given[name] == demo.get(name))
    if borrowed:
        raise UnfitForProduction(f"made by a demo, make new ones: {', '.join(borrowed)}")
    return given


def _completed(path: Path, known: Secrets) -> Secrets:
    """Makes what is missing and writes it back (mode 0600)."""
    missing = {name: make() for name, make in _makers().items() if name not in known}
    if missing:
        known |= missing
        _write(path, known)
    return known


def signing_key() -> str:
    """A new EC P-256 private key as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode()


def _data_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def password() -> str:
    """Long, random, never typed."""
    return secrets.token_urlsafe(24)


def _typed_password() -> str:
    """Short enough to be typed from the screen; letters, digits and a sign as the password rule wants."""
    words = (secrets.choice(_WORDS), secrets.choice(_WORDS), str(secrets.randbelow(900) + 100))
    return "-".join(words)


def _makers() -> dict[str, Callable[[], str]]:
    makers: dict[str, Callable[[], str]] = {
        "postgres_password": password,
        "portal_cookie_key": _data_key,
        "portal_client_secret": password,
        "provincial_client_secret": password,
        "provincial_signing_key": signing_key,
        "demo_password": _typed_password,
        "documents_seal": seal.bundle,
    }
    for service in SERVICES:
        makers[f"{service}_database_password"] = password
        makers[f"{service}_client_secret"] = password
        makers[f"{service}_signing_key"] = signing_key
        makers[f"{service}_data_key"] = _data_key
    return makers


def _write(path: Path, known: Secrets) -> None:
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(known, file, indent=1)
    fresh.replace(path)
