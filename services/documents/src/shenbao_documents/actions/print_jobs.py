"""Many official forms at once: gathered slip by slip, printed by the worker a few at a time, fetched as one file.

What is printed stays printed: whoever takes over from a killed worker goes on with the next form.
"""

import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus import outbox
from shenbao_common.contracts.documents import FormsPrintedV1
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotFound, Problem, RuleBroken
from shenbao_common.kernel.ids import uuid7
from shenbao_documents.actions import jobs
from shenbao_documents.actions.files import hold_content, want_no_more
from shenbao_documents.actions.prints import Press, drawn
from shenbao_documents.domain.forms import sheet_of
from shenbao_documents.domain.names import cleaned
from shenbao_documents.models.print_jobs import PrintItem, PrintJob
from shenbao_documents.providers import binding

PDF, ZIP = "pdf", "zip"
MOST_FORMS = 2000
AT_A_TIME = 10
TOLD_AFTER = timedelta(minutes=1)
"""Whoever asked for what takes longer has left the page, and is told."""
_TOLD = 100


def begin(session: Session, *, title: str, format: str, actor: Actor, now: datetime) -> PrintJob:
    """Opens a job without forms."""
    _ensure_may_print(actor)
    row = PrintJob(
        id=uuid7(),
        account_id=actor.account_id,
        title=title,
        format=format,
        state=jobs.GATHERING,
        forms=0,
        printed=0,
        refused=0,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def add(session: Session, job_id: UUID, sheets: Sequence[dict[str, Any]], *, whose: UUID, actor: Actor) -> PrintJob:
    """Takes the forms of a slip that applications signed for this account; one that is in already stays as it is."""
    _ensure_may_print(actor)
    row = jobs.of(session, PrintJob, job_id, actor, lock=True)
    if whose != actor.account_id:
        raise NotFound
    if row.state != jobs.GATHERING:
        raise Conflict("export_complete")
    known = set(session.scalars(sa.select(PrintItem.application_id).where(PrintItem.job_id == row.id)))
    for claims in sheets:
        sheet = sheet_of(claims)
        if sheet.application_id not in known:
            known.add(sheet.application_id)
            named = {"application_id": sheet.application_id, "reference": sheet.reference, "reported": sheet.reported}
            session.add(PrintItem(job_id=row.id, number=len(known), sheet=claims, **named))
    if len(known) > MOST_FORMS:
        raise RuleBroken("invalid", Problem("too_many", "sheet", {"limit": MOST_FORMS}))
    row.forms = len(known)
    session.flush()
    return row


def not_printed(session: Session, job: PrintJob) -> Sequence[PrintItem]:
    """The first forms that could not be printed, with the reasons."""
    refused = sa.select(PrintItem).where(PrintItem.job_id == job.id, PrintItem.refusal.is_not(None))
    return session.scalars(refused.order_by(PrintItem.number).limit(_TOLD)).all()


def work_off(sessions: sessionmaker[Session], press: Press, now: Callable[[], datetime]) -> bool:
    """Prints a few forms of the oldest job that waits, or binds it when all are printed; False when none waits."""
    with sessions.begin() as session:
        job = jobs.claimed(session, PrintJob, now())
        if job is None:
            return False
        left = sa.select(PrintItem.number).where(PrintItem.job_id == job.id, PrintItem.sheet.is_not(None))
        numbers = session.scalars(left.order_by(PrintItem.number).limit(AT_A_TIME)).all()
    # Whoever took it over, because nothing of it was made for a whole lease, makes the rest.
    with suppress(jobs.Lost):
        for number in numbers:
            with sessions.begin() as session:
                _print_one(session, job, number, press)
        if numbers:
            with sessions.begin() as session:
                jobs.renew(session, job, now(), state=jobs.WAITING)
        else:
            _bind(sessions, job, press, now)
    return True


def forget(session: Session, *, now: datetime) -> set[str]:
    """Ends jobs that were kept long enough; answers the bytes that they and their forms stood on."""
    old = sa.select(PrintJob.id).where(PrintJob.made_at < now - jobs.KEPT)
    held = sa.delete(PrintItem).where(PrintItem.job_id.in_(old)).returning(PrintItem.sha256)
    forms = {sha256 for sha256 in session.scalars(held) if sha256}
    return forms | jobs.forget(session, PrintJob, now)


def _ensure_may_print(actor: Actor) -> None:
    # Offices print what is in their queue without a tick (C3), as applications' slip says.
    if actor.kind is not Kind.OFFICE:
        actor.require("application.print")


def _print_one(session: Session, job: PrintJob, number: int, press: Press) -> None:
    item = session.get_one(PrintItem, (job.id, number), with_for_update=True)
    if item.sheet is None:
        return  # Another worker took over.
    counted: dict[str, Any]
    try:
        pdf = drawn(session, sheet_of(item.sheet), press)
    except RuleBroken as refusal:
        item.refusal = [{"code": p.code, "path": p.path, "params": dict(p.params)} for p in refusal.problems]
        counted = {"refused": PrintJob.refused + 1}
    else:
        if job.format == ZIP and item.reported and press.signer:
            pdf = press.signer.signed(pdf, reason=job.title)
        item.sha256 = _kept(session, io.BytesIO(pdf), len(pdf), press)
        counted = {"printed": PrintJob.printed + 1}
    item.sheet = None
    session.execute(sa.update(PrintJob).where(PrintJob.id == job.id).values(counted))


def _bind(sessions: sessionmaker[Session], job: PrintJob, press: Press, now: Callable[[], datetime]) -> None:
    with sessions.begin() as session:
        mine = sa.select(PrintItem).where(PrintItem.job_id == job.id, PrintItem.sha256.is_not(None))
        items = session.scalars(mine.order_by(PrintItem.number)).all()
        session.expunge_all()
        if not items:
            jobs.renew(session, job, now(), state=jobs.DONE)
            return
    with tempfile.TemporaryFile() as made:
        target = cast(BinaryIO, made)
        _write(target, job, items, _opened(sessions, job, items, press, now), press)
        size = target.seek(0, io.SEEK_END)
        target.seek(0)
        with sessions.begin() as session:
            sha256 = _kept(session, target, size, press)
            jobs.renew(session, job, now(), state=jobs.DONE, sha256=sha256, size=size)
            want_no_more(session, {item.sha256 for item in items if item.sha256})
            session.execute(sa.update(PrintItem).where(PrintItem.job_id == job.id).values(sha256=None))
            if now() - job.made_at > TOLD_AFTER:
                outbox.record(session, _finished(job, len(items), now()))


def _finished(job: PrintJob, forms: int, now: datetime) -> FormsPrintedV1:
    return FormsPrintedV1(
        print_job_id=job.id,
        account_id=job.account_id,
        forms=forms,
        printed_at=now,
        kept_until=job.made_at + jobs.KEPT,
    )


def _opened(
    sessions: sessionmaker[Session],
    job: PrintJob,
    items: Sequence[PrintItem],
    press: Press,
    now: Callable[[], datetime],
) -> Iterator[tuple[str, BinaryIO]]:
    """The forms by the names that they have in an archive; while they are bound, the worker is known to live."""
    for number, item in enumerate(items):
        if number % AT_A_TIME == 0:
            with sessions.begin() as session:
                jobs.renew(session, job, now())
        yield _name(job, item), press.storage.open(item.sha256 or "")


def _write(
    target: BinaryIO,
    job: PrintJob,
    items: Sequence[PrintItem],
    forms: Iterator[tuple[str, BinaryIO]],
    press: Press,
) -> None:
    if job.format == ZIP:
        binding.pack(target, forms)
        return
    tagged, pdfs = len(items) <= binding.MOST_TAGGED, (stream for _, stream in forms)
    if press.signer is None or not all(item.reported for item in items):
        binding.join(target, pdfs, tagged=tagged)
        return
    with tempfile.TemporaryFile() as joined:
        binding.join(cast(BinaryIO, joined), pdfs, tagged=tagged)
        joined.seek(0)
        press.signer.sign(cast(BinaryIO, joined), target, reason=job.title)


def _name(job: PrintJob, item: PrintItem) -> str:
    return cleaned(f"{item.number:04d}-{job.title}-{item.reference or item.application_id}.pdf".replace("/", "-"))


def _kept(session: Session, content: BinaryIO, size: int, press: Press) -> str:
    with press.storage.receive(content, limit=size) as incoming:
        hold_content(session, incoming.sha256)
        press.storage.keep(incoming)
        return incoming.sha256
