"""Keeping the code dictionaries: codes are prepared, and published together for all from a day on (S4a-02, S4a-03)."""

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.domain import dictionaries as rules
from shenbao_applications.models import Code, CodeVersion
from shenbao_applications.queries import dictionaries
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import Conflict, Problem

_LOCK = 4_120_203
"""Any number of ours: two publications take turns, so that versions are numbered without gaps."""


Given = Mapping[str, str]


def add(session: Session, dictionary: str, given: Given, *, actor: Actor, now: datetime) -> Code:
    """Prepares a code for the next version."""
    _ensure_central(session, actor)
    stamped = {"changed_by": actor.account_id, "changed_at": now}
    new = insert(Code).values(dictionary=dictionary, **given, **stamped).on_conflict_do_nothing()
    made: Code | None = session.scalar(new.returning(Code))
    if made is None:
        raise Conflict("duplicate", Problem("duplicate", "key"))
    return made


def rename(session: Session, dictionary: str, key: str, given: Given, *, actor: Actor, now: datetime) -> Code:
    """Gives a code another name from the next version on."""
    _ensure_central(session, actor)
    code = dictionaries.code_to_change(session, dictionary, key)
    code.zh, code.en, code.changed_by, code.changed_at = given["zh"], given["en"], actor.account_id, now
    return code


def drop(session: Session, dictionary: str, key: str, *, actor: Actor) -> None:
    """Leaves a code out of the next version; versions that were published keep it."""
    _ensure_central(session, actor)
    session.delete(dictionaries.code_to_change(session, dictionary, key))


def publish(session: Session, name: str, effective_on: date, *, actor: Actor, now: datetime) -> CodeVersion:
    """Publishes what is prepared, for all applications that are begun from that day on."""
    _ensure_central(session, actor)
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    last = dictionaries.latest(session)
    rules.ensure_in_turn(effective_on, latest=last.effective_on if last else None, today=office_day(now))
    codes = dictionaries.prepared(session)
    if not codes:
        raise Conflict("nothing_prepared")
    version = CodeVersion(
        number=last.number + 1 if last else 1,
        name=name,
        effective_on=effective_on,
        codes=codes,
        published_by=actor.account_id,
        published_at=now,
    )
    session.add(version)
    session.flush()
    return version


def _ensure_central(session: Session, actor: Actor) -> None:
    rules.ensure_central(actor, dictionaries.level_of(session, actor.organisation_id))
