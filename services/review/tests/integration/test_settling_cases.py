"""A person's case at the bureau: accepted or refused, passed or returned, and posted, by the pack of settling in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import yaml

from shenbao_common.contracts.review import PublicityStartedV1, StepFailedV1, StepOpenedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import office_actor, person_actor
from shenbao_common.testing.service import eventually
from shenbao_review import worker
from shenbao_review.actions import publicity

PACK = yaml.safe_load(
    (Path(__file__).parents[4] / "programmes" / "talent_settle_in" / "programme.yaml").read_text(encoding="utf-8")
)
PASSED = datetime(2024, 3, 1, 2, tzinfo=UTC)


class Desk:
    """The bureau's queue with one person's case in it."""

    def __init__(self, town: Any, review: Any) -> None:
        self.town, self.review = town, review
        town.publish_route(*PACK["route"], labels=PACK["labels"])
        review.app.extensions["clock"] = lambda: PASSED
        self.person, self.officer = person_actor(), office_actor(town.bureau)
        self.report = town.report(
            "primary", version=2, variant="settle_in", filler_id=self.person.account_id, submitted_at=PASSED
        )

    def decide(self, action: str, opinion: str | None = None) -> Any:
        return self.town.decide(self.review.client(self.officer), self.report, action, opinion)

    def case(self, who: Actor | None = None) -> Any:
        return self.town.case(self.review.client(who or self.person), self.report)

    def read(self) -> list[tuple[str, str | None]]:
        """What the applicant reads of decisions."""
        log = self.review.client(self.person).get(f"/v1/cases/{self.report.application_id}/log").json["items"]
        return [(line["action"], line["opinion"]) for line in log if line["opinion"]]

    def post(self) -> Any:
        condition = {"name": {"zh": "申请条件", "en": "Condition"}, "text": {"zh": "学历类", "en": "Degree"}}
        row = {"application_id": str(self.report.application_id), "name": "张*", "unit_name": "", "values": [condition]}
        claims = {"account_id": str(self.officer.account_id), "rows": [row]}
        sheet = self.review.slip("applications", "shenbao-publicity+jwt", claims)
        body = {"title": "引进在职人才入户公示", "sheet": sheet}
        return self.review.client(self.officer).post("/v1/publicities", json=body)


@pytest.fixture
def desk(town: Any, review: Any) -> Desk:
    return Desk(town, review)


@pytest.mark.req("S2-36")
def test_a_refused_acceptance_ends_the_case_with_an_opinion_that_the_applicant_reads(desk: Desk) -> None:
    assert desk.town.listed(desk.review.client(desk.officer)) == [desk.report.reference]
    bare = desk.decide("fail")
    assert (bare.status_code, [e["code"] for e in bare.json["errors"]]) == (422, ["opinion_required"])
    assert desk.decide("fail", "不符合年龄条件").status_code == 200
    assert desk.read() == [("fail", "不符合年龄条件")]
    (told,) = desk.review.told(StepFailedV1)
    assert told.step_key == "hr_acceptance"
    assert desk.case()["status"] == "failed"


@pytest.mark.req("S2-36")
def test_an_accepted_case_is_reviewed_and_returned_only_with_an_opinion(desk: Desk) -> None:
    assert desk.decide("pass").status_code == 200
    assert desk.case()["current"]["step_key"] == "hr_review"
    assert [e.step_key for e in desk.review.told(StepOpenedV1)][-1] == "hr_review"
    bare = desk.decide("fail")
    assert (bare.status_code, [(e["code"], e["path"]) for e in bare.json["errors"]]) == (
        422,
        [("opinion_required", "opinion")],
    )
    assert desk.decide("fail", "社保缴纳不足").status_code == 200
    assert desk.read() == [("fail", "社保缴纳不足")]
    assert [e.step_key for e in desk.review.told(StepFailedV1)] == ["hr_review"]


@pytest.mark.req("S2-38")
def test_after_the_review_the_applicant_reads_the_publicity_while_it_runs(desk: Desk) -> None:
    desk.decide("pass")
    desk.decide("pass")
    assert (desk.case()["current"]["step_key"], desk.case()["publicity"]) == ("publicity", None)
    made = desk.post()
    assert made.status_code == 201, made.json
    shown = desk.case()["publicity"]
    assert (shown["starts_on"], shown["ends_on"]) == ("2024-03-01", "2024-03-07")
    (told,) = desk.review.told(PublicityStartedV1)
    assert (told.starts_on.isoformat(), told.ends_on.isoformat()) == ("2024-03-01", "2024-03-07")
    details = desk.review.client(desk.person).get(f"/v1/public/publicities/{shown['publicity_id']}").json
    (case,) = details["cases"]
    assert (case["name"], [v["text"]["zh"] for v in case["values"]]) == ("张*", ["学历类"])
    after = PASSED + timedelta(days=8)
    while worker.piece(desk.review.service.sessions, lambda: after):
        pass
    assert (desk.case()["status"], desk.case()["publicity"]) == ("passed", None)
    assert desk.review.client().get(f"/v1/public/publicities/{shown['publicity_id']}").status_code == 410


@pytest.mark.req("B-06")
def test_an_objection_that_comes_as_the_period_ends_hears_that_it_is_over(desk: Desk) -> None:
    desk.decide("pass")
    desk.decide("pass")
    notice = desk.post().json["publicity_id"]
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")

    def object_to(number: int) -> Any:
        body = {"number": str(number), "text": "业绩不实"}
        return desk.review.client().post(f"/v1/public/publicities/{notice}/objections", data=body)

    assert object_to(2).status_code == 404
    with ThreadPoolExecutor(1) as other, desk.review.service.sessions.begin() as session:
        publicity.end(session, UUID(notice), PASSED + timedelta(days=8))
        session.flush()
        late = other.submit(object_to, 1)
        eventually(lambda: bool(session.scalar(waiting)))
    assert (late.result().status_code, late.result().json["code"]) == (410, "publicity_over")
    assert desk.case()["status"] == "passed"
