"""Positions of switches that no published programme of the tree stands at (docs/programmes.md, Switches)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.applications import ApplicationRecalledV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor

DEPARTMENT_STEP = "supervising_department_review"
MINIMAL = """\
programme: self_declared
zh: 自主申报
en: Own declaration
variants:
  - {key: yearly, zh: 年度, en: Yearly, publisher: city_hr_bureau, visible_to: all}
submission: {fill: [person], report: [person], re_entry_step: review}
requires: {assurance: password}
sections:
  - key: person
    zh: 申报人
    en: Applicant
    fields:
      - {key: name, zh: 姓名, en: Name, type: text}
      - {key: number, zh: 证件号码, en: ID number, type: id_number}
identity: {name: person.name, number: person.number}
labels:
  draft: {zh: 草稿, en: Draft}
  ready_to_report: {zh: 待提交, en: To be submitted}
  in_review: {zh: 审核中, en: In review}
  returned: {zh: 被退回, en: Returned}
  approved: {zh: 已通过, en: Passed}
  rejected: {zh: 未通过, en: Not passed}
route:
  - {key: submission, zh: 提交, en: Submission, decider: applicant, actions: [report]}
  - {key: review, zh: 审核, en: Review, decider: city_hr_bureau, actions: [pass, return]}
"""


class OwnDeclaration:
    """A programme that persons declare in alone, as surely known as it asks."""

    def __init__(self, house: Any, assurance: str) -> None:
        self.house = house
        body = {"programme": MINIMAL.replace("assurance: password", f"assurance: {assurance}"), "templates": {}}
        published = house.service.client(house.admin).post("/v1/programmes", json=body)
        assert published.status_code == 201, published.json
        self.project = house.project(house.bureau, programme="self_declared", variant="yearly", name="自主申报")

    def begin(self, person: Actor, number: int = 0) -> Any:
        about = {"name": "张三", "number": self.house.numbers[number]}
        body = {"project_id": self.project, "sections": {"person": about}}
        return self.house.service.client(person).post("/v1/applications", json=body)

    def report(self, person: Actor, application: str, **body: Any) -> Any:
        return self.house.service.client(person).post(f"/v1/applications/{application}/report", json=body)


@pytest.mark.parametrize(("asked", "least"), [("real_name", 3), ("advanced_real_name", 4)])
def test_a_person_declares_only_where_the_sign_in_was_sure_enough(house: Any, asked: str, least: int) -> None:
    own, person = OwnDeclaration(house, asked), person_actor()
    known_less = replace(person, assurance=least - 1)
    refused = own.begin(known_less)
    assert (refused.status_code, refused.json["code"]) == (403, "assurance_too_low")
    made = own.begin(replace(person, assurance=least)).json
    report = f"/v1/applications/{made['id']}/report"
    assert house.service.client(known_less).post(report, json={}).json["code"] == "assurance_too_low"
    sent = house.service.client(replace(person, assurance=5)).post(report, json={}).json
    assert sent["status"] == "in_review"


def test_where_a_password_is_enough_nothing_more_is_asked(house: Any) -> None:
    assert OwnDeclaration(house, "password").begin(person_actor()).status_code == 201


AT_SUBMISSION = "password, at_submission: face_authentication"


def test_where_a_face_is_asked_for_nothing_is_submitted_without_a_fresh_one_for_that(house: Any) -> None:
    own, person = OwnDeclaration(house, AT_SUBMISSION), person_actor()
    made = own.begin(person).json
    once = uuid7()
    wrong = [
        {},
        {"face": _face(house, person, uuid7(), purpose="shared_data")},
        {"face": _face(house, person_actor(), uuid7())},
    ]
    for body in wrong:
        refused = own.report(person, made["id"], **body)
        assert (refused.status_code, refused.json["code"]) == (403, "face_auth_required")
    many = house.service.client(person).post("/v1/applications/reports", json={"ids": [made["id"]]}).json["results"]
    assert [(one["result"], one["code"]) for one in many] == [("refused", "face_auth_required")]
    assert house.get(person, made["id"]).json["status"] == "ready_to_report"
    assert own.report(person, made["id"], face=_face(house, person, once)).json["status"] == "in_review"
    another = own.begin(person, 1).json["id"]
    again = own.report(person, another, face=_face(house, person, once))
    assert (again.status_code, again.json["code"]) == (403, "face_auth_required")
    assert own.report(person, another, face=_face(house, person, uuid7())).json["status"] == "in_review"


def test_a_face_is_good_for_179_seconds_and_lasts_through_a_refusal(house: Any, at: Callable[[str], None]) -> None:
    at("2024-07-01T09:00:00")
    own, person = OwnDeclaration(house, AT_SUBMISSION), person_actor()
    late, fresh = own.begin(person).json["id"], _face(house, person, uuid7())
    assert own.report(person, str(uuid7()), face=fresh).status_code == 404
    at("2024-07-01T09:03:00")
    assert own.report(person, late, face=fresh).json["code"] == "face_auth_required"
    fresh = _face(house, person, uuid7())
    at("2024-07-01T09:05:58")
    assert own.report(person, late, face=fresh).json["status"] == "in_review"


def test_where_nothing_is_asked_for_at_the_submission_no_face_is(house: Any) -> None:
    own, person = OwnDeclaration(house, "password, at_submission: nothing"), person_actor()
    assert own.report(person, own.begin(person).json["id"]).json["status"] == "in_review"


def test_a_face_at_the_submission_is_asked_only_where_a_person_submits(house: Any, pack_text: str) -> None:
    body = {"programme": f"{pack_text}\nrequires: {{at_submission: face_authentication}}\n", "templates": {}}
    refused = house.service.client(house.admin).post("/v1/programmes/check", json=body).json
    assert ("only_for_persons", "requires.at_submission") in [(f["code"], f["path"]) for f in refused["problems"]]


def _face(house: Any, person: Actor, face_id: UUID, purpose: str = "submission") -> str:
    said = {"account_id": str(person.account_id), "face_id": str(face_id), "purpose": purpose}
    return str(house.service.slip("identity", "shenbao-face+jwt", said, seconds=179))


def test_after_a_change_of_department_what_was_reported_stays_where_it_is(house: Any, pack_text: str) -> None:
    text = pack_text.replace(
        "on_supervising_department_change: return_all_reported", "on_supervising_department_change: keep"
    )
    house.version = house.publish_pack(text).json["version"]
    unit = house.unit()
    sent = house.reported(unit, house.project())
    house.opened(sent, house.d1, DEPARTMENT_STEP)
    house.move(unit, house.d2)
    found = house.get(unit, sent["id"]).json
    assert (found["status"], found["current"]["organisation_id"]) == ("in_review", str(house.d1.organisation_id))
    assert house.service.told(ApplicationRecalledV1) == []
