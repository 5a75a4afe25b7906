"""The inbox and the settings of messages, as people use them (B-32)."""

import pytest

from shenbao_stack import job
from shenbao_stack.browsing import Desk
from shenbao_stack.demo.town import Town
from shenbao_stack.waiting import until
from shenbao_stack.world import done


@pytest.mark.req("B-32")
def test_whoever_declared_reads_what_happened_and_chooses_how_to_hear_of_it(desk: Desk, town: Town) -> None:
    department = town.department()
    unit, project = town.unit(department), town.project(department)
    application = town.reported(unit.user, project)
    done(job.decide(department.user, application, "return", "学历证书不清晰", after=unit.user))
    until(lambda: done(unit.user.call("GET", "identity", "/v1/me/messages"))["items"], what="told")
    reference = job.shown(unit.user, application)["reference"]
    page = desk(unit.user)
    page.goto("/home")
    page.get_by_text("您有 1 条未读消息。").wait_for()

    page.get_by_role("link", name="查看消息").click()

    entry = page.get_by_role("listitem").filter(has_text="上报材料被退回")
    assert reference in entry.inner_text()
    entry.get_by_role("button", name="查看材料").click()
    page.wait_for_url(f"**/materials/{application}")
    page.goto("/messages?state=unread")
    page.get_by_text("没有未读消息").wait_for()

    page.goto("/messages/choices")
    page.get_by_label("电子邮件").uncheck()
    page.get_by_label("English").check()
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存").wait_for()
    chosen = done(unit.user.call("GET", "identity", "/v1/me/message-choices"))
    assert (chosen["channels"], chosen["language"]) == (["sms"], "en")
