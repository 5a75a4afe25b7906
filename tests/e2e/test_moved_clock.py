"""The acceptance of the moved clock: what takes a week in an office takes seconds in a test."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_stack.browsing import DESKTOP, sign_in
from shenbao_stack.client import User, Visitor
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import PRIMARY, Town
from shenbao_stack.looking import looked_at
from shenbao_stack.nursery import Nursery
from shenbao_stack.services import root
from shenbao_stack.stack import Stack
from shenbao_stack.testing import world_of
from shenbao_stack.waiting import until
from shenbao_stack.world import PASSWORD, done, settled

KEY = "publicity_by_clock"
BOTH = ("en", "zh")
NUMBER, ISSUER = "ZC2026000001", "示例市人力资源和社会保障局"
MONDAY = datetime(2026, 12, 7, 9, tzinfo=OFFICE_ZONE)


def publish_with_publicity(town: Town, folder: Path) -> None:
    """The first programme under another key, with publicity of five working days at the department."""
    shutil.copytree(root() / "programmes" / PROGRAMME, folder)
    pack = folder / "programme.yaml"
    text = pack.read_text(encoding="utf-8").replace(PROGRAMME, KEY).replace("初定", "试点").replace("认定", "核定")
    decided = "decider: supervising_department, actions: [pass, return]"
    terms = "publicity: {working_days: 5, count_first_day: true, fields: [basic.declared_title]}"
    pack.write_text(text.replace(decided, f"{decided}, {terms}"), encoding="utf-8")
    done(town.world.publish_programme(folder))
    settled(town.world.admin(), "documents", "review")


@pytest.mark.req("B-25")
def test_an_open_publicity_closes_within_a_second_when_the_clock_moves_by_seven_days(
    stacks: Nursery, tmp_path: Path, browser: Browser
) -> None:
    with stacks.stack() as stack, world_of(stack) as world:
        stack.clock.set(MONDAY)
        town = Town(world)
        publish_with_publicity(town, tmp_path / KEY)
        department = town.department()
        project: dict[str, Any] = town.project(department, PRIMARY, programme=KEY)
        unit = town.unit(department)
        unit.user.follow(department.user)
        application = town.reported(unit.user, project)
        officer = department.user
        officer.follow(unit.user)
        done(officer.call("GET", "review", f"/v1/cases/{application}"))
        path, ids = "/v1/applications/publicity-sheet", {"ids": [application]}
        sheet = until(lambda: done(officer.call("POST", "applications", path, ids))["sheet"], what="at the department")
        posted = {"title": "关于职称评审结果的公示", "sheet": sheet}
        notice = done(officer.call("POST", "review", "/v1/publicities", posted))
        public = f"/v1/public/publicities/{notice['publicity_id']}"
        assert (notice["last_day"], notice["state"]) == ("2026-12-11", "running")
        assert world.visitor().call("GET", "review", public).status_code == 200

        stack.clock.move(days=7)

        visitor = world.visitor()
        until(lambda: visitor.call("GET", "review", public).status_code == 404, seconds=1, what="taken down")
        ended = done(officer.call("GET", "review", f"/v1/publicities/{notice['publicity_id']}"))
        assert [case["state"] for case in ended["cases"]] == ["passed"]
        numbered_by_hand(browser, stack, officer, notice["publicity_id"])
        certified(officer, visitor, application)


def numbered_by_hand(browser: Browser, stack: Stack, officer: User, notice: str) -> None:
    """After publicity: the numbers, then the document that issues them (S4a-09)."""
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", base_url=stack.url())  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, stack, officer.username, PASSWORD)
    page.goto(f"/office/publicity/{notice}")
    looked_at(page, "issuance-notice", languages=BOTH)
    page.get_by_label("证书系列").fill("ZC")
    page.get_by_role("button", name="生成证书编号").click()
    expect(page.locator(".note-success")).to_contain_text("证书编号已生成")
    looked_at(page, "issuances", languages=BOTH)
    page.get_by_role("link", name="关于职称评审结果的公示").click()
    looked_at(page, "issuance", languages=BOTH)
    expect(page.locator("tbody th")).to_have_text(NUMBER)
    document = {"document_number": "杭人社发〔2026〕1号", "issuing_unit": ISSUER}
    path = page.url.rsplit("/", 1)[1]
    done(officer.call("POST", "review", f"/v1/issuances/{path}/document", document))
    page.reload()
    expect(page.get_by_text(document["document_number"])).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    looked_at(page, "issuance-issued")
    context.close()


def certified(officer: User, visitor: Visitor, application: str) -> None:
    """The certificate bears the number and the unit of the document, and anybody verifies it."""
    wording = {"series": "CD", "holder": "张三", "title": "助理工程师", "valid_until": None}
    body = {"application_id": application, **wording}
    made = until(lambda: issued(officer, body), what="the number has reached documents")
    assert (made["number"], made["organisation_name"]) == (NUMBER, ISSUER)
    asked = {"number": NUMBER, "name": "张三"}
    assert done(visitor.call("POST", "documents", "/v1/verifications", asked))["state"] == "valid"


def issued(officer: User, body: dict[str, Any]) -> Any:
    """None until documents has heard of the approval; of the number it has heard before it is asked."""
    settled(officer, "documents")
    answer = officer.call("POST", "documents", "/v1/certificates", body)
    return answer.json() if answer.status_code == 201 else None
