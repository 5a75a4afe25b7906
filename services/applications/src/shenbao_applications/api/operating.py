"""What operators ask of applications, beside what they ask of every service."""

import marshmallow as ma
from flask_smorest import Blueprint

from shenbao_applications.models import Application
from shenbao_applications.queries.applications import by_reference
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web import operating
from shenbao_common.web.auth import actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema

blp = Blueprint("operating", __name__, url_prefix="/v1", description="For operators.")


class ReferenceOut(Schema):
    application_id = ma.fields.UUID(attribute="id")
    reference = ma.fields.String()


@blp.get("/references/<reference>")
@blp.response(200, ReferenceOut)
def named(reference: str) -> Application:
    """Which application bears a reference; events name it by its id."""
    actor_with(operating.PERMISSION)
    with transaction() as session:
        found = by_reference(session, reference)
    if found is None:
        raise NotFound
    return found
