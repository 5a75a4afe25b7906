"""What is older than it is kept goes, a little at a time; what somebody still needs stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shenbao_common.testing.receiver import Receiver
from shenbao_common.testing.service import UnderTest
from shenbao_subscriptions.actions import keeping
from shenbao_subscriptions.actions.dispatching import Dispatcher


def clean(service: UnderTest, *, days: int) -> int:
    with service.service.sessions.begin() as session:
        return keeping.clean(session, now=datetime.now(UTC) + timedelta(days=days))


def count(service: UnderTest, table: str) -> int:
    with service.service.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608


def test_deliveries_go_after_30_days_and_the_log_after_400(
    service: UnderTest, town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher, clock: Any
) -> None:
    clock.now = datetime.now(UTC)
    office.register(receiver)
    before = count(service, "log")
    town.hear(*town.course(town.P))
    dispatcher.work_off()
    assert clean(service, days=29) == 0
    assert clean(service, days=31) == 4
    assert (count(service, "delivery"), count(service, "log")) == (0, before + 4)
    assert clean(service, days=399) == 0
    assert clean(service, days=401) == before + 4
    assert count(service, "log") == 0


def test_what_was_not_delivered_is_kept_with_its_part_of_the_log(
    service: UnderTest, town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    office.register(receiver)
    receiver.answer = 500
    before = count(service, "log")
    town.hear(*town.course(town.P))
    dispatcher.work_off()
    assert clean(service, days=500) == before, "the past that nobody waits for"
    assert (count(service, "delivery"), count(service, "log")) == (4, 4)


def test_what_waited_for_a_removed_subscriber_goes(
    service: UnderTest, town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    subscriber = office.register(receiver)
    receiver.answer = 500
    town.hear(*town.course(town.P))
    dispatcher.work_off()
    assert office.change(subscriber, method="DELETE").status_code == 204
    assert clean(service, days=0) == 4
    assert count(service, "delivery") == 0
