"""What a person does on the portal's pages, for tests in a browser: registering, filling in the form of a material."""

import io

import pypdf
from playwright.sync_api import FilePayload, Page, expect

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack.browsing import image_code
from shenbao_stack.stack import Stack
from shenbao_stack.world import PASSWORD


def paper(name: str = "评审表.pdf") -> FilePayload:
    """A real PDF for the file chooser."""
    writer, body = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(body)
    return {"name": name, "mimeType": "application/pdf", "buffer": body.getvalue()}


def fill_project(page: Page, variant: str, name: str) -> None:
    """What an office has to say of a project, on the page open for a new one; variant: as `<programme>/<variant>`."""
    year = office_day(now()).year
    page.get_by_label("申报类别").select_option(variant)
    values = {"项目名称": name, "申报年度": str(year), "通知标题": "通知", "通知正文": "按通知要求申报。"}
    values |= {"申报开始日期": f"{year}-01-01", "申报截止日期": f"{year + 1}-12-31"}
    for label, value in values.items():
        page.get_by_label(label).fill(value)


def fill_basic(page: Page, name: str = "张三", number: str = "330000199001010014") -> None:
    """The first tab, complete."""
    texts = {
        "person_name": name,
        "id_number": number,
        "birth_date": "1990-01-01",
        "birthplace": "浙江杭州",
        "mobile": "13800000000",
        "email": "zhangsan@example.cn",
        "declared_title": "工程技术-助理工程师",
        "current_specialty": "计算机-软件工程",
        "specialty_years": "5",
    }
    for key, value in texts.items():
        page.fill(f"#basic-{key}", value)
    choices = {"sex": "男", "id_type": "身份证", "ethnicity": "汉族", "political_status": "群众", "health": "健康"}
    for key, label in choices.items():
        page.select_option(f"#basic-{key}", label=label)


def fill_experience(page: Page) -> None:
    """The second tab with one row of education."""
    page.get_by_role("tab", name="学历与业绩").click()
    row = "#experience-education-0"
    page.fill(f"{row}-ended_on", "2012-06")
    page.select_option(f"{row}-completion", label="毕业")
    page.fill(f"{row}-school", "浙江大学")
    page.fill(f"{row}-major", "软件工程")
    page.select_option(f"{row}-degree", label="本科（学士）")
    page.fill("#experience-achievements", "参与完成三个信息系统项目。")


def upload_form(page: Page) -> None:
    """The third tab: the evaluation form as PDF."""
    page.get_by_role("tab", name="评审表").click()
    page.set_input_files("#evaluation_form-evaluation_form_file", paper())
    expect(page.locator(".file-now")).to_contain_text("评审表.pdf")


def register_by_hand(page: Page, stack: Stack, department: str, username: str) -> None:
    """示例科技有限公司, recognised by the register, under the named department; ends signed in."""
    page.goto("/")
    page.get_by_role("link", name="单位注册").first.click()
    page.fill("#code", "000000019")
    page.fill("#legal_representative", "王建国")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#unit_name")).to_have_value("示例科技有限公司")
    page.get_by_label(department).check()
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.fill("#image_code", image_code(page, stack))
    page.get_by_role("button", name="注册", exact=True).click()
    page.locator("main").get_by_role("link", name="登录").click()
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=image_code]", image_code(page, stack))
    page.locator("form:has([name=password]) button.btn-primary").click()
    page.wait_for_url("**/home")
