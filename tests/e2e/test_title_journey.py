"""Titles over HTTP: the unit verifies a record of the archive, the declaration cites it, unit and offices decide."""

from typing import Any

import pytest

from shenbao_stack import job
from shenbao_stack.client import User
from shenbao_stack.waiting import until
from shenbao_stack.world import done


def archived(titles: Any, person: User) -> tuple[str, str]:
    """Two records of education, of which the unit passed the first."""
    records = [titles.archived(person) for _ in range(2)]
    titles.unit.user.follow(person)
    (education, *others) = done(titles.ask("archive/categories"))["items"]
    assert (education["key"], education["pending"], {c["pending"] for c in others}) == ("education", 2, {0})
    decision = {"ids": records[:1], "action": "pass", "opinion": ""}
    done(titles.unit.user.call("POST", "applications", "/v1/archive/decisions", decision))
    person.follow(titles.unit.user)
    return records[0], records[1]


def cite(person: User, application: str, *records: str) -> Any:
    path = f"/v1/applications/{application}/citations/education"
    etag = {"If-Match": f'"{job.shown(person, application)["version"]}"'}
    return person.call("PUT", "applications", path, {"records": list(records)}, headers=etag)


@pytest.mark.req("S1-35", "S1-36")
def test_a_title_is_declared_from_the_archive_returned_passed_and_goes_on_to_the_committee(titles: Any) -> None:
    zhang = titles.person("张三")
    passed, pending = archived(titles, zhang)
    application = titles.begun(zhang, titles.plans.review)
    refused = cite(zhang, application, passed, pending)
    assert [(e["path"], e["code"]) for e in refused.json()["errors"]] == [("records.1", "record_not_passed")]
    done(cite(zhang, application, passed))
    titles.submit(zhang, application)

    titles.come_to_read((1, 0, 0, 0, 1))
    assert titles.decide(zhang, application, "return").status_code == 422
    done(titles.decide(zhang, application, "return", "缺成绩单"))
    assert titles.tabs() == (0, 0, 0, 1, 0)
    zhang.follow(titles.unit.user)
    assert job.shown(zhang, application)["status"] == "returned"
    titles.submit(zhang, application)
    titles.come_to_read((1, 0, 0, 1, 1))
    done(titles.decide(zhang, application, "pass", "经审核属实。"))
    assert titles.tabs() == (0, 1, 0, 1, 1)
    bureau = titles.plans.town.bureau.user
    done(job.decide(bureau, application, "pass", after=titles.unit.user))
    zhang.follow(bureau)
    shown = until(lambda: at_the_committee(zhang, application), what="it is with the committee")
    assert [row["archive_record"] for row in shown["sections"]["education"]["records"]] == [passed]
    printed = job.print_form(zhang, application, "evaluation_form")
    assert printed["watermark"] is False
    _not_passed(titles)


def at_the_committee(person: User, application: str) -> Any:
    shown = job.shown(person, application)
    assert (shown["current"]["step_key"], shown["current"]["state"]) == ("committee_review", "open")
    return shown


def _not_passed(titles: Any) -> None:
    """A second person's, which ends here for this plan."""
    li = titles.person("李四")
    application = titles.declared(li, titles.plans.review)
    refused = titles.decide(li, application, "fail")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "opinion_required")
    titles.come_to_read((1, 1, 0, 1, 2))
    done(titles.decide(li, application, "fail", "学历不符"))
    li.follow(titles.unit.user)
    assert titles.tabs() == (0, 1, 1, 1, 2)
    log = done(li.call("GET", "review", f"/v1/cases/{application}/log"))["items"]
    assert [(line["action"], line["opinion"]) for line in log][-1] == ("fail", "学历不符")
    again = li.call("POST", "applications", f"/v1/applications/{application}/report", {})
    assert again.status_code == 409
    assert job.shown(li, application)["status_label"]["zh"] == "审查不通过"


def test_a_recognition_is_returned_corrected_and_approved_by_the_department_that_accepts_it(titles: Any) -> None:
    zhang = titles.person("张三")
    application = titles.recognised(zhang, titles.recognition)
    assert titles.decide(zhang, application, "return").status_code == 422
    done(titles.decide(zhang, application, "return", "缺成绩单"))
    zhang.follow(titles.unit.user)
    corrected = {"basic": job.shown(zhang, application)["sections"]["basic"] | {"special_skills": "手绘、速写"}}
    done(job.save(zhang, application, corrected, method="PATCH"))
    titles.submit(zhang, application)
    done(titles.decide(zhang, application, "pass", "经审核属实。"))
    done(job.decide(titles.department.user, application, "pass", after=titles.unit.user))
    zhang.follow(titles.department.user)
    found = job.shown(zhang, application)
    assert (found["status"], found["status_label"]["zh"]) == ("approved", "认定通过")
    assert found["sections"]["basic"]["special_skills"] == "手绘、速写"
    assert job.print_form(zhang, application, "recognition_form")["watermark"] is False


@pytest.mark.req("S4e-05")
def test_who_declares_in_the_name_of_a_unit_is_examined_by_its_department(plans: Any, titles_of: Any) -> None:
    department = plans.town.department(name="市文旅局")
    alone = titles_of(plans.town.unit(department, self_declaring=True))
    person = alone.person("张三")
    application = alone.begun(person, plans.review)
    foreseen = done(person.call("GET", "applications", f"/v1/applications/{application}/route"))["steps"]
    assert [step["step_key"] for step in foreseen][:2] == ["submission", "department_qualification_check"]
    alone.submit(person, application)

    department.user.follow(person)
    (case,) = done(department.user.call("GET", "review", "/v1/cases", params={"tab": "open"}))["items"]
    assert (case["application_id"], case["unit_name"], case["self_declaring"]) == (
        application,
        "示例科技有限公司",
        True,
    )
    shown = done(department.user.call("GET", "review", f"/v1/cases/{application}"))
    assert [step["step_key"] for step in shown["steps"] if step["state"] in {"passed", "open"}] == [
        "submission",
        "department_qualification_check",
    ]
    assert shown["current"]["organisation_id"] == department.id
    assert "unit_qualification_check" not in {step["step_key"] for step in shown["steps"]}
    assert alone.decide(person, application, "pass", "经审核属实。").status_code == 403
    assert alone.tabs() == (0, 0, 0, 0, 0)
    bureau = plans.town.bureau.user
    done(job.decide(department.user, application, "pass", "经审核属实。", after=person))
    done(job.decide(bureau, application, "pass", after=department.user))
    person.follow(bureau)
    until(lambda: at_the_committee(person, application), what="it is with the committee")

    done(department.user.call("DELETE", "units", f"/v1/units/{alone.unit.id}/self-declaring"))
    second = alone.person("李四")
    second.follow(department.user)
    another = alone.begun(second, plans.review)
    foreseen = done(second.call("GET", "applications", f"/v1/applications/{another}/route"))["steps"]
    assert [step["step_key"] for step in foreseen][:2] == ["submission", "unit_qualification_check"]
