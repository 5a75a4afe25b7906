"""Points of the security checklist (docs/security.md) that need a test of their own."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.data.sealed import Sealer
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account

ID_NUMBER, MOBILE, PASSWORD = "330000199001010014", "13800000000", "abc1234!x"


def test_checklist_30_what_is_logged_holds_no_secret(
    browser: Any, person: Callable[..., str], mobiles: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    person()
    tokens = browser.sign_in(MOBILE, PASSWORD)
    browser.enter(browser.challenge(), ID_NUMBER, "Wrong-Pass1")
    browser.call("GET", "/v1/me/profile", tokens["access_token"])
    browser.refresh(tokens["refresh_token"])
    printed = "".join(capfd.readouterr())
    assert '"event": "sign_in"' in printed
    (code,) = re.findall(r"\d{6}", mobiles.messages()[0]["text"])
    secrets = [ID_NUMBER, MOBILE, PASSWORD, "Wrong-Pass1", f'"{code}"', "张三"]
    secrets += [tokens["access_token"], tokens["refresh_token"]]
    assert [secret for secret in secrets if secret in printed] == []


def test_checklist_34_people_are_found_by_a_keyed_index_that_is_another_with_another_key(
    identity: UnderTest, person: Callable[..., str]
) -> None:
    account_id = person()
    index = Sealer(b"k" * 32).blind(ID_NUMBER)
    with identity.sessions() as session:
        found = session.scalar(sa.select(Account).where(Account.id_number_index == index))
    assert str(found.id if found else "") == account_id
    assert Sealer(b"o" * 32).blind(ID_NUMBER) != index


def test_checklist_31_times_are_told_with_their_offset(browser: Any, person: Callable[..., str]) -> None:
    person()
    token = browser.sign_in(MOBILE, PASSWORD)["access_token"]
    shown = browser.call("GET", "/v1/me/sessions", token).json["items"][0]["signed_in_at"]
    moment = datetime.fromisoformat(shown)
    assert moment.tzinfo is not None
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 60
