"""A certificate from the office's page to whoever verifies it, and the seal that stands on it."""

import io
import re

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from shenbao_stack import job
from shenbao_stack.browsing import Desk
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.world import Office, done


def stamp() -> bytes:
    scan = Image.new("RGB", (900, 700), (236, 233, 226))
    draw = ImageDraw.Draw(scan)
    draw.ellipse((300, 150, 700, 550), outline=(206, 44, 40), width=18)
    draw.regular_polygon((500, 350, 80), 5, fill=(206, 44, 40))
    target = io.BytesIO()
    scan.save(target, "JPEG")
    return target.getvalue()


@pytest.fixture
def approved(town: Town) -> tuple[Office, str]:
    """An application of 测试𬱖𠮷 that its department has passed."""
    department = town.department()
    project = town.project(department)
    unit = town.unit(department)
    application = town.reported(unit.user, project, person_name="测试𬱖𠮷")
    done(job.decide(department.user, application, "pass", after=unit.user))
    return department, application


def verified(page: Page, number: str, name: str) -> None:
    page.goto("/verify")
    page.get_by_label("证书编号").fill(number)
    page.get_by_label("持证人姓名").fill(name)
    page.get_by_role("button", name="查验").click()


def set_seal(office: Page) -> None:
    office.goto("/seal")
    office.set_input_files("[name=file]", {"name": "公章.jpg", "mimeType": "image/jpeg", "buffer": stamp()})
    office.get_by_role("button", name="生成电子签章").click()
    expect(office.get_by_role("img", name="电子签章")).to_be_visible()
    looked_at(office, "seal")


def issue(office: Page, application: str) -> tuple[str, bytes]:
    """The number of the new certificate, and its PDF."""
    office.goto(f"/office/cases/{application}")
    office.get_by_role("link", name="证书", exact=True).click()
    expect(office.get_by_label("持证人姓名")).to_have_value("测试𬱖𠮷")
    office.get_by_label("编号前缀").fill("CD")
    office.get_by_label("资格名称").fill("助理工程师")
    office.get_by_label("有效期至").fill("2099-03-01")
    looked_at(office, "certificate-issue")
    office.get_by_role("button", name="签发").click()
    link = office.get_by_role("link", name=re.compile(r"^CD\d{10}"))
    looked_at(office, "certificates")
    pdf = office.request.get(link.get_attribute("href") or "").body()
    return (link.text_content() or "")[:12], pdf


def revoke(office: Page, number: str) -> None:
    office.get_by_role("link", name=f"撤销 {number}").click()
    office.get_by_label("撤销原因").fill("材料不实")
    looked_at(office, "certificate-revoke")
    office.get_by_role("button", name="撤销证书").click()
    expect(office.locator("main")).to_contain_text("已撤销")


def extend(office: Page, number: str) -> None:
    office.get_by_role("link", name=f"延期 {number}").click()
    office.get_by_label("延期至").fill("2100-03-01")
    office.get_by_role("button", name="延期").click()
    expect(office.locator("main")).to_contain_text("2100-03-01")


def told_of(visitor: Page, pdf: bytes, button: str = "查验") -> None:
    visitor.goto("/verify/file")
    visitor.set_input_files("[name=file]", {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": pdf})
    visitor.get_by_role("button", name=button).click()


def told_as_earlier(visitor: Page, pdf: bytes) -> None:
    told_of(visitor, pdf)
    said = expect(visitor.locator(".note-info"))
    said.to_contain_text("较早的一份：其上有效期至 2099-03-01，证书此后已延期至 2100-03-01")
    looked_at(visitor, "verified-file-earlier")
    visitor.get_by_role("link", name="English").click()
    told_of(visitor, pdf, button="Verify")
    said.to_contain_text("a newer print exists")
    looked_at(visitor, "verified-file-earlier-en")
    visitor.get_by_role("link", name="中文").click()


@pytest.mark.req("B-11")
def test_an_office_issues_and_revokes_and_anybody_sees_it(approved: tuple[Office, str], desk: Desk) -> None:
    department, application = approved
    office, visitor = desk(department.user), desk()
    set_seal(office)
    number, pdf = issue(office, application)
    printed = "".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    address = re.search(r"/verify/[\w-]{24}", printed)
    assert address

    visitor.goto(address[0])
    expect(visitor.locator(".verdict")).to_contain_text("有效")
    expect(visitor.locator("main")).to_contain_text("测试𬱖𠮷")
    looked_at(visitor, "verified")
    verified(visitor, number, "李四")
    missed = visitor.locator(".note").inner_text()
    verified(visitor, "CD2099999999", "测试𬱖𠮷")
    assert visitor.locator(".note").inner_text() == missed

    told_of(visitor, pdf)
    expect(visitor.locator(".note-success")).to_contain_text("签名有效")
    looked_at(visitor, "verified-file")
    told_of(visitor, pdf.replace(b"/MediaBox", b"/MediaBo ", 1))
    expect(visitor.locator(".note-danger")).to_contain_text("不可采信")

    extend(office, number)
    told_as_earlier(visitor, pdf)

    revoke(office, number)
    visitor.goto(address[0])
    expect(visitor.locator(".verdict")).to_contain_text(re.compile("已撤销.*自.*起失效"))
    looked_at(visitor, "verified-revoked")
