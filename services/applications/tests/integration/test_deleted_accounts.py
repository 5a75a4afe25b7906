"""Whose account is gone loses drafts; what was reported stays."""

from typing import Any

import pytest

from shenbao_common.contracts.applications import ApplicationDeletedV1
from shenbao_common.contracts.identity import AccountDeletedV1


@pytest.mark.req("S4h-10")
def test_drafts_go_with_the_account(settling: Any) -> None:
    draft = settling.begin().json["id"]
    settling.house.service.hear(AccountDeletedV1(account_id=settling.a.account_id))
    assert settling.house.get(settling.a, draft).status_code == 404
    assert [str(e.application_id) for e in settling.house.service.told(ApplicationDeletedV1)] == [draft]


def test_what_was_reported_is_retained(settling: Any) -> None:
    sent = settling.accepted()
    settling.house.service.hear(AccountDeletedV1(account_id=settling.a.account_id))
    kept = settling.house.get(settling.a, sent["id"])
    assert (kept.status_code, kept.json["sections"] != {}) == (200, True)
    assert settling.house.service.told(ApplicationDeletedV1) == []
