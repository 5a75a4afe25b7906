"""Who and what is in the demo, as data; everything is invented."""

from dataclasses import dataclass, field
from datetime import date

from shenbao_stack.codes import organisation_code
from shenbao_stack.demo.invented import Person

PROGRAMME = "title_initial_determination"
FOR_PERSONS = "talent_settle_in"
"""Declared by persons alone; the person of the provincial sign-in may try it."""
FILING = "talent_recognition_filing"
"""Filled in by persons and reported by their units; the same person has a recognition to keep valid."""

BUREAU, INDUSTRY, EDUCATION, HEALTH, BINJIANG = "hzrsj", "sjxj", "sjyj", "swjw", "bjjx"


@dataclass(frozen=True)
class Body:
    """An office. key: also its code and, with 01, its officer's user name. parent: key of the one above."""

    key: str
    name: str
    level: str
    parent: str = ""

    @property
    def officer(self) -> str:
        return f"{self.key}01"


BODIES = (
    Body("zjrst", "浙江省人力资源和社会保障厅", "province"),
    Body(BUREAU, "杭州市人社局", "city_hr_bureau", "zjrst"),
    Body(EDUCATION, "市教育局", "first_level_department", BUREAU),
    Body(HEALTH, "市卫健委", "first_level_department", BUREAU),
    Body(INDUSTRY, "市经信局", "first_level_department", BUREAU),
    Body("sjw", "市建委", "first_level_department", BUREAU),
    Body(BINJIANG, "滨江区经信局", "department", INDUSTRY),
)

_ENGINEERING = (
    "机械设计与制造", "电气自动化", "电子信息", "计算机软件", "计算机网络", "人工智能", "集成电路", "通信工程",
    "化工工艺", "材料工程", "环境保护", "质量工程",
)  # fmt: skip
_TEACHING = ("语文", "数学", "英语", "物理", "化学", "生物学", "信息技术")
_NURSING = ("内科护理", "外科护理", "社区护理", "康复治疗技术")


@dataclass(frozen=True)
class Project:
    """variant as in the programme; the year is put before the name."""

    publisher: str
    variant: str
    name: str
    specialties: tuple[str, ...]
    scope: str
    programme: str = PROGRAMME


_ALL_KINDS = "在杭企业、事业单位和社会组织中从事专业技术工作、尚无相应职称的在职人员。"
PROJECTS = (
    Project(BUREAU, "determination_intermediate", "杭州市中级职称初定", _ENGINEERING + _TEACHING, _ALL_KINDS),
    Project(INDUSTRY, "determination_primary", "工程技术初级职称初定", _ENGINEERING, "市经信系统所属单位。"),
    Project(INDUSTRY, "recognition_primary", "工程技术初级职称认定", _ENGINEERING[:6], "市经信系统所属民营企业。"),
    Project(EDUCATION, "determination_primary", "中小学教师初级职称初定", _TEACHING, "市教育局所属学校和研究机构。"),
    Project(EDUCATION, "recognition_primary", "幼儿园教师初级职称认定", ("学前教育",), "民办幼儿园。"),
    Project(HEALTH, "determination_primary", "卫生技术初级职称初定", _NURSING, "市卫健委所属医疗卫生机构。"),
    Project(BUREAU, "settle_in", "引进在职人才入户", (), "由个人申报，不经过单位。", FOR_PERSONS),
    Project(BUREAU, "recognition_filing", "高层次人才认定备案", (), "认定满23个月的高层次人才。", FILING),
)
PAST = (PROJECTS[0], PROJECTS[1], PROJECTS[4])
"""Those that there were last year too."""


@dataclass(frozen=True)
class Ticks:
    """A sub-account: its display name and permissions."""

    username: str
    display_name: str
    permissions: tuple[str, ...]
    enabled: bool = True


_OWN = ("profile.change", "password.change")


@dataclass(frozen=True)
class Employer:
    """A unit. in_register: else name and scan are handed in."""

    username: str
    name: str
    code: str
    legal_representative: str
    department: str
    in_register: bool = True
    sub_accounts: tuple[Ticks, ...] = field(default=())


COMPANY = Employer(
    "keji", "示例科技有限公司", organisation_code(1), "王建国", INDUSTRY,
    sub_accounts=(
        Ticks("kejizhangsan", "张三（个人）", ("application.fill", "application.print", *_OWN)),
        Ticks("kejirenshi", "人事专员", ("application.fill", "application.report", "application.print",
                                       "application.export", *_OWN)),
        Ticks("kejilizhi", "离职人员", ("application.fill",), enabled=False),
    ),
)  # fmt: skip
INSTITUTE = Employer("yanjiuyuan", "示例研究院", organisation_code(2), "王芳", EDUCATION)
CLINIC = Employer("weisheng", "拱墅区社区卫生服务中心", organisation_code(8), "金秀英", HEALTH)
STUDIO = Employer("hupan", "杭州湖畔工业设计工作室", organisation_code(90_000_017), "郑湖", BINJIANG, in_register=False)
EMPLOYERS = (COMPANY, INSTITUTE, CLINIC, STUDIO)


@dataclass(frozen=True)
class Story:
    """One application: who, in which project (publisher and variant), and how far it comes.

    ending: draft | ready | reported | returned | bureau (passed by its department) | approved. by: the user name of
    the sub-account that fills it in, else the unit itself.
    """

    employer: Employer
    person: Person
    publisher: str
    variant: str
    ending: str
    by: str = ""


_PRIMARY, _MIDDLE, _RECOGNITION = "determination_primary", "determination_intermediate", "recognition_primary"
_ASSISTANT, _ENGINEER = "工程技术-助理工程师", "工程技术-工程师"


def _engineer(
    name: str, male: bool, born: date, specialty: str, title: str = _ASSISTANT, degree: str = "bachelor"
) -> Person:
    return Person(name, male, born, title, f"工学-{specialty}", "浙江大学", specialty, degree, party=degree == "master")


STORIES = (
    Story(COMPANY, _engineer("张三", True, date(2001, 3, 12), "计算机软件"), INDUSTRY, _PRIMARY, "draft",
          "kejizhangsan"),
    Story(COMPANY, _engineer("李思涵", False, date(2000, 7, 5), "电子信息"), INDUSTRY, _PRIMARY, "ready"),
    Story(COMPANY, _engineer("吴𠮷", True, date(2001, 11, 23), "集成电路"), INDUSTRY, _PRIMARY, "reported"),
    Story(COMPANY, _engineer("沈𬱖", False, date(2000, 1, 30), "人工智能"), INDUSTRY, _PRIMARY, "returned"),
    Story(COMPANY, _engineer("欧阳明远", True, date(1999, 9, 9), "通信工程"), INDUSTRY, _PRIMARY, "approved"),
    Story(COMPANY, _engineer("陈立言", True, date(1997, 5, 18), "计算机软件", _ENGINEER, "master"), BUREAU, _MIDDLE,
          "bureau"),
    Story(COMPANY, _engineer("徐静姝", False, date(1996, 12, 2), "材料工程", _ENGINEER, "master"), BUREAU, _MIDDLE,
          "approved"),
    Story(COMPANY, _engineer("周凯", True, date(2002, 6, 14), "机械设计与制造", degree="junior_college"), INDUSTRY,
          _RECOGNITION, "reported", "kejirenshi"),
    Story(INSTITUTE, Person("林晓燕", False, date(2001, 2, 17), "中小学教师-二级教师", "理学-数学", "浙江师范大学",
                            "数学教育"), EDUCATION, _PRIMARY, "reported"),
    Story(INSTITUTE, _engineer("高远", True, date(1996, 8, 21), "环境保护", _ENGINEER, "master"), BUREAU, _MIDDLE,
          "reported"),
    Story(CLINIC, Person("金雨桐", False, date(2002, 4, 8), "卫生技术-护士", "护理学-社区护理", "杭州医学院",
                         "护理学"), HEALTH, _PRIMARY, "reported"),
    Story(CLINIC, Person("俞海波", True, date(2000, 10, 27), "卫生技术-康复治疗士", "医学-康复治疗技术",
                         "浙江中医药大学", "康复治疗学"), HEALTH, _PRIMARY, "ready"),
    Story(STUDIO, _engineer("方圆", False, date(2001, 5, 1), "机械设计与制造"), INDUSTRY, _PRIMARY, "reported"),
)  # fmt: skip
REASON = "学历证书不清晰，请重新扫描后上传。"
