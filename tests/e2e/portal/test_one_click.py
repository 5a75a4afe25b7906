"""One-click test and application: the notice, the face, the questions, the analysis, all by hand in the browser."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shenbao_stack.browsing import Desk, authenticate, enter_by_province
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.world import World, done

ROOT = Path(__file__).parents[3]
PROGRAMME = "talent_settle_in"
HOME = f"/pretest/{PROGRAMME}"
OLD = "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko"


@pytest.fixture(scope="module")
def project(world: World, town: Town) -> dict[str, Any]:
    done(world.publish_programme(ROOT / "programmes" / PROGRAMME))
    year = date.today().year  # noqa: DTZ011
    body = {
        "programme": PROGRAMME,
        "variant": "settle_in",
        "name": f"{year}年引进在职人才入户（一键申报）",
        "year": year,
    }
    days = {"opens_on": f"{year}-01-01", "closes_on": f"{year}-12-31"}
    found: dict[str, Any] = done(town.bureau.user.call("POST", "applications", "/v1/projects", body | days))
    return found


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1, name=text)).to_be_visible()


def to_the_face(page: Page, entry: str) -> None:
    page.goto(HOME)
    page.get_by_role("link", name=entry, exact=True).click()
    page.locator("[name=accepted]").check()
    page.get_by_role("button", name="确定").click()
    heading(page, "人脸识别")


@pytest.mark.req("S2-02")
def test_an_old_browser_is_advised_and_may_read(desk: Desk, project: dict[str, Any]) -> None:
    advice = "您的浏览器版本过低"
    page = desk()
    page.goto(HOME)
    expect(page.locator("main")).not_to_contain_text(advice)
    browser = page.context.browser
    assert browser is not None
    old = browser.new_context(user_agent=OLD, base_url=page.url.split("/pretest")[0])
    other = old.new_page()
    other.goto(f"{HOME}/articles/age")
    expect(other.locator("main")).to_contain_text(advice)
    expect(other.locator("main")).to_contain_text("未满41周岁")
    old.close()


@pytest.mark.req("S2-03", "S2-04", "S2-07", "S2-15", "S2-19")
def test_a_person_tests_by_one_click_and_by_questions(desk: Desk, project: dict[str, Any]) -> None:
    page = desk()
    enter_by_province(page)
    _look_around(page)
    _nothing_opens_without_the_notice(page)
    _fail_and_answer_questions(page)
    _test_and_see_the_conditions(page)
    _declare(page)


OUTCOMES = {
    "张三": ((None, "有职称，无学历学位信息"), ("103351201205001234", "有职称，有学历学位信息")),
    "李四": ((None, "无职称，无学历学位信息"), ("103351200705005678", "无职称，有学历学位信息")),
}
"""Person, number of an education certificate or none, outcome."""


@pytest.mark.req("S2-12")
@pytest.mark.parametrize("person", OUTCOMES)
def test_every_outcome_of_the_test_leads_to_the_conditions_and_to_the_questions(
    desk: Desk, project: dict[str, Any], person: str
) -> None:
    page = desk()
    enter_by_province(page, person)
    for number, outcome in OUTCOMES[person]:
        to_the_face(page, "一键测试")
        authenticate(page, passed=True, person=person)
        heading(page, "证书编号")
        if number:
            page.locator("#education").fill(number)
        page.get_by_role("button", name="确定" if number else "跳过").click()
        expect(page.get_by_role("heading", name=outcome)).to_be_visible()
        page.get_by_role("link", name="一键申报").click()
        heading(page, "申报条件")
        page.go_back()
        page.get_by_role("link", name="转问答测试").click()
        expect(page.locator("legend")).to_contain_text("1. 您是否有在本市缴纳社会保险")


def _look_around(page: Page) -> None:
    page.goto(HOME)
    for kind, number in (("policy", 2), ("guide", 3), ("answer", 4)):
        titles = page.locator(f"[data-articles={kind}] a")
        expect(titles).to_have_count(number)
        for n in range(number):
            name = titles.nth(n).inner_text()
            titles.nth(n).click()
            heading(page, name)
            expect(page.locator(".fact-text")).not_to_be_empty()
            page.get_by_role("link", name="返回").click()
    expect(page.locator("main")).to_contain_text("温馨提示")
    for entry in ("一键测试", "一键申报", "业务查询"):
        expect(page.get_by_role("link", name=entry, exact=True)).to_be_visible()
    looked_at(page, "one-click-home")


def _nothing_opens_without_the_notice(page: Page) -> None:
    page.get_by_role("link", name="一键测试", exact=True).click()
    looked_at(page, "one-click-notice")
    page.get_by_role("button", name="确定").click()
    heading(page, "办理须知")
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("[name=accepted]").check()
    page.get_by_role("button", name="确定").click()
    heading(page, "人脸识别")
    expect(page.locator("[data-countdown]")).to_have_text(re.compile("有效期：1[67][0-9] 秒"))
    looked_at(page, "one-click-face")


def _fail_and_answer_questions(page: Page) -> None:
    authenticate(page, passed=False)
    page.get_by_role("dialog").get_by_role("link", name="否").click()
    heading(page, "引进在职人才入户")
    to_the_face(page, "一键测试")
    authenticate(page, passed=False)
    expect(page.get_by_role("dialog")).to_be_visible()
    looked_at(page, "one-click-failed")
    page.get_by_role("dialog").get_by_role("link", name="是").click()
    for answer in ("否", "以上均不是", "以上均不具有", "否"):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name="确定").click()
    expect(page.locator("[data-answered] li")).to_have_count(4)
    with page.expect_popup() as opened:
        page.get_by_role("link", name=re.compile("职业目录")).click()
    heading(opened.value, "引进技术技能人才职业目录")
    opened.value.close()
    expect(page.locator("[data-answered]")).to_contain_text("已选择：以上均不具有")
    looked_at(page, "one-click-question-5")
    page.get_by_label("高级工").check()
    page.get_by_role("button", name="确定").click()
    expect(page.locator("main")).to_contain_text("技能类人才")
    looked_at(page, "one-click-question-end")


def _test_and_see_the_conditions(page: Page) -> None:
    to_the_face(page, "一键测试")
    authenticate(page, passed=True)
    heading(page, "证书编号")
    looked_at(page, "one-click-numbers")
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("alert")).to_contain_text("跳过")
    page.get_by_role("button", name="跳过").click()
    expect(page.locator("main")).to_contain_text("有职称，无学历学位信息")
    looked_at(page, "one-click-result")
    page.get_by_role("link", name="转问答测试").click()
    expect(page.locator("legend")).to_contain_text("1. 您是否有在本市缴纳社会保险")
    page.go_back()
    page.get_by_role("link", name="一键申报").click()
    heading(page, "申报条件")
    expect(page.get_by_role("tab")).to_have_text(
        ["学历类人才", "职称类人才", "技能类人才", "高层次、高级技能人才", "其他"]
    )
    page.get_by_role("tab", name="技能类人才").click()
    panel = page.locator("#panel-skill")
    expect(panel.get_by_role("radio")).to_have_count(5)
    expect(panel.locator("[data-materials] li")).to_have_count(4)
    expect(panel.get_by_role("button", name="开始申报")).to_be_disabled()
    panel.get_by_role("radio").nth(1).check()
    expect(panel.get_by_role("button", name="开始申报")).to_be_enabled()
    looked_at(page, "one-click-conditions")


def _declare(page: Page) -> None:
    to_the_face(page, "一键申报")
    authenticate(page, passed=True)
    page.locator("#education").fill("103351201205001234")
    page.get_by_role("button", name="确定").click()
    expect(page.locator("main")).to_contain_text("有职称，有学历学位信息")
    expect(page.locator("main")).to_contain_text("浙江大学")
    page.get_by_role("button", name="开始申报").click()
    looked_at(page, "one-click-choose")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("中级职称")).click()
    heading(page, "入户资格")
    expect(page.locator("#qualification-title_name")).to_have_value("工程师")
    expect(page.locator("#qualification-title_proof")).to_be_hidden()
    looked_at(page, "one-click-qualification")
