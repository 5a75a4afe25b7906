"""Versions of a record of the performance archive: what its owner changes after the unit has verified it."""

from typing import Any

import pytest


@pytest.mark.req("S1-26")
def test_an_owner_edits_what_is_not_under_review_and_a_passed_record_gets_a_second_version(archive: Any) -> None:
    record = archive.pending(archive.a)
    refused = archive.save(archive.a, record, archive.degree | {"major": "土木工程"})
    assert (refused.status_code, refused.json["code"]) == (409, "record_pending")

    archive.decide("return", record, opinion="专业名称有误")
    assert archive.save(archive.a, record, archive.degree | {"major": "土木工程"}).json["state"] == "returned"
    assert archive.submit(archive.a, record).json["state"] == "pending"

    archive.decide("pass", record)
    edited = archive.save(archive.a, record, archive.degree | {"major": "结构工程"}).json
    assert (edited["state"], edited["number"], edited["passed_number"]) == ("pending", 2, 1)
    first, second = edited["versions"]
    assert (first["state"], first["values"]["major"]) == ("passed", "土木工程")
    assert (second["state"], second["values"]["major"]) == ("pending", "结构工程")

    archive.decide("fail", record, opinion="与证书不符")
    assert archive.get(archive.a, record)["passed_number"] == 1
    archive.save(archive.a, record, archive.degree | {"major": "工程管理"})
    archive.submit(archive.a, record)
    archive.decide("pass", record)
    assert archive.get(archive.a, record)["passed_number"] == 3


def test_what_an_owner_changes_in_a_record_that_was_not_passed_is_read_by_the_unit_once_it_comes_again(
    archive: Any,
) -> None:
    record = archive.pending(archive.a)
    archive.decide("fail", record, opinion="与证书不符")
    for major in ("土木", "土木工程"):
        saved = archive.save(archive.a, record, archive.degree | {"major": major}).json
    assert (saved["state"], saved["number"], saved["values"]["major"]) == ("failed", 2, "土木工程")
    seen = archive.get(archive.u1, record)
    assert (seen["state"], seen["number"], seen["values"]) == ("failed", 1, archive.degree)
    assert [v["values"] for v in seen["versions"]] == [archive.degree]
    assert [r["values"] for r in archive.listed(tab="failed")] == [archive.degree]
    assert [v["state"] for v in archive.get(archive.a, record)["versions"]] == ["failed", "draft"]
    archive.submit(archive.a, record)
    seen = archive.get(archive.u1, record)
    assert (seen["state"], seen["number"], seen["values"]["major"]) == ("pending", 2, "土木工程")
    assert [v["values"]["major"] for v in seen["versions"]] == [archive.degree["major"], "土木工程"]
