"""Every route that takes an id, asked with a true one by those whom it does not concern."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import xlsxwriter

from shenbao_common.testing.actors import office_actor, person_actor, sub_account_actor, unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_common.testing.strangers import routes, try_all
from shenbao_review import worker

PUBLICITY = {
    "key": "publicity",
    "decider": "city_hr_bureau",
    "actions": ["pass", "fail"],
    "publicity": {"working_days": 5},
}
CHECK = {"key": "check", "decider": "supervising_department", "actions": ["pass", "fail"]}
AGAIN = {
    "working_days": 10,
    "steps": [{"key": "acceptance", "zh": "复核受理", "en": "Acceptance", "decider": "city_hr_bureau"}],
}
THURSDAY = datetime(2026, 9, 24, 1, 30, tzinfo=UTC)
END = datetime(2026, 10, 9, 16, tzinfo=UTC)
Ids = dict[str, Any]


def committee(town: Any, review: UnderTest, house: Any) -> Ids:
    """A sitting of a committee after its first votes, and a relation of one of its experts."""
    experts, (report,) = house.pool(13), house.candidates(1)
    sitting = house.planned([report])
    house.seated(sitting, experts)
    house.opened(sitting)
    house.vote(sitting, experts[0], "yes")
    relation = {"expert_id": experts[1], "unit_id": str(town.other_unit_id)}
    made = house.chief.post("/v1/relations", json=relation)
    assert made.status_code == 201, made.json
    return {
        "application_id": report.application_id,
        "committee_id": house.committee,
        "expert_id": experts[1],
        "relation_id": made.json["relation_id"],
        "sitting_id": sitting,
    }


def issued(town: Any, review: UnderTest) -> Ids:
    """A notice that is over, with an objection, numbers and their document."""
    town.publish_route(PUBLICITY)
    review.app.extensions["clock"] = lambda: THURSDAY
    officer, report = office_actor(town.bureau), town.report(version=2)
    rows = [{"application_id": str(report.application_id), "name": "张*", "unit_name": "", "values": []}]
    claims = {"account_id": str(officer.account_id), "rows": rows}
    body = {"title": "公示", "sheet": review.slip("applications", "shenbao-publicity+jwt", claims)}
    client = review.client(officer)
    notice = client.post("/v1/publicities", json=body).json["publicity_id"]
    objected = {"number": "1", "text": "业绩不实"}
    objection = review.client().post(f"/v1/public/publicities/{notice}/objections", data=objected).json["objection_id"]
    no = {"upheld": False, "opinion": "不属实"}
    assert client.post(f"/v1/objections/{objection}/decision", json=no).status_code == 200
    review.app.extensions["clock"] = lambda: END
    while worker.piece(review.service.sessions, lambda: END):
        pass
    numbered = client.post(f"/v1/publicities/{notice}/numbering", json={"series": "ZC"}).json
    return {
        "application_id": report.application_id,
        "publicity_id": notice,
        "objection_id": objection,
        "issuance_id": numbered["issuance_id"],
    }


def asked_again(town: Any, review: UnderTest) -> Ids:
    """A rejection whose applicant asked for a reconsideration."""
    town.publish_route(CHECK, reconsideration=AGAIN)
    person = person_actor()
    report = town.report(version=2, filler_id=person.account_id)
    town.decide(town.office(town.d1), report, "fail", "业绩不足")
    path = f"/v1/cases/{report.application_id}/reconsideration"
    asked = review.client(person).post(path, json={"reason": "业绩证明已补充"})
    assert asked.status_code == 201, asked.json
    return {"application_id": report.application_id, "reconsideration_id": asked.json["reconsideration_id"]}


def sent_on(town: Any, review: UnderTest) -> Ids:
    """A package from the department to its bureau, and a batch of the department."""
    town.publish_route(CHECK, CHECK | {"key": "determination", "decider": "city_hr_bureau"})
    first, second = (town.report(version=2) for _ in range(2))
    department = town.office(town.d1)
    package = department.post("/v1/packages", json={"title": "第一批", "ids": [str(first.application_id)]})
    batch = department.post("/v1/batches", json={"ids": [str(second.application_id)], "action": "pass"})
    assert (package.status_code, batch.status_code) == (201, 201), (package.json, batch.json)
    return {
        "application_id": second.application_id,
        "package_id": package.json["package_id"],
        "batch_id": batch.json["batch_id"],
    }


MADE: dict[Callable[..., Ids], set[str]] = {
    committee: {"application_id", "committee_id", "expert_id", "relation_id", "sitting_id"},
    issued: {"application_id", "publicity_id", "objection_id", "issuance_id"},
    asked_again: {"application_id", "reconsideration_id"},
    sent_on: {"application_id", "package_id", "batch_id"},
}


def workbook() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet().write_row(0, 0, ["编号", "评审结果"])
        book.worksheets()[0].write_row(1, 0, ["2014-000001", "通过"])
    return target.getvalue()


@pytest.mark.parametrize("made", MADE)
def test_a_true_id_opens_nothing_to_those_whom_it_does_not_concern(
    town: Any, review: UnderTest, made: Callable[..., Ids], request: pytest.FixtureRequest
) -> None:
    more = [request.getfixturevalue("house")] if made is committee else []
    ids = {name: str(value) for name, value in made(town, review, *more).items()}
    strangers = {
        "another unit": unit_actor(town.other_unit_id),
        "a sub-account of another unit": sub_account_actor(town.other_unit_id),
        "another person": person_actor(),
        "a department beside it": office_actor(town.d2),
        "an office of another branch": office_actor(),
    }
    assert ids.keys() == MADE[made]
    bodies = {"POST /v1/committees/{committee_id}/results-workbook": lambda _: {"file": workbook()}}
    tried = try_all(review, ids, strangers, bodies)
    assert tried.opened == []


def test_every_route_that_takes_an_id_is_among_those_that_are_tried(review: UnderTest) -> None:
    assert [route for route, names in routes(review) if not any(names <= ids for ids in MADE.values())] == []
