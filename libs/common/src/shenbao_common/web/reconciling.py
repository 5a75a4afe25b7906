"""What a service knows of each application, for reconciliation across services (B-24): ids and states, nothing else."""

from collections.abc import Sequence
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import InstrumentedAttribute

from shenbao_common.data.paging import page_of_rows
from shenbao_common.web.auth import actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.operating import PERMISSION
from shenbao_common.web.schema import PageQuery


class OneQuery(PageQuery):
    """application_id: of this one only."""

    application_id = ma.fields.UUID(load_default=None)


def known_of_applications(
    key: InstrumentedAttribute[Any],
    facts: Sequence[InstrumentedAttribute[Any]],
    *,
    where: sa.ColumnElement[bool] | None = None,
) -> Blueprint:
    """`GET /v1/reconciliation`: one row for each application that was ever reported, by id, with these columns."""
    blp = Blueprint("reconciliation", __name__, url_prefix="/v1/reconciliation", description="For operators.")
    statement = sa.select(key, *facts)
    rows = statement if where is None else statement.where(where)

    @blp.get("")
    @blp.arguments(OneQuery, location="query")
    def known(query: dict[str, Any]) -> ResponseReturnValue:
        """What this service knows of applications, in the order of their ids."""
        actor_with(PERMISSION)
        wanted = rows if query["application_id"] is None else rows.where(key == query["application_id"])
        with transaction() as session:
            found = page_of_rows(
                session, wanted, by=[key], after=query["after"], limit=query["limit"], descending=False
            )
            items = [{"application_id": row[0]} | dict(zip(_names(facts), row[1:], strict=True)) for row in found.items]
        return jsonify(items=items, next=found.next)

    return blp


def _names(facts: Sequence[InstrumentedAttribute[Any]]) -> list[str]:
    return [str(column.key) for column in facts]
