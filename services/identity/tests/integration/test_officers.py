"""Officers as units tells of them: the reservation held, let in, put out (B-18)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.identity import AccountChangedV1
from shenbao_common.contracts.units import OfficerAppointedV1, OfficerDismissedV1, OfficerRequestedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import UNIT_PERMISSIONS, Actor
from shenbao_common.testing.service import UnderTest
from shenbao_identity.actions import cleaning

PASSWORD = "Hang-Zhou7x"


@pytest.fixture
def asker(identity: UnderTest, browser: Any) -> UUID:
    """Somebody who reserved an account and asked with it to act for a unit."""
    made = browser.http.post(
        "/v1/account-reservations", json={"username": "zhaoliu", "password": PASSWORD, **browser.image()}
    )
    account_id = UUID(made.json["account_id"])
    identity.hear(OfficerRequestedV1(account_id=account_id))
    return account_id


def appoint(identity: UnderTest, account_id: UUID, unit: Actor) -> None:
    assert unit.unit_id
    identity.hear(OfficerAppointedV1(account_id=account_id, unit_id=unit.unit_id, unit_name="示例科技有限公司"))


@pytest.mark.usefixtures("asker")
def test_an_asker_cannot_sign_in_before_the_decision(browser: Any) -> None:
    refused = browser.enter(browser.challenge(), "zhaoliu", PASSWORD)
    assert (refused.status_code, refused.json["code"]) == (422, "sign_in_refused")


def test_the_askers_name_waits_longer_than_a_decision_takes(identity: UnderTest, browser: Any, asker: UUID) -> None:
    with identity.service.sessions.begin() as session:
        cleaning.clean(session, now=clock.now() + timedelta(days=30))
    again = {"username": "zhaoliu", "password": PASSWORD, **browser.image()}
    assert browser.http.post("/v1/account-reservations", json=again).json["errors"][0]["code"] == "username_taken"


@pytest.mark.req("B-18")
def test_a_new_officer_acts_and_the_old_ones_sessions_end(
    identity: UnderTest, browser: Any, asker: UUID, unit: Any
) -> None:
    first = unit()
    old = browser.sign_in("unitA1")
    appoint(identity, asker, first)
    identity.hear(OfficerDismissedV1(account_id=first.account_id, unit_id=first.unit_id))

    assert browser.call("GET", "/v1/me", old["access_token"]).status_code == 401
    assert browser.refresh(old["refresh_token"]).status_code == 400
    refused = browser.enter(browser.challenge(), "unitA1", PASSWORD)
    assert refused.json["code"] == "account_disabled"
    me = browser.call("GET", "/v1/me", browser.sign_in("zhaoliu")["access_token"]).json
    assert (me["kind"], me["unit_id"], me["display_name"]) == ("unit", str(first.unit_id), "示例科技有限公司")
    assert me["permissions"] == list(UNIT_PERMISSIONS)
    told = [(e.account_id, e.state) for e in identity.told(AccountChangedV1)]
    assert told[-2:] == [(asker, "active"), (first.account_id, "disabled")]
