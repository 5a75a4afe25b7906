"""Cases of persons who declare without a unit: routed by the applicant, read by them, taken back by them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shenbao_common.contracts.applications import ApplicationSubmittedV1, ApplicationWithdrawnV1, ProgrammePublishedV1
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
        assert [s["step_key"] for s in case["steps"]] == ["submission", "hr_acceptance"]
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
