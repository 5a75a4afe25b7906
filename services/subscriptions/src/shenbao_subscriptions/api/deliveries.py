"""Deliveries, for administrators and whoever is on call."""

from typing import Any

from flask_smorest import Blueprint

from shenbao_common.data.paging import Page
from shenbao_common.kernel import clock
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_subscriptions import queries
from shenbao_subscriptions.actions import subscribers
from shenbao_subscriptions.api.schemas import DeliveriesQuery, DeliveryOut, DeliveryPage
from shenbao_subscriptions.api.subscribers import manager
from shenbao_subscriptions.models import Delivery

blp = Blueprint("deliveries", __name__, url_prefix="/v1/deliveries", description="What was sent, or waits to be.")


@blp.get("")
@blp.arguments(DeliveriesQuery, location="query")
@blp.response(200, DeliveryPage)
def list_deliveries(query: dict[str, Any]) -> Page[Delivery]:
    """By subscriber, by subject, by state; the newest first, of the last 30 days. Whoever operates events may look."""
    who = actor()
    if not who.may("events.operate"):
        who.require("subscription.manage")
    with transaction() as session:
        return queries.deliveries(session, **query)


@blp.post("/<int(max=9223372036854775807):delivery_id>/skip")  # what a bigint holds; others are not found
@blp.response(200, DeliveryOut)
def skip(delivery_id: int) -> Delivery:
    """Leaves out one event that a subscriber will not take; the later ones of its subject may go then."""
    manager()
    with transaction() as session:
        return subscribers.skip(session, queries.delivery_to_change(session, delivery_id), now=clock.now())
