"""Webhooks: everything that fits, in order per application, signed, however often the receiver falls silent (B-21)."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.receiver import Post, Receiver
from shenbao_common.testing.service import UnderTest
from shenbao_subscriptions.actions.dispatching import Dispatcher


def types_by_application(events: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for event in events:
        found[event["subject"]].append(event["type"].removeprefix("cn.shenbao."))
    return found


COURSE = ["applications.submitted.v1", "review.step_opened.v1", "review.step_passed.v1", "applications.approved.v1"]


@pytest.mark.req("B-21")
def test_after_ten_minutes_of_500_it_has_every_event_of_p_in_order_and_none_of_another(
    service: UnderTest, town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher, clock: Any
) -> None:
    subscriber = office.register(receiver, filter={"programmes": [town.P]})
    ours, others = [uuid7() for _ in range(12)], [uuid7() for _ in range(5)]
    receiver.answer = 500
    for minute in range(10):
        # Every application takes its next step while the receiver is away; the events come mixed.
        courses = [town.course(town.P, a) for a in ours] + [town.course(town.Q, a) for a in others]
        town.hear(*[course[minute // 2] for course in courses if minute % 2 == 0 and minute // 2 < 4])
        dispatcher.work_off()
        clock.forward(minutes=1)
    assert receiver.taken == []
    away = office.look(subscriber)
    assert (away["state"], away["error"]) == ("active", "http_500")
    assert away["failures"] >= 3
    assert "shenbao_subscribers_failing 1.0" in office.admin.get("/metrics").text

    receiver.answer = 204
    clock.forward(minutes=5)
    dispatcher.work_off()
    courses_taken = types_by_application(receiver.events())
    assert courses_taken == {str(application): COURSE for application in ours}
    jwks = service.client().get("/.well-known/jwks.json").json
    assert all(post.is_signed_by(jwks) for post in receiver.taken)
    well = office.look(subscriber)
    assert (well["failures"], well["waiting"], well["filled_to"]) == (0, 0, well["head"])


def test_an_altered_body_is_not_what_was_signed(
    service: UnderTest, town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    office.register(receiver)
    town.hear(town.begun(town.P, uuid7()))
    dispatcher.work_off()
    (post,) = receiver.taken
    jwks = service.client().get("/.well-known/jwks.json").json
    altered = Post(post.path, post.headers, post.body.replace(town.P.encode(), town.Q.encode()))
    assert altered.body != post.body
    with pytest.raises(Exception, match="bad_signature"):
        altered.is_signed_by(jwks)


def test_an_event_that_is_refused_again_and_again_holds_up_its_application_only(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher, clock: Any
) -> None:
    office.register(receiver)
    bad, good = uuid7(), uuid7()
    receiver.answer = lambda post: 422 if post.event["subject"] == str(bad) else 204
    for step in range(4):
        town.hear(town.course(town.P, bad)[step], town.course(town.P, good)[step])
        dispatcher.work_off()
        clock.forward(minutes=20)
    assert types_by_application(receiver.events()) == {str(good): COURSE}
    assert {post.event["type"] for post in receiver.posts if post.event["subject"] == str(bad)} == {
        "cn.shenbao.applications.submitted.v1"
    }


def test_what_is_refused_for_a_day_pauses_its_subscriber_and_can_be_skipped(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher, clock: Any
) -> None:
    subscriber = office.register(receiver)
    bad = uuid7()
    receiver.answer = lambda post: 422 if "submitted" in post.event["type"] else 204
    town.hear(*town.course(town.P, bad))
    hours = 0
    while office.look(subscriber)["state"] == "active":
        dispatcher.work_off()
        clock.forward(hours=1)
        hours += 1
    assert 20 <= hours <= 32
    assert office.look(subscriber)["pause"] in {"event_refused", "repeated_failure"}
    assert receiver.taken == []
    (first,) = [d for d in office.admin.get(f"/v1/deliveries?subject={bad}").json["items"] if "submitted" in d["type"]]
    assert (first["state"], first["error"]) == ("pending", "http_422")
    assert office.admin.post(f"/v1/deliveries/{first['id']}/skip").json["state"] == "skipped"
    assert office.admin.post(f"/v1/deliveries/{first['id']}/skip").json["code"] == "delivery_done"
    assert office.admin.post(f"/v1/deliveries/{2**63}/skip").status_code == 404
    office.set_state(subscriber, "active")
    dispatcher.work_off()
    assert types_by_application(receiver.events()) == {str(bad): COURSE[1:]}


def test_a_subscriber_that_takes_nothing_for_a_day_is_paused_and_catches_up_when_resumed(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher, clock: Any
) -> None:
    subscriber = office.register(receiver)
    applications = [uuid7() for _ in range(20)]
    town.hear(*(town.begun(town.P, a) for a in applications))
    receiver.answer = 503
    for _ in range(26):
        dispatcher.work_off()
        clock.forward(hours=1)
    paused = office.look(subscriber)
    assert (paused["state"], paused["pause"]) == ("paused", "repeated_failure")
    asked = len(receiver.posts)
    town.hear(*(event for a in applications for event in town.course(town.P, a)))
    dispatcher.work_off()
    assert len(receiver.posts) == asked, "a paused subscriber is left alone"
    receiver.answer = 200
    office.set_state(subscriber, "active")
    dispatcher.work_off()
    expected = {str(a): ["applications.created.v1", *COURSE] for a in applications}
    assert types_by_application(receiver.events()) == expected


def test_a_receiver_that_is_away_is_asked_by_one_delivery_at_a_time(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher, clock: Any
) -> None:
    office.register(receiver)
    town.hear(*(town.begun(town.P, uuid7()) for _ in range(50)))
    receiver.answer = 500
    dispatcher.work_off()
    at_first = len(receiver.posts)
    assert at_first <= 12
    for minute in range(1, 6):
        clock.forward(minutes=1)
        dispatcher.work_off()
        assert len(receiver.posts) - at_first <= minute


def test_a_receiver_that_asks_for_time_gets_it(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher, clock: Any
) -> None:
    office.register(receiver)
    town.hear(town.begun(town.P, uuid7()))
    receiver.answer, receiver.headers = 429, {"Retry-After": "600"}
    dispatcher.work_off()
    receiver.answer, receiver.headers = 204, {}
    clock.forward(seconds=599)
    town.hear(town.begun(town.P, uuid7()))
    dispatcher.work_off()
    assert receiver.taken == [], "other events wait too"
    clock.forward(seconds=2)
    dispatcher.work_off()
    assert len(receiver.taken) == 2


def test_a_receiver_that_is_gone_for_good_is_paused_at_once(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    subscriber = office.register(receiver)
    town.hear(town.begun(town.P, uuid7()))
    receiver.answer = 410
    dispatcher.work_off()
    assert office.look(subscriber)["pause"] == "gone"
    assert 'shenbao_subscribers_paused{reason="gone"} 1.0' in office.admin.get("/metrics").text


def test_a_redirect_is_not_followed_and_counts_as_refused(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    subscriber = office.register(receiver)
    town.hear(town.begun(town.P, uuid7()))
    receiver.answer, receiver.headers = 307, {"Location": receiver.url + "/elsewhere"}
    dispatcher.work_off()
    assert {post.path for post in receiver.posts} == {"/events"}
    assert office.look(subscriber)["error"] == "http_307"


def test_a_worker_that_dies_after_sending_sends_again_and_loses_nothing(
    town: Any, office: Any, receiver: Receiver, make_dispatcher: Callable[[], Dispatcher]
) -> None:
    office.register(receiver)
    applications = [uuid7() for _ in range(30)]
    town.hear(*(event for a in applications for event in town.course(town.P, a)))

    class Killed(Exception):
        """Stands for the end of the process between the answer and the commit."""

    def die(*_: object) -> None:
        raise Killed

    dying = make_dispatcher()
    dying._keep = die  # type: ignore[assignment, method-assign]
    with pytest.raises(Killed):
        dying.work_off()
    sent_before = len(receiver.taken)
    assert sent_before > 0
    make_dispatcher().work_off()
    seen: dict[str, None] = {}
    for event in receiver.events():
        seen.setdefault(event["id"])
    first_of_each = [next(e for e in receiver.events() if e["id"] == i) for i in seen]
    assert types_by_application(first_of_each) == {str(a): COURSE for a in applications}
    assert len(receiver.taken) == len(seen) + sent_before


def test_every_try_of_an_event_bears_the_same_id(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher, clock: Any
) -> None:
    office.register(receiver)
    town.hear(town.begun(town.P, uuid7()))
    receiver.answer = 500
    dispatcher.work_off()
    clock.forward(minutes=1)
    receiver.answer = 204
    dispatcher.work_off()
    assert len(receiver.posts) == 2
    assert len({post.event["id"] for post in receiver.posts}) == 1
    assert UUID(receiver.posts[0].event["subscriber"])
