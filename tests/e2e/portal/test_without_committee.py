"""A plan whose committee the bureau has not formed, as the person sees it who declares for it."""

from functools import partial
from typing import Any

from playwright.sync_api import Page, expect

from shenbao_stack.browsing import Desk, sign_in
from shenbao_stack.client import User
from shenbao_stack.looking import looked_at
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import PASSWORD, done

REVIEW = "title_review"


def test_a_plan_without_a_committee_says_so_before_the_submission(desk: Desk, stack: Stack, titles: Any) -> None:
    zhang: User = titles.person("张三")
    declared = titles.begun(zhang, titles.plans.review)
    page = desk()
    sign_in(page, stack, zhang.username, PASSWORD, to="**/person**")
    bureau: User = titles.plans.town.bureau.user
    _works(bureau, active=False)
    try:
        until(partial(_lacks, page, declared), what="applications hears that the committee works no more")
        expect(page.locator("main")).to_contain_text("请联系发布单位设立后再提交")
        expect(page.get_by_role("button", name="提交审核")).to_be_disabled()
        looked_at(page, "titles-without-committee", languages=("en", "zh"))
    finally:
        _works(bureau, active=True)
    until(lambda: not _lacks(page, declared), what="applications hears that the committee works again")

    page.get_by_role("button", name="提交审核").click()

    expect(page.locator("main")).to_contain_text("提交回执")


def _works(bureau: User, *, active: bool) -> None:
    formed = done(bureau.call("GET", "review", "/v1/committees"))["items"]
    path = next(f"/v1/committees/{one['committee_id']}" for one in formed if REVIEW in one["programmes"])
    known = bureau.call("GET", "review", path)
    body = {name: done(known)[name] for name in ("name", "programmes", "groups", "outside")} | {"active": active}
    done(bureau.call("PUT", "review", path, body, headers={"If-Match": known.headers["ETag"]}))


def _lacks(page: Page, declared: str) -> bool:
    page.goto(f"/declarations/{declared}?step=confirmation&checked=1")
    return "还没有评审此材料的评审委员会" in page.locator("main").inner_text()
