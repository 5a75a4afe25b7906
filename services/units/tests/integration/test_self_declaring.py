"""A person registers a unit to declare in its name; its department takes the mark off (S4e-05)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.units import SelfDeclaringEndedV1, UnitRegisteredV1
from shenbao_common.testing.actors import office_actor, unit_actor
from shenbao_common.testing.service import UnderTest

Form = Callable[..., dict[str, Any]]


@pytest.fixture
def form(ticket: Callable[..., str]) -> Form:
    """Of a unit that the register knows."""
    known = {"code": "000000019", "legal_representative": "王建国"}
    return lambda **said: known | {"ticket": ticket()} | said


def test_a_unit_that_a_person_registers_to_declare_in_its_name_bears_the_mark(
    units: UnderTest, form: Form, department: Callable[..., UUID]
) -> None:
    made = [
        units.client().post("/v1/registrations", json=form(department_id=str(department(name)), **said)).json
        for name, said in (("D1", {"self_declaring": True}), ("D2", {}))
    ]
    assert [unit["self_declaring"] for unit in made] == [True, False]
    assert [e.self_declaring for e in units.told(UnitRegisteredV1)] == [True, False]


def test_only_its_department_takes_the_mark_off_and_once(
    units: UnderTest, form: Form, department: Callable[..., UUID]
) -> None:
    home, other = department("D1"), department("D2")
    body = form(department_id=str(home), self_declaring=True)
    made = units.client().post("/v1/registrations", json=body).json
    path = f"/v1/units/{made['id']}/self-declaring"
    assert units.client().delete(path).status_code == 401
    assert units.client(unit_actor(unit_id=UUID(made["id"]))).delete(path).status_code == 403
    assert units.client(office_actor(other, "review.decide")).delete(path).status_code == 404
    assert units.client(office_actor(home, "project.publish")).delete(path).status_code == 403
    officer = units.client(office_actor(home, "review.decide"))
    assert officer.delete(path).status_code == 204
    again = officer.delete(path)
    assert (again.status_code, again.json["code"]) == (409, "not_self_declaring")
    assert [(str(e.unit_id), e.revision) for e in units.told(SelfDeclaringEndedV1)] == [(made["id"], 2)]
