"""Codes are kept centrally, units by the department of their branch: one officer at two services (S4a-02)."""

import pytest

from shenbao_stack.demo.town import Town
from shenbao_stack.world import settled


@pytest.mark.req("S4a-02")
def test_a_department_may_not_add_a_specialty_and_adds_a_unit_of_its_own_branch(town: Town) -> None:
    department, other = town.department(), town.department()
    settled(department.user, "applications", "units")
    serial = town.world.serial()
    specialty = {"key": f"s{serial}", "zh": "植物保护", "en": "Plant protection"}
    path = "/v1/dictionaries/specialty/codes"
    refused = department.user.call("POST", "applications", path, specialty)
    assert (refused.status_code, refused.json()["code"]) == (403, "central_office_only")
    assert town.bureau.user.call("POST", "applications", path, specialty).status_code == 201
    read = department.user.call("GET", "applications", path, params={"q": specialty["key"]}).json()["items"]
    assert read == [specialty]

    unit = {"code": town.world.new_code(), "name": "示例研究所", "department_id": department.id}
    assert department.user.call("POST", "units", "/v1/directory", unit).status_code == 201
    elsewhere = unit | {"code": town.world.new_code(), "department_id": other.id}
    assert department.user.call("POST", "units", "/v1/directory", elsewhere).status_code == 404
