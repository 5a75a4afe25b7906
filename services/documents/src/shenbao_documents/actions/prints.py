"""Printing an official form."""

import io
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass

from pypdf import PdfReader
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.data.sealed import sealer_of
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_common.kernel.errors import NotFound, Problem, RuleBroken
from shenbao_common.kernel.ids import uuid7
from shenbao_documents import queries
from shenbao_documents.actions import seals
from shenbao_documents.actions.drawing import qr
from shenbao_documents.actions.files import hold_content
from shenbao_documents.domain.forms import FormSheet, place_of, sheet_refused
from shenbao_documents.models import File, Print, Programme
from shenbao_documents.models.form_codes import FormCode
from shenbao_documents.providers.image import preview
from shenbao_documents.providers.signing import PdfSigner
from shenbao_documents.providers.storage import Storage
from shenbao_documents.providers.typesetting import MissingGlyphs, Typesetter

_PHOTO_PIXELS = 480
"""Of the longer side: 35 mm at 350 dots an inch."""


@dataclass(frozen=True, slots=True)
class Press:
    """What a form is printed with and kept in. signer: signs what was reported, where the deployment can.

    address: of the public page that verifies forms, to be followed by a code.
    """

    typesetter: Typesetter
    signer: PdfSigner | None
    storage: Storage
    address: str


@dataclass(frozen=True, slots=True)
class _Marks:
    """What stands on a form beside its texts; nothing on a blank one. address: that the code leads to."""

    seal: bytes | None = None
    photo: bytes | None = None
    address: str = ""


def make(session: Session, sheet: FormSheet, *, actor: Actor, press: Press) -> Print:
    """Prints a signed sheet with the template of its programme's version; bears a watermark before the first report."""
    ensure_may_print(session, sheet, actor)
    form = _form(session, sheet)
    pdf = drawn(session, sheet, press)
    if sheet.reported and press.signer:
        pdf = press.signer.signed(pdf, reason=form["title"])
    with press.storage.receive(io.BytesIO(pdf), limit=len(pdf)) as incoming:
        row = Print(
            id=uuid7(),
            application_id=sheet.application_id,
            kind=sheet.kind,
            title=form["title"],
            revision=sheet.revision,
            print_hash=sheet.print_hash,
            reference=sheet.reference,
            watermark=not sheet.reported,
            unit_id=sheet.unit_id,
            filler_id=sheet.filler_id,
            pages=len(PdfReader(io.BytesIO(pdf)).pages),
            size=incoming.size,
            sha256=incoming.sha256,
            made_at=sheet.made_at,
        )
        hold_content(session, incoming.sha256)
        session.add(row)
        session.flush()
        press.storage.keep(incoming)
    session.refresh(row)
    return row


def drawn(session: Session, sheet: FormSheet, press: Press) -> bytes:
    """The PDF, not signed yet; refuses a form that no version has and characters that no font has."""
    form = _form(session, sheet)
    seal = seals.image_of(session, sheet.unit_id) if sheet.reported and sheet.unit_reported else None
    code = _code(session, sheet, form["title"])
    marks = _Marks(seal, _photo(session, sheet, press.storage), f"{press.address}/{code}" if code else "")
    return _typeset(sheet, form, press.typesetter, marks)


def _photo(session: Session, sheet: FormSheet, storage: Storage) -> bytes | None:
    """As large as its place needs it; of one that was erased since the place is empty."""
    row = session.get(File, sheet.photo) if sheet.photo else None
    if row is None or not row.media_type.startswith("image/"):
        return None
    small = io.BytesIO()
    with suppress(FileNotFoundError), storage.open(row.sha256) as source:
        preview(source, small, longest=_PHOTO_PIXELS)
    return small.getvalue() or None


def _code(session: Session, sheet: FormSheet, title: str) -> str:
    """Nobody guesses it, and the same content has the same, however often it is printed; "" before it has a number."""
    if not sheet.reference:
        return ""
    named = f"form:{sheet.application_id}:{sheet.kind}:{sheet.revision}:{sheet.reported}:{sheet.print_hash}"
    code = urlsafe_b64encode(sealer_of(session).authenticate(named.encode())[1][:18]).decode()
    told = {
        name: getattr(sheet, name) for name in ("application_id", "reference", "revision", "reported", "print_hash")
    }
    new = insert(FormCode).values(code=code, title=title, made_at=sheet.made_at, **told)
    session.execute(new.on_conflict_do_nothing())
    return code


def blank(session: Session, sheet: FormSheet, press: Press) -> tuple[str, bytes]:
    """Title and PDF of a form of nobody; it bears no seal, is not signed and not kept."""
    form = _form(session, sheet)
    return form["title"], _typeset(sheet, form, press.typesetter, _Marks())


def ensure_may_print(session: Session, sheet: FormSheet, actor: Actor) -> None:
    """Its unit, its filler, or an office that has the application: to everybody else it does not exist (C3)."""
    if actor.kind is Kind.OFFICE:
        if not queries.is_reader(session, sheet.application_id, actor.organisation_id):
            raise NotFound
        return
    own = sheet.unit_id == actor.unit_id if actor.kind is Kind.UNIT else sheet.filler_id == actor.account_id
    if not own:
        raise NotFound
    actor.require("application.print")


def _form(session: Session, sheet: FormSheet) -> dict[str, str]:
    programme = session.get(Programme, (sheet.programme, sheet.version))
    form: dict[str, str] | None = programme.forms.get(sheet.kind) if programme else None
    if form is None:
        raise sheet_refused("unknown_form")
    return form


def _typeset(sheet: FormSheet, form: dict[str, str], typesetter: Typesetter, marks: _Marks) -> bytes:
    printed = {
        **sheet.data,
        "title": form["title"],
        "watermark": "" if sheet.reported else form["watermark"],
        "reference": sheet.reference,
        "revision": str(sheet.revision or ""),
        "unit_seal": list(marks.seal) if marks.seal else None,
        "photo": list(marks.photo) if marks.photo else None,
        "qr": qr(marks.address),
        "made_at": sheet.made_at.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M:%S"),
    }
    try:
        return typesetter.typeset(form["template"], printed, made_at=sheet.made_at)
    except MissingGlyphs as missing:
        raise RuleBroken("invalid", *[_unprintable(c, sheet) for c in missing.characters]) from missing


def _unprintable(character: str, sheet: FormSheet) -> Problem:
    code_points = " ".join(f"U+{ord(c):04X}" for c in character)
    return Problem(
        "glyph_missing", place_of(character, sheet.data), {"character": character, "code_point": code_points}
    )
