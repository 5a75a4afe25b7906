"""What units tells of a unit's letter: its accounts wait for the approval, and the mobile hears the result."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.units import AuthorizationChangedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account


@pytest.fixture
def tell(identity: UnderTest) -> Callable[..., None]:
    def hear(unit: Actor, state: str) -> None:
        assert unit.unit_id
        event = AuthorizationChangedV1(unit_id=unit.unit_id, account_id=unit.account_id, state=state)
        envelope = identity.hear(event)
        with identity.service.sessions.begin() as session:
            assert not identity.service.subscriptions.deliver(session, envelope)

    return hear


def due(tokens: dict[str, Any]) -> str:
    body = tokens["access_token"].split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["due"])


def bound_to(identity: UnderTest, unit: Actor, mobile: str) -> None:
    with identity.service.sessions.begin() as session:
        session.get_one(Account, unit.account_id).personal = {"mobile": mobile}


@pytest.mark.req("S1-09")
def test_tokens_say_that_the_letter_is_due_until_it_is_approved_and_older_ones_end(
    identity: UnderTest, browser: Any, unit: Callable[..., Actor], sub_account: Callable[..., Any], tell: Any
) -> None:
    u1 = unit()
    before = browser.sign_in("unitA1")
    assert due(before) == ""
    tell(u1, "not_submitted")
    assert browser.call("GET", "/v1/me", before["access_token"]).status_code == 401
    held = browser.refresh(before["refresh_token"]).json
    assert due(held) == "authorization_required"
    assert browser.call("GET", "/v1/me", held["access_token"]).status_code == 200
    tell(u1, "submitted")
    assert browser.call("GET", "/v1/me", held["access_token"]).status_code == 200
    tell(u1, "approved")
    assert browser.call("GET", "/v1/me", held["access_token"]).status_code == 401
    assert due(browser.refresh(held["refresh_token"]).json) == ""


@pytest.mark.req("S1-13")
def test_the_letter_page_shows_the_masked_mobile_and_one_message_goes_to_it(
    identity: UnderTest, browser: Any, unit: Callable[..., Actor], tell: Any, mobiles: Any
) -> None:
    u1 = unit()
    bound_to(identity, u1, "13800000000")
    shown = browser.call("GET", "/v1/me/profile", browser.sign_in("unitA1")["access_token"]).json
    assert shown["mobile"] == "138****0000"
    for state in ("not_submitted", "submitted"):
        tell(u1, state)
    assert mobiles.messages() == []
    tell(u1, "approved")
    (sent,) = mobiles.messages()
    mobile, text = sent["to"], sent["text"]
    assert (mobile, text.startswith("【12333】"), "审核通过" in text) == ("13800000000", True, True)


def test_a_further_account_of_a_unit_waits_for_the_letter_too(
    identity: UnderTest, unit: Callable[..., Actor], sub_account: Callable[..., Any], tell: Any
) -> None:
    u1 = unit()
    tell(u1, "not_submitted")
    owner = Actor(account_id=u1.account_id, kind=u1.kind, revision=2, unit_id=u1.unit_id, permissions=u1.permissions)
    sub_account(owner, "unitA1zhangsan")
    with identity.service.sessions() as session:
        dues = session.scalars(sa.select(Account.due).where(Account.unit_id == u1.unit_id)).all()
    assert dues == ["authorization_required"] * 2
