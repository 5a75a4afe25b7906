"""A service of ten lines for testing the edge that all services share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import marshmallow as ma
import pytest
import sqlalchemy as sa
from flask_smorest import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shenbao_common.bus import outbox
from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.bus.tables import metadata as bus_tables
from shenbao_common.contracts.applications import ApplicationDeletedV1
from shenbao_common.contracts.units import OrganisationCreatedV1
from shenbao_common.data import audit
from shenbao_common.data.paging import page
from shenbao_common.kernel.errors import NotFound, Problem, RuleBroken
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.service import UnderTest, environment
from shenbao_common.web import accounts, idempotency
from shenbao_common.web.auth import actor, public
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_common.web.service import create_service
from shenbao_common.web.settings import ServiceSettings


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    owner_id: Mapped[UUID]
    text: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class NoteIn(Schema):
    text = Text(20, required=True)
    copies = ma.fields.Integer(load_default=1, validate=ma.validate.Range(1, 5))


class NoteOut(Schema):
    id = ma.fields.UUID()
    text = ma.fields.String()


class NotesOut(Schema):
    items = ma.fields.List(ma.fields.Nested(NoteOut))
    next = ma.fields.String(allow_none=True)


blp = Blueprint("notes", __name__, url_prefix="/v1/notes")
subscriptions = Subscriptions("units")
accounts.follow(subscriptions, own="units")


@subscriptions.on(ApplicationDeletedV1)
def on_application_deleted(session: Any, event: ApplicationDeletedV1) -> None:
    session.add(Note(owner_id=event.filler_id, text="deleted"))


@blp.post("")
@blp.arguments(NoteIn)
@blp.response(201, NoteOut)
def create(body: dict[str, Any]) -> Note:
    """Write a note (S4g-11, B-19), or several (S2-13 to S2-16), in words (for oneself)."""
    with transaction() as session:
        note = Note(owner_id=actor().account_id, text=body["text"])
        session.add(note)
        session.flush()
        event = OrganisationCreatedV1(organisation_id=note.id, code="1", name=note.text, level="department")
        outbox.record(session, event)
        if note.text == "refuse":
            raise RuleBroken("invalid", Problem("bad_text", "text"), Problem("worse_text", "text", {"limit": 3}))
        if note.text == "lost":
            session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
        if note.text == "twice":
            session.execute(sa.insert(Note).values(id=note.id, owner_id=note.owner_id, text="twice", version=1))
        if note.text == "full":
            Path("/dev/full").write_text("a file of the note", encoding="utf-8")
        if note.text == "bug":
            raise KeyError("330000199001010014")
        return tagged(note)


class NotesQuery(PageQuery):
    order = ma.fields.String(load_default="falling", validate=ma.validate.OneOf(("falling", "rising")))


@blp.get("")
@blp.arguments(NotesQuery, location="query")
@blp.response(200, NotesOut)
def listed(query: dict[str, Any]) -> Any:
    with transaction() as session:
        own = select(Note).where(Note.owner_id == actor().account_id)
        falling = query.pop("order") == "falling"
        return page(session, own, by=[Note.id], descending=falling, **query)


@blp.get("/<uuid:note_id>")
@blp.response(200, NoteOut)
def show(note_id: UUID) -> Note:
    with transaction() as session:
        note = session.get(Note, note_id)
        if note is None or note.owner_id != actor().account_id:
            raise NotFound
        return tagged(note)


@blp.get("/<uuid:note_id>/counted")
@blp.response(200, NoteOut)
def counted(note_id: UUID) -> Note:
    """A mistake: it keeps that it was read."""
    with transaction() as session:
        note = session.get_one(Note, note_id)
        note.text = "read"
        return note


@blp.put("/<uuid:note_id>")
@blp.arguments(NoteIn)
@blp.response(200, NoteOut)
def change(body: dict[str, Any], note_id: UUID) -> Note:
    with transaction() as session:
        note = session.get(Note, note_id)
        if note is None:
            raise NotFound
        ensure_match(note)
        note.text = body["text"]
        return tagged(note)


@blp.get("/open")
@public
def open_to_all() -> dict[str, str]:
    return {"hello": "anybody"}


@pytest.fixture(scope="session")
def notes_service(postgres: Cluster) -> Iterator[UnderTest]:
    env = environment("units", postgres.create_database("notes"), {})
    app = create_service(ServiceSettings.of("units", env), title="Notes", blueprints=[blp], subscriptions=subscriptions)
    engine = app.extensions["shenbao"].engine
    for tables in (Base.metadata, bus_tables, idempotency.metadata, accounts.metadata):
        tables.create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE outbox_default PARTITION OF outbox DEFAULT")
        audit.create_tables(connection)
    under_test = UnderTest(app)
    yield under_test
    under_test.close()


@pytest.fixture
def notes(notes_service: UnderTest) -> UnderTest:
    notes_service.clear()
    return notes_service
