"""Many decisions at once, each with its own result."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from shenbao_common.contracts.review import StepPassedV1, StepReturnedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.service import UnderTest, count_queries
from shenbao_review.queries import cases


def decide_all(client: Any, *reports: Any, action: str = "pass", **body: Any) -> Any:
    ids = [str(r.application_id) for r in reports]
    return client.post("/v1/decisions", json={"ids": ids, "action": action, **body})


def results(answer: Any) -> list[tuple[str, str | None]]:
    assert answer.status_code == 200, answer.json
    return [(r["result"], r["code"]) for r in answer.json["results"]]


def test_each_case_has_its_result_and_a_refused_one_does_not_touch_the_others(town: Any, review: UnderTest) -> None:
    good, other, done = town.report("primary"), town.report("primary"), town.report("primary")
    elsewhere = town.report("primary", department_id=town.d2)
    d1 = town.office(town.d1)
    town.decide(d1, done, "pass")
    answer = decide_all(d1, good, done, elsewhere, other)
    assert results(answer) == [
        ("decided", None),
        ("refused", "step_not_open"),
        ("refused", "not_found"),
        ("decided", None),
    ]
    assert {e.application_id for e in review.told(StepPassedV1)} == {r.application_id for r in (good, other, done)}


def test_a_return_of_many_needs_one_opinion_for_all(town: Any, review: UnderTest) -> None:
    reports = [town.report(), town.report()]
    d1 = town.office(town.d1)
    refused = decide_all(d1, *reports, action="return")
    assert results(refused) == [("refused", "invalid")] * 2
    assert refused.json["results"][0]["errors"] == [{"code": "opinion_required", "path": "opinion", "params": {}}]
    assert results(decide_all(d1, *reports, action="return", opinion="学历证书不清晰")) == [("decided", None)] * 2
    assert len(review.told(StepReturnedV1)) == 2


def test_a_case_that_changed_since_it_was_shown_is_refused_as_stale(town: Any) -> None:
    seen, changed = town.report(), town.report()
    d1 = town.office(town.d1)
    versions = {str(r.application_id): town.case(d1, r)["version"] for r in (seen, changed)}
    town.decide(d1, changed, "return", "学历证书不清晰")
    town.report_again(changed)
    assert results(decide_all(d1, seen, changed, versions=versions)) == [("decided", None), ("refused", "stale")]


def test_a_case_that_somebody_holds_at_the_moment_is_left_to_them(town: Any, review: UnderTest) -> None:
    held, free = town.report("primary"), town.report("primary")
    with review.sessions() as session:
        cases.cases_to_change(session, [held.application_id])
        assert results(decide_all(town.office(town.d1), held, free)) == [("refused", "stale"), ("decided", None)]
    assert results(decide_all(town.office(town.d1), held)) == [("decided", None)]


def test_the_same_case_named_twice_is_decided_once(town: Any) -> None:
    report = town.report()
    assert results(decide_all(town.office(town.d1), report, report)) == [("decided", None)]


def test_without_the_tick_every_case_is_refused(town: Any) -> None:
    report = town.report()
    answer = decide_all(town.office(town.d1, "review.return"), report)
    assert results(answer) == [("refused", "permission_missing")]


def test_a_unit_has_no_step_to_decide(town: Any) -> None:
    assert results(decide_all(town.unit(), town.report())) == [("refused", "step_not_open")]


def test_two_officers_with_the_same_batch_decide_each_case_once(town: Any, review: UnderTest) -> None:
    reports = [town.report("primary") for _ in range(10)]
    batches = [reports, reports[::-1]]
    officers = [town.office(town.d1), town.office(town.d1)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda n: results(decide_all(officers[n], *batches[n])), range(2)))
    both = answers[0] + answers[1]
    assert both.count(("decided", None)) == 10
    assert {code for result, code in both if result == "refused"} <= {"stale", "decided_by_other"}
    assert len(review.told(StepPassedV1)) == 10


def test_a_batch_reads_its_cases_at_once(town: Any, review: UnderTest) -> None:
    d1 = town.office(town.d1)
    sent = []
    for size in (2, 12):
        reports = [town.report("primary") for _ in range(size)]
        with count_queries(review) as statements:
            decide_all(d1, *reports)
        sent.append([s for s in statements if s.lstrip().startswith("SELECT")])
    assert len(sent[0]) == len(sent[1])


def test_the_batch_is_bounded_and_checked(town: Any) -> None:
    d1 = town.office(town.d1)
    for ids in ([], [str(uuid7())] * 501, "all", ["1"]):
        answer = d1.post("/v1/decisions", json={"ids": ids, "action": "pass"})
        assert answer.status_code == 422
        assert answer.json["errors"][0]["path"].startswith("ids")
