"""Permissions that wait for a second administrator: shown, agreed to by another one, taken back by who asked."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

HOME = "https://portal.example"
ACCOUNT, OTHER = "00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000008"
SHOWN = {
    "account_id": ACCOUNT,
    "username": "officer1",
    "kind": "office",
    "state": "active",
    "display_name": "审核员",
    "permissions": ["review.decide"],
    "created_at": "2026-11-01T01:00:00Z",
    "version": 3,
}


@pytest.fixture
def page(signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any) -> Callable[[str], Any]:
    """The account's page, with a proposal by this account; answers the client."""

    def opened(by: str) -> FlaskClient:
        proposed = {"permissions": ["review.decide", "project.publish"], "by": by}

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path.startswith("/v1/accounts/"):
                return httpx.Response(200, json=SHOWN | {"proposed": proposed}, headers={"ETag": '"3"'})
            return httpx.Response(200, json={"items": [], "next": None})

        services.answer = answer
        return signed_in(token(kind="admin", permissions=("account.manage",)))

    return opened


def test_another_administrator_is_asked_and_who_asked_may_only_take_it_back(
    page: Callable[[str], FlaskClient], services: Any
) -> None:
    client = page(OTHER)
    shown = client.get(f"/admin/accounts/{ACCOUNT}", base_url=HOME).text
    assert "待复核的权限变更" in shown
    assert "审核材料、发布申报项目" in shown
    assert 'name="accept" value="yes"' in shown
    client.post(f"/admin/accounts/{ACCOUNT}/proposal", data={"accept": "yes", "etag": '"3"'}, base_url=HOME)
    sent = next(asked for asked in services.asked if asked.method == "PUT")
    assert (sent.url.path, sent.headers["If-Match"]) == (f"/v1/accounts/{ACCOUNT}/proposal", '"3"')
    assert sent.content.replace(b" ", b"") == b'{"accept":true}'


def test_who_proposed_is_offered_no_yes(page: Callable[[str], FlaskClient]) -> None:
    shown = page("a").get(f"/admin/accounts/{ACCOUNT}", base_url=HOME).text
    assert 'name="accept" value="yes"' not in shown
    assert "撤回" in shown
