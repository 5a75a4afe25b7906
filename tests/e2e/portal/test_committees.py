"""A committee in the browser: formed, filled, drawn, voted, closed, signed; every page looked at on the way (B-04)."""

import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from shenbao_common.kernel.clock import now, office_day
from shenbao_common.testing.service import eventually
from shenbao_stack.browsing import Desk
from shenbao_stack.client import User
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import PRIMARY, Town
from shenbao_stack.looking import looked_at
from shenbao_stack.services import root
from shenbao_stack.stack import Stack
from shenbao_stack.world import Office, done, settled

ROOT = Path(__file__).parents[3]
BOTH = ("en", "zh")
KEY = "committee_trial"
TITLE = "第一次评审会议"


@pytest.fixture
def programme(town: Town, tmp_path: Path) -> str:
    """The first programme under another key, with a committee at the place of the department."""
    folder = tmp_path / KEY
    shutil.copytree(root() / "programmes" / PROGRAMME, folder)
    pack = folder / "programme.yaml"
    text = pack.read_text(encoding="utf-8").replace(PROGRAMME, KEY).replace("初定", "试评").replace("认定", "评定")
    decided = "decider: supervising_department, actions: [pass, return]"
    masks = "committee: {masks: [basic.person_name, basic.mobile, basic.email]}"
    text = text.replace(decided, f"decider: committee, actions: [pass, fail], {masks}")
    again = "{key: again, zh: 复核, en: Again, decider: accepting_department}"
    text += f"\nreconsideration: {{working_days: 10, steps: [{again}]}}\n"
    pack.write_text(text, encoding="utf-8")
    done(town.world.publish_programme(folder))
    settled(town.world.admin(), "documents", "review")
    return KEY


def form_committee(chief: Page) -> None:
    offered = chief.get_by_label("专业技术资格试评评定", exact=True)
    eventually(lambda: chief.goto("/office/committees") and offered.count() == 1)
    chief.get_by_label("评审委员会名称").fill("示例市工程系列评委会")
    offered.check()
    chief.get_by_role("button", name="设立").click()
    expect(chief.locator(".note-success")).to_contain_text("评审委员会已设立")
    chief.goto("/office/committees")
    looked_at(chief, "committee-committees", languages=BOTH)
    expect(chief.locator("table.rows tbody tr")).to_contain_text("专业技术资格试评评定")


def invited(chief: Page, stack: Stack, name: str) -> str:
    """By hand, with the search for the employer."""
    chief.goto("/office/experts/new")
    chief.locator("#search").fill("公司")
    chief.get_by_role("button", name="查询").click()
    looked_at(chief, "committee-expert-new", languages=BOTH)
    chief.get_by_label("姓名").fill(name)
    chief.get_by_label("聘期起").fill("2020-01-01")
    chief.get_by_label("聘期止").fill("2019-01-01")
    chief.get_by_role("button", name="添加").click()
    expect(chief.locator("[data-summary]")).to_contain_text("结束日期不能早于开始日期")
    chief.get_by_label("聘期止").fill("2100-12-31")
    chief.get_by_role("button", name="添加").click()
    return chief.locator("dl.facts dd").inner_text().strip()


def experts(office: Office, town: Town, number: int) -> list[User]:
    """Officers of other departments, who join by their invitations."""
    found = []
    for n in range(number):
        body = {"name": f"专家{n}", "term_from": "2020-01-01", "term_to": "2100-12-31"}
        made = done(office.user.call("POST", "review", "/v1/experts", body))
        member = town.world.new_officer(office.id)
        done(member.call("POST", "review", "/v1/memberships", {"invitation": made["invitation"]}))
        found.append(member)
    return found


def plan(chief: Page, office: Office) -> str:
    (committee,) = done(office.user.call("GET", "review", "/v1/committees"))["items"]
    ticks = chief.locator("[data-tick]")
    eventually(lambda: chief.goto(f"/office/committees/{committee['committee_id']}") and ticks.count() == 2)
    looked_at(chief, "committee-committee", languages=BOTH)
    for tick in ticks.all():
        tick.check()
    chief.locator("#title").fill(TITLE)
    chief.locator("#held_on").fill(office_day(now()).isoformat())
    chief.get_by_role("button", name="安排会议").click()
    expect(chief.locator(".note-success")).to_contain_text("评审会议已安排")
    return chief.url.rsplit("/", 1)[-1]


def seat(chief: Page) -> None:
    chief.locator("#number").fill("3")
    chief.get_by_role("button", name="随机抽取").click()
    expect(chief.locator(".note-success")).to_contain_text("抽取完成")
    chief.get_by_role("button", name="开始投票").click()
    expect(chief.locator(".note-danger")).to_contain_text("请指定一名出席的主任委员")
    for box in chief.locator("[name=there]").all():
        box.check()
    chief.get_by_label("王专家 主任委员").check()
    looked_at(chief, "committee-planned", languages=BOTH)
    for box in chief.locator("[name=there]").all():
        box.check()
    chief.get_by_label("王专家 主任委员").check()
    chief.get_by_role("button", name="登记出席").click()
    chief.get_by_role("button", name="开始投票").click()
    expect(chief.locator(".note-success")).to_contain_text("投票已开始")
    looked_at(chief, "committee-voting", languages=BOTH)


def read(member: Page, sitting: str, application: str) -> None:
    """Beforehand, from the agenda: masked, with its file."""
    member.goto(f"/ballots/{sitting}")
    looked_at(member, "committee-agenda", languages=BOTH)
    member.goto(f"/ballots/{sitting}/applications/{application}")
    looked_at(member, "committee-evaluated", languages=BOTH)
    expect(member.get_by_text("*三", exact=True)).to_be_visible()
    expect(member.get_by_text(re.compile(r"^\d\*{5}[\dX]$"))).to_be_visible()
    file = member.locator("ul.files a").first.get_attribute("href") or ""
    opened = member.request.get(file)
    assert (opened.status, opened.headers["content-type"]) == (200, "application/pdf")


def turned_away(stranger: Page, sitting: str, application: str) -> None:
    for path in (f"/ballots/{sitting}", f"/ballots/{sitting}/applications/{application}"):
        answer = stranger.goto(path)
        assert answer
        assert answer.status == 404


def vote(member: Page) -> None:
    member.goto("/ballots")
    looked_at(member, "committee-ballots", languages=BOTH)
    member.get_by_role("link", name=TITLE).click()
    looked_at(member, "committee-ballot", languages=BOTH)
    rows = member.locator("#ballot tbody tr")
    rows.nth(0).get_by_role("radio").nth(0).check()
    rows.nth(1).get_by_role("radio").nth(1).check()
    member.get_by_role("button", name="提交选票").click()
    expect(member.locator(".note-success").first).to_contain_text("投票已完成")
    looked_at(member, "committee-voted", languages=BOTH)


def voted(user: User, sitting: str) -> None:
    ballot = done(user.call("GET", "review", f"/v1/ballots/{sitting}"))
    choices = {c["application_id"]: "yes" if c["number"] == 1 else "no" for c in ballot["candidates"]}
    done(user.call("PUT", "review", f"/v1/ballots/{sitting}", {"round": 1, "choices": choices}))


def close_and_sign(chief: Page, member: Page) -> None:
    chief.reload()
    expect(chief.get_by_text("已投票 3 人，出席 3 人")).to_be_visible()
    chief.get_by_role("button", name="结束投票").click()
    chief.get_by_role("button", name="确认结束").click()
    expect(chief.locator(".note-success").first).to_contain_text("结果已统计")
    looked_at(chief, "committee-closed", languages=BOTH)
    member.reload()
    looked_at(member, "committee-minutes", languages=BOTH)
    member.get_by_role("button", name="签署会议纪要").click()
    expect(member.locator(".note-success").first).to_contain_text("评审结果生效")
    chief.reload()
    paper = chief.request.get(chief.get_by_role("link", name="打印会议纪要").get_attribute("href") or "")
    assert (paper.status, paper.headers["content-type"]) == (200, "application/pdf")
    chief.goto("/office/sittings")
    looked_at(chief, "committee-sittings", languages=BOTH)


def reconsider(applicant: Page, chief: Page, application: str) -> None:
    """Who is not through asks once more; the office decides."""
    applicant.goto(f"/materials/{application}")
    looked_at(applicant, "committee-rejected", languages=BOTH)
    applicant.get_by_label("申请理由").fill("业绩证明已补充")
    applicant.get_by_role("button", name="申请复核").click()
    expect(applicant.locator(".note-success")).to_contain_text("复核申请已提交")
    chief.goto("/office/reconsiderations")
    looked_at(chief, "committee-reconsiderations", languages=BOTH)
    chief.get_by_role("button", name="维持原结论").click()
    expect(chief.locator(".note-danger")).to_be_visible()
    chief.get_by_role("textbox").fill("经复核，原结论正确")
    chief.get_by_role("button", name="维持原结论").click()
    expect(chief.locator(".note-success")).to_contain_text("复核意见已提交")
    applicant.reload()
    looked_at(applicant, "committee-reconsidered", languages=BOTH)
    expect(applicant.get_by_text("经复核，原结论正确").first).to_be_visible()


def hand_in(chief: Page) -> None:
    """Of a committee that sits elsewhere the results come as a workbook; each bad row is told."""
    chief.goto("/office/committees")
    chief.get_by_label("评审委员会名称").fill("省评委会")
    chief.get_by_label("专业技术资格初定认定", exact=True).check()
    chief.get_by_label("在系统外评审，导入结果").check()
    chief.get_by_role("button", name="设立").click()
    expect(chief.locator(".note-success")).to_contain_text("评审委员会已设立")
    chief.goto(chief.url)
    looked_at(chief, "committee-outside", languages=BOTH)
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as target:
        sheet = target.add_worksheet()
        for number, row in enumerate([("编号", "评审结果"), ("2026-999999", "通过"), ("2026-999998", "待定")]):
            sheet.write_row(number, 0, row)
    chief.set_input_files("#file", {"name": "结果.xlsx", "mimeType": "application/x", "buffer": book.getvalue()})
    chief.get_by_role("button", name="导入").click()
    expect(chief.locator(".note-danger")).to_have_count(2)
    expect(chief.locator(".note-danger").last).to_contain_text("第 3 行")


def join(member: Page, invitation: str) -> None:
    member.goto("/ballots")
    member.locator("#invitation").fill(invitation)
    member.get_by_role("button", name="加入").click()
    expect(member.locator(".note-success")).to_contain_text("已加入专家库")


def reported(town: Town, office: Office, programme: str) -> tuple[User, list[str]]:
    """A unit with two applications that wait for the committee."""
    project: dict[str, Any] = town.project(office, PRIMARY, programme=programme)
    unit = town.unit(office)
    unit.user.follow(office.user)
    return unit.user, [town.reported(unit.user, project) for _ in range(2)]


@pytest.mark.req("B-04")
def test_a_committee_is_formed_sits_votes_in_secret_and_its_signed_result_decides(
    desk: Desk, stack: Stack, town: Town, programme: str
) -> None:
    office = town.department()
    chief, chair = desk(office.user), town.world.new_officer(office.id)
    form_committee(chief)
    member = desk(chair)
    others = experts(office, town, 2)
    # Applications has to have heard of the committee before anything can be reported to it.
    settled(office.user, "applications")
    unit, applications = reported(town, office, programme)
    join(member, invited(chief, stack, "王专家"))
    chief.goto("/office/experts")
    looked_at(chief, "committee-experts", languages=BOTH)
    sitting = plan(chief, office)
    turned_away(chief.context.new_page(), sitting, applications[0])
    seat(chief)
    read(member, sitting, applications[0])
    vote(member)
    for user in others:
        voted(user, sitting)
    close_and_sign(chief, member)
    unit.follow(chair)
    states = [done(unit.call("GET", "review", f"/v1/cases/{one}"))["status"] for one in applications]
    assert sorted(states) == ["failed", "passed"]
    hand_in(chief)
    reconsider(desk(unit), chief, applications[states.index("failed")])
