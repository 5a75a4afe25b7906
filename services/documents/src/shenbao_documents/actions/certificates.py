"""Issuing certificates, and ending, replacing and extending them."""

import io
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.documents import (
    CertificateExtendedV1,
    CertificateIssuedV1,
    CertificateReplacedV1,
    CertificateRevokedV1,
)
from shenbao_common.data import of_person
from shenbao_common.data.of_person import ERASED_TEXT
from shenbao_common.kernel.actor import NOBODY, Actor, Kind
from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_common.kernel.errors import Conflict, NotAllowed, NotFound, Problem, RuleBroken
from shenbao_common.kernel.ids import uuid7
from shenbao_documents.actions import seals
from shenbao_documents.actions.drawing import qr
from shenbao_documents.actions.files import hold_content, want_no_more
from shenbao_documents.domain.certificates import REPLACED, REVOKED, VALID, number
from shenbao_documents.models import Certificate, CertificateCounter, EarlierPrint, Party, Reader
from shenbao_documents.models.numbers import AssignedNumber
from shenbao_documents.providers.signing import PdfSigner
from shenbao_documents.providers.storage import Storage
from shenbao_documents.providers.typesetting import MissingGlyphs, Typesetter

PERMISSION = "review.decide"


@dataclass(frozen=True, slots=True)
class Mint:
    """What certificates are made with. address: of the public page that verifies, to be followed by a code."""

    typesetter: Typesetter
    signer: PdfSigner | None
    storage: Storage
    address: str


@dataclass(frozen=True, slots=True)
class Issuing:
    """Who issues, with what, when."""

    actor: Actor
    mint: Mint
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a certificate says. series: letters and digits before the year; valid_until None: it never ends."""

    series: str
    holder: str
    title: str
    valid_until: date | None


def issue(session: Session, application_id: UUID, wording: Wording, *, by: Issuing) -> Certificate:
    """A certificate for an approved application, by an organisation that had it in its queue."""
    issuer = _issuer(session, application_id, by.actor)
    party = session.get(Party, application_id, with_for_update=True)
    if party is None or not party.approved or not party.reference:
        raise Conflict("not_approved")
    valid = sa.exists().where(Certificate.application_id == application_id, Certificate.state == VALID)
    if session.scalar(sa.select(valid)):
        raise Conflict("already_certified")
    return _made(session, application_id, wording, issuer=issuer, by=by)


def replace(session: Session, certificate_id: UUID, wording: Wording, *, reason: str, by: Issuing) -> Certificate:
    """Another certificate with a number of its own; the old one is never valid again."""
    old = _ended(session, certificate_id, REPLACED, reason=reason, actor=by.actor, now=by.now)
    _ensure_named(old)
    issuer = _issuer(session, old.application_id, by.actor)
    new = _made(session, old.application_id, wording, issuer=issuer, by=by)
    old.replaced_by_id = new.id
    outbox.record(
        session,
        CertificateReplacedV1(
            application_id=old.application_id,
            certificate_id=old.id,
            number=old.number,
            ended_on=_day(by.now),
            replaced_by_id=new.id,
        ),
    )
    return new


def revoke(session: Session, certificate_id: UUID, *, reason: str, actor: Actor, now: datetime) -> Certificate:
    """From today on it is told as revoked, and it is never valid again."""
    row = _ended(session, certificate_id, REVOKED, reason=reason, actor=actor, now=now)
    outbox.record(
        session,
        CertificateRevokedV1(
            application_id=row.application_id, certificate_id=row.id, number=row.number, ended_on=_day(now)
        ),
    )
    return row


def extend(session: Session, certificate_id: UUID, *, until: date, actor: Actor, mint: Mint) -> Certificate:
    """Valid for longer under the same number, also when it has expired; drawn and signed anew."""
    row = _locked(session, certificate_id, actor)
    _ensure_named(row)
    if row.valid_until is None or until <= row.valid_until:
        raise RuleBroken("invalid", Problem("not_later", "valid_until"))
    _lengthen(session, row, until)
    _draw(session, row, mint)
    outbox.record(
        session,
        CertificateExtendedV1(
            application_id=row.application_id, certificate_id=row.id, number=row.number, valid_until=until
        ),
    )
    session.flush()
    return row


def prolong(session: Session, certificate_id: UUID, until: date) -> None:
    """What an approved application keeps valid; one that was ended, or is valid as long already, stays as it is, and
    so does that of a person who was erased."""
    row = session.get(Certificate, certificate_id, with_for_update=True)
    if row is None or row.state != VALID or row.valid_until is None or until <= row.valid_until:
        return
    if row.holder == ERASED_TEXT:
        return
    _lengthen(session, row, until)
    outbox.record(
        session,
        CertificateExtendedV1(
            application_id=row.application_id, certificate_id=row.id, number=row.number, valid_until=until
        ),
    )


def drawn(session: Session, certificate_id: UUID, mint: Mint) -> Certificate:
    """The certificate, drawn and signed anew if it was prolonged since and its holder is known."""
    row = session.get_one(Certificate, certificate_id, with_for_update=True)
    if row.outdated and row.holder != ERASED_TEXT:
        _draw(session, row, mint)
    session.flush()
    return row


def ensure_open(row: Certificate, actor: Actor) -> None:
    """Of an erased person it is kept as the record of who issued it, whom the law has keep it; nobody else opens it."""
    if row.organisation_id != actor.organisation_id:
        _ensure_named(row)


def _ensure_named(row: Certificate) -> None:
    # Drawn anew it would name nobody, and what is kept would go.
    if row.holder == ERASED_TEXT:
        raise Conflict("holder_erased")


def _lengthen(session: Session, row: Certificate, until: date) -> None:
    """Its print says too little from now on. One that was outdated before says what was noted then."""
    if not row.outdated and row.valid_until:
        said = {"sha256": row.sha256, "certificate_id": row.id, "valid_until": row.valid_until}
        session.execute(sa.insert(EarlierPrint), said)
    row.valid_until, row.outdated = until, True


def _issuer(session: Session, application_id: UUID, actor: Actor) -> Reader:
    if actor.kind is not Kind.OFFICE:
        raise NotAllowed("wrong_kind_of_account")
    actor.require(PERMISSION)
    issuer = session.get(Reader, (application_id, actor.organisation_id)) if actor.organisation_id else None
    if issuer is None:
        raise NotFound
    return issuer


def _made(session: Session, application_id: UUID, wording: Wording, *, issuer: Reader, by: Issuing) -> Certificate:
    today, given = _day(by.now), _given(session, application_id)
    if wording.valid_until is not None and wording.valid_until < today:
        raise RuleBroken("invalid", Problem("not_later", "valid_until"))
    row = Certificate(
        id=uuid7(),
        application_id=application_id,
        organisation_id=issuer.organisation_id,
        organisation_name=given.issuing_unit if given else issuer.organisation_name or "",
        number=given.number if given else _next_number(session, wording.series, today.year),
        code=secrets.token_urlsafe(18),
        holder=_of_filler(session, application_id, wording.holder),
        title=wording.title,
        issued_on=today,
        valid_until=wording.valid_until,
        state=VALID,
    )
    _draw(session, row, by.mint)
    session.add(row)
    told = CertificateIssuedV1(
        application_id=application_id,
        certificate_id=row.id,
        number=row.number,
        organisation_id=row.organisation_id,
        issued_on=row.issued_on,
        valid_until=row.valid_until,
    )
    outbox.record(session, told)
    session.flush()
    return row


def _given(session: Session, application_id: UUID) -> AssignedNumber | None:
    """The number that an office's document gave; a further certificate of the same case has one of its own."""
    row = session.get(AssignedNumber, application_id, with_for_update=True)
    if row is None:
        return None
    if row.revoked:
        raise Conflict("number_revoked")
    used = sa.exists().where(Certificate.number == row.number)
    return None if session.scalar(sa.select(used)) else row


def _next_number(session: Session, series: str, year: int) -> str:
    # The row stays locked until the certificate is committed: whoever comes next waits, and a refusal gives it back.
    key = f"{series}{year}"
    first = insert(CertificateCounter).values(series=key, last=1)
    counted = first.on_conflict_do_update(index_elements=["series"], set_={"last": CertificateCounter.last + 1})
    return number(series, year, session.scalars(counted.returning(CertificateCounter.last)).one())


def _draw(session: Session, row: Certificate, mint: Mint) -> None:
    """Drawn and signed. What it was before goes: whoever has it verifies it by signature and code, not by our copy."""
    if mint.signer is None:
        raise Conflict("signing_not_set_up")
    address = f"{mint.address}/{row.code}"
    seal = seals.image_of(session, row.organisation_id)
    sheet = {
        "number": row.number,
        "holder": row.holder,
        "title": row.title,
        "organisation_name": row.organisation_name,
        "issued_on": _written(row.issued_on),
        "valid_until": _written(row.valid_until) if row.valid_until else "长期",
        "address": address,
        "qr": qr(address),
        "seal": list(seal) if seal else None,
    }
    at = datetime.combine(row.issued_on, datetime.min.time(), OFFICE_ZONE).astimezone(UTC)
    try:
        pdf = mint.signer.signed(mint.typesetter.certificate(sheet, made_at=at), reason="证书")
    except MissingGlyphs as missing:
        told = [Problem("glyph_missing", "", {"character": character}) for character in missing.characters]
        raise RuleBroken("invalid", *told) from missing
    with mint.storage.receive(io.BytesIO(pdf), limit=len(pdf)) as incoming:
        hold_content(session, incoming.sha256)
        want_no_more(session, [row.sha256] if row.sha256 else [])
        row.sha256, row.size, row.outdated = incoming.sha256, incoming.size, False
        mint.storage.keep(incoming)


def _ended(
    session: Session, certificate_id: UUID, state: str, *, reason: str, actor: Actor, now: datetime
) -> Certificate:
    row = _locked(session, certificate_id, actor)
    row.state, row.ended_on = state, _day(now)
    row.reason = _of_filler(session, row.application_id, reason)
    session.flush()
    return row


def _of_filler(session: Session, application_id: UUID, text: str) -> str:
    """Sealed with the key of the person whose application it is (B-26)."""
    party = session.get(Party, application_id)
    return of_person.of(party.filler_id, text) if party and party.filler_id != NOBODY else text


def _locked(session: Session, certificate_id: UUID, actor: Actor) -> Certificate:
    """A certificate of the actor's organisation that has not been ended."""
    row = session.get(Certificate, certificate_id, with_for_update=True)
    if row is None or actor.kind is not Kind.OFFICE or row.organisation_id != actor.organisation_id:
        raise NotFound
    actor.require(PERMISSION)
    if row.state != VALID:
        raise Conflict("certificate_over")
    return row


def _day(now: datetime) -> date:
    return now.astimezone(OFFICE_ZONE).date()


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
