"""User names: taken once, in the right form, given back when nothing comes of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import KeySet

from shenbao_common.contracts.units import UnitRegisteredV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import RuleBroken
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import sub_account_actor
from shenbao_common.testing.service import UnderTest
from shenbao_identity.actions import cleaning
from shenbao_identity.models import Account

RIGHT = "Hang-Zhou7x"


def reserve(browser: Any, username: str, password: str = RIGHT, **changes: Any) -> Any:
    body = {"username": username, "password": password, **browser.image(), **changes}
    return browser.http.post("/v1/account-reservations", json=body)


def objections(answer: Any) -> set[tuple[str, str]]:
    assert answer.status_code == 422, answer.json
    return {(error["path"], error["code"]) for error in answer.json["errors"]}


def claims_of(identity: UnderTest, text: str) -> jwt.Token:
    return jwt.decode(text, KeySet.import_key_set(identity.client().get("/.well-known/jwks.json").json))


@pytest.mark.req("S4g-04")
def test_a_user_name_has_letters_or_digits_only_and_one_owner(browser: Any) -> None:
    assert objections(reserve(browser, "单位A")) == {("username", "letters_or_digits_only")}
    accepted = reserve(browser, "unitA1")
    assert (accepted.status_code, accepted.json["username"]) == (201, "unitA1")
    assert objections(reserve(browser, "unitA1")) == {("username", "username_taken")}
    assert objections(reserve(browser, "UNITA1")) == {("username", "username_taken")}


def test_every_objection_is_named_at_once(browser: Any) -> None:
    answer = reserve(browser, "甲", "甲", image_code="0000")
    assert answer.json["code"] == "image_code_wrong"
    assert objections(answer) == {
        ("username", "letters_or_digits_only"),
        ("username", "too_short"),
        ("password", "too_short"),
        ("password", "letters_digits_signs"),
        ("password", "contains_username"),
        ("image_code", "image_code_wrong"),
    }


def test_who_cannot_read_the_image_does_not_learn_which_names_are_taken(browser: Any) -> None:
    reserve(browser, "unitA1")
    assert objections(reserve(browser, "unitA1", image_code="0000")) == {("image_code", "image_code_wrong")}


def test_a_ticket_and_a_token_for_the_scan_come_with_the_name(identity: UnderTest, browser: Any) -> None:
    made = reserve(browser, "unitA1").json
    ticket = claims_of(identity, made["ticket"])
    assert ticket.header["typ"] == "shenbao-ticket+jwt"
    expected = {"account_id": made["account_id"], "username": "unitA1", "kind": "unit", "unit_id": None}
    assert {name: ticket.claims[name] for name in expected} == expected
    assert ticket.claims["iss"] == "identity"
    said = claims_of(identity, made["access_token"]).claims
    assert (said["kind"], said["sub"], said["perms"]) == ("registrant", made["account_id"], [])
    assert browser.call("GET", "/v1/me", made["access_token"]).json["kind"] == "registrant"
    assert browser.call("GET", "/v1/me", made["ticket"]).status_code == 401


def test_the_registrants_token_dies_when_the_unit_is_registered(identity: UnderTest, browser: Any) -> None:
    made = reserve(browser, "unitA1").json
    identity.hear(_registered(made["account_id"]))
    assert browser.call("GET", "/v1/me", made["access_token"]).json["code"] == "token_outdated"


def test_an_unconfirmed_name_is_free_again_after_an_hour(identity: UnderTest, browser: Any) -> None:
    first = reserve(browser, "unitA1").json
    _an_hour_passes(identity)
    second = reserve(browser, "unitA1")
    assert second.status_code == 201
    assert second.json["account_id"] != first["account_id"]


def test_news_of_a_lapsed_reservation_takes_the_name_back_unless_it_is_anothers(
    identity: UnderTest, browser: Any
) -> None:
    late, too_late = reserve(browser, "unitA1").json, reserve(browser, "unitB1").json
    _an_hour_passes(identity)
    reserve(browser, "unitB1")
    identity.hear(_registered(late["account_id"]))
    assert browser.sign_in("unitA1")
    with pytest.raises(RuleBroken, match="username_taken"):
        identity.hear(_registered(too_late["account_id"]))


def test_a_lapsed_reservation_is_forgotten_in_the_end(identity: UnderTest, browser: Any) -> None:
    reserve(browser, "unitA1")
    with identity.service.sessions.begin() as session:
        cleaning.clean(session, now=clock.now() + timedelta(days=32))
    with identity.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 0


@pytest.mark.req("S4g-24")
def test_a_sub_account_has_a_plain_name_and_exactly_the_ticked_permissions(
    identity: UnderTest, browser: Any, unit: Callable[..., Actor], sub_account: Callable[..., dict[str, Any]]
) -> None:
    owner = unit("unitA1")
    refused = identity.client(owner).post("/v1/sub-account-reservations", json={"username": "unitA1张三"})
    assert objections(refused) == {("username", "letters_or_digits_only")}

    made = sub_account(owner, "unitA1zhangsan", ("application.fill", "application.print"))
    challenge = browser.challenge()
    browser.enter(challenge, "unitA1zhangsan", made["initial_password"])
    chosen = browser.http.post(f"/v1/sign-ins/{challenge}/password", json={"new_password": RIGHT})
    said = claims_of(identity, browser.finish(chosen.json["redirect_to"])["access_token"]).claims
    assert said["perms"] == ["application.fill", "application.print"]
    assert (said["kind"], said["unit"], said["rev"]) == ("sub_account", str(owner.unit_id), 1)


@pytest.mark.req("S4g-25")
def test_a_batch_has_the_units_name_plus_numbers(identity: UnderTest, unit: Callable[..., Actor]) -> None:
    client = identity.client(unit("unitA1"))
    first = client.post("/v1/sub-account-reservations/batch", json={"count": 5}).json["items"]
    assert [item["username"] for item in first] == ["unitA11", "unitA12", "unitA13", "unitA14", "unitA15"]
    assert len({item["initial_password"] for item in first}) == 5
    assert {claims_of(identity, item["ticket"]).claims["kind"] for item in first} == {"sub_account"}

    client.post("/v1/sub-account-reservations", json={"username": "unitA17"})
    next_ones = client.post("/v1/sub-account-reservations/batch", json={"count": 2}).json["items"]
    assert [item["username"] for item in next_ones] == ["unitA16", "unitA18"]


def test_only_a_unit_that_may_reserves_sub_accounts(identity: UnderTest) -> None:
    ticked = sub_account_actor(uuid7())
    with identity.service.sessions.begin() as session:
        session.add(_account(ticked))
    answer = identity.client(ticked).post("/v1/sub-account-reservations", json={"username": "unitA1x"})
    assert (answer.status_code, answer.json["code"]) == (403, "permission_missing")
    assert identity.client().post("/v1/sub-account-reservations", json={"username": "x"}).status_code == 401


@pytest.mark.req("B-20")
def test_two_simultaneous_reservations_with_one_key_are_one(identity: UnderTest, browser: Any) -> None:
    body = {"username": "unitA1", "password": RIGHT, **browser.image()}
    headers = {"Idempotency-Key": "reserve-unitA1"}

    def send(_: int) -> Any:
        return identity.client().post("/v1/account-reservations", json=body, headers=headers)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(send, range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    with identity.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 1


def test_of_two_who_want_one_name_one_has_it(identity: UnderTest, unit: Callable[..., Actor]) -> None:
    owner = unit("unitA1")

    def send(_: int) -> int:
        client = identity.client(owner)
        return client.post("/v1/sub-account-reservations", json={"username": "unitA1li"}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [201, 422, 422, 422]


@pytest.mark.parametrize("count", [0, 1001, "5", 2.5, None])
def test_a_batch_has_one_to_a_thousand(identity: UnderTest, unit: Callable[..., Actor], count: object) -> None:
    answer = identity.client(unit()).post("/v1/sub-account-reservations/batch", json={"count": count})
    assert answer.status_code == 422


def _an_hour_passes(identity: UnderTest) -> None:
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(Account).values(reserved_until=Account.reserved_until - timedelta(hours=1)))
        cleaning.clean(session, now=clock.now())


def _registered(account_id: str) -> UnitRegisteredV1:
    return UnitRegisteredV1(
        unit_id=uuid7(),
        account_id=UUID(account_id),
        org_code="000000019",
        uscc="",
        department_id=uuid7(),
        name="示例科技有限公司",
        verified="registry",
    )


def _account(actor: Actor) -> Account:
    return Account(id=actor.account_id, kind=actor.kind, unit_id=actor.unit_id, created_at=clock.now(), revision=0)
