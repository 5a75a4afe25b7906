"""A person deletes the own account as long as nothing was reported."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.contracts.identity import AccountDeletedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account

PASSWORD = "abc1234!x"


@pytest.fixture
def token(browser: Any, person: Callable[..., str]) -> tuple[str, UUID]:
    account_id = UUID(person())
    return browser.sign_in("13800000000", PASSWORD)["access_token"], account_id


@pytest.mark.req("S4h-10")
def test_with_drafts_only_the_account_is_gone_and_its_number_is_free(
    identity: UnderTest, browser: Any, token: tuple[str, UUID], person: Callable[..., str]
) -> None:
    access, account_id = token
    assert browser.call("DELETE", "/v1/me", access).status_code == 204
    assert [e.account_id for e in identity.told(AccountDeletedV1)] == [account_id]
    assert browser.call("GET", "/v1/me", access).status_code == 401
    assert browser.enter(browser.challenge(), "13800000000", PASSWORD).json["code"] == "sign_in_refused"
    with identity.sessions() as session:
        left = session.get_one(Account, account_id)
        assert (left.state, left.id_number_index, left.mobile_index, left.password_hash) == (
            "deleted",
            None,
            None,
            None,
        )
        assert "张三" not in str(left.personal)


@pytest.mark.req("S4h-10")
def test_with_one_reported_declaration_the_account_stays(
    identity: UnderTest, browser: Any, token: tuple[str, UUID]
) -> None:
    access, account_id = token
    reported = example_event(ApplicationSubmittedV1).to_wire() | {"filler_id": str(account_id)}
    identity.hear(ApplicationSubmittedV1.from_wire(reported))
    refused = browser.call("DELETE", "/v1/me", access)
    assert (refused.status_code, refused.json["code"]) == (409, "has_reported")
    assert browser.call("GET", "/v1/me", access).status_code == 200
    assert identity.told(AccountDeletedV1) == []


def test_only_persons_delete_their_accounts(identity: UnderTest, unit: Callable[..., Actor]) -> None:
    assert identity.client(unit()).delete("/v1/me").status_code == 403
    assert identity.client().delete("/v1/me").status_code == 401
