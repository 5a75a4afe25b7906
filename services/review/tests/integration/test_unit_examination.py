"""Titles as their unit examines them: the declared opinion, one decision, and where the case goes then."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from shenbao_common.contracts.applications import ApplicationSubmittedV1, ProjectPublishedV1
from shenbao_common.contracts.review import StepFailedV1, StepReturnedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor, unit_actor
from shenbao_common.testing.contracts import example_event

PACKS = Path(__file__).parents[4] / "programmes"
DECLARATION = (
    "本单位声明：申报人员无违法乱纪、无重大工作失误，所报评审材料真实可靠，经审核属实。如有失实，愿承担相应责任。"
)
CHECK = "unit_qualification_check"


class Examining:
    """U1 examines what its people declare under one of the two programmes of titles."""

    def __init__(self, town: Any, programme: str) -> None:
        self.town = town
        pack = yaml.safe_load((PACKS / programme / "programme.yaml").read_text(encoding="utf-8"))
        town.publish_route(*pack["route"], labels=pack["labels"], submission=pack["submission"])
        self.person = person_actor()

    def declared(self, **changes: Any) -> ApplicationSubmittedV1:
        who: dict[str, Any] = {"filler_id": self.person.account_id, "operator_id": self.person.account_id, "version": 2}
        who["skips"] = ("department_qualification_check",)  # It concerns only who declares in a unit's name.
        event: ApplicationSubmittedV1 = self.town.report("primary", **who, **changes)
        return event

    def unit(self) -> Any:
        return self.town.unit()

    def decide(self, report: ApplicationSubmittedV1, action: str, opinion: str = "") -> Any:
        return self.town.decide(self.unit(), report, action, opinion)

    def log(self, report: ApplicationSubmittedV1) -> list[dict[str, Any]]:
        found = self.unit().get(f"/v1/cases/{report.application_id}/log").json["items"]
        return [line for line in found if line["action"] != "report"]

    def counts(self, client: Any) -> Mapping[str, int]:
        found: Mapping[str, int] = self.town.counts(client)
        return found


@pytest.fixture
def recognition(town: Any) -> Examining:
    return Examining(town, "title_recognition")


@pytest.fixture
def publisher(town: Any) -> Any:
    """The project is D1's."""
    town.service.hear(_published(town, town.d1))
    return town.office(town.d1)


def _published(town: Any, body: Any) -> Any:
    return example_event(ProjectPublishedV1, project_id=str(town.project_id), publisher_id=str(body))


@pytest.mark.req("S1-34")
def test_a_pass_is_proposed_the_declaration_and_the_log_holds_what_was_submitted(
    recognition: Examining, publisher: Any
) -> None:
    report = recognition.declared()
    current = recognition.town.case(recognition.unit(), report)["current"]
    assert current["default_opinion"]["zh"] == DECLARATION
    assert current["actions"] == ["pass", "return", "fail"]
    assert recognition.decide(report, "pass").json["errors"][0]["code"] == "opinion_required"
    assert recognition.town.case(recognition.unit(), report)["current"]["step_key"] == CHECK  # Closed: nothing changed.
    assert recognition.decide(report, "pass", DECLARATION).status_code == 200
    (line,) = recognition.log(report)
    assert (line["action"], line["opinion"], line["organisation_name"]) == ("pass", DECLARATION, "示例科技有限公司")


def test_not_passed_needs_an_opinion_and_ends_the_application(recognition: Examining, publisher: Any) -> None:
    report = recognition.declared()
    refused = recognition.decide(report, "fail", " ")
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "opinion_required")
    before = recognition.counts(recognition.unit())["failed"]
    failed = recognition.decide(report, "fail", "学历不符").json
    assert (failed["status"], failed["label"]["zh"]) == ("failed", "审查不通过")
    assert recognition.counts(recognition.unit())["failed"] == before + 1
    applicant = recognition.town.service.client(recognition.person)
    seen = applicant.get(f"/v1/cases/{report.application_id}/log").json["items"]
    assert [line["opinion"] for line in seen if line["action"] == "fail"] == ["学历不符"]
    # Applications hears this, and hands nothing of it in again: its own tests show so.
    assert [e.step_key for e in recognition.town.service.told(StepFailedV1)] == [CHECK]


def test_a_return_needs_an_opinion_gives_the_application_back_and_deletes_nothing(
    recognition: Examining, publisher: Any
) -> None:
    report = recognition.declared()
    assert recognition.decide(report, "return").status_code == 422
    assert recognition.decide(report, "return", "缺成绩单").json["status"] == "returned"
    assert [e.step_key for e in recognition.town.service.told(StepReturnedV1)] == [CHECK]
    recognition.town.report_again(report)
    case = recognition.town.case(recognition.unit(), report)
    assert [(s["round"], s["state"]) for s in case["steps"] if s["step_key"] == CHECK] == [(1, "returned"), (2, "open")]
    assert [line["opinion"] for line in recognition.log(report)] == ["缺成绩单"]


@pytest.mark.req("S1-37")
def test_the_second_officer_is_refused_and_the_pass_stands(recognition: Examining, publisher: Any) -> None:
    report = recognition.declared()
    seen = recognition.town.case(recognition.unit(), report)
    second = recognition.town.service.client(unit_actor(recognition.town.unit_id))
    assert recognition.decide(report, "pass", DECLARATION).status_code == 200
    late = second.post(
        f"/v1/cases/{report.application_id}/decisions",
        json={"step_id": seen["current"]["step_id"], "action": "return", "opinion": "缺成绩单"},
        headers={"If-Match": f'"{recognition.town.case(second, report)["version"]}"'},
    )
    assert (late.status_code, late.json["code"]) == (409, "step_not_open")
    states = {s["step_key"]: s["state"] for s in recognition.town.case(second, report)["steps"]}
    assert states[CHECK] == "passed"


def test_an_other_unit_neither_reads_nor_decides(recognition: Examining, publisher: Any) -> None:
    report = recognition.declared()
    other = recognition.town.service.client(unit_actor(recognition.town.other_unit_id))
    assert other.get(f"/v1/cases/{report.application_id}").status_code == 404
    body = {"step_id": str(uuid7()), "action": "pass", "opinion": DECLARATION}
    answer = other.post(f"/v1/cases/{report.application_id}/decisions", json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 404


@pytest.mark.req("S1-43")
@pytest.mark.parametrize("programme", ["title_recognition", "title_review"])
def test_what_the_unit_passed_waits_for_the_accepting_department_or_the_first_body_of_the_plan(
    town: Any, programme: str
) -> None:
    examining = Examining(town, programme)
    bureau = town.office(town.bureau)
    assert bureau.post("/v1/committees", json={"name": "高级建筑工程评审委员会"}).status_code == 201
    first = town.d1 if programme == "title_recognition" else town.bureau
    town.service.hear(_published(town, first))
    before = town.counts(town.office(first))["open"]
    report = examining.declared()
    assert town.counts(town.office(first))["open"] == before
    examining.decide(report, "pass", DECLARATION)
    assert town.counts(town.office(first))["open"] == before + 1
