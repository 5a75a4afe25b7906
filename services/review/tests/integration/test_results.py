"""Results of a committee that sits elsewhere: taken in whole, or refused with every bad row (S4a-08)."""

from typing import Any

from shenbao_common.contracts.review import StepFailedV1, StepPassedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.service import UnderTest

STEP = {"key": "committee_review", "decider": "committee", "actions": ["pass", "fail"]}


def rows(*results: tuple[Any, str]) -> dict[str, Any]:
    return {"rows": [{"reference": getattr(r, "reference", r), "result": result} for r, result in results]}


def test_results_decide_the_cases_that_wait_or_every_bad_row_is_named(town: Any, review: UnderTest) -> None:
    town.publish_route(STEP)
    chief = town.office(town.bureau)
    formed = {"name": "省评委会", "outside": True}
    path = f"/v1/committees/{chief.post('/v1/committees', json=formed).json['committee_id']}/results"
    first, second, related, untouched = (town.report(version=2) for _ in range(4))
    elsewhere = town.report()
    chief.post("/v1/relations", json={"reference": related.reference})
    bad = rows(
        (first, "passed"), ("2014-999999", "passed"), (first, "failed"), (elsewhere, "passed"), (related, "passed")
    )
    refused = chief.post(path, json=bad)
    assert refused.status_code == 422
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [
        ("not_in_committee_step", "rows.1.reference"),
        ("duplicate", "rows.2.reference"),
        ("not_in_committee_step", "rows.3.reference"),
        ("conflict_declared", "rows.4.reference"),
    ]
    assert review.told(StepPassedV1) == []
    wrong = chief.post(path, json=rows((first, "perhaps")))
    assert [(e["code"], e["path"]) for e in wrong.json["errors"]] == [("unknown_choice", "rows.0.result")]

    taken = chief.post(path, json=rows((first, "passed"), (second, "failed")))
    assert taken.json == {"passed": 1, "failed": 1}
    assert [e.application_id for e in review.told(StepPassedV1)] == [first.application_id]
    assert [e.application_id for e in review.told(StepFailedV1)] == [second.application_id]
    assert town.case(chief, untouched)["status"] == "in_review"
    again = chief.post(path, json=rows((first, "failed")))
    assert [e["code"] for e in again.json["errors"]] == ["not_in_committee_step"]
    assert town.office(town.d1).post(path, json=rows((untouched, "passed"))).status_code == 404
    assert town.office(town.bureau, "review.assign").post(path, json=rows((untouched, "passed"))).status_code == 403
    assert chief.post(f"/v1/committees/{uuid7()}/results", json=rows((untouched, "passed"))).status_code == 404


def test_a_committee_either_sits_here_or_hands_in_its_results(town: Any) -> None:
    town.publish_route(STEP)
    chief = town.office(town.bureau)
    made = chief.post("/v1/committees", json={"name": "评委会"}).json
    report = town.report(version=2)
    refused = chief.post(f"/v1/committees/{made['committee_id']}/results", json=rows((report, "passed")))
    assert (refused.status_code, refused.json["code"]) == (409, "committee_sits_here")
    path, etag = f"/v1/committees/{made['committee_id']}", {"If-Match": f'"{made["version"]}"'}
    assert chief.put(path, json={"name": "评委会", "outside": True}, headers=etag).json["outside"] is True
    body = {"title": "会议", "held_on": "2026-05-06", "ids": [str(report.application_id)]}
    sitting = chief.post(f"{path}/sittings", json=body)
    assert (sitting.status_code, sitting.json["code"]) == (409, "committee_sits_elsewhere")
