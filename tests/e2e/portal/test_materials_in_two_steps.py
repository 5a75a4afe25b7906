"""A material is recorded in two steps: its information is saved and closed, then its file is chosen and uploaded."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from shenbao_stack import job
from shenbao_stack.browsing import Desk, sign_in
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.persons import new_person
from shenbao_stack.services import root
from shenbao_stack.stack import Stack
from shenbao_stack.world import PASSWORD, World, done, settled

PROGRAMME = "title_committee_evaluation"


@pytest.fixture
def declaration(world: World, town: Town, desk: Desk, stack: Stack) -> Page:
    """The list of materials of a declaration that a person has just begun."""
    done(world.publish_programme(root() / "programmes" / PROGRAMME))
    settled(world.admin(), "documents", "review")
    project = town.project(town.bureau, "intermediate_personal", programme=PROGRAMME, name=f"评审{world.serial()}")
    person = new_person(world)
    person.follow(town.bureau.user)
    body = {"project_id": project["id"], "accepted": ["truthfulness"]}
    application = done(person.call("POST", "applications", "/v1/applications", body))["id"]
    page = desk()
    sign_in(page, stack, person.username, PASSWORD, to="**/person**")
    page.goto(f"/declarations/{application}?step=material_list")
    return page


@pytest.mark.req("S4d-05")
def test_a_material_is_listed_without_a_file_named_by_the_check_and_counted_once_it_is_uploaded(
    declaration: Page,
) -> None:
    page = declaration
    _save_the_information(page)
    row = page.get_by_role("row").filter(has_text="学历证书")
    expect(row).to_contain_text("无文件")
    looked_at(page, "two-steps-listed", languages=("en", "zh"))
    place = page.url
    page.get_by_role("link", name=re.compile("信息确认")).click()
    named = page.get_by_role("link", name=re.compile("材料：第 1 条 文件"))
    expect(named).to_be_visible()
    looked_at(page, "two-steps-check")
    named.click()

    row.get_by_role("button", name=re.compile("上传文件")).click()
    expect(row).to_contain_text("请先选择文件")
    _upload(page, FilePayload(name="学历.pdf", mimeType="application/pdf", buffer=b"no paper"))
    expect(row).to_contain_text("无文件")
    _upload(page, FilePayload(name="学历.pdf", mimeType="application/pdf", buffer=job.pdf()))
    expect(row).to_contain_text("1 个文件")
    expect(row.get_by_role("link", name=re.compile("学历.pdf"))).to_be_visible()
    looked_at(page, "two-steps-uploaded")

    row.get_by_role("link", name=re.compile("编辑")).click()
    page.locator("#row-name").fill("本科学历证书")
    page.get_by_role("button", name="保存并关闭").click()
    expect(page.get_by_role("row").filter(has_text="本科学历证书")).to_contain_text("1 个文件")
    assert page.url == place
    page.get_by_role("link", name=re.compile("信息确认")).click()
    expect(page.get_by_role("link", name=re.compile("材料：第 1 条 文件"))).to_have_count(0)


def _upload(page: Page, file: FilePayload) -> None:
    page.get_by_label("选择文件 1").set_input_files(file)
    page.get_by_role("button", name="上传文件 1").click()


def _save_the_information(page: Page) -> None:
    """The first step: items marked * are demanded, a file is not asked for."""
    page.get_by_role("link", name="新增").click()
    expect(page.locator("label", has_text="材料名称").locator(".star")).to_have_text("*")
    expect(page.locator("input[type=file]")).to_have_count(0)
    page.locator("#row-kind").select_option("education")
    page.get_by_role("button", name="保存并关闭").click()
    expect(page.locator("[data-summary]")).to_contain_text("材料名称")
    looked_at(page, "two-steps-information")
    page.locator("#row-name").fill("学历证书")
    page.get_by_role("button", name="保存并关闭").click()
