"""A unit's sub-accounts: ticks, batch, state, removal; nobody else's."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.applications import ApplicationCreatedV1, ApplicationDeletedV1
from shenbao_common.contracts.units import (
    SubAccountCreatedV1,
    SubAccountDeletedV1,
    SubAccountPermissionsChangedV1,
    SubAccountStateChangedV1,
)
from shenbao_common.kernel.actor import SUB_ACCOUNT_PERMISSIONS, Actor
from shenbao_common.testing.actors import sub_account_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_units.actions import sub_accounts

PATH = "/v1/sub-accounts"
FILL = ["application.fill", "application.print"]
Registered = Callable[..., Actor]
SubTicket = Callable[..., str]


def change(units: UnderTest, who: Actor, account: dict[str, Any], **body: Any) -> Any:
    tag = {"If-Match": f'"{account["version"]}"'}
    return units.client(who).patch(f"{PATH}/{account['id']}", json=body, headers=tag)


def set_state(units: UnderTest, who: Actor, account: dict[str, Any], state: str) -> Any:
    path = f"{PATH}/{account['id']}"
    current = units.client(who).get(path)
    tag = {"If-Match": current.headers.get("ETag", '"1"')}
    return units.client(who).put(f"{path}/state", json={"state": state}, headers=tag)


def delete(units: UnderTest, who: Actor, account: dict[str, Any]) -> Any:
    return units.client(who).delete(f"{PATH}/{account['id']}", headers={"If-Match": f'"{account["version"]}"'})


@pytest.mark.req("S4g-24")
def test_an_account_has_exactly_the_ticked_permissions(
    units: UnderTest, unit: Actor, added: Callable[..., dict[str, Any]]
) -> None:
    made = added("unitA1zhangsan", ["application.print", "application.fill"])
    assert (made["username"], made["state"]) == ("unitA1zhangsan", "enabled")
    assert made["permissions"] == ["application.fill", "application.print"]
    shown = units.client(unit).get(f"{PATH}/{made['id']}").json
    assert shown == made
    told = units.told(SubAccountCreatedV1)
    assert [(e.account_id, e.unit_id, e.permissions, e.state, e.revision) for e in told] == [
        (UUID(made["id"]), unit.unit_id, ("application.fill", "application.print"), "enabled", 1)
    ]


@pytest.mark.req("S4g-25")
def test_a_batch_has_equal_permissions_and_changing_one_leaves_four(
    units: UnderTest, unit: Actor, sub_ticket: SubTicket
) -> None:
    names = [f"unitA1{n}" for n in range(1, 6)]
    body = {"tickets": [sub_ticket(unit, name) for name in names], "permissions": FILL}
    made = units.client(unit).post(f"{PATH}/batch", json=body)
    assert made.status_code == 201
    assert [a["username"] for a in made.json["items"]] == ["unitA11", "unitA12", "unitA13", "unitA14", "unitA15"]
    third = made.json["items"][2]
    assert change(units, unit, third, permissions=["application.report"]).status_code == 200
    ticks = {a["username"]: a["permissions"] for a in units.client(unit).get(PATH).json["items"]}
    assert ticks.pop("unitA13") == ["application.report"]
    assert list(ticks.values()) == [FILL] * 4
    assert [(e.account_id, e.revision) for e in units.told(SubAccountPermissionsChangedV1)] == [(UUID(third["id"]), 2)]


@pytest.mark.req("S4g-25")
def test_a_batch_with_one_wrong_ticket_makes_nothing(units: UnderTest, unit: Actor, sub_ticket: SubTicket) -> None:
    body = {"tickets": [sub_ticket(unit, "unitA11"), "forged", "forged"], "permissions": FILL}
    refused = units.client(unit).post(f"{PATH}/batch", json=body)
    assert refused.status_code == 422
    assert {(e["code"], e["path"]) for e in refused.json["errors"]} == {
        ("ticket_invalid", "tickets.1"),
        ("ticket_invalid", "tickets.2"),
    }
    assert units.client(unit).get(PATH).json["items"] == []


def test_a_thousand_are_made_at_once_and_every_wrong_ticket_is_named_at_its_place(
    units: UnderTest, unit: Actor, sub_ticket: SubTicket
) -> None:
    tickets = [sub_ticket(unit, f"unitA1{n}") for n in range(1000)]
    spoilt = [ticket if n % 250 else "forged" for n, ticket in enumerate(tickets)]
    refused = units.client(unit).post(f"{PATH}/batch", json={"tickets": spoilt, "permissions": FILL})
    assert [e["path"] for e in refused.json["errors"]] == [f"tickets.{n}" for n in range(0, 1000, 250)]
    sent = {"json": {"tickets": tickets, "permissions": FILL}, "headers": {"Idempotency-Key": "batch-of-1000"}}
    made = units.client(unit).post(f"{PATH}/batch", **sent)
    assert (made.status_code, len(made.json["items"])) == (201, 1000)
    assert units.client(unit).post(f"{PATH}/batch", **sent).json == made.json
    assert len(units.told(SubAccountCreatedV1)) == 1000
    too_many = {"tickets": [*tickets, tickets[0]], "permissions": FILL}
    assert units.client(unit).post(f"{PATH}/batch", json=too_many).status_code == 422


@pytest.mark.req("S4g-26")
def test_the_catalogue_ends_with_the_two_advised_permissions(units: UnderTest, unit: Actor) -> None:
    items = units.client(unit).get("/v1/permissions").json["items"]
    assert [item["key"] for item in items] == list(SUB_ACCOUNT_PERMISSIONS)
    assert [item["key"] for item in items if item["advised"]] == ["profile.change", "password.change"]
    assert [item["key"] for item in items][-2:] == ["profile.change", "password.change"]


@pytest.mark.req("S4g-26")
def test_an_account_changes_its_own_name_only_with_the_tick(
    units: UnderTest, unit: Actor, added: Callable[..., dict[str, Any]]
) -> None:
    assert unit.unit_id
    made = added()
    account_id = UUID(made["id"])
    without = sub_account_actor(unit.unit_id, "application.fill", account_id=account_id)
    within = sub_account_actor(unit.unit_id, "profile.change", account_id=account_id)
    for who, status in ((without, 403), (within, 200)):
        client = units.client(replace(who, revision=1))
        tag = {"If-Match": client.get(f"{PATH}/mine").headers["ETag"]}
        assert client.patch(f"{PATH}/mine", json={"display_name": "张三"}, headers=tag).status_code == status
    assert units.client(unit).get(f"{PATH}/{made['id']}").json["display_name"] == "张三"


@pytest.mark.req("S4g-27")
def test_the_display_name_is_saved_and_the_user_name_refused(
    units: UnderTest, unit: Actor, added: Callable[..., dict[str, Any]]
) -> None:
    made = added()
    saved = change(units, unit, made, display_name="张三（人事处）")
    assert (saved.status_code, saved.json["display_name"]) == (200, "张三（人事处）")
    refused = change(units, unit, saved.json, username="unitA1lisi")
    assert (refused.status_code, refused.json["errors"]) == (
        422,
        [{"code": "immutable", "path": "username", "params": {}}],
    )
    assert units.client(unit).get(f"{PATH}/{made['id']}").json["username"] == "unitA1zhangsan"
    assert units.told(SubAccountPermissionsChangedV1) == []


@pytest.mark.req("S4g-28")
def test_an_account_with_one_draft_cannot_be_deleted(
    units: UnderTest, unit: Actor, added: Callable[..., dict[str, Any]]
) -> None:
    made = added()
    draft = example_event(ApplicationCreatedV1, unit_id=str(unit.unit_id), filler_id=made["id"])
    units.hear(draft)
    refused = delete(units, unit, made)
    assert (refused.status_code, refused.json["code"]) == (409, "sub_account_has_records")
    units.hear(
        example_event(
            ApplicationDeletedV1,
            application_id=str(draft.application_id),
            unit_id=str(unit.unit_id),
            filler_id=made["id"],
        )
    )
    assert delete(units, unit, made).status_code == 204


@pytest.mark.req("S4g-28")
def test_an_account_without_records_is_gone_and_its_token_void(
    units: UnderTest, unit: Actor, added: Callable[..., dict[str, Any]]
) -> None:
    assert unit.unit_id
    made = added()
    assert delete(units, unit, made).status_code == 204
    assert units.client(unit).get(f"{PATH}/{made['id']}").status_code == 404
    assert units.client(unit).get(PATH).json["items"] == []
    assert [(e.account_id, e.revision) for e in units.told(SubAccountDeletedV1)] == [(UUID(made["id"]), 2)]
    gone = sub_account_actor(unit.unit_id, account_id=UUID(made["id"]))
    assert units.client(gone).get("/v1/permissions").status_code == 401


def test_the_ticket_of_a_deleted_account_cannot_bring_it_back(
    units: UnderTest, unit: Actor, sub_ticket: SubTicket
) -> None:
    body = {"ticket": sub_ticket(unit, "unitA1"), "display_name": "甲", "permissions": FILL}
    made = units.client(unit).post(PATH, json=body).json
    delete(units, unit, made)
    again = units.client(unit).post(PATH, json=body)
    assert (again.status_code, again.json["code"]) == (409, "ticket_used")


@pytest.mark.req("S4g-29")
def test_a_disabled_accounts_next_call_is_refused_and_opening_it_lets_it_in_again(
    units: UnderTest, unit: Actor, added: Callable[..., dict[str, Any]]
) -> None:
    assert unit.unit_id
    made = added()
    account = sub_account_actor(unit.unit_id, account_id=UUID(made["id"]))

    def call(revision: int) -> tuple[int, str]:
        answer = units.client(replace(account, revision=revision)).get(f"{PATH}/mine")
        return answer.status_code, answer.json.get("code", "")

    assert call(1) == (200, "")
    assert set_state(units, unit, made, "disabled").json["state"] == "disabled"
    assert call(1) == (401, "account_disabled")
    assert set_state(units, unit, made, "enabled").json["state"] == "enabled"
    assert call(1) == (401, "token_outdated")
    assert call(3) == (200, "")
    told = units.told(SubAccountStateChangedV1)
    assert [(e.state, e.revision) for e in told] == [("disabled", 2), ("enabled", 3)]


@pytest.mark.req("S4g-29")
def test_saying_the_same_state_twice_tells_nothing_new(
    units: UnderTest, unit: Actor, added: Callable[..., dict[str, Any]]
) -> None:
    made = added()
    assert set_state(units, unit, made, "enabled").json["version"] == made["version"]
    assert units.told(SubAccountStateChangedV1) == []
    assert set_state(units, unit, made, "deleted").status_code == 422


def test_changed_ticks_make_older_tokens_void(
    units: UnderTest, unit: Actor, added: Callable[..., dict[str, Any]]
) -> None:
    assert unit.unit_id
    made = added()
    change(units, unit, made, permissions=["application.report"])
    old = replace(sub_account_actor(unit.unit_id, account_id=UUID(made["id"])), revision=1)
    assert units.client(old).get(f"{PATH}/mine").json["code"] == "token_outdated"


@pytest.mark.req("B-20")
def test_a_stale_edit_and_one_without_if_match_are_refused(
    units: UnderTest, unit: Actor, added: Callable[..., dict[str, Any]]
) -> None:
    made = added()
    assert change(units, unit, made, display_name="甲").status_code == 200
    assert change(units, unit, made, display_name="乙").json["code"] == "stale"
    assert delete(units, unit, made).status_code == 412
    assert units.client(unit).delete(f"{PATH}/{made['id']}").status_code == 428
    assert units.client(unit).get(f"{PATH}/{made['id']}").json["display_name"] == "甲"


@pytest.mark.req("B-20")
def test_a_create_sent_twice_with_one_key_answers_the_same(
    units: UnderTest, unit: Actor, sub_ticket: SubTicket
) -> None:
    body = {"ticket": sub_ticket(unit, "unitA1"), "display_name": "甲", "permissions": FILL}
    key = {"Idempotency-Key": "sub-account-1"}
    first, second = (units.client(unit).post(PATH, json=body, headers=key) for _ in range(2))
    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert len(units.told(SubAccountCreatedV1)) == 1


def test_another_units_accounts_do_not_exist(
    units: UnderTest, registered: Registered, added: Callable[..., dict[str, Any]]
) -> None:
    made = added()
    stranger = registered()
    assert units.client(stranger).get(f"{PATH}/{made['id']}").status_code == 404
    assert change(units, stranger, made, display_name="夺").status_code == 404
    assert set_state(units, stranger, made, "disabled").status_code == 404
    assert delete(units, stranger, made).status_code == 404
    assert units.client(stranger).get(PATH).json["items"] == []


def test_another_units_ticket_is_refused(
    units: UnderTest, unit: Actor, registered: Registered, sub_ticket: SubTicket
) -> None:
    body = {"ticket": sub_ticket(registered(), "unitB1"), "display_name": "乙", "permissions": FILL}
    refused = units.client(unit).post(PATH, json=body)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "ticket_invalid")


def test_a_name_stands_nowhere_open_also_one_of_the_version_before(
    units: UnderTest, unit: Actor, added: Callable[..., dict[str, Any]]
) -> None:
    made = added()
    assert change(units, unit, made, display_name="张三丰").status_code == 200
    with units.service.sessions.begin() as session:
        (row,) = session.execute(sa.text("SELECT sub_account::text FROM sub_account")).scalars()
        assert "张三丰" not in row
        assert "张三丰".encode().hex() not in row
        session.execute(sa.text("UPDATE sub_account SET display_name = '李四光'"))
    assert units.client(unit).get(f"{PATH}/{made['id']}").json["display_name"] == "李四光"
    with units.service.sessions.begin() as session:
        assert (sub_accounts.seal_names(session), sub_accounts.seal_names(session)) == (1, 0)
    with units.service.sessions.begin() as session:
        assert session.execute(sa.text("SELECT display_name FROM sub_account")).scalars().all() == [""]
    found = units.client(unit).get(PATH, query_string={"q": "四光"}).json["items"]
    assert [account["display_name"] for account in found] == ["李四光"]
