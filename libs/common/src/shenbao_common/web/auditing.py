"""The audit trail over HTTP (B-17): searched by person, actor and time; and how a read of a record gets into it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import marshmallow as ma
import sqlalchemy as sa
from flask_smorest import Blueprint

from shenbao_common.data import audit
from shenbao_common.data.paging import Page, page_of_rows
from shenbao_common.web.auth import actor, actor_with
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_common.web.schema import PageQuery, Schema, Text

blp = Blueprint("audit", __name__, url_prefix="/v1", description="The audit trail.")

PERMISSION = "audit.read"


class AuditQuery(PageQuery):
    """person: whose record; actor: who acted; since and until: the time, its end not included."""

    person = ma.fields.UUID(load_default=None)
    actor = ma.fields.UUID(load_default=None)
    act = Text(100, load_default=None)
    since = ma.fields.AwareDateTime(load_default=None)
    until = ma.fields.AwareDateTime(load_default=None)


class AuditEntryOut(Schema):
    id = ma.fields.UUID()
    at = ma.fields.AwareDateTime()
    actor_id = ma.fields.UUID(allow_none=True)
    actor_kind = ma.fields.String()
    act = ma.fields.String()
    person_id = ma.fields.UUID(allow_none=True)
    subject = ma.fields.String()
    purpose = ma.fields.String()
    details = ma.fields.Dict()
    trace = ma.fields.String()
    lane = ma.fields.Integer()
    position = ma.fields.Integer()


class AuditPageOut(Schema):
    items = ma.fields.List(ma.fields.Nested(AuditEntryOut))
    next = ma.fields.String(allow_none=True)


class _OwnAccount(ma.fields.UUID):
    """The caller's own account, and null for that of anybody else."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return super()._serialize(value if value == actor().account_id else None, attr, obj, **kwargs)


class OwnEntryOut(AuditEntryOut):
    """Of others the kind alone: who reviews or votes is not told to those about whom it is."""

    actor_id = _OwnAccount(allow_none=True)


class OwnPageOut(AuditPageOut):
    items = ma.fields.List(ma.fields.Nested(OwnEntryOut))


@blp.get("/audit")
@blp.arguments(AuditQuery, location="query")
@blp.response(200, AuditPageOut)
def search(query: dict[str, Any]) -> Page[Any]:
    """Entries, newest first."""
    actor_with(PERMISSION)
    return _found(query)


@blp.get("/audit/mine")
@blp.arguments(PageQuery, location="query")
@blp.response(200, OwnPageOut)
def mine(query: dict[str, Any]) -> Page[Any]:
    """When, for what, and by an account of which kind the own record was changed or read, newest first."""
    nothing = {"actor": None, "act": None, "since": None, "until": None}
    return _found(query | nothing | {"person": actor().account_id})


def note_read(person_id: UUID, *, subject: object) -> None:
    """The caller reads this person's record; kept in a transaction apart, since that of a read is read-only."""
    note_reads([(person_id, subject)])


def note_reads(read: Iterable[tuple[UUID, object]]) -> None:
    """The caller reads the records of many: (whose, which) of each."""
    who = actor()
    of_others = [(person_id, subject) for person_id, subject in read if person_id != who.account_id]
    if of_others:
        with own_transaction() as session:
            for person_id, subject in of_others:
                audit.record_read(session, person_id, actor=who, subject=subject)


def _found(query: dict[str, Any]) -> Page[Any]:
    entry = audit.entry.c
    wanted = sa.select(audit.entry)
    for column, name in ((entry.person_id, "person"), (entry.actor_id, "actor"), (entry.act, "act")):
        if query[name] is not None:
            wanted = wanted.where(column == query[name])
    if query["since"]:
        wanted = wanted.where(entry.at >= query["since"])
    if query["until"]:
        wanted = wanted.where(entry.at < query["until"])
    with transaction() as session:
        return page_of_rows(session, wanted, by=[entry.id], after=query["after"], limit=query["limit"])
