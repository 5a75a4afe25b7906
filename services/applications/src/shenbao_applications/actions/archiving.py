"""The performance archive: its owner fills in and hands in, the owner's unit verifies (S1-23 to S1-26).

Where a person registered the unit to declare in its name, nobody verifies their own: its department does.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import marshmallow as ma
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.actions.desk import Desk, Result
from shenbao_applications.actions.fields import schema_of
from shenbao_applications.actions.filling import filled, flat, is_empty
from shenbao_applications.actions.receipts import kept
from shenbao_applications.domain import archive
from shenbao_applications.domain.archive import Action, State
from shenbao_applications.domain.archive_categories import Category
from shenbao_applications.models import Organisation, Unit
from shenbao_applications.models.archive import ArchiveEntry, ArchiveHolder, ArchiveRecord, ArchiveVersion
from shenbao_applications.queries import archive as archives
from shenbao_applications.queries import bindings, pieces
from shenbao_common.bus import outbox
from shenbao_common.contracts.applications import ArchiveProofShownV1, FilesUsedV1
from shenbao_common.data.of_person import OfPerson
from shenbao_common.kernel.actor import NOBODY, Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotFound, Problem, Refusal, ensure

PURPOSE = "archive_proof"
"""What files of an archive are uploaded for."""

Given = Mapping[str, Any]


def begin(session: Session, category: Category, given: Given, person: Given, *, desk: Desk) -> ArchiveRecord:
    """A draft with as much filled in as there is. person: what identity says of the owner."""
    values = _read(category, given, {}, desk)
    _remember(session, desk.actor.account_id, person)
    record = ArchiveRecord(
        account_id=desk.actor.account_id,
        unit_id=NOBODY,
        category=category.key,
        state=State.DRAFT,
        number=1,
        created_at=desk.now,
        saved_at=desk.now,
        versions=[ArchiveVersion(number=1, values=OfPerson(values, desk.actor.account_id), state=State.DRAFT)],
    )
    session.add(record)
    session.flush()
    _tell(session, record, record.version, _documents(values))
    return record


def save(session: Session, record: ArchiveRecord, category: Category, given: Given, *, desk: Desk) -> None:
    """Everything of the form; a record that was passed goes to the unit again at once, as its next version (S1-26)."""
    archive.ensure_editable(record.state)
    values = _read(category, given, record.latest.values, desk)
    goes_at_once = record.state == State.PASSED
    if goes_at_once:
        _ensure_complete(category, values)
    if archive.begins_version(record.latest.state):
        record.number += 1
        record.versions.append(ArchiveVersion(number=record.number, state=State.DRAFT))
    record.latest.values = OfPerson(values, record.account_id)
    record.saved_at = desk.now
    if goes_at_once:
        _hand_in(session, record, desk)
    session.flush()
    _tell(session, record, record.version, _documents(values))


def submit(session: Session, record: ArchiveRecord, category: Category, *, desk: Desk) -> None:
    """To the unit that its owner belongs to."""
    archive.ensure_submittable(record.state)
    _ensure_complete(category, record.latest.values)
    _hand_in(session, record, desk)


def delete(session: Session, record: ArchiveRecord) -> None:
    """A draft that no unit has seen."""
    archive.ensure_deletable(record.state, submitted=record.submitted_at is not None)
    _tell(session, record, record.version + 1, ())
    for version in record.versions:
        session.delete(version)
    session.flush()
    session.delete(record)


def decide_all(session: Session, ids: Sequence[UUID], action: Action, opinion: str, *, desk: Desk) -> list[Result]:
    """Each with its result: one that was decided meanwhile stays as it is (S1-24)."""
    archive.ensure_opinion(action, opinion)
    name = _verifier(session, desk.actor)
    rows = {row.id: row for row in archives.records_to_change(session, ids, desk.actor)}
    results = []
    for record_id in dict.fromkeys(ids):
        refused: Refusal | None = None
        try:
            _decide(session, rows.get(record_id), action, opinion, name, desk)
        except Refusal as why:
            refused = why
        results.append(Result(record_id, "", refused))
    session.flush()
    return results


def _decide(
    session: Session, record: ArchiveRecord | None, action: Action, opinion: str, name: str, desk: Desk
) -> None:
    if record is None:
        raise NotFound
    if record.state != State.PENDING:
        raise Conflict("already_decided")
    record.state = record.latest.state = archive.AFTER[action]
    if action == Action.PASS:
        record.passed_number = record.number
    session.add(_entry(record, action, desk, name=name, opinion=opinion))


def verifies(session: Session, actor: Actor) -> bool:
    """Whether the actor decides about the records that it reads; a unit that a person registered does not."""
    unit = session.get(Unit, actor.unit_id) if actor.kind is Kind.UNIT else None
    return actor.kind is not Kind.PERSON and not (unit and unit.self_declaring)


def _verifier(session: Session, actor: Actor) -> str:
    """What the deciding unit or department is called."""
    if not verifies(session, actor):
        raise Conflict("department_verifies")
    is_office = actor.kind is Kind.OFFICE
    found = session.get(Organisation, actor.organisation_id) if is_office else session.get(Unit, actor.unit_id)
    return found.name if found else ""


def _hand_in(session: Session, record: ArchiveRecord, desk: Desk) -> None:
    unit_id = bindings.unit_of(session, record.account_id)
    if unit_id is None:
        raise Conflict("binding_required")
    record.unit_id = unit_id
    record.state = record.latest.state = State.PENDING
    record.submitted_at = desk.now
    session.add(_entry(record, "submit", desk, name=record.holder.person["name"], opinion=""))
    unit = session.get(Unit, unit_id)
    _show(session, record.latest, unit_id, unit.department_id if unit and unit.self_declaring else None)
    session.flush()


def show_to_department(session: Session, unit: Unit) -> None:
    """The department that verifies for the unit is another one now: it may read what proves the records handed in."""
    if unit.self_declaring:
        for record in archives.handed_in(session, unit.id):
            for version in record.handed_in:
                _show(session, version, unit.id, unit.department_id)


def _show(session: Session, version: ArchiveVersion, unit_id: UUID, department_id: UUID | None) -> None:
    for document_id in _documents(version.values):
        shown = ArchiveProofShownV1(document_id=UUID(document_id), unit_id=unit_id, department_id=department_id)
        outbox.record(session, shown)


def _tell(session: Session, record: ArchiveRecord, revision: int, used: Sequence[str]) -> None:
    event = FilesUsedV1(used_by=record.id, kind="archive_record", revision=revision, document_ids=tuple(used))
    outbox.record(session, event, revision=revision)


def _entry(record: ArchiveRecord, action: str, desk: Desk, *, name: str, opinion: str) -> ArchiveEntry:
    return ArchiveEntry(
        record_id=record.id,
        number=record.number,
        action=action,
        account_id=desk.actor.account_id,
        actor_name=name,
        opinion=opinion.strip() or None,
        at=desk.now,
    )


def _remember(session: Session, account_id: UUID, person: Given) -> None:
    """Name and number as identity said last."""
    words = {word: str(person.get(word) or "") for word in ("name", "id_type", "id_number")}
    found = pieces.of_person(session, words["name"], words["id_number"])
    new = insert(ArchiveHolder).values(account_id=account_id, person=OfPerson(words, account_id), parts=found)
    changed = {"person": new.excluded.person, "parts": new.excluded.parts}
    session.execute(new.on_conflict_do_update(index_elements=["account_id"], set_=changed))


def _read(category: Category, given: Given, before: Given, desk: Desk) -> dict[str, Any]:
    """The given values by their types, files by their receipts; refuses with every objection."""
    try:
        values: dict[str, Any] = schema_of(category.fields).load(filled(given))
    except ma.ValidationError as wrong:
        ensure(list(flat(wrong.messages, "values")))
        raise
    problems: list[Problem] = []
    for field in category.fields:
        if field["type"] == "files" and field["key"] in values:
            path = f"values.{field['key']}"
            values[field["key"]] = kept(
                values[field["key"]], before.get(field["key"], ()), desk, purpose=PURPOSE, path=path, problems=problems
            )
    ensure(problems)
    return values


def _ensure_complete(category: Category, values: Given) -> None:
    missing = [f["key"] for f in category.fields if f["key"] in category.required and is_empty(values.get(f["key"]))]
    ensure([Problem("required", f"values.{key}") for key in missing], "incomplete")


def _documents(values: Given) -> list[str]:
    lists = (value for value in values.values() if isinstance(value, list))
    return [file["document_id"] for files in lists for file in files]
