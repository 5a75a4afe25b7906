"""Official publicity on the pages of the bureau and of everybody, in a real browser."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shenbao_common.testing.service import eventually
from shenbao_stack import job
from shenbao_stack.browsing import Desk
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import PRIMARY, Town
from shenbao_stack.looking import looked_at
from shenbao_stack.services import root
from shenbao_stack.world import done, settled

KEY = "publicity_trial"
TERMS = "publicity: {working_days: 5, fields: [basic.declared_title]}"


@pytest.fixture
def programme(town: Town, tmp_path: Path) -> str:
    """The first programme under another key, with publicity at the department instead of its decision."""
    folder = tmp_path / KEY
    shutil.copytree(root() / "programmes" / PROGRAMME, folder)
    pack = folder / "programme.yaml"
    text = pack.read_text(encoding="utf-8").replace(PROGRAMME, KEY).replace("初定", "试点").replace("认定", "核定")
    decided = "decider: supervising_department, actions: [pass, return]"
    pack.write_text(text.replace(decided, f"{decided}, {TERMS}"), encoding="utf-8")
    done(town.world.publish_programme(folder))
    settled(town.world.admin(), "documents", "review")
    return KEY


def object_by_hand(visitor: Page) -> None:
    """Somebody from the street reads the notice and objects, first without saying what."""
    visitor.goto("/publicity")
    visitor.get_by_role("link", name="关于职称评审结果的公示").click()
    expect(visitor.locator("table.rows tbody th").first).to_have_text("张*")
    visitor.get_by_role("button", name="提交异议").click()
    expect(visitor.locator("#text-error")).to_be_visible()
    looked_at(visitor, "publicity-notice")
    visitor.select_option("#number", index=2)
    visitor.fill("#text", "业绩不实")
    visitor.set_input_files("#attachment", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": job.pdf()})
    visitor.get_by_role("button", name="提交异议").click()
    expect(visitor.locator(".note-success")).to_contain_text("异议已收到")


@pytest.mark.req("B-06")
def test_a_notice_is_posted_read_and_objected_to_by_hand(desk: Desk, town: Town, programme: str) -> None:
    department = town.department()
    project: dict[str, Any] = town.project(department, PRIMARY, programme=programme)
    unit = town.unit(department)
    unit.user.follow(department.user)
    for _ in range(3):
        town.reported(unit.user, project)
    officer = desk(department.user)
    ticks = officer.locator("[data-tick]")
    eventually(lambda: officer.goto("/office/publicity") and ticks.count() == 3)
    for tick in ticks.all():
        tick.check()
    officer.fill("#title", "关于职称评审结果的公示")
    looked_at(officer, "publicity-office")
    officer.get_by_role("button", name="发布公示").click()
    expect(officer.locator(".note-success")).to_contain_text("公示已发布")

    object_by_hand(desk())

    officer.reload()
    expect(officer.get_by_text("因异议暂停")).to_have_count(1)
    expect(officer.get_by_text("匿名")).to_be_visible()
    looked_at(officer, "publicity-objection")
    officer.get_by_label("处理意见").fill("经查不属实")
    officer.get_by_role("button", name="异议不成立").click()
    expect(officer.locator(".note-success")).to_be_visible()
    expect(officer.get_by_text("因异议暂停")).to_have_count(0)
