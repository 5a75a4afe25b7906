"""Removing what nothing stands on any more."""

from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from shenbao_documents import queries
from shenbao_documents.actions import jobs, print_jobs, retention, throttle, uploads
from shenbao_documents.actions.files import forget_deleted, hold_content, want_no_more
from shenbao_documents.models import Export, LookUps, Unwanted
from shenbao_documents.providers.storage import Storage


def sweep(sessions: sessionmaker[Session], storage: Storage, now: datetime) -> None:
    """Bytes of deleted files, uploads that nobody finished, and what killed processes left."""
    retention.erase_due(sessions, now)
    with sessions.begin() as session:
        forget_deleted(session, now)
    with sessions.begin() as session:
        session.execute(sa.delete(LookUps).where(LookUps.since < now - throttle.WINDOW))
    with sessions.begin() as session:
        unwanted = list(session.scalars(sa.select(Unwanted.sha256)))
    for sha256 in unwanted:
        with sessions.begin() as session:
            _remove(session, storage, sha256)
    with sessions.begin() as session:
        uploads.forget_old(session, storage, now)
        waiting = uploads.waiting_for_check(session)
    for forget in (partial(jobs.forget, kind=Export), print_jobs.forget):
        with sessions.begin() as session:
            want_no_more(session, forget(session, now=now))
    storage.sweep(seconds=uploads.UPLOADS_KEPT.total_seconds(), parts_kept=waiting)


def _remove(session: Session, storage: Storage, sha256: str) -> None:
    # Whoever brings the same bytes at this moment waits for us, and then writes them anew.
    hold_content(session, sha256)
    if not queries.is_kept(session, sha256):
        storage.remove(sha256)
    session.execute(sa.delete(Unwanted).where(Unwanted.sha256 == sha256))
