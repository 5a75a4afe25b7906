"""The wallet in a browser: uploaded, turned, read, confirmed or typed, named, and told to reviewers when used twice."""

import io
import re

import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, Route, expect

from shenbao_stack.browsing import Desk
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.services import root

FONT = root() / "node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
REFUSED = "rgb(180, 35, 24)"
LINES = [
    (380, 60, "毕业证书"),
    (100, 200, "学生 王小明 性别 男，1990 年 1 月 1 日生，"),
    (60, 260, "在本校 计算机科学与技术 专业四年制本科学习，"),
    (60, 400, "校 名：杭州虚构大学"),
    (60, 470, "证书编号：123451201205001234"),
]


def certificate() -> bytes:
    """A photo of a graduation certificate that lies on its side."""
    picture = Image.new("RGB", (1000, 640), (244, 240, 230))
    for x, y, text in LINES:
        ImageDraw.Draw(picture).text((x, y), text, font=ImageFont.truetype(str(FONT), 36), fill=(30, 30, 40))
    target = io.BytesIO()
    picture.rotate(90, expand=True).save(target, "JPEG", quality=90)
    return target.getvalue()


@pytest.fixture
def wallet(town: Town, desk: Desk) -> Page:
    """The page of a certificate that was just uploaded and turned upright."""
    page = desk(town.unit(town.department()).user)
    page.goto("/wallet")
    page.set_input_files("#wallet-file", {"name": "IMG_001.jpg", "mimeType": "image/jpeg", "buffer": certificate()})
    page.get_by_role("link", name="IMG_001.jpg").click()
    page.get_by_role("button", name="向右旋转").click()
    expect(page.locator(".picture img")).to_have_js_property("naturalWidth", 600)
    return page


def test_a_refused_file_says_why_in_red_until_the_next_is_taken(town: Town, desk: Desk) -> None:
    page = desk(town.unit(town.department()).user)
    page.goto("/wallet")
    control, told = page.locator("#wallet-file"), page.locator("[data-upload-state]")
    control.set_input_files({"name": "说明.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    expect(told).to_contain_text("只能上传")
    expect(told).to_have_css("color", REFUSED)
    looked_at(page, "wallet-refused")
    control.set_input_files({"name": "IMG_001.jpg", "mimeType": "image/jpeg", "buffer": certificate()})
    expect(told).to_have_text("上传完成")
    expect(told).not_to_have_css("color", REFUSED)


def recognise(page: Page) -> None:
    page.get_by_label("材料类别").select_option(label="学历证书")
    page.get_by_role("button", name="选择", exact=True).click()
    page.get_by_role("button", name="识别", exact=True).click()


def lose_first(asked: Route, lost: list[str]) -> None:
    """The network is gone for one question of the page."""
    if lost:
        asked.continue_()
    else:
        lost.append(asked.request.url)
        asked.abort()


@pytest.mark.req("S2-24")
def test_what_is_recognised_is_filled_in_and_editable_and_a_cancelled_reading_leaves_empty_fields(
    wallet: Page,
) -> None:
    recognise(wallet)
    wallet.get_by_role("button", name="取消识别").click()
    school = wallet.get_by_label("学校")
    expect(school).to_have_value("")
    expect(school).to_be_editable()

    lost: list[str] = []
    wallet.route("**/wallet/*/facts?*", lambda asked: lose_first(asked, lost))
    recognise(wallet)
    told = wallet.get_by_text("暂时没有得到最新情况，将自动重试。")
    expect(told).to_be_visible()
    expect(wallet.get_by_role("button", name="重试")).to_be_visible()
    expect(school).to_have_value("杭州虚构大学", timeout=60_000)
    expect(told).to_have_count(0)
    expect(wallet.get_by_label("号码或编号")).to_have_value("123451201205001234")
    expect(wallet.get_by_label("姓名")).to_have_value("王小明")
    looked_at(wallet, "wallet-recognised")
    school.fill("杭州虚构大学（下沙校区）")
    wallet.get_by_role("button", name="确认并保存").click()
    expect(wallet.get_by_text("内容已保存")).to_be_visible()
    expect(school).to_have_value("杭州虚构大学（下沙校区）")


@pytest.mark.req("S3-24")
def test_a_file_that_is_renamed_shows_its_name_in_the_overview_and_can_be_enlarged(wallet: Page) -> None:
    name = wallet.get_by_label("名称", exact=False).first
    name.fill("")
    wallet.get_by_role("button", name="保存", exact=True).click()
    expect(wallet.locator(".note-danger")).to_be_visible()
    wallet.get_by_label("名称", exact=False).first.fill("学历证书")
    wallet.get_by_role("button", name="保存", exact=True).click()
    expect(wallet.get_by_role("heading", level=1)).to_have_text("学历证书")
    hashed = wallet.locator(".hash code").inner_text()
    wallet.get_by_role("link", name="放大").click()
    expect(wallet.locator(".picture img")).to_have_js_property("naturalWidth", 1000)
    looked_at(wallet, "wallet-file")
    assert wallet.locator(".hash code").inner_text() == hashed
    wallet.goto("/wallet")
    expect(wallet.get_by_role("link", name="学历证书", exact=True)).to_be_visible()
    expect(wallet.get_by_role("link", name=re.compile("IMG_001"))).to_have_count(1)
    looked_at(wallet, "wallet")
