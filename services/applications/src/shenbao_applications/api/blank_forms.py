"""Forms with nothing filled in, for who writes by hand (S4a-10)."""

from collections.abc import Mapping
from uuid import UUID

from flask_smorest import Blueprint

from shenbao_applications.api import schemas
from shenbao_applications.domain import printing
from shenbao_applications.queries import packs, projects
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.service import service

blp = Blueprint("blank_forms", __name__, url_prefix="/v1/projects", description="Forms with nothing filled in.")

BLANK = "shenbao-blank+jwt"
_SECONDS = 600


@blp.get("/<uuid:project_id>/blank-sheets/<kind>")
@blp.response(200, schemas.SheetOut)
def show(project_id: UUID, kind: str) -> Mapping[str, str]:
    """A form of the project's variant for documents to print, of nobody."""
    with transaction() as session:
        project = projects.project_of(session, project_id, actor())
        pack = packs.pack(session, project.version_id)
        document = next((form for form in pack.forms(project.variant) if form["kind"] == kind), None)
        if document is None:
            raise NotFound
        variant = pack.variant(project.variant) or {}
        texts = printing.printed(pack, {}, variant=project.variant)
        claims = {
            "kind": kind,
            "programme": project.programme,
            "version": project.version,
            "project_name": project.name,
            "year": str(project.year),
            "variant_label": variant.get("zh", ""),
            "sections": {key: texts[key] for key in document["sections"]},
        }
    return {"sheet": service().signer.sign(BLANK, claims, seconds=_SECONDS)}
