"""Which committee evaluates a project, and for which of its subject groups (S4h-02)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Committee, Organisation, Project
from shenbao_applications.models.publications import ProjectCommittee
from shenbao_applications.queries import committees
from shenbao_common.kernel.errors import Problem


def objections(session: Session, given: Mapping[str, Any], pack: Pack, body: Organisation) -> list[Problem]:
    """A publisher names its own committees, for programmes and groups that they evaluate."""
    if given["committee_id"] is None:
        return [Problem("only_for_committee", "groups")] if given["groups"] else []
    committee = session.get(Committee, given["committee_id"])
    if committee is None or not committee.active or committee.organisation_id != body.id:
        return [Problem("unknown_committee", "committee_id")]
    if committee.programmes and pack.key not in committee.programmes:
        return [Problem("committee_of_other_programme", "committee_id")]
    known = {group["key"] for group in committees.groups_in(pack, committee)}
    return [Problem("unknown_choice", f"groups.{i}") for i, key in enumerate(given["groups"]) if key not in known]


def assign(session: Session, project: Project, given: Mapping[str, Any]) -> None:
    """Keeps what was named, if anything."""
    if given["committee_id"] is not None:
        named = {"committee_id": given["committee_id"], "groups": given["groups"]}
        session.add(ProjectCommittee(project_id=project.id, **named))
