"""A step that a committee decides: found by the field that names the group, refused while nobody evaluates it."""

from typing import Any

from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.contracts.review import CommitteeFormedV1
from shenbao_common.kernel.ids import uuid7

BEFORE = "decider: supervising_department, actions: [pass, return]"
AFTER = "decider: committee, actions: [pass, fail], committee: {group_by: basic.declared_title, quorum: 13}"


def formed(house: Any, **changes: Any) -> CommitteeFormedV1:
    facts: dict[str, Any] = {
        "committee_id": uuid7(),
        "organisation_id": house.d1.organisation_id,
        "name": "示例市工程系列评委会",
        "programmes": (),
        "groups": ("engineering_assistant",),
        "active": True,
        "revision": 1,
    }
    event = CommitteeFormedV1(**facts | changes)
    house.service.hear(event, revision=event.revision)
    return event


def test_the_committee_of_the_field_is_foreseen_and_a_report_names_its_group(house: Any, pack_text: str) -> None:
    assert house.publish_pack(pack_text.replace(BEFORE, AFTER, 1)).status_code == 201
    house.version = 2
    unit = house.unit()
    made = house.ready(unit, house.project())
    client = house.service.client(unit)
    assert client.get(f"/v1/applications/{made['id']}/route").json["missing"] == ["no_committee"]
    refused = house.report(unit, made["id"])
    assert (refused.status_code, refused.json["code"]) == (422, "no_committee")

    group = made["sections"]["basic"]["declared_title"]
    committee = formed(house, groups=(group,))
    steps = client.get(f"/v1/applications/{made['id']}/route").json["steps"]
    assert [(s["step_key"], s["organisation_name"]) for s in steps][1] == (
        "supervising_department_review",
        "示例市工程系列评委会",
    )
    formed(house, committee_id=committee.committee_id, groups=(group,), active=False, revision=3)
    formed(house, committee_id=committee.committee_id, groups=(group,), revision=2)
    assert house.report(unit, made["id"]).status_code == 422
    formed(house, groups=(group,))
    assert house.report(unit, made["id"]).status_code == 200
    (told,) = house.service.told(ApplicationSubmittedV1)
    assert told.group == group


def test_a_pack_with_a_wrong_committee_step_is_refused_with_every_place(house: Any, pack_text: str) -> None:
    text = pack_text.replace(BEFORE, "decider: committee, actions: [pass, return], committee: {group_by: a.b}", 1)
    text = text.replace("decider: city_hr_bureau,", "decider: city_hr_bureau, committee: {quorum: 3},", 1)
    answer = house.publish_pack(text)
    assert {(e["code"], e["path"]) for e in answer.json["errors"]} >= {
        ("committee_passes_or_fails", "route.1.actions"),
        ("unknown_field", "route.1.committee.group_by"),
        ("only_for_committee", "route.2.committee"),
    }


def test_an_examination_is_of_a_step_that_somebody_decides(house: Any, pack_text: str) -> None:
    exam = "exam: {pass_mark: 60}"
    assert house.publish_pack(pack_text.replace(BEFORE, f"{BEFORE}, {exam}", 1)).status_code == 201
    for wrong in (f"{AFTER}, {exam}", f"{BEFORE}, publicity: {{working_days: 5}}, {exam}"):
        answer = house.publish_pack(pack_text.replace(BEFORE, wrong, 1))
        assert [(e["code"], e["path"]) for e in answer.json["errors"]] == [("exam_is_decided", "route.1.exam")]
    answer = house.publish_pack(pack_text.replace(BEFORE, f"{BEFORE}, exam: {{pass_mark: 0}}", 1))
    assert [e["path"] for e in answer.json["errors"]] == ["route.1.exam.pass_mark"]
