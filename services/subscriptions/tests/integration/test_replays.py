"""The past: read by position, time, type and application, and sent once more to one subscriber (B-22)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.receiver import Receiver
from shenbao_subscriptions.actions.dispatching import Dispatcher


@pytest.mark.req("B-22")
def test_a_late_subscriber_gets_the_1000_events_it_may_see_as_replay_and_nobody_else_any(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    with Receiver() as other:
        may_hear = {"programmes": [town.P], "types": [event.type for event in town.course(town.P)]}
        office.register(other, name="另一系统", filter=may_hear)
        for _ in range(250):
            town.hear(*town.course(town.P), *town.course(town.Q)[:1])
        dispatcher.work_off()
        assert len(other.taken) == 1000
        late = office.register(receiver, client_id="late-system", filter=may_hear)
        dispatcher.work_off()
        assert receiver.taken == []

        asked = office.system("late-system").post("/v1/subscribers/mine/replays", json={"after": 0})
        assert asked.status_code == 201
        dispatcher.work_off()
        assert len({event["id"] for event in receiver.events()}) == len(receiver.taken) == 1000
        assert all(event["replayed"] is True for event in receiver.events())
        assert {event["subscriber"] for event in receiver.events()} == {late["id"]}
        assert len(other.taken) == 1000, "no other subscriber receives any"
    (replay,) = office.system("late-system").get("/v1/subscribers/mine/replays").json["items"]
    assert (replay["state"], replay["filled_to"]) == ("done", replay["until"])
    town.hear(*town.course(town.P)[:1])
    dispatcher.work_off()
    assert "replayed" not in receiver.events()[-1], "what is told now is no replay"


def test_a_replay_keeps_the_order_of_each_application(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    applications = [uuid7() for _ in range(120)]
    courses = [town.course(town.P, a) for a in applications]
    for step in range(4):
        town.hear(*(course[step] for course in courses))
    subscriber = office.register(receiver)
    office.admin.post(f"/v1/subscribers/{subscriber['id']}/replays", json={"types": [e.type for e in courses[0]]})
    dispatcher.work_off()
    for application in applications:
        told = [int(e["position"]) for e in receiver.events() if e["subject"] == str(application)]
        assert len(told) == 4
        assert told == sorted(told)


def test_a_chosen_part_is_replayed_and_no_more(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    which = uuid7()
    town.hear(*town.course(town.P), *town.course(town.P, which), *town.course(town.P))
    subscriber = office.register(receiver)
    ask = f"/v1/subscribers/{subscriber['id']}/replays"
    wanted = {"subject": str(which), "types": ["review.step_passed.v1", "applications.approved.v1"]}
    assert office.admin.post(ask, json=wanted).status_code == 201
    dispatcher.work_off()
    assert [event["type"].split(".")[-2] for event in receiver.events()] == ["step_passed", "approved"]
    head = office.look(subscriber)["head"]
    assert office.admin.post(ask, json={"after": head - 1, "until": head}).status_code == 201
    dispatcher.work_off()
    assert int(receiver.events()[-1]["position"]) == head
    assert len(receiver.taken) == 3


def test_two_replays_of_one_subscriber_run_one_after_the_other(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    town.hear(*town.course(town.P))
    subscriber = office.register(receiver)
    for _ in range(2):
        office.admin.post(f"/v1/subscribers/{subscriber['id']}/replays", json={"types": ["review.step_opened.v1"]})
    dispatcher.work_off()
    assert len(receiver.taken) == 2
    assert len({event["id"] for event in receiver.events()}) == 1


def read(system: Any, **query: Any) -> list[dict[str, Any]]:
    """The whole feed, page by page."""
    events: list[dict[str, Any]] = []
    after = 0
    while True:
        page = system.get("/v1/subscribers/mine/events", query_string={"after": after, "limit": 7, **query}).json
        events += page["events"]
        if page["next"] >= page["head"]:
            return events
        after = page["next"]


@pytest.mark.req("B-22")
def test_the_feed_is_read_by_position_time_type_and_application(town: Any, office: Any) -> None:
    office.register(channel="feed", client_id="reader", filter={"programmes": [town.P]})
    which = uuid7()
    for application in (uuid7(), which, uuid7()):
        town.hear(*town.course(town.P, application), *town.course(town.Q))
    system = office.system("reader")
    everything = read(system)
    positions = [int(event["position"]) for event in everything]
    assert len(everything) == 3 * 4 + 2, "the courses of three applications, and the projects of two years"
    assert positions == sorted(positions)
    assert [e["subject"] for e in read(system, subject=str(which))] == [str(which)] * 4
    opened = read(system, types="review.step_opened.v1")
    assert {e["type"] for e in opened} == {"cn.shenbao.review.step_opened.v1"}
    assert len(opened) == 3
    soon = datetime.now(UTC) + timedelta(hours=1)
    assert read(system, since=soon.isoformat()) == []
    assert len(read(system, since=(soon - timedelta(hours=2)).isoformat())) == len(everything)


def test_a_feed_can_be_read_in_small_pages_through_a_long_past_of_others(town: Any, office: Any) -> None:
    office.register(channel="feed", client_id="reader", filter={"programmes": [town.P], "years": [2014]})
    for _ in range(10):
        town.hear(*town.course(town.Q))
    town.hear(*town.course(town.P))
    assert len(read(office.system("reader"))) == 5


def test_a_subscriber_that_reads_is_given_no_replay(town: Any, office: Any) -> None:
    office.register(channel="feed", client_id="reader")
    refused = office.system("reader").post("/v1/subscribers/mine/replays", json={})
    assert (refused.status_code, refused.json["code"]) == (409, "nothing_to_replay")
