"""An organisation's administrator grows and prunes the tree below the own organisation, by hand in the browser."""

import pytest
from playwright.sync_api import expect

from shenbao_stack.browsing import Desk
from shenbao_stack.world import World


@pytest.mark.req("S4i-02")
@pytest.mark.req("S4i-05")
def test_an_administrator_adds_and_cancels_directly_below_the_own_organisation(desk: Desk, world: World) -> None:
    # A code with a hyphen names no administrator, so nobody works there yet.
    code, bureau = f"JY-{world.serial()}", world.new_office("city_hr_bureau", name="市人社局")
    page = desk(world.new_officer(bureau.id, ("organisation.manage",)))
    page.goto("/admin/organisations")
    page.get_by_role("link", name="新增机构").click()
    assert page.locator("#parent_id option").all_inner_texts() == ["市人社局"]
    page.locator("#code").fill(code)
    page.locator("#name").fill("市教育局")
    page.locator("#level").select_option("first_level_department")
    page.locator("main form[method=post] button.btn-primary").click()
    row = page.get_by_role("row").filter(has_text=code)
    expect(row).to_contain_text("市教育局")

    row.get_by_role("button", name="撤销").click()
    page.get_by_role("button", name="确认撤销").click()

    expect(page.get_by_text("机构已撤销")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=code)).to_have_count(0)
    own = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="市人社局", exact=True))
    expect(own.get_by_role("button")).to_have_count(0)
