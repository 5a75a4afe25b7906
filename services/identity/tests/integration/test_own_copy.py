"""A person takes away what identity keeps of them (checklist 55)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.testing.service import UnderTest


def test_a_person_has_everything_whole_and_that_it_was_taken_is_in_the_trail(
    browser: Any, person: Callable[..., str]
) -> None:
    account_id = person()
    token = browser.sign_in("13800000000", "abc1234!x")["access_token"]
    copied = browser.call("GET", "/v1/me/copy", token)
    assert copied.status_code == 200
    told = copied.json
    assert told["account_id"] == account_id
    assert {name: told["personal"][name] for name in ("name", "id_number", "mobile")} == {
        "name": "张三",
        "id_number": "330000199001010014",
        "mobile": "13800000000",
    }
    assert [one["agreement"] for one in told["consents"]] == ["privacy_policy", "user_agreement"]
    trail = browser.call("GET", "/v1/audit/mine", token).json["items"]
    assert "copied" in [entry["act"] for entry in trail]


def test_nobody_else_and_no_old_sign_in_has_a_copy(
    identity: UnderTest, unit: Callable[..., Actor], person: Callable[..., str]
) -> None:
    # A token alone, whose sign-in is not of just now.
    holder = Actor(account_id=UUID(person()), kind=Kind.PERSON, revision=1)
    assert identity.client().get("/v1/me/copy").status_code == 401
    assert identity.client(unit()).get("/v1/me/copy").status_code == 403
    again = identity.client(holder).get("/v1/me/copy")
    assert (again.status_code, again.json["code"]) == (403, "sign_in_again")
