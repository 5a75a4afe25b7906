"""Units that sign in by the province: for the first time, and with an earlier registration of their code."""

import pytest
from playwright.sync_api import Page, expect

from shenbao_stack.browsing import Desk
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import PRIMARY, Town
from shenbao_stack.looking import looked_at
from shenbao_stack.world import World

U1_CODE = "913300000000000191"
LIST = f"/declare/{PROGRAMME}/{PRIMARY}/report"


def enter(page: Page, unit: str) -> None:
    page.goto("/sign-in?go=1&entry=unit")
    page.get_by_role("link", name="省统一身份认证法人登录").click()
    page.get_by_role("button", name=unit).click()
    page.locator("body.has-menu").wait_for()


@pytest.mark.req("S0-04")
def test_a_unit_with_an_earlier_registration_of_its_code_goes_on_with_it(desk: Desk, town: Town, world: World) -> None:
    department = town.department()
    legacy = world.register_unit(department, code=U1_CODE)
    project = town.project(department)
    for _ in range(12):
        town.draft(legacy.user, project)
    page = desk()
    enter(page, "示例科技有限公司")
    page.goto("/unit/profile")
    expect(page.locator("main")).to_contain_text("示例科技有限公司")
    expect(page.locator("main")).to_contain_text(U1_CODE)
    page.goto(f"/declare/{PROGRAMME}/{PRIMARY}/projects/{project['id']}/materials")
    expect(page.locator("table.rows tbody tr")).to_have_count(12)


@pytest.mark.req("S0-05")
def test_a_unit_without_one_registers_before_anything_else(desk: Desk, town: Town, world: World) -> None:
    department = town.department(name=f"市软件办{world.serial()}")
    # An earlier unit whose code is not the one of the account is no match (S0-04).
    world.register_unit(department, code="000000035", legal_representative="陈立")
    page = desk()
    enter(page, "钱塘软件股份有限公司")
    page.goto(LIST)
    expect(page.get_by_role("heading", level=1)).to_have_text("单位信息登记")
    looked_at(page, "legal-person", languages=("en", "zh"))
    page.get_by_label("法定代表人").fill("陈立")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("[data-summary]")).to_contain_text("主管部门：请选择主管部门")
    looked_at(page, "legal-person-registration")
    other = town.department(name=f"市数据局{world.serial()}")
    page.get_by_label("查找部门").fill(other.name)
    page.get_by_label(other.name).check()
    page.get_by_role("button", name="登记").click()
    expect(page.locator("main")).to_contain_text("登记成功，立即可以使用。")
    page.goto(LIST)
    expect(page.get_by_role("heading", level=1)).to_have_text("上报材料")
