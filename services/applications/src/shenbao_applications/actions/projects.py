"""Publishing a project under a variant of a programme."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.actions import project_committees
from shenbao_applications.domain import projects
from shenbao_applications.models import Organisation, ProgrammeVersion, Project
from shenbao_applications.queries import packs
from shenbao_common.bus import outbox
from shenbao_common.contracts.applications import ProjectPublishedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import NotAllowed, Problem, RuleBroken, ensure


def publish(session: Session, given: Mapping[str, Any], *, actor: Actor, now: datetime) -> Project:
    """Opens a project for declaration in its period; it stays with the version that is the newest now."""
    actor.require("project.publish")
    version = packs.in_force(session, given["programme"])
    if version is None:
        raise RuleBroken("invalid", Problem("unknown_programme", "programme"))
    pack = packs.pack(session, version.id)
    variant = pack.variant(given["variant"])
    if variant is None:
        raise RuleBroken("invalid", Problem("unknown_choice", "variant"))
    body = _publisher(session, actor, variant["publisher"])
    evaluated = project_committees.objections(session, given, pack, body)
    ensure([*_objections(given), *_unknown_departments(session, given), *evaluated])
    project = _project(given, version, variant, body, now)
    session.add(project)
    session.flush()
    project_committees.assign(session, project, given)
    outbox.record(session, _published(project))
    return project


def _publisher(session: Session, actor: Actor, demanded: str) -> Organisation:
    body = session.get(Organisation, actor.organisation_id) if actor.organisation_id else None
    if body is None:
        raise NotAllowed("wrong_publisher", demanded=demanded)
    projects.ensure_publisher(body.level, demanded=demanded)
    return body


def _objections(given: Mapping[str, Any]) -> list[Problem]:
    return projects.objections(year=given["year"], opens_on=given["opens_on"], closes_on=given["closes_on"])


def _unknown_departments(session: Session, given: Mapping[str, Any]) -> list[Problem]:
    wanted = given["scope_department_ids"]
    known = set(session.scalars(sa.select(Organisation.id).where(Organisation.id.in_(wanted)))) if wanted else set()
    return [
        Problem("unknown_department", f"scope_department_ids.{i}")
        for i, department_id in enumerate(wanted)
        if department_id not in known
    ]


def _project(
    given: Mapping[str, Any],
    version: ProgrammeVersion,
    variant: Mapping[str, Any],
    body: Organisation,
    now: datetime,
) -> Project:
    texts = (
        "name",
        "year",
        "batch",
        "opens_on",
        "closes_on",
        "specialties",
        "scope_text",
        "notice_title",
        "notice_body",
    )
    return Project(
        **{name: given[name] for name in texts},
        scope_department_ids=[str(i) for i in given["scope_department_ids"]],
        version_id=version.id,
        programme=version.programme,
        version=version.version,
        variant=variant["key"],
        tier=variant["tier"],
        visible_to=variant["visible_to"],
        publisher_id=body.id,
        publisher_name=body.name,
        published_at=now,
    )


def _published(project: Project) -> ProjectPublishedV1:
    return ProjectPublishedV1(
        project_id=project.id,
        programme=project.programme,
        version=project.version,
        variant=project.variant,
        tier=project.tier,
        publisher_id=project.publisher_id,
        year=project.year,
    )
