"""Before and after an application is submitted: the check, taking back, declaring again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_applications.actions import checking, drafts, returning
from shenbao_applications.api import presenting, schemas
from shenbao_applications.api.applications import desk
from shenbao_applications.api.check_schemas import CheckOut
from shenbao_applications.api.profiles import profile_of
from shenbao_applications.queries import applications, packs
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import tagged
from shenbao_common.web.schema import Schema, Text

blp = Blueprint("submission", __name__, url_prefix="/v1/applications", description="Check, taking back.")


class SuccessorIn(Schema):
    """accepted: keys of the programme's commitments that were read and agreed to, anew. profile: as of a new one."""

    profile = Text(8000, load_default=None, allow_none=True)
    accepted = ma.fields.List(Text(60), load_default=list, validate=validate.Length(max=20))


@blp.get("/<uuid:application_id>/check")
@blp.response(200, CheckOut)
def check(application_id: UUID) -> Mapping[str, Any]:
    """What a report of this application would be refused for now, all of it, clause by clause (B-01)."""
    with transaction() as session:
        row = applications.application_of(session, application_id, actor())
        pack = packs.of(session, row)
        if len(presenting.seen_of(row, pack, actor())) < len(pack.sections):
            raise NotFound  # Clauses tell what stands in sections that this office does not read.
        return presenting.check(checking.check(session, row, desk=desk()))


@blp.post("/<uuid:application_id>/check")
@blp.response(200, CheckOut)
def run_check(application_id: UUID) -> Mapping[str, Any]:
    """The same, and what is complete may be submitted; where the programme asks for a check, only after this one."""
    with transaction() as session:
        row = applications.application_to_change(session, application_id, actor())
        found = checking.run(session, row, desk=desk())
        session.flush()
        return presenting.check(found)


@blp.post("/<uuid:application_id>/withdrawal")
@blp.response(200, schemas.ApplicationItemOut)
def withdraw(application_id: UUID) -> Mapping[str, Any]:
    """Take an application back before it is accepted (T12)."""
    with transaction() as session:
        row = applications.application_to_change(session, application_id, actor())
        returning.withdraw(session, row, desk=desk())
        session.flush()
        return presenting.item(tagged(row), packs.of(session, row), actor())


@blp.post("/<uuid:application_id>/redeclaration")
@blp.response(200, schemas.ApplicationItemOut)
def redeclare(application_id: UUID) -> Mapping[str, Any]:
    """Make a withdrawn, refused or returned case a draft again, with all that it held (T17)."""
    with transaction() as session:
        row = applications.application_to_change(session, application_id, actor())
        returning.redeclare(session, row, desk=desk())
        session.flush()
        return presenting.item(tagged(row), packs.of(session, row), actor())


@blp.post("/<uuid:application_id>/successors")
@blp.arguments(SuccessorIn)
@blp.response(201, schemas.ApplicationItemOut)
def supersede(body: dict[str, Any], application_id: UUID) -> Mapping[str, Any]:
    """Declare anew under another condition: an empty draft that names this case, which ends (T18)."""
    with transaction() as session:
        row = applications.application_to_change(session, application_id, actor())
        brought = drafts.Brought(accepted=body["accepted"], profile=profile_of(body["profile"]))
        made = returning.supersede(session, row, brought, desk=desk())
        found = applications.application_of(session, made.id, actor())
        return presenting.item(tagged(found), packs.of(session, found), actor())
