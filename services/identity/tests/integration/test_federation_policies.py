"""What an installation demands of provincial sign-ins, as data: assurance, kind of account, cut-over of local ones."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from shenbao_common.contracts.units import UnitRegisteredV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.service import UnderTest
from shenbao_identity.domain.account import is_retired
from shenbao_identity.models import Account
from shenbao_identity.settings import Policy

ZHANG = {"name": "张三", "id_number": "330000199001010014", "mobile": "13800000000", "acr": "urn:shenbao:loa:4"}
U1 = {"name": "示例科技有限公司", "credit_code": "913300000000000191", "acr": "urn:shenbao:loa:4"}


def arrive(browser: Any, key: str = "province") -> Any:
    left = browser.http.get(f"/v1/sign-ins/{browser.challenge()}/providers/{key}")
    return browser.follow(httpx.get(left.headers["Location"]).headers["Location"])


def me(browser: Any, back: Any) -> dict[str, Any]:
    tokens = browser.finish(back.headers["Location"])
    return dict(browser.call("GET", "/v1/me", tokens["access_token"]).json)


def error_of(back: Any) -> str:
    address = urlsplit(back.headers["Location"])
    assert (address.netloc, address.path) == ("portal.test", "/sign-in")
    return parse_qs(address.query)["error"][0]


@pytest.mark.req("S0-02")
def test_basic_authentication_leads_to_the_upgrade_page_and_advanced_signs_in(
    browser: Any, demanding: Callable[..., Any]
) -> None:
    upgrade = "http://province.test/real-name"
    province = demanding({"least_level": 4, "upgrade_url": upgrade})
    province.is_asked_for("zhang-1", **ZHANG | {"acr": "urn:shenbao:loa:3"})
    assert arrive(browser).headers["Location"] == upgrade
    assert browser.query_of(browser.authorize(prompt="none"))["error"] == "login_required"
    assert browser.http.get("/v1/me").status_code == 401

    province.is_asked_for("zhang-1", **ZHANG)
    assert me(browser, arrive(browser))["display_name"] == "张三"


def test_without_an_upgrade_page_the_portal_says_what_is_missing(browser: Any, demanding: Callable[..., Any]) -> None:
    province = demanding({"least_level": 4})
    province.is_asked_for("zhang-1", **ZHANG | {"acr": ""})
    assert error_of(arrive(browser)) == "assurance_too_low"


@pytest.mark.req("S0-01")
def test_a_local_account_of_before_the_cut_over_is_retired(
    browser: Any, configured: Any, unit: Callable[..., Actor], identity: UnderTest
) -> None:
    configured(policy=Policy(retired_before=date(2019, 1, 9)))
    unit("unitA1")
    assert browser.sign_in("unitA1")
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(Account).values(created_at=datetime(2018, 6, 1, 4, tzinfo=UTC)))
    wrong = browser.enter(browser.challenge(), "unitA1", "Wrong-Pass1")
    assert wrong.json["code"] == "sign_in_refused"
    challenge = browser.challenge()
    refused = browser.enter(challenge, "unitA1", "Hang-Zhou7x")
    assert (refused.status_code, refused.json["code"]) == (422, "account_retired")
    assert browser.http.get(f"/v1/sign-ins/{challenge}").json["state"] == "credentials"


@pytest.mark.req("S0-01")
@pytest.mark.parametrize(
    ("created", "signing_in", "retired"),
    [
        ((2018, 6, 1), (2019, 1, 10), True),
        ((2018, 6, 1), (2019, 1, 8), False),
        ((2019, 1, 8), (2019, 1, 9), True),
        ((2019, 1, 9), (2019, 1, 10), False),
    ],
)
def test_the_cut_over_counts_in_days_of_china(
    created: tuple[int, int, int], signing_in: tuple[int, int, int], retired: bool
) -> None:
    made, now = (datetime(*day, 4, tzinfo=UTC) for day in (created, signing_in))
    assert is_retired("unit", made, retired_before=date(2019, 1, 9), now=now) is retired
    assert not is_retired("office", made, retired_before=date(2019, 1, 9), now=now)


@pytest.mark.req("S0-01")
def test_persons_and_legal_persons_keep_to_their_own_sign_in(browser: Any, demanding: Callable[..., Any]) -> None:
    province = demanding({}, {"key": "legal", "kind": "legal"})
    province.is_asked_for("zhang-1", **ZHANG)
    assert error_of(arrive(browser, "legal")) == "not_a_legal_person"
    province.is_asked_for("u1", **U1)
    assert error_of(arrive(browser)) == "not_a_person"


def test_a_legal_person_is_matched_with_the_earlier_registration_of_its_code(
    browser: Any, demanding: Callable[..., Any], unit: Callable[..., Actor], identity: UnderTest
) -> None:
    province = demanding({"key": "legal", "kind": "legal"})
    earlier = unit("unitA1", credit_code=U1["credit_code"])
    province.is_asked_for("u1", **U1)
    found = me(browser, arrive(browser, "legal"))
    assert (found["account_id"], found["unit_id"]) == (str(earlier.account_id), str(earlier.unit_id))

    province.is_asked_for("u2", **U1 | {"credit_code": "123300000000000271", "name": "示例研究院"})
    new = me(browser, arrive(browser, "legal"))
    assert (new["kind"], new["unit_id"], new["permissions"]) == ("unit", None, [])
    assert new["display_name"] == "示例研究院"


def test_a_legal_person_without_registration_gets_a_ticket_for_it_and_is_a_unit_afterwards(
    browser: Any, demanding: Callable[..., Any], identity: UnderTest
) -> None:
    province = demanding({"key": "legal", "kind": "legal"})
    province.is_asked_for("u1", **U1)
    token = browser.finish(arrive(browser, "legal").headers["Location"])["access_token"]
    ticket = browser.call("POST", "/v1/me/registration-ticket", token)
    assert ticket.status_code == 201
    account_id, unit_id = UUID(ticket.json["account_id"]), uuid7()
    identity.hear(
        UnitRegisteredV1(
            unit_id=unit_id,
            account_id=account_id,
            org_code="000000019",
            uscc=U1["credit_code"],
            department_id=uuid7(),
            name="示例科技有限公司",
            verified="registry",
        )
    )
    found = me(browser, arrive(browser, "legal"))
    assert (found["account_id"], found["unit_id"]) == (str(account_id), str(unit_id))
    token = browser.finish(arrive(browser, "legal").headers["Location"])["access_token"]
    assert browser.call("POST", "/v1/me/registration-ticket", token).json["code"] == "already_registered"


def test_a_vouched_number_takes_an_unproven_registration_from_whoever_made_it(
    browser: Any, another_browser: Callable[[], Any], demanding: Callable[..., Any], person: Callable[..., str]
) -> None:
    claimed = person()
    thief = another_browser()
    tokens = thief.sign_in("13800000000", "abc1234!x")
    province = demanding({})
    province.is_asked_for("zhang-1", **ZHANG)
    assert me(browser, arrive(browser))["account_id"] == claimed
    assert thief.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert thief.enter(thief.challenge(), "13800000000", "abc1234!x").json["code"] == "sign_in_refused"


@pytest.mark.req("S3-02")
def test_password_and_scan_at_the_provider_open_the_same_person(browser: Any, demanding: Callable[..., Any]) -> None:
    register = "http://province.test/register"
    ways = [{"key": way, "ask": {"login_method": way}, "register_url": register} for way in ("password", "scan")]
    province = demanding(*ways)
    offered = browser.http.get("/v1/providers").json["items"]
    assert {item["register_url"] for item in offered} == {register}
    found = []
    for way in ("password", "scan"):
        province.is_asked_for("zhang-1", **ZHANG)
        left = browser.http.get(f"/v1/sign-ins/{browser.challenge()}/providers/{way}")
        assert parse_qs(urlsplit(left.headers["Location"]).query)["login_method"] == [way]
        back = browser.follow(httpx.get(left.headers["Location"]).headers["Location"])
        found.append(me(browser, back)["account_id"])
    assert found[0] == found[1]


@pytest.mark.req("S4d-01")
def test_an_account_signs_in_at_the_entry_of_its_kind(
    browser: Any, unit: Callable[..., Actor], person: Callable[..., str]
) -> None:
    unit("unitA1")
    person()

    def at(entry: str, name: str, password: str) -> Any:
        return browser.enter(browser.challenge(), name, password, entry=entry)

    refused = at("office", "unitA1", "Hang-Zhou7x")
    assert (refused.status_code, refused.json["code"]) == (422, "wrong_entry")
    assert refused.json["params"] == {"entry": "unit"}
    assert at("unit", "13800000000", "abc1234!x").json["params"] == {"entry": "person"}
    assert at("unit", "unitA1", "Hang-Zhou7x").status_code == 200
    assert at("person", "13800000000", "abc1234!x").status_code == 200
    assert at("person", "unitA1", "Hang-Zhou7x").json["params"] == {"entry": "unit"}
    assert at("person", "unitA1", "Wrong-Pass1").json["code"] == "sign_in_refused"


@pytest.mark.req("S3-03")
def test_what_a_person_has_not_told_yet_is_named_until_it_is_told(
    browser: Any, demanding: Callable[..., Any], configured: Any
) -> None:
    province = demanding({})
    configured(policy=Policy(details=("name", "id_number", "mobile", "work_unit")))
    province.is_asked_for("zhang-1", **{k: v for k, v in ZHANG.items() if k != "mobile"})
    token = browser.finish(arrive(browser).headers["Location"])["access_token"]
    assert browser.call("GET", "/v1/me", token).json["missing"] == ["mobile", "work_unit"]
    tag = {"If-Match": browser.call("GET", "/v1/me/profile", token).headers["ETag"]}
    body = {"work_unit": "示例科技有限公司"}
    headers = tag | {"Authorization": f"Bearer {token}"}
    assert browser.http.patch("/v1/me/profile", json=body, headers=headers).json["missing"] == ["mobile"]
