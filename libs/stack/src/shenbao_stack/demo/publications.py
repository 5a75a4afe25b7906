"""What the demo's offices tell everybody: notices, the help centre, frequent questions."""

from datetime import timedelta
from typing import Any

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.demo.cast import BUREAU, FOR_PERSONS, INDUSTRY, PROGRAMME
from shenbao_stack.demo.offices import Offices
from shenbao_stack.demo.papers import Printer
from shenbao_stack.world import Office, done

_GUIDES = (
    ("单位注册与信息登记操作手册", "", "单位凭机构代码和法定代表人注册，注册后即可填写和上报材料。"),
    ("初定认定网上申报操作手册", PROGRAMME, "填写材料、上传评审表、上报归口部门、跟踪进度、打印表格。"),
    ("专业技术资格评审表样表", PROGRAMME, "请下载后填写，由单位核对原件并盖章，扫描成不超过 4 MB 的 PDF 上传。"),
    ("引进在职人才入户申报指南", FOR_PERSONS, "一键测试、一键申报、业务查询的步骤，以及各类条件所需的材料。"),
)
_QUESTIONS = (
    (
        "职称系统有哪些职称？如何评定职称？",
        "职称分为初级、中级和高级三个层次。评定的程序是：申报、初审、考试或评审、公示、评定。",
    ),
    (
        "申报职称需要满足哪些条件？",
        "申报人应当具备相应的学历、从业年限和专业技术能力；各项目的具体条件以该项目的通知为准。",
    ),
    (
        "申报时需要注意哪些问题？",
        "请先了解政策，确认自己符合条件；准备好材料的清晰扫描件；如实填写，弄虚作假的取消申报资格。",
    ),
    (
        "材料被退回后怎么办？",
        "在“被退回的材料”中查看理由，修改后由单位再次上报；逐项退回的，只需修改列出的项目。",
    ),
    ("单位找不到归口部门怎么办？", "公办单位选择主管部门；民营单位和没有主管部门的单位选择注册地的部门。"),
)


def publish_for_everybody(offices: Offices, printer: Printer) -> None:
    """Visible since last week."""
    bureau, industry = offices[BUREAU], offices[INDUSTRY]
    year = office_day(now()).year
    paper = printer.guide(f"{year}年度职称工作日程", "三月发布通知，四月至七月申报，八月审核，九月公示。")
    _publish(
        bureau,
        "evaluation_notice",
        f"关于{year}年度专业技术资格初定和认定工作的通知",
        "各有关单位：\n请按照所列项目的要求组织申报。申报时间以项目为准，逾期不再受理。\n联系电话：0571-85167733",
        attachments=[_file(bureau, paper, f"{year}年度职称工作日程.pdf")],
        project_ids=_own_projects(bureau),
    )
    text = "本周六 20:00 至 22:00 进行系统维护，期间不能上报材料，请提前安排。"
    _publish(bureau, "notice", "关于系统维护的公告", text)
    text = "请系统所属单位核对本单位的联系人和手机号码，有变化的在“基本信息管理”中修改。"
    _publish(industry, "notice", "关于核对单位联系人的公告", text)
    for position, (title, programme, text) in enumerate(_GUIDES, 1):
        files = [_file(bureau, printer.guide(title, text), f"{title}.pdf")]
        _publish(bureau, "guide", title, text, programme=programme, position=position, attachments=files)
    for position, (question, answer) in enumerate(_QUESTIONS, 1):
        _publish(bureau, "question", question, answer, position=position)


def _publish(office: Office, kind: str, title: str, text: str, **given: Any) -> None:
    since = (office_day(now()) - timedelta(days=7)).isoformat()
    body = {"kind": kind, "title": title, "body": text, "visible_from": since} | given
    done(office.user.call("POST", "applications", "/v1/publications", body))


def _file(office: Office, paper: bytes, name: str) -> dict[str, str]:
    return {"receipt": done(job.upload(office.user, paper, "publication", name=name))["receipt"]}


def _own_projects(office: Office) -> list[str]:
    wanted = {"publisher_id": office.id, "programme": PROGRAMME}
    found = done(office.user.call("GET", "applications", "/v1/projects", params=wanted))["items"]
    return [project["id"] for project in found if project["open"]]
