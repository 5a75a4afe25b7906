"""What everybody reads before they declare: notices, guides, questions, and the ways to a project."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal.client import service
from shenbao_portal.pages.files import passed_on
from shenbao_portal.published import KINDS, PUBLIC, read
from shenbao_portal.refusals import Refused
from shenbao_portal.signed_in import account
from shenbao_portal.texts import _l

blp = Blueprint("publications", __name__)

TIERS = {"senior": _l("高级职称申报"), "intermediate": _l("中级职称申报")}


@blp.get("/notices")
def notices() -> ResponseReturnValue:
    """Notices of one kind, the newest first."""
    kind = "notice" if request.args.get("kind") == "notice" else "evaluation_notice"
    found = read(kind, after=request.args.get("after"))
    return render_template("publications/notices.html", found=found, kind=kind, kinds=KINDS)


@blp.get("/notices/<uuid:publication_id>")
def notice(publication_id: Any) -> ResponseReturnValue:
    """One with its attachments, committees and projects (S4e-06, S4h-01)."""
    found = _one(publication_id)
    of_committees: dict[str, list[Any]] = {}
    for project in found["projects"]:
        of_committees.setdefault(project["committee_id"], []).append(project)
    return render_template("publications/notice.html", notice=found, of_committees=of_committees, kinds=KINDS)


@blp.get("/notices/<uuid:publication_id>/projects/<uuid:project_id>")
def listed_project(publication_id: Any, project_id: Any) -> ResponseReturnValue:
    """The details of a project of a notice, with the way into it."""
    found = _one(publication_id)
    project = next((one for one in found["projects"] if one["id"] == str(project_id)), None) or abort(404)
    trail = [(found["title"], url_for("publications.notice", publication_id=publication_id))]
    return _project(project, trail)


@blp.get("/publications/<uuid:publication_id>/attachments/<document_id>")
def attachment(publication_id: Any, document_id: str) -> Response:
    """The file, while what it is attached to is visible."""
    found = _one(publication_id)
    one = next((one for one in found["attachments"] if one["document_id"] == document_id), None) or abort(404)
    return passed_on("/v1/public-contents", method="POST", body={"slip": one["slip"]})


@blp.get("/help")
def guides() -> ResponseReturnValue:
    """The help centre: guides and forms to download, in the order that is maintained."""
    return render_template("publications/guides.html", found=read("guide", after=request.args.get("after"), limit=100))


@blp.get("/questions")
def questions() -> ResponseReturnValue:
    """Frequent questions with their answers, in the order that is maintained (S4j-01)."""
    found = read("question", after=request.args.get("after"), limit=100)
    return render_template("publications/questions.html", found=found)


@blp.get("/evaluation/<tier>")
def committees(tier: str) -> ResponseReturnValue:
    """The second way begins with the level: its committees (S4h-02)."""
    name = TIERS.get(tier) or abort(404)
    found = service("applications").get(f"{PUBLIC}/committees", tier=tier, after=request.args.get("after"), limit=100)
    return render_template("publications/committees.html", found=found.body, tier=tier, tier_name=name)


@blp.get("/evaluation/<tier>/<uuid:committee_id>")
def committee(tier: str, committee_id: Any) -> ResponseReturnValue:
    """Its subject groups, then the projects of the one that is chosen."""
    name, group = TIERS.get(tier) or abort(404), request.args.get("group")
    path = f"{PUBLIC}/committees/{committee_id}"
    found = service("applications").get(path, tier=tier).body
    projects = None
    if group or not found["groups"]:
        query = {"tier": tier, "group": group, "after": request.args.get("after")}
        projects = service("applications").get(f"{path}/projects", **query).body
    chosen = next((one for one in found["groups"] if one["key"] == group), None)
    return render_template(
        "publications/committee.html", found=found, projects=projects, chosen=chosen, tier=tier, tier_name=name
    )


@blp.get("/evaluation/projects/<uuid:project_id>")
def project(project_id: Any) -> ResponseReturnValue:
    """The details of a project, with the way into it."""
    return _project(service("applications").get(f"{PUBLIC}/projects/{project_id}").body, [])


def _project(project: dict[str, Any], trail: list[tuple[str, str]]) -> str:
    return render_template("publications/project.html", project=project, above=trail, declare=_way_into(project))


def _way_into(project: dict[str, Any]) -> str | None:
    """Where declaring begins for who looks: a person at the commitment, a unit at its materials."""
    who = account()
    kinds = [kind for kind in project["fill"] if who is None or kind == who.kind]
    if not project["open"] or not kinds or (who and not _offered(project)):
        return None
    if "person" in kinds:
        return url_for("declarations.new", project=project["id"])
    return f"/declare/{project['programme']}/{project['variant']}/projects/{project['id']}"


def _offered(project: dict[str, Any]) -> bool:
    """Whether the one who is signed in may declare in it: a department's project is there for its own units."""
    try:
        service("applications").get(f"/v1/projects/{project['id']}")
    except Refused as refused:
        if refused.status != HTTPStatus.NOT_FOUND:
            raise
        return False
    return True


def _one(publication_id: Any) -> Any:
    return service("applications").get(f"{PUBLIC}/publications/{publication_id}").body
