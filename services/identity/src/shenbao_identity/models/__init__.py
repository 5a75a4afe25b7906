"""Rows of identity. What a stranger could use is kept as a hash, what tells of a person is sealed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_common.data.of_person import SealedOfPerson, seal_for_person
from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.ids import uuid7
from shenbao_identity.domain.account import PasswordState, State
from shenbao_identity.models.base import Base as Base
from shenbao_identity.models.staff import Unit as Unit
from shenbao_identity.models.staff import UnitStaff as UnitStaff


class Account(Base):
    """One who can sign in.

    username_key: the lower-case name, unique; None when the account has no name or no longer owns it.
    revision: of what tokens say; for sub-accounts it is that of units, who owns their ticks and state.
    personal: sealed; display_name, and for persons name, id_number, mobile.
    id_number_index, mobile_index: blind indexes of type and number of the document, and of the mobile that signs in.
    verified: a provider vouched for who this is; name and number are fixed from then on.
    administers: its organisation's administrator, named by its code (S4i-01). due: what the services refuse all with.
    totp: sealed; the secret of one-time passwords and the last step that was used.
    proposed: permissions that somebody (by) asked for, until a second person says yes or no.
    credit_code: of a unit; what a legal person that signs in is matched by. modules: a person's own systems.
    """

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default=State.ACTIVE.value)
    username: Mapped[str | None] = mapped_column(String(40))
    username_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_state: Mapped[str] = mapped_column(String(10), default=PasswordState.NONE.value)
    revision: Mapped[int] = mapped_column(default=0)
    unit_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    permissions: Mapped[list[str]] = mapped_column(default=list)
    personal: Mapped[dict[str, Any]] = mapped_column(SealedOfPerson, default=dict)
    id_number_index: Mapped[bytes | None] = mapped_column(unique=True)
    mobile_index: Mapped[bytes | None]
    verified: Mapped[bool] = mapped_column(default=False)
    credit_code: Mapped[str | None] = mapped_column(String(18))
    modules: Mapped[list[str]] = mapped_column(default=list)
    proposed: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    administers: Mapped[bool] = mapped_column(default=False)
    due: Mapped[str] = mapped_column(String(50), default="")
    has_reported: Mapped[bool] = mapped_column(default=False)
    password_changed_at: Mapped[datetime | None]
    former_hashes: Mapped[list[str]] = mapped_column(default=list)
    totp: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    reserved_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def display_name(self) -> str:
        return str(self.personal.get("display_name") or self.personal.get("name") or self.username or "")


seal_for_person(Account, "personal", owner="id")


class UpstreamIdentity(Base):
    """Who a person is at a provincial sign-in."""

    __tablename__ = "upstream_identity"

    provider: Mapped[str] = mapped_column(String(50), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)


class BrowserSession(Base):
    """One sign-in in one browser; refresh tokens and codes end with it."""

    __tablename__ = "browser_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    cookie_hash: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    auth_time: Mapped[datetime]
    acr: Mapped[str] = mapped_column(String(100))
    idle_until: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    agent: Mapped[str] = mapped_column(String(200), default="")

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Challenge(Base):
    """An authorization request that waits for a sign-in.

    browser_hash: of the cookie of the browser that asked; only that browser gets the session.
    stage: credentials | password_change | second_factor | signed_in. upstream_*: a sign-in at a provider that is under
    way; factor_challenge: what a security key has to sign.
    """

    __tablename__ = "challenge"

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    browser_hash: Mapped[bytes]
    client_id: Mapped[str] = mapped_column(String(100))
    redirect_uri: Mapped[str] = mapped_column(String(2000))
    scope: Mapped[str] = mapped_column(String(200))
    oauth_state: Mapped[str | None] = mapped_column(String(2000))
    nonce: Mapped[str | None] = mapped_column(String(500))
    code_challenge: Mapped[str] = mapped_column(String(43))
    stage: Mapped[str] = mapped_column(String(20), default="credentials")
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    acr: Mapped[str | None] = mapped_column(String(100))
    auth_time: Mapped[datetime | None]
    factor_challenge: Mapped[bytes | None]
    upstream_provider: Mapped[str | None] = mapped_column(String(50))
    upstream_state_hash: Mapped[bytes | None] = mapped_column(unique=True)
    upstream_secrets: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class AuthorizationCode(Base):
    """Taken by deleting it, so it works once."""

    __tablename__ = "authorization_code"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("browser_session.id", ondelete="CASCADE"), index=True)
    client_id: Mapped[str] = mapped_column(String(100))
    redirect_uri: Mapped[str] = mapped_column(String(2000))
    scope: Mapped[str] = mapped_column(String(200))
    nonce: Mapped[str | None] = mapped_column(String(500))
    code_challenge: Mapped[str] = mapped_column(String(43))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class RefreshToken(Base):
    """Replaced at each use; a replaced one that turns up later ends the session."""

    __tablename__ = "refresh_token"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("browser_session.id", ondelete="CASCADE"), index=True)
    client_id: Mapped[str] = mapped_column(String(100))
    scope: Mapped[str] = mapped_column(String(200))
    replaced_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    session: Mapped[BrowserSession] = relationship()


class ImageCode(Base):
    """What an image shows; taken by deleting it, so each image is good for one try (S4g-07)."""

    __tablename__ = "image_code"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(SealedJson)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class FailedTries(Base):
    """Tries by account name or address; the key is a blind index, so that the table names nobody."""

    __tablename__ = "failed_tries"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]


class Organisation(Base):
    """Our copy of the organisation tree, for what an office account belongs to."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(30))
    code: Mapped[str | None] = mapped_column(String(50))
    parent_id: Mapped[UUID | None]


class SmsCode(Base):
    """A code sent to a mobile or a mail address; works once, and endures a few wrong tries (S1-04).

    mobile_index: of whom it was sent to, be it a mobile or not.
    """

    __tablename__ = "sms_code"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    mobile_index: Mapped[bytes]
    code: Mapped[str] = mapped_column(SealedJson)
    tries: Mapped[int] = mapped_column(default=0)
    used: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]


class Consent(Base):
    """An agreement that somebody gave, with its version."""

    __tablename__ = "consent"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    agreement: Mapped[str] = mapped_column(String(50), primary_key=True)
    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    given_at: Mapped[datetime]


class RegisteredClient(Base):
    """Another system that signs its users in with us; start_url: where its tile leads, "" when it has none."""

    __tablename__ = "client"

    client_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    secret_hash: Mapped[bytes]
    label_zh: Mapped[str] = mapped_column(String(100))
    label_en: Mapped[str] = mapped_column(String(100))
    redirect_uris: Mapped[list[str]]
    post_logout_redirect_uris: Mapped[list[str]]
    start_url: Mapped[str] = mapped_column(String(2000))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class UsedTicket(Base):
    """A ticket of a provincial sign-in that was taken to the province once; by its digest."""

    __tablename__ = "used_ticket"

    ticket: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime] = mapped_column(index=True)


class FaceSession(Base):
    """A face authentication (人脸识别): one person, session, purpose, use. state: created | passed | failed | used."""

    __tablename__ = "face_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    browser_session_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(String(50))
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(String(20), default="created")
    created_at: Mapped[datetime] = mapped_column(index=True)
    passed_at: Mapped[datetime | None]


class SecurityKey(Base):
    """A security key (WebAuthn) of an account; its second factor beside one-time passwords."""

    __tablename__ = "security_key"

    credential_id: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class SharedDataRead(Base):
    """Personal data was asked of the government's data-sharing platform; kept for three years at least."""

    __tablename__ = "shared_data_read"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID] = mapped_column(index=True)
    purpose: Mapped[str] = mapped_column(String(50))
    legal_basis: Mapped[str] = mapped_column(String(200))
    fields: Mapped[list[str]]
    outcome: Mapped[str] = mapped_column(String(20))
    read_at: Mapped[datetime] = mapped_column(index=True)
