"""What an application cites of its filler's performance archive."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_applications.actions import citing
from shenbao_applications.actions.citing import Citable
from shenbao_applications.api import presenting, schemas
from shenbao_applications.api.applications import desk
from shenbao_applications.queries import applications, packs
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import Schema

blp = Blueprint("citations", __name__, url_prefix="/v1/applications", description="Citing the performance archive.")


class CitableOut(Schema):
    """A record of the archive. selectable: its unit has passed it; else its state says why not.

    values: of the version that was passed, else of the latest.
    """

    record_id = ma.fields.UUID()
    state = ma.fields.String()
    selectable = ma.fields.Boolean()
    cited = ma.fields.Boolean()
    values = ma.fields.Dict()


class CitablesOut(Schema):
    """category: of the archive."""

    category = ma.fields.String()
    items = ma.fields.List(ma.fields.Nested(CitableOut))


class CitationsIn(Schema):
    """records: all that the section holds afterwards, in their order."""

    records = ma.fields.List(ma.fields.UUID(), required=True, validate=validate.Length(max=schemas.MOST_AT_ONCE))


@blp.get("/<uuid:application_id>/citations/<section>")
@blp.response(200, CitablesOut)
def show(application_id: UUID, section: str) -> Mapping[str, Any]:
    """The filler's records that the section may cite, and those that it may not yet (S1-27)."""
    with transaction() as session:
        row = applications.application_of(session, application_id, actor())
        pack = packs.of(session, row)
        found = citing.citable(session, row, pack, section)
        return {"category": citing.cited_field(pack, section)[0], "items": [_citable(one) for one in found]}


@blp.put("/<uuid:application_id>/citations/<section>")
@blp.arguments(CitationsIn)
@blp.response(200, schemas.ApplicationOut)
def cite(body: dict[str, Any], application_id: UUID, section: str) -> Mapping[str, Any]:
    """Let the section hold these records; only what was passed may be cited."""
    with transaction() as session:
        row = applications.application_to_change(session, application_id, actor())
        ensure_match(row)
        citing.cite(session, row, section, body["records"], desk=desk())
        return presenting.whole(tagged(row), packs.of(session, row), actor())


def _citable(one: Citable) -> dict[str, Any]:
    return {
        "record_id": one.record.id,
        "state": one.record.state,
        "selectable": one.values is not None,
        "cited": one.cited,
        "values": one.record.latest.values if one.values is None else one.values,
    }
