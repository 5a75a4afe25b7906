"""What a registration has to bring is the installation's: the same service, three governments."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.units import UnitRegisteredV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, registrant_actor, unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_units.api.registration_cases import PROFILE
from shenbao_units.domain.profile import profile_of

TITLES = {
    "required": ["unit_name", "unit_type", "industry", "location", "address", "licence"],
    "codes": ["credit_code"],
    "once_by_code": True,
}
"""A title office (职改办): everything as on the latest licence, one code once."""
BY_EMAIL = {"required": ["unit_name", "email"]}
FULL = {
    "code": "913300000000000191",
    "legal_representative": "王建国",
    "unit_name": "示例科技有限公司",
    "unit_type": "private_enterprise",
    "industry": "软件和信息技术服务业",
    "location": "杭州市",
    "address": "文一西路1号",
}


@pytest.fixture
def asking(units: UnderTest) -> Iterator[Callable[..., None]]:
    """Gives the installation another registration profile, as UNITS_REGISTRATION does."""
    before = units.app.extensions[PROFILE]

    def ask(**given: Any) -> None:
        units.app.extensions[PROFILE] = profile_of(given)

    yield ask
    units.app.extensions[PROFILE] = before


@pytest.fixture
def register(units: UnderTest, ticket: Callable[..., str], department: Callable[..., UUID]) -> Callable[..., Any]:
    place = str(department("市科学技术局"))

    def send(*, licence: bool = True, account_id: UUID | None = None, **changes: Any) -> Any:
        owner = account_id or uuid7()
        scan = {"document_id": str(uuid7()), "purpose": "unit_licence", "account_id": str(owner)}
        body = FULL | {"department_id": place, "ticket": ticket(account_id=owner)} | changes
        if licence:
            body["certificate_receipt"] = units.slip("documents", "shenbao-receipt+jwt", scan)
        return units.client().post("/v1/registrations", json={k: v for k, v in body.items() if v is not None})

    return send


def problems(answer: Any) -> set[tuple[str, str]]:
    return {(e["code"], e["path"]) for e in answer.json["errors"]}


@pytest.mark.req("S4b-01")
def test_a_unit_registers_with_all_six_and_the_upload_once_by_its_code(
    asking: Callable[..., None], register: Callable[..., Any], department: Callable[..., UUID]
) -> None:
    asking(**TITLES)
    refused = register(address="")
    assert (refused.status_code, problems(refused)) == (422, {("required", "address")})
    bare = register(licence=False, address="", industry="", location="")
    assert problems(bare) == {
        ("required", "address"),
        ("required", "industry"),
        ("required", "location"),
        ("required", "certificate_receipt"),
    }
    by_old_code = register(code="000000019")
    assert problems(by_old_code) == {("other_code_needed", "code")}
    made = register()
    assert made.status_code == 201
    assert (made.json["uscc"], made.json["industry"], made.json["location"], made.json["address"]) == (
        "913300000000000191",
        "软件和信息技术服务业",
        "杭州市",
        "文一西路1号",
    )
    again = register(department_id=str(department("市教育局")))
    assert (again.status_code, again.json["code"]) == (409, "already_registered")


@pytest.mark.req("S4b-02")
def test_without_a_licence_nobody_registers_and_reviewers_may_object_to_marks_on_it(
    units: UnderTest, asking: Callable[..., None], register: Callable[..., Any]
) -> None:
    asking(**TITLES, reviewed=True)
    refused = register(licence=False)
    assert (refused.status_code, problems(refused)) == (422, {("required", "certificate_receipt")})
    account_id = uuid7()
    made = register(account_id=account_id)
    assert (made.status_code, made.json["state"]) == (201, "waiting")
    bureau = UUID(units.client(unit_actor()).get("/v1/organisations?level=city_hr_bureau").json["items"][0]["id"])
    office = units.client(office_actor(bureau, "review.decide"))

    def decide(state: str, reason: str = "") -> Any:
        (waiting,) = office.get("/v1/registration-cases").json["items"]
        body, tag = {"state": state, "reason": reason}, {"If-Match": f'"{waiting["version"]}"'}
        return office.put(f"/v1/registration-cases/{waiting['id']}/decision", json=body, headers=tag)

    assert decide("rejected", "mark on licence").status_code == 200
    read = units.client(registrant_actor(account_id)).get("/v1/registration-cases/mine").json
    assert (read["state"], read["reason"]) == ("rejected", "mark on licence")
    # What was filled in, so that it can be corrected.
    assert (read["uscc"], read["address"], read["self_declaring"]) == ("913300000000000191", "文一西路1号", False)
    assert units.told(UnitRegisteredV1) == []
    assert register(account_id=account_id).json["state"] == "waiting"
    assert decide("approved").status_code == 200
    assert [(e.account_id, e.uscc) for e in units.told(UnitRegisteredV1)] == [(account_id, "913300000000000191")]


@pytest.mark.req("S4e-01")
def test_with_everything_but_the_certificate_an_account_exists_and_the_email_must_be_one(
    units: UnderTest, asking: Callable[..., None], register: Callable[..., Any]
) -> None:
    asking(**BY_EMAIL)
    body = {"licence": False, "unit_type": None, "industry": None, "location": None, "address": None}
    body |= {"code": "000000019"}
    assert problems(register(**body)) == {("required", "email")}
    wrong = register(**body, email="hr.example.cn")
    assert (wrong.status_code, problems(wrong)) == (422, {("wrong_format", "email")})
    made = register(**body, email="hr@example.cn")
    assert (made.status_code, made.json["email"], made.json["code"]) == (201, "hr@example.cn", "000000019")
    assert [str(e.unit_id) for e in units.told(UnitRegisteredV1)] == [made.json["id"]]


@pytest.mark.req("S4b-03")
def test_each_type_of_unit_names_its_licence(units: UnderTest) -> None:
    types = units.client().get("/v1/registration-profile").json["types"]
    assert {kind["key"]: kind["licence_zh"] for kind in types if kind["with_code"]} == {
        "state_enterprise": "企业法人营业执照",
        "private_enterprise": "企业法人营业执照",
        "institution": "事业单位法人证书",
        "public_authority": "政府或者编办发的批准成立文件",
        "society": "社会团体法人登记证书",
        "private_non_enterprise": "民办非企业单位登记证书",
        "cooperative": "农民专业合作社法人营业执照",
    }


def test_a_type_that_there_is_not_and_one_without_code_are_refused(register: Callable[..., Any]) -> None:
    for key in ("factory", "other_non_legal_person"):
        assert problems(register(unit_type=key)) == {("unknown_choice", "unit_type")}


@pytest.mark.parametrize("given", [{"required": ["shoe_size"]}, {"codes": []}, {"colour": "red"}, {"types": [{}]}])
def test_a_profile_that_says_nothing_sensible_does_not_start(given: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        profile_of(given)
