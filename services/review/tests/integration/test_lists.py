"""Queues and lists: tabs, filters, pages, numbers."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, registrant_actor, service_actor, sub_account_actor
from shenbao_common.testing.service import UnderTest, count_queries
from shenbao_common.web import versions


def test_what_waits_longest_comes_first_and_every_case_comes_once(town: Any) -> None:
    references = [town.report().reference for _ in range(7)]
    d1 = town.office(town.d1)
    seen, after = [], None
    for expected in (3, 3, 1):
        answer = d1.get("/v1/cases", query_string={"limit": 3} | ({"after": after} if after else {})).json
        assert len(answer["items"]) == expected
        seen += [item["reference"] for item in answer["items"]]
        after = answer["next"]
    assert (seen, after) == (references, None)


def test_each_tab_lists_what_its_number_counts(town: Any) -> None:
    d1 = town.office(town.d1)
    reports = [town.report("primary") for _ in range(6)]
    for report in reports[:2]:
        town.decide(d1, report, "pass")
    town.decide(d1, reports[2], "return", "学历证书不清晰")
    for client in (d1, town.unit()):
        counts = town.counts(client)
        assert {tab: len(town.listed(client, tab)) for tab in ("open", "passed", "returned", "failed", "all")} == {
            tab: counts[tab] for tab in ("open", "passed", "returned", "failed", "all")
        }
        assert (counts["open"], counts["passed"], counts["returned"], counts["all"]) == (3, 2, 1, 6)


def test_what_was_decided_last_comes_first(town: Any) -> None:
    d1 = town.office(town.d1)
    reports = [town.report("primary") for _ in range(3)]
    for report in (reports[1], reports[0], reports[2]):
        town.decide(d1, report, "pass")
    assert town.listed(d1, "passed") == [reports[n].reference for n in (2, 0, 1)]


def test_lists_and_numbers_can_be_of_one_project(town: Any) -> None:
    project_id = uuid7()
    town.report()
    report = town.report(project_id=project_id)
    for client in (town.office(town.d1), town.unit()):
        assert town.listed(client, project_id=project_id) == [report.reference]
        counts = client.get("/v1/cases/counts", query_string={"project_id": project_id}).json
        assert (counts["open"], counts["all"]) == (1, 1)


def test_a_case_is_found_by_the_beginning_of_its_reference(town: Any) -> None:
    town.report(reference="2014-000777")
    town.report(reference="2013-000777")
    for client in (town.office(town.d1), town.unit()):
        assert town.listed(client, q="2014") == ["2014-000777"]
        assert town.listed(client, q="%") == []
        assert town.listed(client, q="000777") == []


def test_a_line_tells_what_an_officer_needs_to_decide(town: Any) -> None:
    report = town.report("intermediate")
    (line,) = town.office(town.d1).get("/v1/cases").json["items"]
    assert line["unit_name"] == "示例科技有限公司"
    assert line["current"]["actions"] == ["pass", "return"]
    assert line["current"]["opinion_required"] == ["return"]
    assert line["version"] == town.case(town.unit(), report)["version"]
    assert line["since"] == line["current"]["since"]


def test_a_sub_account_sees_only_what_it_filled(town: Any, review: UnderTest) -> None:
    s1, s2 = uuid7(), uuid7()
    own = town.report(filler_id=s1)
    town.report(filler_id=s2)
    client = review.client(sub_account_actor(town.unit_id, account_id=s1))
    assert town.listed(client, "all") == [own.reference]
    assert town.counts(client)["all"] == 1


def test_a_unit_sees_its_own_and_an_administrator_sees_all(town: Any, review: UnderTest) -> None:
    own, other = town.report(), town.report(unit_id=town.other_unit_id)
    assert town.listed(town.unit(), "all") == [own.reference]
    assert set(town.listed(review.client(admin_actor()), "all")) == {own.reference, other.reference}


@pytest.mark.parametrize("make", [registrant_actor, service_actor])
def test_other_kinds_of_account_have_no_list(town: Any, review: UnderTest, make: Any) -> None:
    client = review.client(make())
    assert client.get("/v1/cases").status_code == 403
    assert client.get("/v1/cases/counts").status_code == 403


def test_a_longer_page_costs_no_more_queries(town: Any, review: UnderTest) -> None:
    numbers = []
    for size in (2, 20):
        for _ in range(size):
            town.report()
        for client in (town.office(town.d1), town.unit()):
            with count_queries(review) as statements:
                town.listed(client, limit=size)
            numbers.append(len(statements))
    assert numbers[:2] == numbers[2:]
    assert max(numbers) <= 4


def test_a_case_and_its_log_cost_a_handful_of_queries(town: Any, review: UnderTest) -> None:
    report = town.report()
    town.decide(town.office(town.d1), report, "return", "学历证书不清晰")
    town.report_again(report)
    unit = town.unit()
    with count_queries(review) as statements:
        town.case(unit, report)
    assert len(statements) <= 5  # the last asks where it is posted
    with count_queries(review) as statements:
        unit.get(f"/v1/cases/{report.application_id}/log")
    assert len(statements) <= 4


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"tab": "closed"}, "tab"),
        ({"limit": "0"}, "limit"),
        ({"project_id": "1"}, "project_id"),
        ({"q": "x" * 41}, "q"),
        ({"after": "rubbish"}, "after"),
    ],
)
def test_a_wrong_query_is_named_by_field(town: Any, query: dict[str, str], path: str) -> None:
    answer = town.office(town.d1).get("/v1/cases", query_string=query)
    assert answer.status_code == 422
    assert [e["path"] for e in answer.json["errors"]] == [path]


@pytest.mark.req("B-19")
def test_a_case_is_in_the_list_at_once_for_the_one_who_reported(town: Any, review: UnderTest) -> None:
    report = town.report_untold()
    envelope = review.envelope(report)
    token = {"Shenbao-After": f"{report.type}:{envelope.id}"}
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(town.unit().get, "/v1/cases", headers=token)
        with review.service.sessions.begin() as session:
            review.service.subscriptions.deliver(session, envelope)
        answer = reading.result()
    assert [item["reference"] for item in answer.json["items"]] == [report.reference]


@pytest.mark.req("B-19")
def test_with_the_bus_stopped_the_list_says_behind_within_the_wait_limit_and_is_not_stale(town: Any) -> None:
    unheard = f"{town.report_untold().type}:{uuid7()}"
    begun = time.monotonic()
    answer = town.unit().get("/v1/cases", headers={"Shenbao-After": unheard})
    assert time.monotonic() - begun < versions.WAIT + 0.5
    assert (answer.status_code, answer.json["code"]) == (503, "behind")
    assert "items" not in answer.json


def test_a_decision_answers_a_version_token_of_what_it_told(town: Any) -> None:
    answer = town.decide(town.office(town.d1), town.report("intermediate"), "pass")
    kinds = {part.rsplit(":", 1)[0] for part in answer.headers["Shenbao-Version"].split(",")}
    assert kinds == {"review.step_passed.v1", "review.step_opened.v1"}
    assert answer.headers["ETag"] == f'"{answer.json["version"]}"'
