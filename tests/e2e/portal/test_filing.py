"""A person keeps a recognition valid by hand in the browser; the unit reports it, the bureau decides."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.browsing import Desk, enter_by_province
from shenbao_stack.demo.recognised import FORM
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.waiting import until
from shenbao_stack.world import Unit, done, settled

ROOT = Path(__file__).parents[3]
PROGRAMME = "talent_recognition_filing"
NAMES = [
    "《认定备案申请表》（签名、加盖单位公章）*",
    "《杭州市社会保险参保证明（单位专用）》",
    "劳动合同或事业单位聘用合同",
    "最高学历证书",
    "最高学位证书",
    "职称证书",
    "职业资格证书",
    "营业执照和完税证明",
]
A, B = ("张三", "330000199001010014"), ("李四", "330000198506150026")


@pytest.fixture(scope="module")
def unit(town: Town) -> Unit:
    """The unit through which both were recognised; two projects are open."""
    done(town.world.publish_programme(ROOT / "programmes" / PROGRAMME))
    unit = town.unit(town.department())
    for name in ("第一批人才认定备案", "第二批人才认定备案"):
        town.project(town.bureau, "recognition_filing", programme=PROGRAMME, name=name)
    day = office_day(now()) - timedelta(days=715)
    items = [
        {"name": name, "id_type": "id_card", "id_number": number, "category": "d", "recognised_on": str(day)}
        | {"unit_id": unit.id, "sections": {"filing_form": FORM}}
        for name, number in (A, B)
    ]
    done(
        town.bureau.user.call(
            "POST", "applications", "/v1/recognitions", {"register": "talent_recognition", "items": items}
        )
    )
    settled(town.bureau.user, "applications", "documents", "review")
    return unit


def enter(page: Page, name: str) -> None:
    enter_by_province(page, name)
    until(partial(_offered, page), what="the menu has the module of the programme just published")


def _offered(page: Page) -> bool:
    page.reload()
    return bool(page.get_by_role("navigation", name="主菜单").get_by_role("link", name="人才认定备案").count())


def add(page: Page, project: str) -> str:
    """Opens the module by its entry in the menu, and adds a filing; answers its id."""
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="人才认定备案").click()
    page.get_by_role("button", name="增加备案申请").click()
    page.locator("dialog[open]").get_by_role("button", name=project).click()
    expect(page.get_by_role("heading", level=1, name="人才认定备案申请表")).to_be_visible()
    return page.url.split("/")[-2]


def paper(name: str) -> FilePayload:
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": job.pdf(700)}


@pytest.mark.req("S0-08")
@pytest.mark.req("S0-12")
@pytest.mark.req("S0-20")
@pytest.mark.req("S0-24")
@pytest.mark.req("S0-35")
def test_a_person_files_by_hand_and_the_unit_confirms_and_reports(desk: Desk, town: Town, unit: Unit) -> None:
    other = desk()
    enter(other, "李四")
    add(other, "第一批")
    page = desk()
    enter(page, "张三")
    add(page, "第一批")
    filing = add(page, "第二批")
    _fill_in(page, filing)
    _hand_in(page)
    page.get_by_role("button", name="保存材料").click()
    expect(page.locator("main")).to_contain_text("请联系所属企业进行提交")
    _list(page)
    _report(desk(unit.user), filing)
    page.goto(f"/filings/{filing}")
    until(partial(_waits, page), what="pre-review")
    looked_at(page, "filing-sent", languages=("zh", "en"))
    done(job.decide(town.bureau.user, filing, "pass", after=unit.user))
    until(partial(_is_kept_valid, page), what="the recognition is prolonged")
    looked_at(page, "filing-kept-valid", languages=("en", "zh"))


def _fill_in(page: Page, filing: str) -> None:
    form = page.locator("form[data-material]")
    expect(page.locator("main")).to_contain_text("你好, *三 [个人账号]")
    expect(page.locator("#filing_form-id_number")).to_have_text("3*****4")
    assert "330000199001010014" not in page.content()
    expect(page.locator("main")).to_contain_text("请先填写姓名和身份证件号")
    looked_at(page, "filing-form", languages=("en", "zh"))
    _resets(page, filing)
    for key in ("contract_changed", "vocational_changed"):
        form.locator(f"#filing_form-{key}").select_option("no")
    page.get_by_label("请输入单位名称关键字").fill("不存在")
    expect(form).to_contain_text("该单位尚未使用法人账号在本系统登记，请联系单位管理员登记")
    expect(form.locator("#filing_form-unit_id-found input")).to_have_count(0)
    guide = form.get_by_role("link", name="登记操作手册").last.get_attribute("href")
    assert page.request.get(str(guide)).status == 200
    looked_at(page, "filing-no-unit")
    page.get_by_role("button", name="保存信息").click()
    expect(page.get_by_role("heading", level=1, name="佐证材料")).to_be_visible()


def _resets(page: Page, filing: str) -> None:
    """Nothing is written, and a date is emptied by its ✕."""
    mobile, born = page.get_by_label("手机"), page.locator("#filing_form-birth_date")
    expect(mobile).to_have_value("13800000000")
    mobile.fill("13900000000")
    page.get_by_role("button", name="清除：出生年月").click()
    expect(born).to_have_value("")
    page.get_by_role("button", name="重置表单").click()
    expect(mobile).to_have_value("13800000000")
    expect(born).to_have_value("1990-01-01")
    page.goto(f"/filings/{filing}/edit")
    expect(mobile).to_have_value("13800000000")


def _hand_in(page: Page) -> None:
    """Eight items in the order of the table; the second is fetched from who holds it."""
    lines = page.locator(".paper")
    assert [line.split("\n")[0] for line in lines.all_inner_texts()] == NAMES
    expect(page.locator(".paper-state", has_text="暂未上传")).to_have_count(8)
    for name in ("打印公示信息", "打印申请表"):
        form = page.locator("main").get_by_role("link", name=name).get_attribute("href")
        assert page.request.get(str(form)).headers["content-type"] == "application/pdf"
    page.get_by_role("button", name="保存材料").click()
    expect(page.locator("[data-summary]")).to_contain_text("《认定备案申请表》")
    looked_at(page, "filing-materials", languages=("en", "zh"))
    first = page.locator("#materials-filing_form_signed")
    first.locator("input[type=file]").set_input_files(paper("申请表"))
    first.get_by_role("button", name="上传").click()
    expect(first.locator(".paper-state")).to_have_text("已上传")
    expect(first.get_by_role("button", name="删除")).to_be_visible()
    second = page.locator("#materials-social_insurance_certificate")
    second.get_by_role("button", name="自动获取").click()
    expect(second.locator(".paper-state")).to_have_text("已上传")
    looked_at(page, "filing-materials-uploaded")


def _list(page: Page) -> None:
    heads = page.locator("table.rows thead th").all_inner_texts()
    assert heads == ["姓名", "性别", "认定级别", "状态", "操作"]
    rows = page.locator("table.rows tbody tr")
    expect(rows).to_have_count(2)
    expect(page.locator(".facts")).to_contain_text("自认定之日起 24 个月")
    expect(rows.first).to_contain_text("*三")
    expect(rows.first).to_contain_text("请联系所属企业进行提交")
    expect(page.get_by_role("button", name="增加备案申请")).to_be_enabled()
    for name in ("打印公示信息", "打印申请表"):
        printed = page.request.get(str(rows.first.get_by_role("link", name=name).get_attribute("href")))
        assert (printed.status, printed.body()[:5]) == (200, b"%PDF-")
    looked_at(page, "filing-list", languages=("en", "zh"))


def _report(page: Page, filing: str) -> None:
    page.locator(f"#menu a[href='/declare/{PROGRAMME}/recognition_filing/report']").evaluate("link => link.click()")
    expect(page.get_by_role("heading", level=1, name="上报材料")).to_be_visible()
    looked_at(page, "filing-unit-list", languages=("en", "zh"))
    expect(page.locator(f"#menu a[href='/declare/{PROGRAMME}/recognition_filing/fill']")).to_have_count(0)
    waiting = page.locator("table.rows tbody tr").filter(has=page.locator(f"input[value='{filing}']"))
    expect(waiting).to_contain_text("待上报")
    expect(page.locator("main")).not_to_contain_text("请联系所属企业进行提交")
    page.locator(f"input[value='{filing}']").check()
    page.get_by_role("button", name="上报").first.click()
    looked_at(page, "filing-unit-dialog")
    for box in page.locator("dialog[open] [name=confirmed]").all():
        box.check()
    page.get_by_role("button", name="确认上报").click()
    expect(page.locator("main")).to_contain_text("已上报 1 份材料")


def _is_kept_valid(page: Page) -> bool:
    """Whether the module tells the end of another two years; before, the first two were reckoned from their day."""
    page.goto(f"/filings/programmes/{PROGRAMME}")
    recognised = office_day(now()) - timedelta(days=715)
    last = recognised.replace(year=recognised.year + 4) - timedelta(days=1)
    return f"有效期至\n{last.year}-" in page.locator(".facts").inner_text()


def _waits(page: Page) -> bool:
    """Whether the progress names the open step."""
    page.reload()
    return "待预审" in page.locator("#progress").inner_text()
