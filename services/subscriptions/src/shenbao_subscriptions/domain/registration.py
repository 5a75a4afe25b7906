"""What a subscriber must bring along, by its channel and by the way we prove to it who we are."""

from collections.abc import Mapping, Sequence

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from shenbao_common.kernel.errors import Problem
from shenbao_subscriptions.domain.targets import Network, objections

_OF_TLS = (RSAPublicKey, EllipticCurvePublicKey, Ed25519PublicKey, Ed448PublicKey)
"""Keys that can prove a client in TLS 1.3 (RFC 8446 4.2.3); the library that asks knows no SM2."""
CHANNELS = ("webhook", "amqp", "feed")
AUTHS: Mapping[str, Sequence[str]] = {
    "none": (),
    "oauth2": ("token_url", "client_id", "client_secret"),
    "mtls": ("certificate", "private_key"),
}
"""Way to what it needs; `scope` may be added to oauth2."""


def channel_objections(channel: str, *, has_webhook: bool, client_id: str | None, has_queues: bool) -> list[Problem]:
    found = []
    if channel == "webhook" and not has_webhook:
        found.append(Problem("required", "webhook"))
    if channel != "webhook" and has_webhook:
        found.append(Problem("not_for_this_channel", "webhook"))
    if channel == "feed" and client_id is None:
        found.append(Problem("required", "client_id"))
    if channel == "amqp" and not has_queues:
        found.append(Problem("no_broker", "channel"))
    return found


def webhook_objections(url: str, auth: str, given: Mapping[str, str], private: Sequence[Network]) -> list[Problem]:
    """given: the credentials; every objection to them at once."""
    found = objections(url, "webhook.url", private)
    needed = AUTHS[auth]
    found += [Problem("required", f"webhook.{name}") for name in needed if not given.get(name)]
    allowed = {*needed, "scope"} if auth == "oauth2" else set(needed)
    found += [Problem("not_for_this_way", f"webhook.{name}") for name in sorted(set(given) - allowed)]
    if auth == "oauth2" and given.get("token_url"):
        found += objections(given["token_url"], "webhook.token_url", private)
    if auth == "mtls" and given.get("certificate") and given.get("private_key"):
        found += _pair_objections(given["certificate"], given["private_key"])
    return found


def _pair_objections(certificate: str, private_key: str) -> list[Problem]:
    try:
        public = load_pem_x509_certificate(certificate.encode()).public_key()
    except UnsupportedAlgorithm:
        return [Problem("unsupported_key", "webhook.certificate")]
    except ValueError:
        return [Problem("wrong_format", "webhook.certificate")]
    try:
        own = load_pem_private_key(private_key.encode(), password=None).public_key()
    except UnsupportedAlgorithm:
        return [Problem("unsupported_key", "webhook.private_key")]
    except (ValueError, TypeError):
        return [Problem("wrong_format", "webhook.private_key")]
    if not isinstance(public, _OF_TLS):
        return [Problem("unsupported_key", "webhook.certificate")]
    plain = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if public.public_bytes(*plain) != own.public_bytes(*plain):
        return [Problem("certificate_of_other_key", "webhook.private_key")]
    return []
