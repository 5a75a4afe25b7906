"""One's own second use of evidence is told apart from somebody else's (B-14)."""

from typing import Any

import pytest

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor

STEP = "supervising_department_review"


def asked(house: Any, actor: Actor, application: str, ids: list[str]) -> Any:
    return house.service.client(actor).post(f"/v1/applications/{application}/same-person", json={"ids": ids})


@pytest.mark.req("B-14")
def test_the_applicants_other_applications_are_told_from_those_of_others(house: Any) -> None:
    unit, project, later = house.unit(), house.project(), house.project(name="2027年初定")
    mine = house.reported(unit, project, house.numbers[0])
    again, theirs = house.ready(unit, later, house.numbers[0])["id"], house.ready(unit, project, house.numbers[1])["id"]
    house.opened(mine, house.d1, STEP)

    ids = [again, theirs, mine["id"], str(uuid7())]
    assert asked(house, house.d1, mine["id"], ids).json == {"ids": [again]}
    assert asked(house, house.d2, mine["id"], ids).status_code == 404
    assert asked(house, office_actor(), mine["id"], ids).status_code == 404
    assert asked(house, unit, mine["id"], ids).status_code == 403
    assert [(e["code"], e["path"]) for e in asked(house, house.d1, mine["id"], []).json["errors"]] == [
        ("wrong_length", "ids")
    ]
