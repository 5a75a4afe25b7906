"""The menu at the left: what this account may do, and the pages of every published programme."""

from collections.abc import Iterator
from dataclasses import dataclass, field

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
    made = makers.get(who.kind, _of_person)(who)
    return [section for section in made if section.items]


def work_path(programme: str, variant: str, page: str) -> str:
    """Where one of the five pages is found."""
    return f"/declare/{programme}/{variant}/{page}"


def _of_unit(who: Account) -> Iterator[Section]:
    lines = (
        Item(_l("我的申报"), "/declarations", "file-text"),
        Item(_l("个人中心"), "/person", "user"),
        Item(_l("所属单位"), "/person/unit", "building"),
        Item(_l("我的材料夹"), "/wallet", "folder"),
    )
    yield Section(_l("工作台"), lines)
    yield Section(_l("我的账号"), tuple(_own(who)))


def _own(who: Account) -> Iterator[Item]:
    yield Item(_l("修改手机号"), "/person/mobile", "device-mobile")
    yield Item(_l("账号安全"), "/account/security", "shield-check")
    if who.may("password.change"):
        yield Item(_l("密码修改"), "/password", "key")
