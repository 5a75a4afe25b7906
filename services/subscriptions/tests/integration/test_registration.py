"""Administrators register, edit, pause and remove subscribing systems; nobody else so much as sees them."""

from typing import Any

import pytest

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor, service_actor, sub_account_actor, unit_actor
from shenbao_common.testing.receiver import Receiver
from shenbao_common.testing.service import UnderTest, count_queries
from shenbao_subscriptions.actions.dispatching import Dispatcher

HOOK = {"url": "https://archive.example.gov.cn/events"}


def codes(answer: Any) -> set[tuple[str, str]]:
    return {(error["code"], error["path"]) for error in answer.json["errors"]}


def test_a_registered_webhook_is_shown_with_its_filter_and_without_its_secret(office: Any) -> None:
    webhook = {**HOOK, "auth": "oauth2", "client_id": "shenbao", "client_secret": "s3cret-of-theirs"}
    webhook["token_url"] = "https://archive.example.gov.cn/token"
    body = {"types": ["review.step_passed.v1"], "years": [2014, 2014], "bodies": [str(uuid7())], "results": ["passed"]}
    made = office.register(channel="webhook", webhook=webhook, client_id="archive", filter=body)
    shown = office.admin.get(f"/v1/subscribers/{made['id']}")
    assert "s3cret" not in shown.text
    assert shown.json["filter"] == {**body, "years": [2014], "programmes": [], "steps": []}
    assert (shown.json["state"], shown.json["url"], shown.json["auth"]) == ("active", HOOK["url"], "oauth2")
    assert [s["name"] for s in office.admin.get("/v1/subscribers").json["items"]] == ["档案馆"]


def test_secrets_are_unreadable_in_the_database(service: UnderTest, office: Any) -> None:
    webhook = {**HOOK, "auth": "oauth2", "client_id": "shenbao", "client_secret": "s3cret-of-theirs"}
    office.register(channel="webhook", webhook=webhook | {"token_url": HOOK["url"]})
    with service.service.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM subscriber").all()
        answers = connection.exec_driver_sql("SELECT answer FROM request_key").all()
    assert b"s3cret" not in repr([rows, answers]).encode()


def test_every_fault_of_a_registration_is_named_at_once(office: Any) -> None:
    body = {
        "name": " ",
        "channel": "carrier_pigeon",
        "filter": {"years": ["soon"], "bodies": ["x"], "results": ["great"], "colour": []},
    }
    refused = office.admin.post("/v1/subscribers", json=body)
    assert refused.status_code == 422
    assert codes(refused) == {
        ("required", "name"),
        ("unknown_choice", "channel"),
        ("wrong_type", "filter.years.0"),
        ("wrong_type", "filter.bodies.0"),
        ("unknown_choice", "filter.results.0"),
        ("unknown_field", "filter.colour"),
    }


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"channel": "webhook"}, {("required", "webhook")}),
        ({"channel": "feed"}, {("required", "client_id")}),
        ({"channel": "feed", "client_id": "a", "webhook": HOOK}, {("not_for_this_channel", "webhook")}),
        ({"channel": "amqp"}, {("no_broker", "channel")}),
        (
            {"channel": "webhook", "webhook": HOOK, "filter": {"types": ["units.unit_registered.v1", "no.such.v1"]}},
            {("unknown_choice", "filter.types.1")},
        ),
        (
            {"channel": "webhook", "webhook": {**HOOK, "auth": "oauth2", "certificate": "x"}},
            {
                ("required", "webhook.token_url"),
                ("required", "webhook.client_id"),
                ("required", "webhook.client_secret"),
                ("not_for_this_way", "webhook.certificate"),
            },
        ),
        (
            {"channel": "webhook", "webhook": {**HOOK, "auth": "mtls", "certificate": "x", "private_key": "y"}},
            {("wrong_format", "webhook.certificate")},
        ),
    ],
)
def test_what_a_channel_cannot_do_with_is_refused(
    office: Any, more: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    refused = office.admin.post("/v1/subscribers", json={"name": "档案馆", **more})
    assert refused.status_code == 422
    assert codes(refused) == expected


def test_a_name_and_a_client_are_taken_once_and_free_again_after_removal(office: Any) -> None:
    made = office.register(channel="feed", client_id="archive")
    same_name = {"name": "档案馆", "channel": "feed", "client_id": "other"}
    same_client = {"name": "另一系统", "channel": "feed", "client_id": "archive"}
    for body, code in ((same_name, "subscriber_name_taken"), (same_client, "client_taken")):
        refused = office.admin.post("/v1/subscribers", json=body)
        assert (refused.status_code, refused.json["code"]) == (409, code)
    assert office.change(made, method="DELETE").status_code == 204
    assert office.admin.get(f"/v1/subscribers/{made['id']}").status_code == 404
    office.register(channel="feed", client_id="archive")


def test_an_edit_needs_the_present_etag(office: Any) -> None:
    made = office.register(channel="feed", client_id="archive")
    path = f"/v1/subscribers/{made['id']}"
    assert office.admin.patch(path, json={"name": "x"}).status_code == 428
    assert office.admin.patch(path, json={"name": "x"}, headers={"If-Match": '"99"'}).status_code == 412
    assert office.change(made, name="城建档案馆").json["name"] == "城建档案馆"


def test_progress_does_not_make_an_editors_page_stale(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    made = office.register(receiver)
    etag = office.admin.get(f"/v1/subscribers/{made['id']}").headers["ETag"]
    town.hear(*town.course(town.P))
    dispatcher.work_off()
    assert office.look(made)["delivered_position"] == office.look(made)["head"]
    saved = office.admin.patch(f"/v1/subscribers/{made['id']}", json={"name": "新名"}, headers={"If-Match": etag})
    assert saved.status_code == 200


def test_an_edited_filter_and_address_count_from_the_next_event_on(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    made = office.register(receiver, filter={"programmes": [town.Q]})
    town.hear(*town.course(town.P))
    dispatcher.work_off()
    assert receiver.taken == []
    with Receiver() as elsewhere:
        changed = office.change(made, filter={"programmes": [town.P]}, webhook={"url": elsewhere.url})
        assert changed.status_code == 200
        town.hear(*town.course(town.P))
        dispatcher.work_off()
        assert (len(elsewhere.taken), receiver.taken) == (4, [])


def test_a_paused_subscriber_gets_nothing_and_catches_up_when_resumed(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    made = office.register(receiver, client_id="archive")
    office.set_state(made, "paused")
    town.hear(*town.course(town.P))
    dispatcher.work_off()
    assert receiver.posts == []
    refused = office.system("archive").get("/v1/subscribers/mine/events")
    assert (refused.status_code, refused.json["code"]) == (409, "subscriber_paused")
    office.set_state(made, "active")
    dispatcher.work_off()
    assert len(receiver.taken) == 4


def test_a_removed_subscriber_gets_nothing_more(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    made = office.register(receiver, client_id="archive")
    town.hear(*town.course(town.P))
    assert office.change(made, method="DELETE").status_code == 204
    dispatcher.work_off()
    assert receiver.posts == []
    assert office.system("archive").get("/v1/subscribers/mine/events").status_code == 404


STRANGERS = [unit_actor(), sub_account_actor(uuid7()), office_actor(), person_actor(), service_actor()]


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda a: a.kind.value)
def test_nobody_but_an_administrator_with_the_permission_manages_subscribers(
    service: UnderTest, office: Any, stranger: Actor
) -> None:
    made = office.register(channel="feed", client_id="archive")
    client = service.client(stranger)
    path = f"/v1/subscribers/{made['id']}"
    for method, address, body in (
        ("GET", "/v1/options", None),
        ("GET", "/v1/subscribers", None),
        ("POST", "/v1/subscribers", {"name": "x", "channel": "feed", "client_id": "x"}),
        ("GET", path, None),
        ("PATCH", path, {"name": "x"}),
        ("PUT", f"{path}/state", {"state": "paused"}),
        ("DELETE", path, None),
        ("POST", f"{path}/replays", {}),
        ("GET", f"{path}/replays", None),
        ("GET", "/v1/deliveries", None),
        ("POST", "/v1/deliveries/1/skip", None),
    ):
        assert client.open(address, method=method, json=body).status_code == 403, (method, address)


def test_an_administrator_without_the_permission_is_refused(service: UnderTest) -> None:
    other = Actor(account_id=uuid7(), kind=Kind.ADMIN, permissions=frozenset({"account.manage"}))
    assert service.client(other).get("/v1/subscribers").status_code == 403


def test_whoever_operates_events_reads_deliveries_and_manages_nothing(service: UnderTest, office: Any) -> None:
    made = office.register(channel="feed", client_id="archive")
    operator = service.client(Actor(account_id=uuid7(), kind=Kind.ADMIN, permissions=frozenset({"events.operate"})))
    assert operator.get("/v1/deliveries?state=pending").status_code == 200
    assert operator.get(f"/v1/subscribers/{made['id']}").status_code == 403
    assert operator.post("/v1/deliveries/1/skip").status_code == 403


def test_a_system_sees_itself_and_no_other(town: Any, office: Any) -> None:
    office.register(channel="feed", client_id="archive", filter={"programmes": [town.P]})
    office.register(channel="feed", client_id="statistics", name="统计局", filter={"programmes": [town.Q]})
    town.hear(*town.course(town.P), *town.course(town.Q)[:2])
    archive, statistics = office.system("archive"), office.system("statistics")
    assert (archive.get("/v1/subscribers/mine").json["name"], statistics.get("/v1/subscribers/mine").json["name"]) == (
        "档案馆",
        "统计局",
    )
    seen = {
        frozenset(e["data"].get("programme") for e in s.get("/v1/subscribers/mine/events").json["events"])
        for s in (archive, statistics)
    }
    assert seen == {frozenset({town.P, None}), frozenset({town.Q, None})}


@pytest.mark.parametrize("path", ["", "/events", "/replays"])
def test_a_system_that_is_not_registered_finds_nothing(office: Any, path: str) -> None:
    office.register(channel="feed", client_id="archive")
    assert office.system("stranger").get(f"/v1/subscribers/mine{path}").status_code == 404


def test_people_have_no_feed(service: UnderTest, office: Any) -> None:
    assert office.admin.get("/v1/subscribers/mine/events").status_code == 403
    assert service.client(unit_actor()).get("/v1/subscribers/mine").status_code == 403


def test_deliveries_are_found_by_subscriber_subject_and_state(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    with Receiver() as other:
        first, second = office.register(receiver), office.register(other, name="另一系统")
        other.answer = 500
        which = uuid7()
        town.hear(*town.course(town.P, which), *town.course(town.P))
        dispatcher.work_off()
        found = office.admin.get("/v1/deliveries", query_string={"subject": str(which), "limit": 100}).json["items"]
        assert len(found) == 8
        failing = {"subscriber_id": second["id"], "state": "pending", "limit": 100}
        pending = office.admin.get("/v1/deliveries", query_string=failing).json["items"]
        assert {d["subscriber_id"] for d in pending} == {second["id"]}
        assert {d["error"] for d in pending} == {"http_500", None}
        done = {"subscriber_id": first["id"], "state": "delivered", "limit": 100}
        assert len(office.admin.get("/v1/deliveries", query_string=done).json["items"]) == 8


def test_a_list_costs_the_same_queries_however_long_the_past(service: UnderTest, town: Any, office: Any) -> None:
    office.register(channel="feed", client_id="archive")
    with count_queries(service) as few:
        office.admin.get("/v1/deliveries")
    for _ in range(5):
        town.hear(*town.course(town.P))
    with count_queries(service) as many:
        office.admin.get("/v1/deliveries")
    assert len(many) == len(few)


def test_the_same_key_registers_once(office: Any) -> None:
    body = {"name": "档案馆", "channel": "feed", "client_id": "archive"}
    answers = [
        office.admin.post("/v1/subscribers", json=body, headers={"Idempotency-Key": "twice-clicked"}) for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json["id"] == answers[1].json["id"]
