"""Cases of persons who declare without a unit: routed by the applicant, read by them, taken back by them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shenbao_common.contracts.applications import (
    ApplicationSubmittedV1,
    ApplicationSupersededV1,
    ApplicationWithdrawnV1,
    ProgrammePublishedV1,
)
from shenbao_common.contracts.review import PublicityStartedV1
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor
from shenbao_common.testing.contracts import example_event

ROUTE = [
    {"key": "submission", "zh": "提交审核", "en": "Submission", "decider": "applicant", "actions": ["report"]},
    {
        "key": "hr_acceptance",
        "zh": "待受理",
        "en": "Acceptance",
        "decider": "city_hr_bureau",
        "actions": ["pass", "fail"],
        "opinion_required": ["fail"],
    },
    {
        "key": "hr_review",
        "zh": "审核",
        "en": "Review",
        "decider": "city_hr_bureau",
        "actions": ["pass", "fail"],
        "opinion_required": ["fail"],
    },
    {
        "key": "publicity",
        "zh": "公示",
        "en": "Publicity",
        "decider": "city_hr_bureau",
        "actions": ["pass", "fail"],
        "publicity": {"working_days": 5, "count_first_day": True},
    },
]


def submitted(town: Any, filler: Any) -> ApplicationSubmittedV1:
    programme = example_event(ProgrammePublishedV1)
    town.service.hear(replace(programme, version=7, pack=programme.pack | {"route": ROUTE}))
    event = replace(
        example_event(ApplicationSubmittedV1),
        application_id=uuid7(),
        programme=programme.programme,
        version=7,
        unit_id=NOBODY,
        department_id=NOBODY,
        filler_id=filler.account_id,
        operator_id=filler.account_id,
        submitted_at=datetime(2026, 5, 6, tzinfo=UTC),
    )
    town.service.hear(event, revision=event.revision)
    return event


def test_a_persons_case_goes_to_the_bureau_and_is_read_by_nobody_else(town: Any) -> None:
    person, bureau = person_actor(), office_actor(town.bureau)
    event = submitted(town, person)
    path = f"/v1/cases/{event.application_id}"
    for reader in (person, bureau):
        case = town.service.client(reader).get(path).json
        assert [s["step_key"] for s in case["steps"]] == ["submission", "hr_acceptance", "hr_review", "publicity"]
    assert [c["application_id"] for c in town.service.client(person).get("/v1/cases").json["items"]] == [
        str(event.application_id)
    ]
    for stranger in (person_actor(), office_actor(town.d1)):
        assert town.service.client(stranger).get(path).status_code == 404


def test_a_withdrawn_case_leaves_the_queue(town: Any) -> None:
    person, bureau = person_actor(), office_actor(town.bureau)
    event = submitted(town, person)
    assert len(town.service.client(bureau).get("/v1/cases").json["items"]) == 1
    withdrawn = ApplicationWithdrawnV1(application_id=event.application_id, unit_id=NOBODY, revision=event.revision + 1)
    town.service.hear(withdrawn, revision=withdrawn.revision)
    assert town.service.client(bureau).get("/v1/cases").json["items"] == []
    body = {"action": "pass", "opinion": ""}
    assert town.service.client(bureau).post(f"/v1/cases/{event.application_id}/decisions", json=body).status_code >= 400


def decided(town: Any, bureau: Any, application: Any, **decision: Any) -> Any:
    client, path = town.service.client(bureau), f"/v1/cases/{application}"
    case = client.get(path)
    body = {"step_id": case.json["current"]["step_id"], "opinion": None} | decision
    return client.post(f"{path}/decisions", json=body, headers={"If-Match": case.headers["ETag"]})


def test_a_refusal_and_a_return_of_the_case_need_an_opinion_and_the_applicant_reads_it(town: Any) -> None:
    person, bureau = person_actor(), office_actor(town.bureau)
    refused = submitted(town, person).application_id
    assert decided(town, bureau, refused, action="fail").status_code == 422
    assert decided(town, bureau, refused, action="fail", opinion="不符合年龄条件").status_code == 200
    log = town.service.client(person).get(f"/v1/cases/{refused}/log").json["items"]
    assert [line["opinion"] for line in log if line["action"] == "fail"] == ["不符合年龄条件"]

    accepted = submitted(town, person).application_id
    assert decided(town, bureau, accepted, action="pass").json["current"]["step_key"] == "hr_review"
    assert decided(town, bureau, accepted, action="fail").status_code == 422


def test_the_applicant_reads_which_notice_shows_the_case_while_it_is_posted(town: Any, review: Any) -> None:
    person, bureau = person_actor(), office_actor(town.bureau)
    event = submitted(town, person)
    path = f"/v1/cases/{event.application_id}"
    for _ in ("hr_acceptance", "hr_review"):
        assert town.service.client(person).get(path).json["publicity"] is None
        assert decided(town, bureau, event.application_id, action="pass").status_code == 200
    assert town.service.client(person).get(path).json["publicity"] is None
    review.app.extensions["clock"] = lambda: datetime(2024, 3, 1, 1, tzinfo=UTC)
    condition = {"name": {"zh": "申报条件", "en": "Condition"}, "text": {"zh": "职称类：中级职称", "en": "Title"}}
    rows = [{"application_id": str(event.application_id), "name": "张*", "unit_name": "", "values": [condition]}]
    claims = {"account_id": str(bureau.account_id), "rows": rows}
    sheet = review.slip("applications", "shenbao-publicity+jwt", claims)
    posted = town.service.client(bureau).post("/v1/publicities", json={"title": "入户公示", "sheet": sheet})
    assert posted.status_code == 201, posted.json
    shown = town.service.client(person).get(path).json["publicity"]
    assert shown == {
        "publicity_id": posted.json["publicity_id"],
        "starts_on": "2024-03-01",
        "ends_on": "2024-03-07",
    }
    notice = town.service.client().get(f"/v1/public/publicities/{shown['publicity_id']}").json
    assert [(c["name"], [v["text"]["zh"] for v in c["values"]]) for c in notice["cases"]] == [
        ("张*", ["职称类：中级职称"])
    ]
    (told,) = town.service.told(PublicityStartedV1)
    assert (told.application_id, told.starts_on.isoformat()) == (event.application_id, "2024-03-01")


def test_the_log_says_that_the_applicant_declared_anew(town: Any) -> None:
    person, bureau = person_actor(), office_actor(town.bureau)
    event = submitted(town, person)
    decided(town, bureau, event.application_id, action="fail", opinion="不符合年龄条件")
    town.service.hear(example_event(ApplicationSupersededV1, application_id=str(event.application_id)))
    log = town.service.client(bureau).get(f"/v1/cases/{event.application_id}/log").json["items"]
    assert [line["action"] for line in log] == ["report", "fail", "supersede"]
