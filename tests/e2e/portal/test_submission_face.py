"""A programme that asks for a face at the submission: the person shows it by hand in the browser, then submits."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shenbao_stack.browsing import Desk, authenticate, enter_by_province
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.world import done, settled

BOTH = ("zh", "en")
PACK = """\
programme: faced_declaration
zh: 本人申报
en: Own declaration
variants:
  - {key: yearly, zh: 年度, en: Yearly, publisher: city_hr_bureau, visible_to: all}
save_mode: step
submission: {fill: [person], report: [person], re_entry_step: review}
requires: {at_submission: face_authentication}
sections:
  - key: person
    zh: 申报人
    en: Applicant
    fields:
      - {key: name, zh: 姓名, en: Name, type: text}
      - {key: number, zh: 证件号码, en: ID number, type: id_number}
  - {key: confirmation, zh: 信息确认, en: Confirmation, read_only: true, source: confirmation}
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


@pytest.fixture
def project(town: Town, tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "programme.yaml").write_text(PACK, encoding="utf-8")
    done(town.world.publish_programme(tmp_path))
    settled(town.world.admin(), "documents", "review")
    year = date.today().year  # noqa: DTZ011
    body = {"programme": "faced_declaration", "variant": "yearly", "name": f"{year}年本人申报", "year": year}
    days = {"opens_on": f"{year}-01-01", "closes_on": f"{year}-12-31"}
    found: dict[str, Any] = done(town.bureau.user.call("POST", "applications", "/v1/projects", body | days))
    return found


def test_a_person_shows_the_face_before_the_submission(desk: Desk, project: dict[str, Any]) -> None:
    page = desk()
    enter_by_province(page)
    _fill_in(page, project)
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("heading", level=1, name="人脸识别")).to_be_visible()
    looked_at(page, "submission-face", languages=BOTH)
    page.context.clear_cookies(name="shenbao_language")
    page.reload()
    authenticate(page, passed=False)
    expect(page.get_by_role("button", name="重新认证")).to_be_visible()
    looked_at(page, "submission-face-failed")
    page.get_by_role("button", name="重新认证").click()
    authenticate(page, passed=True)
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"人脸识别已通过，请在 \d+ 秒内提交。"))
    looked_at(page, "submission-face-passed")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("main")).to_contain_text("已提交，回执如下。")


def _fill_in(page: Page, project: dict[str, Any]) -> None:
    page.goto(f"/declarations/new?project={project['id']}")
    page.get_by_role("button", name="开始填写").click()
    page.fill("#person-name", "张三")
    page.fill("#person-number", "330000199001010014")
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_role("heading", level=1, name="信息确认")).to_be_visible()
