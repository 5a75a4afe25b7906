"""What the members of a sitting may read: slips about the cases on its agenda, for nobody else."""

import base64
import json
from typing import Any

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor


def slip(house: Any, who: Any, sitting: str, report: Any) -> Any:
    path = f"/v1/ballots/{sitting}/applications/{report.application_id}/slip"
    return house.review.client(who).get(path)


def claims(answer: Any) -> dict[str, Any]:
    body = answer.json["slip"].split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def agenda(house: Any, sitting: str, expert: str) -> list[str]:
    return [line["reference"] for line in house.ballot(sitting, expert)["agenda"]]


def test_a_member_gets_a_slip_about_each_case_of_the_agenda_and_a_stranger_none(house: Any) -> None:
    experts = house.pool(13)
    x, y, apart = house.candidates(3)
    sitting = house.planned([x, y])
    house.seated(sitting, experts)
    member = house.experts[experts[0]]
    assert agenda(house, sitting, experts[0]) == [x.reference, y.reference]
    said = claims(slip(house, member, sitting, x))
    assert (said["application_id"], said["account_id"]) == (str(x.application_id), str(member.account_id))
    assert said["step_key"] == "committee_review"
    for stranger in (person_actor(), office_actor(house.town.bureau), office_actor()):
        assert slip(house, stranger, sitting, x).status_code == 404
    assert slip(house, member, sitting, apart).status_code == 404
    assert slip(house, member, str(uuid7()), x).status_code == 404
    anonymous = house.review.client().get(f"/v1/ballots/{sitting}/applications/{x.application_id}/slip")
    assert anonymous.status_code == 401


def test_who_has_a_conflict_with_a_candidate_does_not_read_it_before_or_during_the_ballot(house: Any) -> None:
    experts = house.pool(13)
    x, y = house.candidates(2)
    sitting = house.planned([x, y])
    house.seated(sitting, experts)
    related = {"expert_id": experts[1], "reference": x.reference}
    assert house.chief.post("/v1/relations", json=related).status_code == 201
    assert agenda(house, sitting, experts[1]) == [y.reference]
    house.opened(sitting)
    assert slip(house, house.experts[experts[1]], sitting, x).status_code == 404
    declared = house.review.client(house.experts[experts[2]])
    declared.post(f"/v1/ballots/{sitting}/recusals", json={"application_id": str(y.application_id)})
    assert agenda(house, sitting, experts[2]) == [x.reference]


def test_the_agenda_is_read_until_the_minutes_are_signed_and_without_what_was_recalled(house: Any) -> None:
    experts = house.pool(13)
    x, y = house.candidates(2)
    sitting = house.planned([x, y])
    house.seated(sitting, experts)
    house.town.recall(y)
    assert agenda(house, sitting, experts[0]) == [x.reference]
    house.opened(sitting)
    house.close(sitting)
    assert slip(house, house.experts[experts[0]], sitting, x).status_code == 200
    assert house.sign(sitting, experts[0]).status_code == 200
    assert slip(house, house.experts[experts[0]], sitting, x).status_code == 404
    assert agenda(house, sitting, experts[0]) == []
