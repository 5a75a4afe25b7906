"""Who sees sub-accounts, which ticks are taken, how the list is searched and paged."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import admin_actor, office_actor, sub_account_actor
from shenbao_common.testing.service import UnderTest, count_queries

PATH = "/v1/sub-accounts"
SubTicket = Callable[..., str]


def test_for_all_other_kinds_of_account_there_are_no_sub_accounts(units: UnderTest, unit: Actor) -> None:
    assert unit.unit_id
    for who in (sub_account_actor(unit.unit_id), office_actor(), admin_actor()):
        assert units.client(who).get(PATH).status_code == 404


def test_a_unit_without_the_permission_is_refused(units: UnderTest, unit: Actor) -> None:
    bare = replace(unit, permissions=frozenset())
    assert units.client(bare).get(PATH).status_code == 403


@pytest.mark.parametrize(
    ("ticks", "code", "path"),
    [
        ([], "too_short", "permissions"),
        (["application.fill", "application.fill"], "duplicate", "permissions"),
        (["unit.manage"], "unknown_choice", "permissions.0"),
        ("application.fill", "wrong_type", "permissions"),
    ],
)
def test_ticks_outside_the_catalogue_are_refused(
    units: UnderTest, unit: Actor, sub_ticket: SubTicket, ticks: object, code: str, path: str
) -> None:
    body = {"ticket": sub_ticket(unit, "unitA1"), "display_name": "甲", "permissions": ticks}
    refused = units.client(unit).post(PATH, json=body)
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [(code, path)]


def test_the_list_is_searched_and_paged(units: UnderTest, unit: Actor, added: Callable[..., dict[str, Any]]) -> None:
    for n in range(1, 6):
        added(f"unitA1{n}")
    client = units.client(unit)
    first = client.get(PATH, query_string={"limit": 3}).json
    rest = client.get(PATH, query_string={"limit": 3, "after": first["next"]}).json
    assert [a["username"] for a in first["items"] + rest["items"]] == [f"unitA1{n}" for n in range(1, 6)]
    assert rest["next"] is None
    assert [a["username"] for a in client.get(PATH, query_string={"q": "a14"}).json["items"]] == ["unitA14"]
    one = f"{PATH}/{first['items'][0]['id']}"
    tag = {"If-Match": client.get(one).headers["ETag"]}
    client.put(f"{one}/state", json={"state": "disabled"}, headers=tag)
    assert len(client.get(PATH, query_string={"state": "disabled"}).json["items"]) == 1


def test_the_list_costs_the_same_queries_however_long_it_is(
    units: UnderTest, unit: Actor, added: Callable[..., dict[str, Any]]
) -> None:
    added("first")
    with count_queries(units) as few:
        units.client(unit).get(PATH)
    for n in range(6):
        added(f"more{n}")
    with count_queries(units) as many:
        assert len(units.client(unit).get(PATH).json["items"]) == 7
    assert len(many) == len(few) <= 3
