"""Second factors: one-time passwords (TOTP, RFC 6238) and security keys (WebAuthn), by the libraries for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pyotp
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from shenbao_common.kernel.errors import Conflict, NotFound, Problem, RuleBroken
from shenbao_identity.models import Account, Challenge, SecurityKey
from shenbao_identity.settings import Policy

ISSUER = "申报服务平台"
MOST_KEYS = 10
# What the library says of an answer that is none, and what reading one of the wrong shape raises.
_ODD = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError)


@dataclass(frozen=True, kw_only=True)
class Site:
    """What security keys are bound to: the portal's address, which people see."""

    origin: str

    @property
    def rp_id(self) -> str:
        return urlsplit(self.origin).hostname or ""


def is_due(session: Session, account: Account, policy: Policy) -> bool:
    """Whoever has a second factor is asked for it; some kinds must have one."""
    return account.kind in policy.second_factor or has_any(session, account)


def has_any(session: Session, account: Account) -> bool:
    return account.totp is not None or bool(keys_of(session, account.id))


def keys_of(session: Session, account_id: UUID) -> list[SecurityKey]:
    own = select(SecurityKey).where(SecurityKey.account_id == account_id).order_by(SecurityKey.created_at)
    return list(session.scalars(own))


def new_totp(account: Account) -> dict[str, str]:
    """A secret, and the address that an authenticator app reads from a QR image."""
    secret = pyotp.random_base32()
    name = account.username or account.display_name
    return {"secret": secret, "uri": pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)}


def enrol_totp(account: Account, secret: str, code: str, *, now: datetime) -> None:
    """Keeps the secret once a code shows that the app has it."""
    step = _step_of(secret, code, after=-1, now=now)
    if step is None:
        raise RuleBroken("factor_wrong", Problem("factor_wrong", "code"))
    account.totp = {"secret": secret, "step": step}


def ensure_totp(account: Account, code: str, *, now: datetime) -> None:
    """Refuses a wrong code, and one that was used already."""
    kept = account.totp
    step = _step_of(kept["secret"], code, after=kept["step"], now=now) if kept else None
    if kept is None or step is None:
        raise RuleBroken("factor_wrong", Problem("factor_wrong", "code"))
    account.totp = kept | {"step": step}


def key_registration(session: Session, account: Account, site: Site) -> tuple[dict[str, Any], bytes]:
    """What the browser's WebAuthn call takes, and the challenge that its answer has to sign."""
    known = keys_of(session, account.id)
    if len(known) >= MOST_KEYS:
        raise Conflict("too_many_keys")
    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=ISSUER,
        user_id=account.id.bytes,
        user_name=account.username or account.display_name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential_id) for key in known],
    )
    return options_to_json_dict(options), options.challenge


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A browser's answer to a registration, with the name that its owner gives the key."""

    name: str
    credential: dict[str, Any]
    challenge: bytes


def add_key(session: Session, account: Account, answer: Registered, site: Site, *, now: datetime) -> SecurityKey:
    try:
        right = verify_registration_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
        )
    except _ODD as wrong:
        raise RuleBroken("factor_wrong", Problem("factor_wrong", "credential")) from wrong
    if session.get(SecurityKey, right.credential_id) is not None:
        raise Conflict("key_known")
    key = SecurityKey(
        credential_id=right.credential_id,
        account_id=account.id,
        public_key=right.credential_public_key,
        sign_count=right.sign_count,
        name=answer.name,
        created_at=now,
    )
    session.add(key)
    return key


def key_options(session: Session, challenge: Challenge, site: Site) -> dict[str, Any]:
    """What the browser's WebAuthn call takes at a sign-in; the challenge is kept for one answer."""
    known = keys_of(session, challenge.account_id) if challenge.account_id else []
    options = generate_authentication_options(
        rp_id=site.rp_id,
        allow_credentials=[PublicKeyCredentialDescriptor(id=key.credential_id) for key in known],
    )
    challenge.factor_challenge = options.challenge
    return options_to_json_dict(options)


def ensure_key(
    session: Session, account: Account, credential: dict[str, Any], *, expected: bytes | None, site: Site
) -> None:
    """Refuses an answer that is not of one of the account's keys, to the challenge that was given (taken once)."""
    try:
        key = session.get(SecurityKey, base64url_to_bytes(str(credential.get("id", ""))), with_for_update=True)
        if key is None or key.account_id != account.id or not expected:
            raise ValueError("not one of the account's")
        right = verify_authentication_response(
            credential=credential,
            expected_challenge=expected,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
        )
    except _ODD as wrong:
        raise RuleBroken("factor_wrong", Problem("factor_wrong", "credential")) from wrong
    key.sign_count = right.new_sign_count


def remove_key(session: Session, account: Account, key_id: str, *, policy: Policy) -> None:
    """Refuses to take the last second factor from one who must have one."""
    keys = keys_of(session, account.id)
    found = next((key for key in keys if bytes_to_base64url(key.credential_id) == key_id), None)
    if found is None:
        raise NotFound
    if account.kind in policy.second_factor and account.totp is None and len(keys) == 1:
        raise Conflict("last_factor")
    session.delete(found)


def remove_totp(session: Session, account: Account, *, policy: Policy) -> None:
    if account.totp is None:
        raise NotFound
    if account.kind in policy.second_factor and not keys_of(session, account.id):
        raise Conflict("last_factor")
    account.totp = None


def forget(session: Session, account: Account) -> None:
    """All of them, for somebody who has lost the device; the next sign-in asks for a new one where it must."""
    account.totp = None
    session.execute(delete(SecurityKey).where(SecurityKey.account_id == account.id))


def _step_of(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """The time step that the code is of: the present one or a neighbour, and later than the last used."""
    totp = pyotp.TOTP(secret)
    present = totp.timecode(now)
    steps = (step for step in (present, present - 1, present + 1) if step > after)
    return next((step for step in steps if pyotp.utils.strings_equal(code.strip(), totp.generate_otp(step))), None)
