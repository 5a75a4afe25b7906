"""What people see before a declaration: notices, guides, questions, and two ways to the commitment."""

import re
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.browsing import Desk, enter_by_province
from shenbao_stack.by_hand import fill_project
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.services import root
from shenbao_stack.waiting import until
from shenbao_stack.world import World, done, settled

PROGRAMME = "title_committee_evaluation"
SPECIALTIES = ["企业管理", "市场营销", "农业技术推广"]
CONTACT = "评委会办公室 0571-85167733"


class Board:
    """The bureau with a committee C of two subject groups, and three projects, one of them C's for the second group."""

    def __init__(self, world: World, town: Town) -> None:
        done(world.publish_programme(root() / "programmes" / PROGRAMME))
        settled(world.admin(), "documents", "review")
        self.world, self.bureau = world, town.bureau
        self.committee = f"示例工商与农业评委会{world.serial()}"
        # For groups that no other test declares in, and for no programme in particular: it is nobody else's committee.
        body = {"name": self.committee, "programmes": [], "groups": ["business", "crops"]}
        committee_id = self.call("POST", "review", "/v1/committees", body)["committee_id"]
        settled(self.bureau.user, "applications")
        self.names = [f"{name}{world.serial()}" for name in ("农艺师评审", "农艺高级职称评审", "经济师评审")]
        variants = ("intermediate_personal", "senior_personal", "intermediate_personal")
        named: tuple[dict[str, Any], ...] = ({}, {"committee_id": committee_id, "groups": ["crops"]}, {})
        for name, variant, more in zip(self.names, variants, named, strict=True):
            done(town.publish(self.bureau, variant, programme=PROGRAMME, name=name, **more))

    def call(self, method: str, service: str, path: str, body: Any = None) -> Any:
        return done(self.bureau.user.call(method, service, path, body))

    def publish(self, kind: str, title: str, **given: Any) -> None:
        body = {"kind": kind, "title": title, "body": "正文", "visible_from": office_day(now()).isoformat()} | given
        self.call("POST", "applications", "/v1/publications", body)

    def guides(self) -> list[str]:
        """Eight, written in another order than the configured one."""
        titles = [f"操作手册{n}" for n in range(1, 9)]
        for position in (5, 2, 8, 1, 7, 3, 6, 4):
            paper = done(job.upload(self.bureau.user, job.pdf(), "publication", name=f"{position}.pdf"))
            given = {"programme": PROGRAMME, "position": position, "attachments": [{"receipt": paper["receipt"]}]}
            self.publish("guide", titles[position - 1], body="", **given)
        return titles


@pytest.fixture(scope="module")
def board(world: World, town: Town) -> Board:
    return Board(world, town)


def file(name: str) -> FilePayload:
    return FilePayload(name=name, mimeType="application/pdf", buffer=job.pdf())


def publish_a_project(page: Page, board: Board, name: str) -> None:
    """By hand, for one subject group of the committee."""
    variant = f"{PROGRAMME}/intermediate_unit"

    def offered() -> bool:
        page.goto("/office/projects/new")
        return page.locator(f"option[value='{variant}']").count() == 1

    until(offered, what="the portal knows the new programme")
    fill_project(page, variant, name)
    page.get_by_label("评委会", exact=True).select_option(label=board.committee)
    page.get_by_role("checkbox", name="农艺").check()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_role("row").filter(has_text=name)).to_be_visible()


def write_the_notice(page: Page, board: Board, title: str) -> None:
    """By hand, as the bureau does."""
    page.get_by_role("link", name="信息发布").click()
    page.get_by_role("link", name="新增").click()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("[data-summary] li")).to_have_count(2)
    looked_at(page, "public-desk-form")
    page.get_by_label("类别").select_option("evaluation_notice")
    page.get_by_label("标题").fill(title)
    page.get_by_label("正文").fill("请各单位按照通知要求，做好申报工作。")
    page.get_by_label("显示开始日期").fill(office_day(now()).isoformat())
    page.get_by_label("添加附件").set_input_files([file("申报通知.pdf"), file("评审条件.pdf")])
    for name in board.names:
        page.get_by_label(re.compile(name)).check()
    lines = page.get_by_role("group", name=board.committee)
    lines.get_by_label("评审范围").fill("工商管理、农艺")
    lines.get_by_label("评审专业").fill("\n".join(SPECIALTIES))
    lines.get_by_label("联系方式").fill(CONTACT)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("row").filter(has_text=title)).to_contain_text("显示")
    looked_at(page, "public-desk")


def read_the_notice(page: Page, board: Board, title: str) -> list[str]:
    """As anybody, from the first page; answers where the attachments are."""
    page.goto("/")
    page.get_by_role("link", name=title).click()
    row = page.locator("[data-committee]").filter(has_text=board.committee)
    expect(row.get_by_role("listitem")).to_have_text(SPECIALTIES)
    expect(row).to_contain_text(CONTACT)
    expect(row.get_by_role("link")).to_have_text([board.names[1]])
    looked_at(page, "public-notice")
    links = page.locator("[data-attachments] a")
    expect(links).to_have_text(["申报通知.pdf", "评审条件.pdf"])
    expect(page.locator("[data-project]")).to_have_count(3)
    paths = [str(links.nth(n).get_attribute("href")) for n in range(2)]
    for path in paths:
        got = page.request.get(path)
        assert (got.status, got.body()) == (200, job.pdf())
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(board.names[1])
    expect(page.get_by_role("link", name="申报", exact=True)).to_be_visible()
    looked_at(page, "public-project")
    return paths


@pytest.mark.req("S4e-06", "S4h-01")
def test_a_notice_is_written_by_hand_and_read_and_followed_by_anybody(desk: Desk, board: Board) -> None:
    title = f"关于{office_day(now()).year}年度职称评审工作的通知{board.world.serial()}"
    office, anybody = desk(board.bureau.user), desk()
    publish_a_project(office, board, by_hand := f"手工发布的项目{board.world.serial()}")
    anybody.goto("/evaluation/intermediate")
    anybody.get_by_role("link", name=board.committee).click()
    anybody.get_by_role("link", name="农艺").click()
    expect(anybody.get_by_role("link", name=by_hand)).to_be_visible()
    write_the_notice(office, board, title)
    paths = read_the_notice(anybody, board, title)

    office.get_by_role("link", name=title).click()
    office.get_by_label("显示开始日期").fill("")
    office.get_by_role("button", name="保存").click()
    expect(office.get_by_role("row").filter(has_text=title)).to_contain_text("隐藏")
    assert [anybody.request.get(path).status for path in paths] == [404, 404]
    anybody.goto("/")
    expect(anybody.get_by_role("link", name=title)).to_have_count(0)


@pytest.mark.req("S4j-01")
def test_five_questions_are_shown_in_order_and_a_hidden_one_is_not(desk: Desk, board: Board) -> None:
    titles = [f"问题{n}：{board.world.serial()}" for n in range(1, 6)]
    for position in (3, 1, 5, 2, 4):
        board.publish("question", titles[position - 1], body=f"解答{position}", position=position)
    board.publish("question", "隐藏的问题", visible_from=None)
    page = desk()
    page.goto("/")
    page.get_by_role("link", name="常见问题解答").first.click()
    expect(page.locator("[data-question] summary").filter(has_text="问题")).to_have_text(titles)
    page.get_by_text(titles[1]).click()
    expect(page.get_by_text("解答2")).to_be_visible()
    looked_at(page, "public-questions")


def to_the_project(page: Page, board: Board) -> None:
    """高级职称申报, committee, subject group, project."""
    page.goto("/evaluation/senior")
    page.get_by_role("link", name=board.committee).click()
    expect(page.locator("[data-groups] a")).to_have_text(["工商管理", "农艺"])
    page.get_by_role("link", name="工商管理").click()
    expect(page.locator("[data-project]")).to_have_count(0)
    page.get_by_role("link", name="农艺").click()
    expect(page.locator("[data-project] a")).to_have_text([board.names[1]])
    looked_at(page, "public-committee", languages=("en", "zh"))
    page.locator("[data-project] a").click()
    page.get_by_role("link", name="申报", exact=True).click()
    expect(page.get_by_role("heading", name="真实性承诺")).to_be_visible()


@pytest.mark.req("S4h-02", "S4h-03", "S0-36")
def test_a_person_goes_from_the_level_to_the_commitment_and_disagrees_and_agrees(desk: Desk, board: Board) -> None:
    titles = board.guides()
    board.publish("notice", notice := f"关于系统维护的公告{board.world.serial()}")
    visitor = desk()
    visitor.goto("/")
    expect(visitor.get_by_role("link", name="高级职称申报")).to_be_visible()
    expect(visitor.get_by_role("link", name=notice)).to_be_visible()
    looked_at(visitor, "public-front")

    page = desk()
    enter_by_province(page)
    expect(page.get_by_role("link", name=notice)).to_be_visible()
    to_the_project(page, board)
    commitment = page.locator("main").inner_text()
    assert "本人承诺所填报的信息、业绩和上传的材料均真实、合法、有效" in commitment
    assert "同意的，进入注册信息填写；不同意的，返回首页，不保存任何信息。" in commitment
    looked_at(page, "public-commitment")
    page.get_by_role("link", name="不同意").click()
    page.wait_for_url("**/person")
    page.goto(f"/declarations/programmes/{PROGRAMME}")
    expect(page.get_by_text("还没有申报记录")).to_be_visible()

    to_the_project(page, board)
    page.locator("[name=accepted]").check()
    page.get_by_role("button", name="同意并继续").click()
    expect(page.get_by_role("heading", level=1, name="注册信息")).to_be_visible()
    made = page.url.split("/declarations/")[1].split("?")[0]
    stored = done(board.world.admin().call("GET", "applications", f"/v1/applications/{made}"))["commitments"]
    assert [one["key"] for one in stored] == ["truthfulness"]
    _help_beside_the_form(page, titles)


def _help_beside_the_form(page: Page, titles: list[str]) -> None:
    page.locator(".help-centre summary").click()
    links = page.locator("[data-guides] a").filter(has_text="操作手册")
    expect(links).to_have_text(titles)
    looked_at(page, "public-help-centre")
    for n in range(8):
        assert page.request.get(str(links.nth(n).get_attribute("href"))).status == 200
