"""The acceptance of the moved clock: what takes a week in an office takes seconds in a test."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from shenbao_stack import job, looking
from shenbao_stack.browsing import Desk
from shenbao_stack.client import User, Visitor
from shenbao_stack.demo import publicity
from shenbao_stack.demo.publicity import publish
from shenbao_stack.demo.town import PRIMARY, Town
from shenbao_stack.nursery import Nursery
from shenbao_stack.stack import Stack
from shenbao_stack.testing import world_of
from shenbao_stack.waiting import until
from shenbao_stack.world import done, settled

BOTH = ("en", "zh")
NUMBER, ISSUER = "ZC2026000001", "示例市人力资源和社会保障局"
LIMITED = "limited_by_clock"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def moved(stacks: Nursery) -> Iterator[tuple[Stack, Town]]:
    """A suite whose clock these tests move."""
    with stacks.stack() as stack, world_of(stack, patience=30.0) as world:
        stack.clock.set(publicity.MONDAY)
        yield stack, Town(world)


@pytest.fixture(scope="module")
def stack(moved: tuple[Stack, Town]) -> Stack:
    """For `desk`: pages of this suite."""
    return moved[0]


@pytest.mark.req("B-25")
def test_an_open_publicity_closes_within_a_second_when_the_clock_moves_by_seven_days(
    moved: tuple[Stack, Town], desk: Desk, tmp_path: Path
) -> None:
    stack, town = moved
    publish(town, tmp_path / publicity.KEY, publicity.TERMS)
    notice = publicity.posted(town)
    assert (notice.posted["last_day"], notice.posted["state"]) == ("2026-12-11", "running")
    visitor = town.world.visitor()
    assert visitor.call("GET", "review", notice.public).status_code == 200

    stack.clock.move(days=7)

    until(lambda: visitor.call("GET", "review", notice.public).status_code == 410, seconds=1, what="taken down")
    assert [case["state"] for case in notice.now()["cases"]] == ["passed"]
    officer = desk(notice.officer)
    taken_down(officer, notice)
    numbered_by_hand(officer, notice)
    certified(notice, visitor)
    revoked_by_hand(officer, visitor)


def taken_down(page: Page, notice: publicity.Notice) -> None:
    answer = page.goto(f"/publicity/{notice.id}")
    assert answer is not None
    assert answer.status == 410
    expect(page.locator("main")).to_contain_text("公示内容已撤下")
    looking.looked_at(page, "publicity-over", languages=BOTH)


def numbered_by_hand(page: Page, notice: publicity.Notice) -> None:
    """After publicity: the numbers, then the document that issues them (S4a-09)."""
    page.goto(f"/office/publicity/{notice.id}")
    looking.looked_at(page, "issuance-notice", languages=BOTH)
    page.get_by_label("证书系列").fill("ZC")
    page.get_by_role("button", name="生成证书编号").click()
    expect(page.locator(".note-success")).to_contain_text("证书编号已生成")
    looking.looked_at(page, "issuances", languages=BOTH)
    page.get_by_role("link", name=str(notice.posted["title"])).click()
    page.get_by_role("heading", level=1, name=str(notice.posted["title"])).wait_for()
    looking.looked_at(page, "issuance", languages=BOTH)
    expect(page.locator("tbody th")).to_have_text(NUMBER)
    page.get_by_label("发文字号").fill("杭人社发〔2026〕1号")
    page.get_by_label("发证单位").fill(ISSUER)
    page.get_by_role("button", name="登记发文").click()
    expect(page.locator(".note-success")).to_contain_text("可以制发证书")
    expect(page.get_by_text("杭人社发〔2026〕1号")).to_be_visible()
    looking.looked_at(page, "issuance-issued", languages=BOTH)


def certified(notice: publicity.Notice, visitor: Visitor) -> None:
    """The certificate bears the number and the unit of the document, and anybody verifies it."""
    wording = {"series": "CD", "holder": "张三", "title": "助理工程师", "valid_until": None}
    body = {"application_id": notice.application, **wording}
    made = until(lambda: issued(notice.officer, body), what="the approval has reached documents")
    assert (made["number"], made["organisation_name"]) == (NUMBER, ISSUER)
    assert verified(visitor) == "valid"


def verified(visitor: Visitor) -> Any:
    return done(visitor.call("POST", "documents", "/v1/verifications", {"number": NUMBER, "name": "张三"}))["state"]


def issued(officer: User, body: dict[str, Any]) -> Any:
    """None until documents has heard of the approval; of the number it has heard before it is asked."""
    settled(officer, "documents")
    answer = officer.call("POST", "documents", "/v1/certificates", body)
    return answer.json() if answer.status_code == 201 else None


def revoked_by_hand(page: Page, visitor: Visitor) -> None:
    """With its reason; then nobody is told any more that the certificate is valid."""
    page.get_by_role("button", name="撤销").click()
    looking.looked_at(page, "issuance-revoke")
    page.get_by_label("撤销原因").fill("申报材料不实")
    page.get_by_role("button", name="确认撤销").click()
    expect(page.locator(".note-success")).to_contain_text("证书编号已撤销")
    looking.looked_at(page, "issuance-revoked", languages=BOTH)
    page.get_by_role("link", name="公示", exact=True).click()
    looking.looked_at(page, "issuance-numbered")
    expect(page.get_by_role("button", name="生成证书编号")).to_have_count(0)
    until(lambda: verified(visitor) == "revoked", what="documents has heard of the revocation")


@pytest.mark.req("B-32")
def test_a_return_is_seen_at_once_and_its_sms_comes_once_after_the_provider_was_down_for_an_hour(
    moved: tuple[Stack, Town],
) -> None:
    stack, town = moved
    department = town.department()
    unit, project = town.unit(department), town.project(department)
    mobile = bind_mobile(unit.user)
    application = town.reported(unit.user, project)
    reference = job.shown(unit.user, application)["reference"]
    with httpx.Client(base_url=stack.url("portal")) as provider:

        def messages() -> int:
            page = provider.get("/demo/sms/").text
            return len(re.findall(rf"<dt>{mobile}</dt><dd>[^<]*{reference}[^<]*退回", page))

        provider.post("/demo/sms/outage", data={"away": "yes"})
        done(job.decide(department.user, application, "return", "学历证书不清晰", after=unit.user))
        (shown,) = until(lambda: inbox(unit.user), what="the message in the portal")
        assert (shown["application_id"], reference in shown["text"]["zh"]) == (application, True)
        assert "网关已停" in provider.get("/demo/sms/").text
        assert messages() == 0

        stack.clock.move(hours=1)

        until(messages, what="the short message")
        replay_to_identity(town, application)
        done(job.report(unit.user, [application]))
        done(job.decide(department.user, application, "return", "仍不清晰", after=unit.user))
        # The second return's message comes after whatever the first would have sent again.
        until(lambda: messages() == 2, what="the message of the second return")
        assert len(inbox(unit.user)) == 2


def bind_mobile(user: User) -> str:
    mobile = "13812345678"
    image = done(user.call("POST", "identity", "/v1/image-codes"))
    code = done(user.call("GET", "identity", f"/v1/test/image-codes/{image['id']}"))["code"]
    wanted = {"mobile": mobile, "image_code_id": image["id"], "image_code": code}
    sent = done(user.call("POST", "identity", "/v1/sms-codes", wanted))
    sms = done(user.call("GET", "identity", f"/v1/test/sms-codes/{sent['id']}"))["code"]
    proof = {"mobile": mobile, "sms_code_id": sent["id"], "sms_code": sms}
    done(user.call("PUT", "identity", "/v1/me/mobile", proof))
    return mobile


def inbox(user: User) -> list[dict[str, Any]]:
    return list(done(user.call("GET", "identity", "/v1/me/messages"))["items"])


def replay_to_identity(town: Town, application: str) -> None:
    """Everything that review told of it, once more."""
    admin = town.world.admin()
    asked = {"source": "review", "subject": application}
    replay = done(admin.call("POST", "identity", "/v1/bus/replays", asked))
    path = f"/v1/bus/replays/{replay['id']}"
    until(lambda: done(admin.call("GET", "identity", path))["finished_at"], what="read again")


def seen(page: Page) -> list[str]:
    """The numbers of the list on screen."""
    return [text.split()[0] for text in page.locator("main tbody tr th").all_inner_texts()]


def exported(page: Page) -> list[str]:
    """The numbers in the workbook of the list on screen, in its order."""
    with page.expect_download() as download:
        page.get_by_role("link", name="导出名单").click()
    book = CalamineWorkbook.from_filelike(io.BytesIO(Path(download.value.path()).read_bytes()))
    _title, header, *rows = book.get_sheet_by_index(0).to_python()
    assert header[:3] == ["编号", "姓名", "单位名称"]
    return [str(row[0]) for row in rows]


def looked_at(page: Page) -> None:
    """Every number leads to a list of as many rows, and its workbook holds these; the page is accessible."""
    page.goto("/dashboard")
    expect(page.locator("canvas")).to_have_count(2)
    cards = page.locator(".number-card")
    numbers = {card.locator(".number-card-name").inner_text(): card for card in cards.all()}
    for name, count in ((next(iter(numbers)), 3), ("已退回", 2), ("已逾期", 1)):
        page.goto("/dashboard")
        card = cards.filter(has_text=name)
        expect(card.locator(".number-card-value")).to_have_text(str(count))
        card.click()
        expect(page.locator("main tbody tr th")).to_have_count(count)
        assert exported(page) == seen(page)
    page.goto("/dashboard")
    looking.looked_at(page, "dashboard")


@pytest.mark.req("B-31")
def test_a_dashboard_shows_three_open_two_returned_and_one_overdue_and_each_leads_to_its_list(
    moved: tuple[Stack, Town], desk: Desk, tmp_path: Path
) -> None:
    stack, town = moved
    publish(town, tmp_path / LIMITED, "limit: {working_days: 2}")
    department = town.department()
    project: dict[str, Any] = town.project(department, PRIMARY, programme=LIMITED)
    unit = town.unit(department)
    unit.user.follow(department.user)
    for _ in range(2):
        done(job.decide(department.user, town.reported(unit.user, project), "return", "缺章", after=unit.user))
    town.reported(unit.user, project)
    stack.clock.move(days=7)
    for _ in range(2):
        town.reported(unit.user, project)

    def counts() -> dict[str, int]:
        found: dict[str, int] = done(department.user.call("GET", "review", "/v1/cases/counts"))
        return found

    until(lambda: (counts()["open"], counts()["overdue"]) == (3, 1), seconds=30, what="three wait, one too long")
    for who in (department.user, unit.user):
        page = desk(who)
        looked_at(page)
        trend = page.locator("#trend tbody tr")
        assert trend.count() == 14
        assert [cell.inner_text() for cell in trend.nth(13).locator("td").all()] == ["2", "0", "0", "0"]
        assert page.locator("#spans tbody td").first.inner_text() == "2"
