"""Is it alive, may it get traffic, how is it doing."""

import sqlalchemy as sa
import structlog
from flask import Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from shenbao_common.bus import depths
from shenbao_common.kernel import clock
from shenbao_common.web import gauges
from shenbao_common.web.auth import public
from shenbao_common.web.edge import own_transaction, transaction

OWN_GAUGES = "shenbao_gauges"
"""Extension of an app: (session) to the gauges that a service has beside those of the bus."""

_log = structlog.get_logger()

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
    """Prometheus metrics of this process and of its bus; the production ingress does not pass this path on."""
    return Response(generate_latest() + _bus(), content_type=CONTENT_TYPE_LATEST)


def _bus() -> bytes:
    settings = current_app.extensions["shenbao"].settings
    try:
        with own_transaction() as session:
            own = current_app.extensions.get(OWN_GAUGES)
            measured = gauges.of_bus(settings.service, depths.read(session, clock.now()))
            return measured + (gauges.text(own(session)) if own else b"")
    except SQLAlchemyError as away:
        # A database that is away must not hide what the process itself measures.
        _log.warning("bus_not_measured", reason=type(away).__name__)
        return b""
