"""Levels report up in packages: what was sent, what was received, and what left it with a reason (S4a-07)."""

from typing import Any

import pytest

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor

DEPARTMENT = {"key": "check", "decider": "supervising_department", "actions": ["pass", "return"]}
BUREAU = {
    "key": "bureau_check",
    "decider": "city_hr_bureau",
    "actions": ["pass", "return"],
    "opinion_required": ["return"],
}


class Levels:
    """D1 examines, the bureau is above it."""

    def __init__(self, town: Any) -> None:
        self.town = town
        town.publish_route(DEPARTMENT, BUREAU)
        self.d1, self.bureau = town.office(town.d1), town.office(town.bureau)

    def reported(self, number: int) -> list[Any]:
        return [self.town.report(version=2) for _ in range(number)]

    def send(self, reports: list[Any], client: Any = None, **more: Any) -> Any:
        body = {"title": "2026年第一批", "ids": [str(report.application_id) for report in reports]} | more
        return (client or self.d1).post("/v1/packages", json=body)


@pytest.fixture
def levels(town: Any) -> Levels:
    return Levels(town)


def numbers(package: Any) -> tuple[int, int, int]:
    return package["sent"], package["received"], package["returned"]


@pytest.mark.req("S4a-07")
def test_eight_passed_applications_go_up_in_one_package_and_a_returned_one_leaves_it(levels: Levels) -> None:
    town, reports = levels.town, levels.reported(8)
    assert town.counts(levels.bureau)["open"] == 0
    made = levels.send(reports, opinion="审核汇总：符合条件")
    assert made.status_code == 201, made.json
    package = made.json
    assert (package["from_name"], package["to_name"], numbers(package)) == ("市教育局", "市人社局", (8, 0, 0))
    assert town.counts(levels.bureau)["open"] == 8
    assert town.counts(levels.d1)["passed"] == 8
    (got,) = levels.bureau.get("/v1/packages").json["items"]
    assert got["package_id"] == package["package_id"]
    path = f"/v1/packages/{package['package_id']}"
    assert numbers(levels.bureau.post(f"{path}/receipt").json) == (8, 8, 0)
    again = levels.bureau.post(f"{path}/receipt")
    assert (again.status_code, again.json["code"]) == (409, "already_received")

    assert town.decide(levels.bureau, reports[2], "return", "缺少业绩证明").status_code == 200
    for client in (levels.d1, levels.bureau):
        seen = client.get(path).json
        assert numbers(seen) == (8, 8, 1)
        left = [(case["reference"], case["reason"]) for case in seen["cases"] if case["returned_at"]]
        assert left == [(reports[2].reference, "缺少业绩证明")]
    assert numbers(levels.d1.get("/v1/packages", query_string={"box": "sent"}).json["items"][0]) == (8, 8, 1)
    assert levels.d1.get("/v1/packages").json["items"] == []
    log = town.unit().get(f"/v1/cases/{reports[0].application_id}/log").json["items"]
    assert log[-1]["opinion"] == "审核汇总：符合条件"


def test_a_package_goes_up_whole_or_not_at_all(levels: Levels) -> None:
    town, (first, second) = levels.town, levels.reported(2)
    town.decide(levels.d1, second, "pass")
    refused = levels.send([first, second])
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [("step_not_open", "ids.1")]
    unknown = levels.d1.post("/v1/packages", json={"title": "批", "ids": [str(first.application_id), str(uuid7())]})
    assert [(e["code"], e["path"]) for e in unknown.json["errors"]] == [("not_found", "ids.1")]
    assert town.case(levels.d1, first)["current"]["step_key"] == "check"
    nowhere = levels.send([second], levels.bureau)
    assert [(e["code"], e["path"]) for e in nowhere.json["errors"]] == [("nobody_above", "ids.0")]
    assert town.case(levels.bureau, second)["status"] == "in_review"
    assert levels.bureau.get("/v1/packages").json["items"] == []
    assert [e["code"] for e in levels.send([first], title=" ").json["errors"]] == ["required"]


def test_no_stranger_sends_reads_or_receives_a_package(levels: Levels) -> None:
    town, reports = levels.town, levels.reported(1)
    stranger = town.office(town.d2)
    assert [e["code"] for e in levels.send(reports, stranger).json["errors"]] == ["not_found"]
    assert levels.send(reports, town.unit()).status_code == 403
    tickless = levels.town.service.client(office_actor(town.d1, "review.return"))
    assert [e["code"] for e in levels.send(reports, tickless).json["errors"]] == ["permission_missing"]
    path = f"/v1/packages/{levels.send(reports).json['package_id']}"
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}/receipt").status_code == 404
    assert levels.d1.post(f"{path}/receipt").status_code == 404
    assert stranger.get("/v1/packages").json["items"] == []
    assert town.service.client().get(path).status_code == 401
