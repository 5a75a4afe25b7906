"""Delegation with scope and last day (B-18)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.units import SubAccountStateChangedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import sub_account_actor
from shenbao_common.testing.service import UnderTest
from shenbao_units.actions import delegations
from shenbao_units.models import SubAccount

PATH = "/v1/sub-accounts"
REPORT = ["application.report"]
Added = Callable[..., dict[str, Any]]


def delegate(units: UnderTest, unit: Actor, account: dict[str, Any], until: str | None, ticks: list[str]) -> Any:
    tag = {"If-Match": f'"{account["version"]}"'}
    body = {"permissions": ticks, "valid_until": until}
    return units.client(unit).put(f"{PATH}/{account['id']}/delegation", json=body, headers=tag)


def end_due(units: UnderTest, now: datetime) -> int:
    with units.service.sessions.begin() as session:
        return delegations.end_due(session, now=now)


def given_until(units: UnderTest, account_id: str, day: date) -> None:
    """As if it had been given in time: a day that is over cannot be given."""
    with units.service.sessions.begin() as session:
        of_account = sa.update(SubAccount).where(SubAccount.account_id == UUID(account_id))
        session.execute(of_account.values(valid_until=day))


@pytest.mark.req("B-18")
def test_a_delegation_until_june_30_is_refused_on_july_1_as_china_counts_days(
    units: UnderTest, unit: Actor, added: Added
) -> None:
    assert unit.unit_id
    made = added()
    today = clock.office_day(clock.now()).isoformat()
    given = delegate(units, unit, made, today, REPORT)
    assert (given.status_code, given.json["permissions"], given.json["valid_until"]) == (200, REPORT, today)
    given_until(units, made["id"], date(2026, 6, 30))
    account = sub_account_actor(unit.unit_id, *REPORT, account_id=UUID(made["id"]))
    client = units.client(replace(account, revision=2))

    assert end_due(units, datetime(2026, 6, 30, 15, 59, 59, tzinfo=UTC)) == 0
    assert client.get(f"{PATH}/mine").status_code == 200
    assert end_due(units, datetime(2026, 6, 30, 16, 0, tzinfo=UTC)) == 1

    refused = client.get(f"{PATH}/mine")
    assert (refused.status_code, refused.json["code"]) == (401, "account_disabled")
    assert [(e.account_id, e.state) for e in units.told(SubAccountStateChangedV1)] == [(UUID(made["id"]), "disabled")]
    log = units.client(unit).get("/v1/units/mine/history").json["items"]
    assert [entry["act"] for entry in log] == ["delegation_ended", "delegated"]
    assert log[1]["details"] == {"username": "unitA1zhangsan", "permissions": REPORT, "valid_until": today}


@pytest.mark.req("B-18")
@pytest.mark.parametrize("beyond", ["archive.decide", "review.decide", "unit.manage", "sub_account.manage"])
def test_what_no_sub_account_may_do_cannot_be_delegated(
    units: UnderTest, unit: Actor, added: Added, beyond: str
) -> None:
    refused = delegate(units, unit, added(), None, [*REPORT, beyond])
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "unknown_choice")


def test_a_day_that_is_over_is_refused_and_an_ended_one_opens_only_with_a_new_day(
    units: UnderTest, unit: Actor, added: Added
) -> None:
    made = added()
    yesterday = (clock.office_day(clock.now()) - timedelta(days=1)).isoformat()
    refused = delegate(units, unit, made, yesterday, REPORT)
    assert (refused.json["errors"][0]["code"], refused.json["errors"][0]["path"]) == ("in_the_past", "valid_until")
    given_until(units, made["id"], date(2026, 6, 30))
    assert end_due(units, clock.now()) == 1
    client = units.client(unit)

    def open_again() -> Any:
        tag = {"If-Match": client.get(f"{PATH}/{made['id']}").headers["ETag"]}
        return client.put(f"{PATH}/{made['id']}/state", json={"state": "enabled"}, headers=tag)

    assert (open_again().status_code, open_again().json["code"]) == (409, "delegation_over")
    delegate(units, unit, client.get(f"{PATH}/{made['id']}").json, None, REPORT)
    assert open_again().json["state"] == "enabled"


def test_another_unit_delegates_nothing(units: UnderTest, registered: Callable[..., Actor], added: Added) -> None:
    made = added()
    assert delegate(units, registered(), made, None, REPORT).status_code == 404
    itself = replace(sub_account_actor(UUID(int=1), account_id=UUID(made["id"])), revision=1)
    assert delegate(units, itself, made, None, REPORT).status_code == 404
