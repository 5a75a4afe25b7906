"""A subscriber's queue on a real RabbitMQ: filled in order, and the only thing that its user may read (B-21)."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pika
import pytest
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_common.testing.service import ServiceFactory, UnderTest
from shenbao_subscriber.event import from_message
from shenbao_subscriptions.actions.dispatching import Dispatcher
from shenbao_subscriptions.actions.porting import Porter
from shenbao_subscriptions.app import create_app
from shenbao_subscriptions.domain.passwords import VIRTUAL_HOST
from shenbao_subscriptions.settings import Settings

ACCESS_REFUSED = 403
COURSE = ["submitted", "step_opened", "step_passed", "approved"]


@pytest.fixture(scope="module")
def managed() -> Iterator[PrivateRabbit]:
    """A broker of this module's own, with its management API."""
    broker = PrivateRabbit(management=True)
    try:
        yield broker.start()
    finally:
        broker.close()


@pytest.fixture(scope="module")
def with_broker(service_factory: ServiceFactory, managed: PrivateRabbit) -> UnderTest:
    own = {"SHENBAO_BROKER_URL": managed.url, "SUBSCRIPTIONS_BROKER_API_URL": managed.api_url}
    return service_factory("subscriptions", create_app, Settings, own_env=own)


@pytest.fixture
def service(with_broker: UnderTest) -> UnderTest:
    with_broker.clear()
    return with_broker


@pytest.fixture
def porter(service: UnderTest, managed: PrivateRabbit, clock: Any) -> Iterator[Porter]:
    made = Porter(service.service.sessions, managed.url, managed.api_url, now=clock)
    yield made
    made.close()


@pytest.fixture
def deliver(porter: Porter, dispatcher: Dispatcher) -> Callable[[], None]:
    def all_of_it() -> None:
        porter.work_off()
        while dispatcher._fill() or porter.work_off():
            pass

    return all_of_it


def parameters(managed: PrivateRabbit, made: dict[str, Any], vhost: str = VIRTUAL_HOST) -> pika.ConnectionParameters:
    credentials = pika.PlainCredentials(made["queue"], made["password"])
    return pika.ConnectionParameters("127.0.0.1", managed.port, vhost, credentials, connection_attempts=1)


def messages(managed: PrivateRabbit, made: dict[str, Any]) -> list[tuple[Any, bytes]]:
    """Everything in the queue, consumed by the subscriber's own user."""
    with pika.BlockingConnection(parameters(managed, made)) as connection:
        channel = connection.channel()
        found = []
        for method, properties, body in channel.consume(made["queue"], inactivity_timeout=0.3):
            if method is None:
                channel.cancel()
                return found
            found.append((properties, body))
            channel.basic_ack(method.delivery_tag)
    return found


def drained(managed: PrivateRabbit, made: dict[str, Any]) -> list[Any]:
    """The same, as libs/subscriber reads it."""
    return [from_message(properties.headers, body) for properties, body in messages(managed, made)]


@pytest.mark.req("B-21")
def test_a_queue_holds_everything_of_its_programme_in_order_and_nothing_of_another(
    town: Any, office: Any, managed: PrivateRabbit, deliver: Callable[[], None]
) -> None:
    made = office.register(channel="amqp", filter={"programmes": [town.P]})
    ours, others = [uuid7() for _ in range(60)], [uuid7() for _ in range(10)]
    courses = [town.course(town.P, a) for a in ours] + [town.course(town.Q, a) for a in others]
    for step in range(4):
        town.hear(*(course[step] for course in courses))
    deliver()
    by_application: dict[str, list[str]] = defaultdict(list)
    for event in drained(managed, made):
        assert not event.replayed
        by_application[event.subject].append(event.type.split(".")[1])
    assert by_application == {str(a): COURSE for a in ours}


def test_a_replay_into_a_queue_is_marked(
    town: Any, office: Any, managed: PrivateRabbit, deliver: Callable[[], None]
) -> None:
    town.hear(*town.course(town.P))
    made = office.register(channel="amqp", filter={"types": [e.type for e in town.course(town.P)]})
    office.admin.post(f"/v1/subscribers/{made['id']}/replays", json={})
    deliver()
    assert [event.replayed for event in drained(managed, made)] == [True] * 4


def test_the_subscribers_user_can_read_its_queue_and_do_nothing_else(
    town: Any, office: Any, managed: PrivateRabbit, deliver: Callable[[], None]
) -> None:
    made = office.register(channel="amqp")
    other = office.register(channel="amqp", name="另一系统")
    deliver()
    refused_acts: list[Callable[[Any], object]] = [
        lambda c: c.basic_get(other["queue"]),
        lambda c: c.basic_consume(other["queue"], lambda *_: None),
        lambda c: c.queue_purge(other["queue"]),
        lambda c: c.queue_delete(made["queue"]),
        lambda c: c.queue_delete(other["queue"]),
        lambda c: c.queue_declare("of-its-own", durable=True),
        lambda c: c.exchange_declare("of-its-own", "topic"),
        lambda c: c.queue_bind(made["queue"], "amq.topic", "#"),
    ]
    with pika.BlockingConnection(parameters(managed, made)) as connection:
        for act in refused_acts:
            channel = connection.channel()
            with pytest.raises(ChannelClosedByBroker) as refused:
                act(channel)
            assert refused.value.reply_code == ACCESS_REFUSED
        channel = connection.channel()
        channel.confirm_delivery()
        with pytest.raises(ChannelClosedByBroker) as refused:
            channel.basic_publish("", other["queue"], b"{}")
        assert refused.value.reply_code == ACCESS_REFUSED
    assert messages(managed, made) == [], "that it may"


def test_the_subscribers_user_has_no_way_to_the_bus_itself(
    office: Any, managed: PrivateRabbit, deliver: Callable[[], None]
) -> None:
    made = office.register(channel="amqp")
    deliver()
    with pytest.raises(AMQPConnectionError):
        pika.BlockingConnection(parameters(managed, made, vhost="/"))
    with pytest.raises(AMQPConnectionError):
        pika.BlockingConnection(parameters(managed, {**made, "password": "wrong"}))


def test_a_new_password_takes_the_place_of_the_old_and_neither_is_kept(
    service: UnderTest, office: Any, managed: PrivateRabbit, deliver: Callable[[], None]
) -> None:
    made = office.register(channel="amqp")
    deliver()
    renewed = office.change(made, "/password", "POST")
    assert renewed.status_code == 201
    deliver()
    with pytest.raises(AMQPConnectionError):
        pika.BlockingConnection(parameters(managed, made))
    assert drained(managed, renewed.json) == []
    assert "password" not in office.look(made)
    with service.service.engine.connect() as connection:
        rows = repr(connection.exec_driver_sql("SELECT * FROM subscriber").all())
    assert made["password"] not in rows
    assert renewed.json["password"] not in rows


def test_a_deleted_queue_is_made_anew_and_what_was_not_in_it_comes(
    town: Any, office: Any, managed: PrivateRabbit, deliver: Callable[[], None], clock: Any
) -> None:
    made = office.register(channel="amqp", filter={"programmes": [town.P]})
    deliver()
    address = pika.URLParameters(f"amqp://guest:guest@127.0.0.1:{managed.port}/{VIRTUAL_HOST}")
    with pika.BlockingConnection(address) as connection:
        connection.channel().queue_delete(made["queue"])
    town.hear(*town.course(town.P))
    deliver()
    assert office.look(made)["error"] == "queue_refused"
    clock.forward(minutes=1)
    deliver()
    assert [e.type.split(".")[1] for e in drained(managed, made)] == [
        "submitted",
        "step_opened",
        "step_passed",
        "approved",
    ]


def test_a_removed_subscribers_queue_and_user_are_gone(
    office: Any, managed: PrivateRabbit, deliver: Callable[[], None]
) -> None:
    made = office.register(channel="amqp")
    deliver()
    assert drained(managed, made) == []
    assert office.change(made, method="DELETE").status_code == 204
    deliver()
    with pytest.raises(AMQPConnectionError):
        pika.BlockingConnection(parameters(managed, made))
    assert made["queue"] not in managed.control("list_queues", "-p", VIRTUAL_HOST, "name")


def test_only_a_queue_has_a_password(office: Any) -> None:
    made = office.register(channel="feed", client_id="reader")
    refused = office.change(made, "/password", "POST")
    assert (refused.status_code, refused.json["code"]) == (409, "no_queue")


def test_messages_are_cloudevents_for_others_too(
    town: Any, office: Any, managed: PrivateRabbit, deliver: Callable[[], None]
) -> None:
    made = office.register(channel="amqp")
    town.hear(town.begun(town.P, uuid7()))
    deliver()
    ((properties, body),) = messages(managed, made)
    assert properties.delivery_mode == 2
    assert properties.headers["cloudEvents:type"] == "cn.shenbao.applications.created.v1"
    assert properties.headers["cloudEvents:subscriber"] == made["id"]
    assert json.loads(body)["programme"] == town.P
