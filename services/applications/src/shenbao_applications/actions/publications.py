"""Notices, guides and answers: an authority writes, shows and hides its own."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.actions import receipts
from shenbao_applications.actions.desk import Desk
from shenbao_applications.domain import publications
from shenbao_applications.models import Committee, Organisation, Programme, Project
from shenbao_applications.models.publications import Publication
from shenbao_applications.queries import projects as project_queries
from shenbao_common.bus import outbox
from shenbao_common.contracts.applications import FilesUsedV1
from shenbao_common.kernel.errors import NotAllowed, Problem, ensure

_PLAIN = ("kind", "title", "body", "programme", "position", "visible_from", "visible_until")


def publish(session: Session, given: Mapping[str, Any], desk: Desk) -> Publication:
    """Writes a new one of the actor's body."""
    body = session.get(Organisation, desk.actor.organisation_id) if desk.actor.organisation_id else None
    if body is None:
        raise NotAllowed("wrong_publisher")
    row = Publication(organisation_id=body.id, organisation_name=body.name, attachments=[], project_ids=[])
    _fill(session, row, given, desk)
    session.add(row)
    session.flush()
    _tell(session, row, row.version, row.attachments)
    return row


def change(session: Session, row: Publication, given: Mapping[str, Any], desk: Desk) -> None:
    """Everything anew; attachments that stay are named by their document."""
    _fill(session, row, given, desk)
    session.flush()
    _tell(session, row, row.version, row.attachments)


def delete(session: Session, row: Publication) -> None:
    """It is gone, and its files may be deleted."""
    _tell(session, row, row.version + 1, ())
    session.delete(row)


def _tell(session: Session, row: Publication, revision: int, attachments: Iterable[Mapping[str, Any]]) -> None:
    used = tuple(one["document_id"] for one in attachments)
    event = FilesUsedV1(used_by=row.id, kind="publication", revision=revision, document_ids=used)
    outbox.record(session, event, revision=revision)


def _fill(session: Session, row: Publication, given: Mapping[str, Any], desk: Desk) -> None:
    problems: list[Problem] = []
    attachments = receipts.kept(
        given["attachments"], row.attachments, desk, purpose=publications.PURPOSE, path="attachments", problems=problems
    )
    committees = _committees(session, row.organisation_id, given["committees"], problems)
    ensure([
        *publications.objections(given),
        *_unknown_programme(session, given["programme"]),
        *_unknown_projects(session, given["project_ids"], row.project_ids, desk),
        *problems,
    ])  # fmt: skip
    for name in _PLAIN:
        setattr(row, name, given[name])
    row.attachments, row.committees = attachments, committees
    row.project_ids = [str(project_id) for project_id in given["project_ids"]]
    row.changed_by, row.changed_at = desk.actor.account_id, desk.now


def _unknown_programme(session: Session, key: str) -> list[Problem]:
    known = not key or session.get(Programme, key) is not None
    return [] if known else [Problem("unknown_programme", "programme")]


def _unknown_projects(session: Session, wanted: list[UUID], before: Iterable[str], desk: Desk) -> list[Problem]:
    seen = project_queries.offered(session, desk.actor).where(Project.id.in_(wanted))
    known = {UUID(text) for text in before} | {project.id for project in session.scalars(seen)} if wanted else set()
    return [Problem("unknown_project", f"project_ids.{i}") for i, key in enumerate(wanted) if key not in known]


def _committees(
    session: Session, body_id: UUID, given: list[dict[str, Any]], problems: list[Problem]
) -> list[dict[str, Any]]:
    """The lines with the committees' names; a body writes of its own committees."""
    wanted = [line["committee_id"] for line in given]
    own = sa.select(Committee).where(Committee.id.in_(wanted), Committee.organisation_id == body_id)
    names = {row.id: row.name for row in session.scalars(own)} if wanted else {}
    problems += [
        Problem("unknown_committee", f"committees.{i}.committee_id") for i, key in enumerate(wanted) if key not in names
    ]
    return [
        {**line, "committee_id": str(line["committee_id"]), "name": names.get(line["committee_id"])} for line in given
    ]
