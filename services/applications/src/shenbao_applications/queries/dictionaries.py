"""Codes as they are prepared, versions of them, and which is in force."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.models import Code, CodeVersion, Organisation
from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound


def codes_page(session: Session, dictionary: str, q: str | None, *, after: str | None, limit: int) -> Page[Code]:
    """What the next version will hold of a dictionary, by key; q: the beginning of a key, or a piece of a name."""
    query = sa.select(Code).where(Code.dictionary == dictionary)
    if q:
        names = (column.icontains(q, autoescape=True) for column in (Code.zh, Code.en))
        query = query.where(sa.or_(Code.key.startswith(q, autoescape=True), *names))
    return page(session, query, by=[Code.key], after=after, limit=limit, descending=False)


def prepared(session: Session) -> dict[str, list[dict[str, str]]]:
    """Everything that is prepared, by dictionary and key."""
    found: dict[str, list[dict[str, str]]] = {}
    for code in session.scalars(sa.select(Code).order_by(Code.dictionary, Code.key)):
        found.setdefault(code.dictionary, []).append({"key": code.key, "zh": code.zh, "en": code.en})
    return found


def code_to_change(session: Session, dictionary: str, key: str) -> Code:
    found = session.get(Code, (dictionary, key), with_for_update=True)
    if found is None:
        raise NotFound
    return found


def in_force(session: Session, day: date) -> CodeVersion | None:
    """The version with which new applications are made on that day; None before the first."""
    begun = sa.select(CodeVersion).where(CodeVersion.effective_on <= day)
    return session.scalar(begun.order_by(CodeVersion.effective_on.desc(), CodeVersion.number.desc()).limit(1))


def latest(session: Session) -> CodeVersion | None:
    """The one published last, whether it is in force already or not."""
    return session.scalar(sa.select(CodeVersion).order_by(CodeVersion.number.desc()).limit(1))


def versions_page(session: Session, *, after: str | None, limit: int) -> Page[CodeVersion]:
    return page(session, sa.select(CodeVersion), by=[CodeVersion.number], after=after, limit=limit)


def version(session: Session, number: int) -> CodeVersion:
    found = session.get(CodeVersion, number)
    if found is None:
        raise NotFound
    return found


def codes_of(session: Session, number: int | None) -> Mapping[str, Any]:
    """The codes of a version, by dictionary."""
    return version(session, number).codes if number is not None else {}


def level_of(session: Session, organisation_id: UUID | None) -> str | None:
    """The level of an office in the tree."""
    found = session.get(Organisation, organisation_id) if organisation_id else None
    return found.level if found else None
