"""Is it alive; the portal has nothing of its own to wait for."""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

blp = Blueprint("health", __name__)


@blp.get("/health/live")
@blp.get("/health/ready")
def live() -> Response:
    """The process answers; services that are down show on their pages, not here."""
    return jsonify(status="ok")


@blp.get("/metrics")
def metrics() -> Response:
    """Prometheus metrics of this process; the production ingress does not pass this path on."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
