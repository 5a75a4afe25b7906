"""Before and after an application is submitted: the check, the receipt, taking back, declaring again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from shenbao_applications.actions import checking, returning
from shenbao_applications.api import presenting, schemas
from shenbao_applications.api.applications import desk
from shenbao_applications.api.check_schemas import CheckOut
from shenbao_applications.domain import printing
from shenbao_applications.queries import applications, packs
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import tagged

blp = Blueprint("submission", __name__, url_prefix="/v1/applications", description="Check, receipt, taking back.")


@blp.get("/<uuid:application_id>/check")
@blp.response(200, CheckOut)
def check(application_id: UUID) -> Mapping[str, Any]:
    """What a report of this application would be refused for now, all of it, clause by clause (B-01)."""
    with transaction() as session:
        row = applications.application_of(session, application_id, actor())
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


@blp.get("/<uuid:application_id>/receipt")
@blp.response(200, schemas.ReceiptOut)
def show_receipt(application_id: UUID) -> Mapping[str, Any]:
    """The receipt of the latest report, with what its hash is made of."""
    with transaction() as session:
        row = applications.application_of(session, application_id, actor())
        snapshot = applications.latest_snapshot(session, row.id)
        content = printing.hashed_content(
            snapshot.sections,
            reference=row.reference,
            round=snapshot.round,
            submitted_at=snapshot.submitted_at.isoformat(),
        )
        return {
            **content,
            "submitted_at": snapshot.submitted_at,
            "content_hash": snapshot.content_hash,
            "content": content,
        }


@blp.post("/<uuid:application_id>/withdrawal")
@blp.response(200, schemas.ApplicationItemOut)
def withdraw(application_id: UUID) -> Mapping[str, Any]:
    """Take an application back before it is accepted (T12)."""
    with transaction() as session:
        row = applications.application_to_change(session, application_id, actor())
        returning.withdraw(session, row, desk=desk())
        session.flush()
        return presenting.item(tagged(row), packs.pack(session, row.version_id))


@blp.post("/<uuid:application_id>/redeclaration")
@blp.response(200, schemas.ApplicationItemOut)
def redeclare(application_id: UUID) -> Mapping[str, Any]:
    """Make a withdrawn, refused or returned case a draft again, with all that it held (T17)."""
    with transaction() as session:
        row = applications.application_to_change(session, application_id, actor())
        returning.redeclare(session, row, desk=desk())
        session.flush()
        return presenting.item(tagged(row), packs.pack(session, row.version_id))
