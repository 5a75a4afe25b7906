"""Personal data under other algorithms and keys, while people go on working (B-27)."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.data import sealed
from shenbao_common.data.resealing import reseal
from shenbao_common.data.sealed import Sealer
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account

FIRST, NEXT = b"k" * 32, b"n" * 32
ROWS = sa.text("SELECT personal FROM account ORDER BY id")


@pytest.fixture
def sealing(identity: UnderTest) -> Iterator[Callable[[Sealer], None]]:
    """The service as it is after a restart with these keys and algorithms."""
    yield lambda sealer: sealed.install(identity.service.engine, sealer)
    sealed.install(identity.service.engine, Sealer(FIRST))


def stored(identity: UnderTest) -> list[bytes]:
    with identity.sessions() as session:
        return [bytes(row) for row in session.scalars(ROWS)]


@pytest.mark.req("B-27")
def test_under_the_setting_national_records_name_sm4_and_earlier_ones_stay_readable(
    browser: Any, identity: UnderTest, person: Callable[..., str], proof: Any, sealing: Callable[[Sealer], None]
) -> None:
    person()
    sealing(Sealer(FIRST, suite="national"))
    told = {"name": "李四", "id_number": "330000198506150026", **proof("13900000000")}
    chosen = {"password": "abc1234!x", "password_again": "abc1234!x"}
    agreed = {"consents": {"user_agreement": "2026-01", "privacy_policy": "2026-01"}}
    assert browser.http.post("/v1/person-registrations", json=told | chosen | agreed).status_code == 201
    first, second = stored(identity)
    assert first.startswith(b"v1.aes256gcm.")
    assert second.startswith(b"v1.sm4gcm.")
    for mobile, name in (("13800000000", "张三"), ("13900000000", "李四")):
        token = browser.sign_in(mobile, "abc1234!x")["access_token"]
        assert browser.call("GET", "/v1/me/profile", token).json["name"] == name


@pytest.mark.req("B-27")
def test_keys_are_rotated_while_people_are_served(
    browser: Any, identity: UnderTest, person: Callable[..., str], sealing: Callable[[Sealer], None]
) -> None:
    person()
    for number in range(40):
        with identity.service.sessions.begin() as session:
            session.add(
                Account(kind="person", permissions=[], personal={"name": str(number)}, created_at=sa.func.now())
            )
    now = Sealer(NEXT, others=[FIRST], index_key=FIRST, suite="national")
    sealing(now)
    over, saved = threading.Event(), []

    def serve() -> None:
        while not over.is_set() or not saved:
            token = browser.sign_in("13800000000", "abc1234!x")["access_token"]
            tag = browser.call("GET", "/v1/me/profile", token).headers["ETag"]
            headers = {"If-Match": tag, "Authorization": f"Bearer {token}"}
            body = {"address": f"杭州市 {len(saved)} 号"}
            saved.append(browser.http.patch("/v1/me/profile", json=body, headers=headers).status_code)

    serving = threading.Thread(target=serve)
    serving.start()
    told = {(done.table, done.column): done for done in reseal(identity.service.engine, now, batch=3)}
    over.set()
    serving.join()
    assert set(saved) == {200}
    assert told["account", "personal"].changed >= 40
    assert all(done.lost == done.kept == 0 for done in told.values())
    assert all(row.startswith(now.prefix) for row in stored(identity))

    # The earlier key is needed for the indexes alone from now on, and an edit in between was not lost.
    sealing(Sealer(NEXT, index_key=FIRST, suite="national"))
    token = browser.sign_in("13800000000", "abc1234!x")["access_token"]
    assert browser.call("GET", "/v1/me/profile", token).json["address"] == f"杭州市 {len(saved) - 1} 号"
