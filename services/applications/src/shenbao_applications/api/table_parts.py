"""Tables of more rows than one sheet holds, part by part for documents to put together (`/v1/export-jobs`)."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_applications.api import schemas
from shenbao_applications.api.sheets import MOST_ROWS, signed, summary_claims
from shenbao_applications.api.tables import TableIn, table_claims
from shenbao_applications.queries import lists, received
from shenbao_common.web.auth import actor_with
from shenbao_common.web.edge import transaction

blp = Blueprint("table-parts", __name__, url_prefix="/v1/applications", description="Large tables, part by part.")


class SummaryPartQuery(schemas.Filters):
    """after: `next` of the part before."""

    after = ma.fields.String(load_default=None, validate=validate.Length(max=4000))


class TablePartIn(TableIn):
    """after: `next` of the part before."""

    after = ma.fields.String(load_default=None, allow_none=True, validate=validate.Length(max=4000))


@blp.get("/summary-parts")
@blp.arguments(SummaryPartQuery, location="query")
@blp.response(200, schemas.SheetPartOut)
def show_summary_part(query: dict[str, Any]) -> Mapping[str, Any]:
    """The next 2,000 rows of the summary table of the filtered list."""
    who = actor_with("application.export")
    with transaction() as session:
        part = lists.listed(session, who, query, after=query["after"], limit=MOST_ROWS)
        claims = summary_claims(session, part.items, query, who)
    return {**signed(claims), "next": part.next}


@blp.post("/table-parts")
@blp.arguments(TablePartIn(exclude=["ids"]))
@blp.response(200, schemas.SheetPartOut)
def show_table_part(body: dict[str, Any]) -> Mapping[str, Any]:
    """The next 2,000 rows of a table of the filtered list, sorted or newest first."""
    who = actor_with("application.export")
    paged: dict[str, Any] = {"after": body["after"], "limit": MOST_ROWS}
    with transaction() as session:
        if body["sort"]:
            order = received.Order(body["sort"], body["descending"])
            part = received.sorted_part(session, who, body, order, **paged)
        else:
            part = lists.listed(session, who, body, **paged)
        claims = table_claims(session, part.items, body, who)
    return {**signed(claims), "next": part.next}
