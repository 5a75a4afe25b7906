"""The demo's offices with their officers, and the projects that they publish."""

from datetime import date, timedelta

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack.client import User
from shenbao_stack.demo.cast import BODIES, PAST, PROJECTS, Body, Project
from shenbao_stack.world import OFFICE_PERMISSIONS, Office, World, done

Offices = dict[str, Office]
"""By key."""


def open_offices(world: World) -> Offices:
    """From the top of the tree downwards."""
    offices: Offices = {}
    for body in BODIES:
        offices[body.key] = _open(world, body, offices)
    return offices


def publish_projects(offices: Offices) -> None:
    """This year's, open for four months more, and some of last year's."""
    today = office_day(now())
    last_year = date(today.year - 1, 3, 1)
    for project in PAST:
        _publish(project, offices, last_year, last_year + timedelta(days=120))
    for project in PROJECTS:
        _publish(project, offices, today - timedelta(days=30), today + timedelta(days=120), year=today.year)


def _open(world: World, body: Body, offices: Offices) -> Office:
    above = {"parent_id": offices[body.parent].id} if body.parent else {}
    wanted = {"code": body.key.upper(), "name": body.name, "level": body.level} | above
    made = done(world.admin().call("POST", "units", "/v1/organisations", wanted))
    return Office(made["id"], body.name, body.level, _officer(world, body, made["id"]))


def _officer(world: World, body: Body, organisation_id: str) -> User:
    account = {
        "username": body.officer,
        "kind": "office",
        "display_name": f"{body.name}审核员",
        "organisation_id": organisation_id,
        "permissions": list(OFFICE_PERMISSIONS),
    }
    made = done(world.admin().call("POST", "identity", "/v1/accounts", account))
    return world.sign_in(body.officer, made["initial_password"], new_password=world.password)


def _publish(project: Project, offices: Offices, opens: date, closes: date, *, year: int = 0) -> None:
    publisher = offices[project.publisher]
    year = year or opens.year
    name = f"{year}年{project.name}"
    body = {
        "programme": project.programme,
        "variant": project.variant,
        "name": name,
        "year": year,
        "opens_on": opens.isoformat(),
        "closes_on": closes.isoformat(),
        "specialties": list(project.specialties),
        "scope_text": project.scope,
        "notice_title": f"{publisher.name}关于开展{name}工作的通知",
        "notice_body": _notice(project, closes),
    }
    done(publisher.user.call("POST", "applications", "/v1/projects", body))


def _notice(project: Project, closes: date) -> str:
    return "\n".join(
        (
            "各有关单位：",
            f"一、申报范围：{project.scope}",
            "二、申报材料：在线填写申报表，上传评审表（PDF，不超过4M）及学历证书等附件。",
            "三、申报程序：个人填写，单位核对后上报；归口部门审核，需修改的退回单位。",
            f"四、申报时间：截至{closes.year}年{closes.month}月{closes.day}日，逾期不再受理。",
            "五、上报后请打印表格一式两份，加盖公章后存档。",
        )
    )
