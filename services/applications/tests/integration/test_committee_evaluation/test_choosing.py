"""The way of everybody to a project: level, committee, subject group."""

from typing import Any

from shenbao_common.contracts.review import CommitteeFormedV1
from shenbao_common.kernel.ids import uuid7


def formed(evaluating: Any, name: str, *groups: str, **changes: Any) -> str:
    event = CommitteeFormedV1(
        **{
            "committee_id": uuid7(),
            "organisation_id": evaluating.house.bureau.organisation_id,
            "name": name,
            "programmes": (evaluating.programme,),
            "groups": groups,
            "active": True,
            "revision": 1,
        }
        | changes
    )
    evaluating.house.service.hear(event, revision=1)
    return str(event.committee_id)


def test_a_project_is_found_by_level_committee_and_subject_group(evaluating: Any) -> None:
    committee = formed(evaluating, "C", "machinery", "electronics")
    other = formed(evaluating, "D")
    named = {"committee_id": committee, "groups": ["electronics"]}
    project = evaluating.project("senior_personal", name="高级工程师评审", **named)
    evaluating.project("intermediate_personal", name="中级", committee_id=other)
    days = {"year": 2022, "opens_on": "2022-01-01", "closes_on": "2022-12-31"}
    evaluating.project("senior_personal", name="往年", committee_id=other, **days)
    anybody = evaluating.house.service.client()

    seen = anybody.get("/v1/public/committees?tier=senior").json["items"]
    assert seen == [{"id": committee, "name": "C"}]
    groups = anybody.get(f"/v1/public/committees/{committee}?tier=senior").json["groups"]
    assert [(group["key"], group["zh"]) for group in groups] == [("machinery", "机械"), ("electronics", "电子信息")]
    path = f"/v1/public/committees/{committee}/projects?tier=senior"
    found = {g: [p["id"] for p in anybody.get(f"{path}&group={g}").json["items"]] for g in ("machinery", "electronics")}
    assert found == {"machinery": [], "electronics": [project]}
    details = anybody.get(f"/v1/public/projects/{project}").json
    assert (details["name"], details["committee_id"], details["fill"]) == ("高级工程师评审", committee, ["person"])


def test_a_committee_without_groups_takes_all_and_a_project_without_takes_all_of_its_committee(evaluating: Any) -> None:
    committee = formed(evaluating, "D")
    project = evaluating.project("senior_personal", committee_id=committee)
    anybody = evaluating.house.service.client()
    assert len(anybody.get(f"/v1/public/committees/{committee}?tier=senior").json["groups"]) == 8
    found = anybody.get(f"/v1/public/committees/{committee}/projects?tier=senior&group=nursing").json["items"]
    assert [one["id"] for one in found] == [project]


def test_a_publisher_names_only_its_own_committee_and_groups_that_this_evaluates(evaluating: Any) -> None:
    house = evaluating.house
    own = formed(evaluating, "C", "machinery")
    strange = formed(evaluating, "E", organisation_id=house.d1.organisation_id)
    other = formed(evaluating, "F", programmes=("other",))

    def refused(**given: Any) -> list[tuple[str, str]]:
        body = {"programme": evaluating.programme, "variant": "senior_personal"} | given
        answer = house.publish_project(house.bureau, **body)
        assert answer.status_code == 422, answer.json
        return [(error["code"], error["path"]) for error in answer.json["errors"]]

    assert refused(committee_id=own, groups=["machinery", "electronics"]) == [("unknown_choice", "groups.1")]
    assert refused(committee_id=strange) == [("unknown_committee", "committee_id")]
    assert refused(committee_id=other) == [("committee_of_other_programme", "committee_id")]
    assert refused(groups=["machinery"]) == [("only_for_committee", "groups")]


def test_a_departments_own_project_is_not_for_everybody(evaluating: Any) -> None:
    project = evaluating.house.project()
    anybody = evaluating.house.service.client()
    assert anybody.get(f"/v1/public/projects/{project}").status_code == 404
    assert anybody.get(f"/v1/public/committees/{uuid7()}?tier=senior").status_code == 404
