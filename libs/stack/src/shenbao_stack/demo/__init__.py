"""What a demo needs of the world outside: simulated parties, mounted beside the services, never inside one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def mounts(environment: Mapping[str, str]) -> "dict[str, WSGIApplication]":
    """By path; nothing in production."""
    if environment["SHENBAO_PROFILE"] == "production":
        return {}
    from shenbao_stack.demo import face, mail, messages, proofs, provincial, registers, registry  # noqa: PLC0415  (production never loads them)

    base = f"{environment['GATEWAY_DEMO_URL']}/demo/provincial"
    client_secret = environment["GATEWAY_PROVINCIAL_SECRET"]
    return {
        "/demo/registry": registry.app(),
        "/demo/registers": registers.app(client_secret),
        "/demo/proofs": proofs.app(client_secret, environment["GATEWAY_FONTS"]),
        "/demo/face": face.app(environment["SHENBAO_IDENTITY_URL"], client_secret),
        "/demo/sms": messages.app(client_secret),
        "/demo/mail": mail.app(int(environment["GATEWAY_MAIL_PORT"])),
        "/demo/provincial": provincial.app(base, environment["GATEWAY_PROVINCIAL_KEY"], client_secret),
    }
