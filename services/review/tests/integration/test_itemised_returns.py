"""A return that lists what is to be corrected, each with its reason."""

from typing import Any

import pytest

from shenbao_common.contracts.review import StepReturnedV1
from shenbao_common.testing.service import UnderTest

MOBILE = {"item": "basic.person_name", "reason": "与身份证不一致"}
FORM = {"item": "evaluation_form_file", "reason": "第二页缺章"}


@pytest.mark.req("B-02")
def test_a_return_lists_fields_and_materials_each_with_its_reason(town: Any, review: UnderTest) -> None:
    report = town.report()
    answer = town.decide(town.office(town.d1), report, "return", items=[MOBILE, FORM])
    assert (answer.status_code, answer.json["status"]) == (200, "returned")
    last = town.unit().get(f"/v1/cases/{report.application_id}/log").json["items"][-1]
    assert (last["opinion"], last["items"]) == (None, [MOBILE, FORM])
    (told,) = review.told(StepReturnedV1)
    assert told.items == ("basic.person_name", "evaluation_form_file")


def test_no_reason_of_an_item_travels_or_is_readable_in_the_database(town: Any, review: UnderTest) -> None:
    town.decide(town.office(town.d1), town.report(), "return", "见清单", items=[MOBILE])
    with review.service.engine.connect() as connection:
        for statement in ("SELECT t::text FROM outbox t", "SELECT t::text FROM log_entry t"):
            rows = connection.exec_driver_sql(statement).scalars().all()
            assert rows
            assert "身份证" not in str(rows)
            assert "身份证".encode().hex() not in str(rows)


def test_an_unknown_item_a_repeated_one_and_a_missing_reason_are_named_at_once(town: Any) -> None:
    report = town.report()
    d1 = town.office(town.d1)
    answer = town.decide(d1, report, "return", items=[MOBILE, {"item": "basic.salary", "reason": "x"}, MOBILE])
    assert answer.status_code == 422
    assert [(e["code"], e["path"]) for e in answer.json["errors"]] == [
        ("unknown_item", "items.1.item"),
        ("duplicate", "items.2.item"),
    ]
    bare = town.decide(d1, report, "return", items=[{"item": "basic.person_name", "reason": " "}])
    assert [(e["code"], e["path"]) for e in bare.json["errors"]] == [("required", "items.0.reason")]
    passed = town.decide(d1, report, "pass", items=[MOBILE])
    assert [(e["code"], e["path"]) for e in passed.json["errors"]] == [("items_only_with_return", "items")]
    assert town.case(d1, report)["status"] == "in_review"


def test_a_version_heard_before_returns_could_list_takes_any_item(town: Any, review: UnderTest) -> None:
    report = town.report()
    with review.service.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE programme_version SET items = NULL")
    assert town.decide(town.office(town.d1), report, "return", items=[MOBILE]).status_code == 200
