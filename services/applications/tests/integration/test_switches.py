"""Positions of switches that no published programme of the tree stands at (docs/programmes.md, Switches)."""

from dataclasses import replace
from typing import Any

import pytest

from shenbao_common.contracts.applications import ApplicationRecalledV1
from shenbao_common.kernel.actor import Actor
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

    def begin(self, person: Actor) -> Any:
        body = {"project_id": self.project, "sections": {"person": {"name": "张三", "number": self.house.numbers[0]}}}
        return self.house.service.client(person).post("/v1/applications", json=body)


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
