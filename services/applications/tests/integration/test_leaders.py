"""Academic and technical leaders: plan, commitment, the profile copied once, the basic information, the unit."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.contracts.units import BindingActivatedV1
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.clock import now
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor

BASIC = "sections.basic"


def errors(answer: Any) -> list[tuple[str, str]]:
    return [(e["path"], e["code"]) for e in answer.json["errors"]]


@pytest.mark.req("S3-07")
def test_without_a_unit_one_may_fill_in_but_not_submit(leading: Any) -> None:
    application = leading.begun()
    assert leading.save(application, leading.complete()).status_code == 200
    check = leading.check(application)
    assert (check["bound"], check["problems"], check["complete"]) == (False, [], False)
    refused = leading.submit(application)
    assert (refused.status_code, refused.json["code"]) == (409, "binding_required")
    leading.bind()
    assert leading.client().get(f"/v1/applications/{application}/check").json["complete"] is True
    sent = leading.submit(application)
    assert (sent.status_code, sent.json["status"]) == (200, "in_review")


def test_what_was_submitted_goes_through_the_unit_of_its_submission(leading: Any) -> None:
    house, u2 = leading.house, leading.house.unit()
    application = leading.filled()
    assert leading.client(leading.u1).get("/v1/applications").json["items"] == []
    leading.bind()
    way = leading.client().get(f"/v1/applications/{application}/route").json["steps"]
    assert [(s["step_key"], s["organisation_id"]) for s in way][1:3] == [
        ("unit_qualification_check", str(leading.u1.unit_id)),
        ("supervising_department_review", str(house.d1.organisation_id)),
    ]
    leading.check(application)
    sent = leading.submit(application).json
    (told,) = house.service.told(ApplicationSubmittedV1)
    assert (told.unit_id, told.department_id) == (leading.u1.unit_id, house.d1.organisation_id)
    assert house.get(leading.u1, application).json["editable"] is False
    assert house.save(leading.u1, application, {"other_remarks": {"text": "代填"}}, part=True).status_code == 403
    assert house.get(u2, application).status_code == 404

    leading.bind(u2)  # A15: a change of unit leaves what is under way where it is.
    house.returned(sent, leading.u1, "unit_qualification_check")
    assert house.get(leading.a, application).json["editable"] is True
    again = leading.submit(application)
    assert (again.status_code, again.json["unit_id"], again.json["round"]) == (200, str(leading.u1.unit_id), 2)
    assert house.get(u2, application).status_code == 404


def test_an_earlier_binding_that_is_heard_late_changes_nothing(leading: Any, at: Callable[[str], None]) -> None:
    u2 = leading.house.unit()
    leading.bind(u2)
    at("2024-07-14T10:00:00")
    leading.bind(leading.u1)
    at("2024-07-15T10:00:00")
    application = leading.filled()
    leading.check(application)
    assert leading.submit(application).json["unit_id"] == str(u2.unit_id)


@pytest.mark.req("S3-12")
def test_one_declares_within_the_days_of_the_plan_only(leading: Any, at: Callable[[str], None]) -> None:
    leading.bind()
    started = leading.filled()
    leading.check(started)
    at("2024-08-01T00:00:00")
    late = leading.submit(started)
    assert (late.status_code, late.json["code"]) == (409, "project_not_open")
    assert late.json["params"] == {"opens_on": "2024-07-01", "closes_on": "2024-07-31"}
    assert leading.begin().json["code"] == "project_not_open"
    at("2024-07-31T23:59:00")
    assert leading.submit(started).status_code == 200
    assert leading.begin().status_code == 409  # One open declaration per plan and person.
    other = leading.publish_plan(name="2024年选拔（补充）")
    assert leading.begin(project_id=other).status_code == 201


@pytest.mark.req("S3-13")
def test_nothing_begins_before_the_commitment_is_ticked(leading: Any) -> None:
    refused = leading.begin(accepted=[])
    assert (refused.status_code, errors(refused)) == (
        422,
        [("accepted.integrity_commitment", "commitment_missing")],
    )
    assert leading.client().get("/v1/applications").json["items"] == []
    made = leading.begin()
    assert (made.status_code, made.json["status"]) == (201, "draft")
    with leading.house.service.service.engine.connect() as connection:
        row = connection.execute(sa.text("SELECT key, version_id, accepted_at FROM commitment")).one()
    assert (row.key, row.accepted_at.date().isoformat()) == ("integrity_commitment", "2024-07-15")
    assert row.version_id is not None


@pytest.mark.req("S3-14")
def test_the_category_is_exactly_one_of_two(leading: Any) -> None:
    application = leading.begun()
    place = f"{BASIC}.declaration_category"
    both = leading.save(application, {"basic": {"declaration_category": ["leader", "reserve_candidate"]}})
    assert (both.status_code, errors(both)[0][0]) == (422, place)
    none = leading.save(application, {"basic": {"mobile": "13800000001"}})
    assert (place, "required") in [(p["path"], p["code"]) for p in none.json["problems"]]
    one = leading.save(application, {"basic": {"declaration_category": "reserve_candidate"}})
    assert one.status_code == 200
    assert place not in [p["path"] for p in one.json["problems"]]


@pytest.mark.req("S3-15")
def test_the_evaluation_group_is_one_of_the_configured_list(leading_in: Callable[..., Any]) -> None:
    groups = [{"key": "a", "zh": "A组", "en": "Group A"}, {"key": "b", "zh": "B组", "en": "Group B"}]
    leading = leading_in(evaluation_group=groups)
    leading.bind()
    application = leading.begun()
    unknown = leading.save(application, {"basic": {"evaluation_group": "c"}})
    assert (unknown.status_code, errors(unknown)) == (422, [(f"{BASIC}.evaluation_group", "unknown_choice")])
    complete = leading.complete()
    saved = leading.save(application, complete | {"basic": complete["basic"] | {"evaluation_group": "a"}})
    assert saved.status_code == 200, saved.json
    leading.check(application)
    sent = leading.submit(application).json
    leading.house.opened(sent, leading.house.d1, "supervising_department_review")
    for reviewer in (leading.u1, leading.house.d1):
        shown = leading.house.get(reviewer, application).json
        assert shown["headline"]["basic.evaluation_group"] == {"zh": "A组", "en": "Group A"}


@pytest.mark.req("S3-16")
@pytest.mark.parametrize(
    ("field", "other"),
    [("person_name", "张四"), ("id_number", "330000198506150026"), ("sex", "female"), ("birth_date", "1991-01-01")],
)
def test_who_the_person_is_cannot_be_changed_in_the_form(leading: Any, field: str, other: str) -> None:
    application = leading.begun()
    refused = leading.save(application, {"basic": {field: other}})
    assert (refused.status_code, errors(refused)) == (422, [(f"{BASIC}.{field}", "immutable")])
    kept = leading.sections(application)["basic"]
    assert (kept["person_name"], kept["id_number"]) == ("张三", "330000199001010014")
    assert (kept["sex"], kept["birth_date"]) == ("male", "1990-01-01")


def test_a_form_begins_with_what_the_personal_centre_tells_and_with_nobody_elses(leading: Any) -> None:
    assert errors(leading.begin(profile=None)) == [("profile", "profile_needed")]
    alien = leading.slip(person_actor())
    assert errors(leading.begin(profile=alien)) == [("profile", "person_invalid")]
    assert errors(leading.begin(profile="x")) == [("profile", "person_invalid")]
    other_name = leading.begin(sections={"basic": {"person_name": "张四"}})
    assert errors(other_name) == [(f"{BASIC}.person_name", "immutable")]
    application = leading.begun()
    held = leading.sections(application)["basic"]
    assert (held["person_name"], held["contact_address"]) == ("张三", "合肥市示例路1号")
    leading.save(application, {"basic": {"contact_address": "合肥市另一路2号"}})
    assert leading.sections(application)["basic"]["contact_address"] == "合肥市另一路2号"


def test_what_of_the_personal_centre_does_not_suit_the_form_is_left_to_the_applicant(leading: Any) -> None:
    made = leading.begin(profile=leading.slip(mobile="+85212345678", address="长" * 201))
    assert made.status_code == 201
    assert {"mobile", "contact_address"}.isdisjoint(made.json["sections"]["basic"])


@pytest.mark.req("S3-18")
def test_reserve_candidates_have_no_batch_and_leaders_choose_theirs(leading: Any) -> None:
    application = leading.begun()
    place = f"{BASIC}.selected_batch"
    reserve = {"declaration_category": "reserve_candidate"}
    refused = leading.save(application, {"basic": reserve | {"selected_batch": "batch_5"}})
    assert (refused.status_code, errors(refused)) == (422, [(place, "batch_of_reserve_candidate")])
    assert refused.json["errors"][0]["params"]["zh"] == "后备人选的入选批次为“无”"
    assert leading.save(application, {"basic": reserve | {"selected_batch": "none"}}).status_code == 200
    empty = leading.save(application, {"basic": {"declaration_category": "leader", "selected_batch": None}})
    assert (place, "required") in [(p["path"], p["code"]) for p in empty.json["problems"]]
    assert leading.save(application, {"basic": {"selected_batch": "batch_5"}}).status_code == 200


@pytest.mark.req("S3-19")
@pytest.mark.parametrize(
    ("number", "accepted"), [("0551-12345678", True), ("055112345678", False), ("0551-1234567", False)]
)
def test_a_telephone_is_area_code_hyphen_eight_digits(leading: Any, number: str, accepted: bool) -> None:
    answer = leading.save(leading.begun(), {"basic": {"telephone": number}})
    if accepted:
        assert answer.status_code == 200
        return
    assert (answer.status_code, errors(answer)) == (422, [(f"{BASIC}.telephone", "telephone_format")])
    assert answer.json["errors"][0]["params"]["zh"] == "格式为：区号-八位电话号码，如0551-12345678"


@pytest.mark.req("S3-20")
def test_none_is_an_answer_to_what_is_required_and_blank_to_what_is_not(leading: Any) -> None:
    application = leading.filled()
    place = f"{BASIC}.title_or_skill_level"
    said = leading.save(application, {"basic": {"title_or_skill_level": "无"}})
    assert (said.status_code, said.json["problems"]) == (200, [])
    blank = leading.save(application, {"basic": {"title_or_skill_level": ""}})
    assert [(p["path"], p["code"]) for p in blank.json["problems"]] == [(place, "required")]
    leading.save(application, {"basic": {"title_or_skill_level": "无", "email": ""}})
    assert leading.check(application)["problems"] == []


@pytest.mark.req("S3-37")
def test_a_draft_waits_for_the_next_day_and_one_of_the_wrong_plan_is_deleted(
    leading: Any, at: Callable[[str], None]
) -> None:
    leading.bind()
    application = leading.begun()
    leading.save(application, {"basic": {"title_or_skill_level": "高级工程师"}})
    at("2024-07-16T09:00:00")
    again = leading.house.get(leading.a, application).json
    assert (again["editable"], again["deletable"], again["status_label"]["zh"]) == (True, True, "填报")
    assert again["sections"]["basic"]["title_or_skill_level"] == "高级工程师"
    etag = {"If-Match": leading.house.get(leading.a, application).headers["ETag"]}
    assert leading.client(person_actor()).delete(f"/v1/applications/{application}", headers=etag).status_code == 404
    assert leading.client().delete(f"/v1/applications/{application}", headers=etag).status_code == 204
    anew = leading.filled()
    leading.check(anew)
    leading.submit(anew)
    sent = leading.house.get(leading.a, anew).json
    assert (sent["editable"], sent["deletable"]) == (False, False)


def test_where_no_unit_is_asked_for_a_person_of_a_unit_still_declares_alone(settling: Any) -> None:
    event = BindingActivatedV1(
        binding_id=uuid7(), account_id=settling.a.account_id, unit_id=settling.house.unit().unit_id, activated_at=now()
    )
    settling.house.service.hear(event)
    sent = settling.submit(settling.filled()["id"]).json
    assert sent["unit_id"] == str(NOBODY)


def test_a_plan_names_its_batch(leading: Any) -> None:
    assert leading.client().get(f"/v1/projects/{leading.plan}").json["batch"] == "第六批"
