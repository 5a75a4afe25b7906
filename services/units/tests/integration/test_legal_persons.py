"""A legal person that came by provincial sign-in registers the unit of its own credit code."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from shenbao_common.testing.service import UnderTest

OWN = "913300000000000191"


def test_a_legal_person_registers_its_own_code_and_no_other(
    units: UnderTest, ticket: Callable[..., str], department: Callable[..., UUID]
) -> None:
    def register(code: str) -> Any:
        body = {"code": code, "legal_representative": "王建国", "department_id": str(department("市科学技术局"))}
        return units.client().post("/v1/registrations", json=body | {"ticket": ticket(credit_code=OWN)})

    refused = register("000000019")
    assert refused.status_code == 422
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [("not_own_code", "code")]
    assert register(OWN).status_code == 201
