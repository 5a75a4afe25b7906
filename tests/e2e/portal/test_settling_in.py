"""A person settles in: the whole programme by hand in the browser, from the self-test to the bureau's decision."""

import io
import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import FilePayload, Locator, Page, expect

from shenbao_stack.browsing import PHONE, Desk, enter_by_province
from shenbao_stack.client import User
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.waiting import until
from shenbao_stack.world import World, done

ROOT = Path(__file__).parents[3]
PROGRAMME = "talent_settle_in"
FONT = ROOT / "node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
HOME_PAGE = ((60, 60, "户 号"), (220, 60, "012345678"), (60, 140, "户主姓名"), (260, 140, "张建国"),
             (60, 220, "住 址"), (260, 220, "湖南省长沙市岳麓区"), (60, 480, "签发"))  # fmt: skip
OWN_PAGE = ((60, 60, "姓 名"), (260, 60, "张三"), (60, 140, "性 别"), (260, 140, "男"),
            (60, 220, "出生日期"), (260, 220, "1990 年 1 月 1 日"),
            (60, 300, "公民身份证件编号"), (360, 300, "330000199001010014"), (60, 480, "登记日期："))  # fmt: skip


@pytest.fixture(scope="module")
def project(world: World, town: Town) -> dict[str, Any]:
    """The programme is published, and the bureau's project is open to persons."""
    done(world.publish_programme(ROOT / "programmes" / PROGRAMME))
    today = date.today()  # noqa: DTZ011  (only its year is used)
    body = {
        "programme": PROGRAMME,
        "variant": "settle_in",
        "name": f"{today.year}年引进在职人才入户",
        "year": today.year,
        "opens_on": f"{today.year}-01-01",
        "closes_on": f"{today.year}-12-31",
    }
    found: dict[str, Any] = done(town.bureau.user.call("POST", "applications", "/v1/projects", body))
    return found


def photo(name: str) -> FilePayload:
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 40, 40)).save(picture, "JPEG")
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


def drawn(*lines: tuple[int, int, str]) -> FilePayload:
    """A page of the household register, photographed."""
    picture = Image.new("RGB", (1000, 640), (248, 240, 238))
    for x, y, text in lines:
        ImageDraw.Draw(picture).text((x, y), text, font=ImageFont.truetype(str(FONT), 34), fill=(30, 30, 40))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=90)
    return {"name": "户口本.jpg", "mimeType": "image/jpeg", "buffer": target.getvalue()}


def fill(page: Page, section: str, values: Mapping[str, str]) -> None:
    for key, value in values.items():
        control = page.locator(f"#{section}-{key}")
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def upload(page: Page, section: str, *fields: str) -> None:
    for field in fields:
        page.locator(f"#{section}-{field}").set_input_files(photo(field))
        page.locator(f"input[type=hidden][name={section}-{field}]").wait_for(state="attached")


def go_on(page: Page, heading: str) -> None:
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


def test_a_visitor_tests_without_signing_in(desk: Desk, project: dict[str, Any]) -> None:
    page = desk()
    page.goto(f"/self-test/{PROGRAMME}")
    looked_at(page, "settling-self-test")
    page.locator("#facts-age").fill("41")
    page.locator("#qualification-education_level").select_option("bachelor")
    page.locator("#qualification-has_degree").select_option("yes")
    page.get_by_role("button", name="查看结果").click()
    bachelor = page.locator(".clauses li", has_text="全日制本科并有学士学位")
    expect(bachelor).to_contain_text("不符合")
    expect(bachelor).to_contain_text("年龄在40周岁及以下")
    looked_at(page, "settling-self-test-result")


@pytest.mark.req("S2-28", "S2-31", "S2-34")
def test_a_person_declares_by_hand_and_the_bureau_decides(desk: Desk, town: Town, project: dict[str, Any]) -> None:
    page = desk()
    enter_by_province(page)
    page.goto(f"/declarations/programmes/{PROGRAMME}")
    looked_at(page, "settling-list")
    page.get_by_role("button", name="马上申报").first.click()
    page.locator("dialog[open]").get_by_role("link", name="马上申报").click()
    looked_at(page, "settling-notice")
    page.locator("[name=accepted]").check()
    page.get_by_role("button", name="同意并继续").click()
    expect(page.get_by_role("heading", level=1, name="入户资格")).to_be_visible()
    _fill_in(page)
    looked_at(page, "settling-confirmation")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.reload()
    expect(page.locator("[aria-current=step]")).to_be_in_viewport(ratio=0.9)

    page.get_by_role("link", name="修订 入户信息").click()
    fill(page, "settle_in", {"address": "越秀区中山路2号"})
    go_on(page, "信息确认")
    expect(page.locator("main")).to_contain_text("越秀区中山路2号")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("main")).to_contain_text("提交回执")
    expect(page.locator("main")).to_contain_text(re.compile("[0-9a-f]{64}"))
    looked_at(page, "settling-sent")
    _follow_to_the_end(page, town, page.url.rsplit("/", 1)[1])


def _fill_in(page: Page) -> None:
    """All five steps; the second first with everything missing."""
    qualified = {"condition": "bachelor", "education_level": "bachelor", "full_time": "yes", "has_degree": "yes"}
    fill(page, "qualification", qualified | {"overseas": "no", "education_certificate_no": "103351200605001234"})
    looked_at(page, "settling-qualification")
    upload(page, "qualification", "education_proof")
    go_on(page, "个人信息")
    _bring_the_household_register(page)
    go_on(page, "入户信息")
    fill(page, "settle_in", {"address_type": "own_property", "address": "天河区体育东路1号"})
    upload(page, "settle_in", "property_proof")
    go_on(page, "随迁人员")
    looked_at(page, "settling-accompanying")
    go_on(page, "证明材料")
    looked_at(page, "settling-proofs")
    expect(page.locator("[data-upload-list]", has_text="没有文件")).to_have_count(1)
    go_on(page, "信息确认")
    _supplement(page, "社保补充说明.jpg", "合同补充页.jpg")


def _bring_the_household_register(page: Page) -> None:
    """S2-28: both pages are read, the person confirms what was read, and without the own page it goes no further."""
    fill(page, "personal", {"sex": "", "birth_date": "", "household_address": "", "mobile": "13800000000"})
    page.locator("#personal-household_home_page").set_input_files(drawn(*HOME_PAGE))
    _confirm_read(page, "张建国", "湖南省长沙市岳麓区", "把握")
    page.get_by_role("button", name="保存并继续").click()
    expect(page.locator("[data-summary]")).to_contain_text("户口本本人页")
    expect(page.get_by_role("heading", level=1, name="个人信息")).to_be_visible()
    looked_at(page, "settling-personal-missing")
    expect(page.locator("#personal-household_address")).to_have_value("湖南省长沙市岳麓区")

    page.locator("#personal-household_own_page").set_input_files(drawn((60, 60, "姓 名"), (260, 60, "李四")))
    other = _confirm_read(page, "李四")
    expect(other).to_contain_text("与表单中的“张三”不一致")
    page.locator("#personal-household_own_page").set_input_files(drawn(*OWN_PAGE))
    own = _confirm_read(page, "张三", "330000199001010014")
    expect(own.get_by_text("与表单一致")).to_have_count(2)
    looked_at(page, "settling-personal-read")
    expect(page.locator("#personal-household_own_page-error, #personal-sex-error, .field-wrong")).to_have_count(0)
    told = {"person_name": "张三", "id_number": "330000199001010014", "sex": "male", "birth_date": "1990-01-01"}
    for key, value in told.items():
        expect(page.locator(f"#personal-{key}")).to_have_value(value)
    for key in ("person_name", "id_number"):  # signed by identity
        expect(page.locator(f"#personal-{key}")).not_to_be_editable()
    year = date.today().year - 30  # noqa: DTZ011  (young enough for the condition in whatever year this runs)
    fill(page, "personal", {"birth_date": f"{year}-01-01"})


def _confirm_read(page: Page, *texts: str) -> Locator:
    """What was read is shown, and goes into the form at a word of the person."""
    read = page.locator("[data-reading]", has_text=texts[0])
    expect(read).to_be_visible(timeout=180_000)  # the reader gives way to whatever else runs
    for text in texts:
        expect(read).to_contain_text(text, timeout=180_000)  # what was read before gives way to it
    read.get_by_role("button", name="确认并填入表单").click()
    return read


def _supplement(page: Page, *names: str) -> None:
    """The step that was passed without supplementary materials is opened again for two of them."""
    page.get_by_role("link", name="修订 证明材料").click()
    for name in names:
        page.locator("#proofs-supplementary_files").set_input_files(photo(name.removesuffix(".jpg")))
        page.get_by_role("link", name=name).wait_for()
    go_on(page, "信息确认")
    for name in names:
        expect(page.locator("main")).to_contain_text(name)


def _look_up(page: Page, application: str) -> None:
    """业务查询: when it was submitted, where it is, what it has passed, and the form as it was frozen."""
    page.goto(f"/pretest/{PROGRAMME}")
    page.get_by_role("link", name="业务查询").click()
    row = page.get_by_role("row").filter(has=page.locator(f"a[href='/declarations/{application}']"))
    expect(row).to_contain_text("审核")
    row.get_by_role("link", name=re.compile("查看")).click()
    expect(page.locator(".facts", has_text="提交时间")).to_contain_text(re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d"))
    course = page.locator("aside .course")
    expect(course.locator(".step", has_text="受理").first).to_contain_text("已通过")
    expect(course.locator(".step", has_text="审核中")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("越秀区中山路2号")
    expect(page.locator("#settle_in-address")).to_have_count(0)


def _follow_to_the_end(page: Page, town: Town, application: str) -> None:
    """Accepted, then passed; the person sees each, and can no longer withdraw what was accepted."""
    for step, withdrawable in (("hr_acceptance", 1), ("hr_review", 0)):
        until(partial(_is_at, page, application, step), what=step)
        page.goto(f"/declarations/{application}")
        expect(page.get_by_role("button", name="撤回")).to_have_count(withdrawable)
        if step == "hr_review":
            _look_up(page, application)
        _pass(town.bureau.user, application)
    _post(page, town.bureau.user, application)
    page.get_by_role("link", name="公示详情").click()
    expect(page.locator("main")).to_contain_text("学历类：全日制本科并有学士学位")
    expect(page.locator("main")).to_contain_text("张*")
    looked_at(page, "settling-publicity")


def _post(page: Page, officer: User, application: str) -> None:
    """The bureau posts the case; until then the person has no entry of a publicity."""
    until(partial(_is_at, page, application, "publicity"), what="publicity step")
    expect(page.get_by_role("link", name="公示详情")).to_have_count(0)
    sheet = done(officer.call("POST", "applications", "/v1/applications/publicity-sheet", {"ids": [application]}))
    done(officer.call("POST", "review", "/v1/publicities", {"title": "引进在职人才入户公示", **sheet}))
    until(lambda: _shows(page, application, "公示详情"), what="posted")
    until(lambda: _shows(page, application, "公示"), what="in publicity")
    looked_at(page, "settling-posted")


def _is_at(page: Page, application: str, step: str) -> bool:
    """Whether the page names this step as the present one."""
    page.goto(f"/declarations/{application}")
    text = page.locator("aside").first.inner_text()
    found = re.search("当前环节\\s*(待受理|审核|公示)", text)
    steps = {"待受理": "hr_acceptance", "审核": "hr_review", "公示": "publicity"}
    return found is not None and steps[found[1]] == step


def _shows(page: Page, application: str, text: str) -> bool:
    page.goto(f"/declarations/{application}")
    return text in page.locator("aside").first.inner_text()


def _pass(officer: User, application: str) -> None:
    path = f"/v1/cases/{application}"
    case = until(lambda: done(officer.call("GET", "review", path)) and officer.call("GET", "review", path))
    body = {"step_id": case.json()["current"]["step_id"], "action": "pass", "opinion": None}
    done(officer.call("POST", "review", f"{path}/decisions", body, headers={"If-Match": case.headers["ETag"]}))
