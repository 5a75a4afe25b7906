"""Is it alive, may it get traffic, how is it doing."""

import sqlalchemy as sa
from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shenbao_common.web.auth import public
from shenbao_common.web.edge import transaction

blp = Blueprint("health", __name__, description="Probes and metrics.")


@blp.get("/health/live")
@public
def live() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blp.get("/health/ready")
@public
def ready() -> ResponseReturnValue:
    """The own database answers; the broker is not asked, because the outbox decouples us from it."""
    with transaction() as session:
        session.execute(sa.text("select 1"))
    return jsonify(status="ok")


@blp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Prometheus metrics of this process; the production ingress does not pass this path on."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
