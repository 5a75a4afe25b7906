"""The menu at the left: what this account may do, and the pages of every published programme."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import request

from shenbao_portal import programmes
from shenbao_portal.i18n import named_text
from shenbao_portal.signed_in import Account, account
from shenbao_portal.texts import _l

WORK_PAGES = (
    ("fill", _l("填写材料"), "application.fill"),
    ("report", _l("上报材料"), "application.report"),
    ("print", _l("打印相关表格"), "application.print"),
    ("returned", _l("被退回的材料"), "application.fill"),
    ("tracking", _l("上报材料跟踪"), "application.fill"),
)
"""The five pages of every variant (S4g-09): path, name, the permission that opens it."""

REPORTERS_PAGES = frozenset({"report", "print", "tracking"})
"""Those for an account that reports what persons fill in, and cannot fill in for them."""


@dataclass(frozen=True)
class Item:
    """One line of the menu; with `items` it is a group that opens."""

    name: object
    path: str = ""
    icon: str = ""
    items: tuple["Item", ...] = ()

    @property
    def current(self) -> bool:
        """Is the page shown this one, or below it."""
        here = request.path
        return bool(self.path) and (here == self.path or here.startswith(self.path + "/"))

    @property
    def open(self) -> bool:
        return self.current or any(item.open for item in self.items)


@dataclass(frozen=True)
class Section:
    """A heading with its lines."""

    name: object
    items: tuple[Item, ...] = field(default=())


def menu() -> list[Section]:
    """The sections of the signed-in account; those without lines are left out."""
    who = account()
    if who is None:
        return []
    makers = {"unit": _of_unit, "sub_account": _of_unit, "office": _of_office, "admin": _of_admin, "person": _of_person}
    if who.due or (who.kind == "unit" and who.unit_id is None):
        return []
    made = makers.get(who.kind, _of_person)(who)
    return [section for section in made if section.items]


def work_path(programme: str, variant: str, page: str) -> str:
    """Where one of the five pages is found."""
    return f"/declare/{programme}/{variant}/{page}"


def _of_unit(who: Account) -> Iterator[Section]:
    examined = programmes.examined_by_units() if who.kind == "unit" else []
    home = Item(_l("用户中心") if examined else _l("首页"), "/home", "home")
    board = (_DASHBOARD,) if who.kind == "unit" else ()
    prints = (_PRINT_JOBS,) if who.may("application.print") else ()
    exports = (_EXPORTS,) if who.may("application.export") else ()
    own = (Item(_l("我的材料夹"), "/wallet", "folder"), *prints, *exports, _MESSAGES)
    yield Section(_l("工作台"), (home, *board, *_examining(examined), *own))
    for programme in programmes.handled_by(who.kind):
        yield Section(named_text(programme), tuple(_variants(programme, who)))
    yield Section(_l("后台管理"), tuple(_of_back_office(who)))


def _examining(examined: list[dict[str, Any]]) -> Iterator[Item]:
    """What a unit looks at of its people's: their archive, and each programme in which it decides (S1-18)."""
    if not examined:
        return
    yield _ARCHIVES
    for programme in examined:
        key = programmes.programme_key(programme)
        yield Item(named_text(programme["unit_step"]), f"/unit/examinations/{key}", "clipboard-list")


def _variants(programme: dict[str, object], who: Account) -> Iterator[Item]:
    key = programmes.programme_key(programme)
    variants: list[dict[str, Any]] = programme.get("variants") or []  # type: ignore[assignment]
    for variant in variants:
        fills = who.kind in (variant.get("fill") or programme.get("fill", (who.kind,)))  # type: ignore[operator]
        reports = who.kind in (variant.get("report") or programme.get("report", ()))  # type: ignore[operator]
        if not (fills or reports):
            continue
        pages = tuple(
            Item(name, work_path(key, variant["key"], page))
            for page, name, need in WORK_PAGES
            if who.may(need) and (fills or page in REPORTERS_PAGES)
        )
        if pages:
            yield Item(named_text(variant), icon="file-text", items=pages)


def _of_back_office(who: Account) -> Iterator[Item]:
    if who.kind == "unit" or who.may("profile.change"):
        examining = who.kind == "unit" and programmes.examined_by_units()
        yield Item(_l("本单位基本信息") if examining else _l("基本信息管理"), "/unit/profile", "building")
    if who.may("unit.manage"):
        yield Item(_l("专业技术人员"), f"/staffing/{who.unit_id}", "id")
        yield Item(_l("授权委托书"), "/unit/letter", "certificate")
        yield Item(_l("修改归口部门"), "/unit/department", "switch-horizontal")
        yield Item(_l("经办人管理"), "/unit/officers", "id")
        yield Item(_l("组织机构管理"), "/unit/organisation", "building-community")
        yield Item(_l("工作人员"), "/unit/staff", "users")
        yield Item(_l("人员绑定"), "/unit/people", "user-plus")
        yield Item(_l("电子签章"), "/seal", "certificate")
    yield _DICTIONARIES
    if who.may("sub_account.manage"):
        yield Item(_l("子账号管理"), "/unit/accounts", "users")
    if who.may("password.change"):
        yield Item(_l("密码修改"), "/password", "key")


_COMMITTEES = (
    Item(_l("评审委员会"), "/office/committees", "building-community"),
    Item(_l("专家库"), "/office/experts", "users"),
    Item(_l("评审会议"), "/office/sittings", "calendar"),
)
_ARCHIVES = Item(_l("业绩档案审核"), "/unit/archive", "list-check")
_RECEIVED = Item(_l("材料清单"), "/office/received", "clipboard-list")
_PRINT_JOBS = Item(_l("批量打印"), "/print-jobs", "printer")
_EXPORTS = Item(_l("导出记录"), "/exports", "download")
_HOLDS = Item(_l("暂缓销毁"), "/legal-holds", "lock")
_DASHBOARD = Item(_l("工作看板"), "/dashboard", "chart-bar")
_DICTIONARIES = Item(_l("代码字典"), "/dictionaries", "list-check")
_PUBLICATIONS = Item(_l("信息发布"), "/office/publications", "info-circle")
_MESSAGES = Item(_l("消息"), "/messages", "bell")
_BALLOTS = Item(_l("评审投票"), "/ballots", "list-check")
"""Whoever sits in a committee votes with their own account, whatever its kind."""


def _of_office(who: Account) -> Iterator[Section]:
    yield Section(
        _l("工作台"),
        (
            Item(_l("首页"), "/home", "home"),
            _DASHBOARD,
            Item(_l("审核材料"), "/office/cases", "inbox"),
            *((_RECEIVED,) if who.may("application.export") else ()),
            Item(_l("批量处理记录"), "/office/batches", "list-check"),
            _PRINT_JOBS,
            *((_EXPORTS,) if who.may("application.export") else ()),
            Item(_l("汇总上报"), "/office/packages", "send"),
            Item(_l("公示管理"), "/office/publicity", "world"),
            Item(_l("编号发文"), "/office/issuances", "certificate"),
            Item(_l("复核申请"), "/office/reconsiderations", "refresh"),
            *((_HOLDS,) if who.may("review.decide") else ()),
        ),
    )
    if who.may("review.assign"):
        yield Section(_l("评审管理"), _COMMITTEES)
    if who.may("review.decide"):
        yield Section(
            _l("单位管理"),
            (
                Item(_l("单位库"), "/office/directory", "building"),
                Item(_l("经办人申请"), "/office/officers", "id"),
                Item(_l("授权委托书审核"), "/office/letters", "certificate"),
                Item(_l("注册人工审核"), "/office/registrations", "list-check"),
                *((_ARCHIVES,) if programmes.examined_by_units() else ()),
            ),
        )
    if who.may("organisation.manage"):
        yield Section(_l("系统管理"), (Item(_l("机构管理"), "/admin/organisations", "sitemap"),))
    if who.may("project.publish"):
        projects = Item(_l("项目管理"), "/office/projects", "clipboard-list")
        yield Section(_l("申报项目"), (projects, _PUBLICATIONS, _DICTIONARIES))
    seal = (Item(_l("电子签章"), "/seal", "certificate"),) if who.may("review.decide") else ()
    yield Section(_l("我的账号"), (*seal, _BALLOTS, *_own(who)))


def _of_admin(who: Account) -> Iterator[Section]:
    lines = (
        ("organisation.manage", Item(_l("机构管理"), "/admin/organisations", "sitemap")),
        ("organisation.manage", Item(_l("单位库"), "/office/directory", "building")),
        ("programme.publish", _DICTIONARIES),
        ("account.manage", Item(_l("账号管理"), "/admin/accounts", "users")),
        ("account.manage", Item(_l("接入系统"), "/admin/clients", "world")),
        ("programme.publish", Item(_l("申报事项配置"), "/admin/programmes", "settings")),
        ("subscription.manage", Item(_l("订阅系统"), "/admin/subscribers", "bell")),
        ("events.operate", Item(_l("事件运行"), "/admin/events", "route")),
    )
    yield Section(_l("工作台"), (Item(_l("首页"), "/home", "home"), _HOLDS))
    yield Section(_l("系统管理"), tuple(item for need, item in lines if who.may(need)))
    yield Section(_l("我的账号"), tuple(_own(who)))


def _of_person(who: Account) -> Iterator[Section]:
    lines = (
        Item(_l("我的申报"), "/declarations", "file-text"),
        Item(_l("业绩档案"), "/archive", "list-check"),
        Item(_l("个人中心"), "/person", "user"),
        Item(_l("所属单位"), "/person/unit", "building"),
        Item(_l("我的材料夹"), "/wallet", "folder"),
        _BALLOTS,
    )
    yield Section(_l("工作台"), lines)
    pages = (Item(named_text(p), _own_page(p), "clipboard-list") for p in programmes.filled_by("person"))
    yield Section(_l("申报事项"), tuple(pages))
    yield Section(_l("我的账号"), tuple(_own(who)))


def _own_page(programme: dict[str, Any]) -> str:
    """Where a person finds what they declare in a programme: a module of its own where information comes first."""
    key = programmes.programme_key(programme)
    return f"/filings/programmes/{key}" if programmes.is_staged(programme) else f"/declarations/programmes/{key}"


def _own(who: Account) -> Iterator[Item]:
    yield _MESSAGES
    yield Item(_l("修改手机号"), "/person/mobile", "device-mobile")
    yield Item(_l("账号安全"), "/account/security", "shield-check")
    if who.may("password.change"):
        yield Item(_l("密码修改"), "/password", "key")
