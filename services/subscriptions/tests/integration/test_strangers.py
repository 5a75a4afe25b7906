"""Every route that takes an id, asked with a true one by those whom it does not concern; and what lists tell them."""

from typing import Any

import sqlalchemy as sa

from shenbao_common.kernel.actor import Actor, Kind, account_of_client
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import (
    office_actor,
    person_actor,
    registrant_actor,
    service_actor,
    sub_account_actor,
    unit_actor,
)
from shenbao_common.testing.receiver import Receiver
from shenbao_common.testing.service import UnderTest
from shenbao_common.testing.strangers import routes, said, try_all
from shenbao_subscriptions.models import Delivery


def strangers(office: Any, receiver: Receiver) -> dict[str, Actor]:
    """The other system is a subscriber too."""
    office.register(receiver, client_id="other", name="另一系统")
    unit = unit_actor()
    return {
        "a unit": unit,
        "a sub-account": sub_account_actor(unit.unit_id or uuid7()),
        "a person": person_actor(),
        "one who registers": registrant_actor(),
        "an office": office_actor(),
        "a system": service_actor(),
        "another subscriber": Actor(account_id=account_of_client("other"), kind=Kind.SERVICE),
    }


def ids_of(service: UnderTest, office: Any, town: Any, receiver: Receiver) -> dict[str, str]:
    """A subscriber with a replay, and what waits to be delivered to it."""
    subscriber = office.register(receiver, client_id="archive")
    town.hear(*town.course(town.P))
    asked = office.admin.post(f"/v1/subscribers/{subscriber['id']}/replays", json={"after": 0})
    assert asked.status_code == 201, asked.json
    with service.service.sessions() as session:
        delivery = session.scalar(sa.select(sa.func.max(Delivery.id)))
    return {"subscriber_id": subscriber["id"], "delivery_id": str(delivery)}


def test_a_true_id_opens_nothing_to_those_whom_it_does_not_concern(
    service: UnderTest, office: Any, town: Any, receiver: Receiver
) -> None:
    ids = ids_of(service, office, town, receiver)
    assert [route for route, names in routes(service) if not names <= ids.keys()] == []
    assert try_all(service, ids, strangers(office, receiver), {}).opened == []


def test_no_list_tells_a_stranger_of_it(service: UnderTest, office: Any, town: Any, receiver: Receiver) -> None:
    ids = ids_of(service, office, town, receiver)
    assert said(service, {"subscriber_id": ids["subscriber_id"]}, strangers(office, receiver), {}) == []
