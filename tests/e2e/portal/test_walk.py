"""Every page of every role, in both languages, on a desktop and a phone (B-30). pages.txt lists them."""

import io
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import ConsoleMessage, Page, Response

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.browsing import DESKTOP, PHONE, Desk, enter_by_province
from shenbao_stack.client import User
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import INTERMEDIATE, PRIMARY, Town
from shenbao_stack.headers import headers_missing
from shenbao_stack.links import walk
from shenbao_stack.looking import faults, shot
from shenbao_stack.services import root
from shenbao_stack.stack import Stack
from shenbao_stack.world import PASSWORD, Office, Unit, World, done

ROLES = ("visitor", "unit", "sub_account", "office", "bureau", "admin", "person")


@dataclass
class Cast:
    """Who walks, and what the {names} of pages.txt mean."""

    people: dict[str, User]
    names: dict[str, str] = field(default_factory=dict)


def listed() -> dict[str, list[str]]:
    found = defaultdict(list)
    for line in (Path(__file__).parent / "pages.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            role, path = line.split(maxsplit=1)
            found[role].append(path)
    return found


def reviewed(town: Town, department: Office, unit: Unit, project: dict[str, Any]) -> dict[str, str]:
    """Materials that the department returned item by item, one of them corrected; a batch, and a package it sent."""
    names = {state: town.reported(unit.user, project) for state in ("itemised", "corrected", "in_batch")}
    department.user.follow(unit.user)
    batch = {"ids": [names["in_batch"]], "action": "pass"}
    names["package"] = sent_up(town, department, unit)
    names["batch"] = done(department.user.call("POST", "review", "/v1/batches", batch))["batch_id"]
    for state in ("itemised", "corrected"):
        items = {"basic.mobile": "号码已停用", "evaluation_form_file": "第二页缺章"}
        done(job.decide(department.user, names[state], "return", after=unit.user, items=items))
    unit.user.follow(department.user)
    done(job.save(unit.user, names["corrected"], {"basic": {"mobile": "13900000001"}}, method="PATCH"))
    done(job.report(unit.user, [names["corrected"]]))
    return names


def sent_up(town: Town, department: Office, unit: Unit) -> str:
    """A package of the department at the bureau, from which one has left."""
    project = town.project(town.bureau, INTERMEDIATE)
    unit.user.follow(town.bureau.user)
    ids = [town.reported(unit.user, project) for _ in range(2)]
    department.user.follow(unit.user)
    body = {"title": "2026年第一批中级材料", "ids": ids, "opinion": "审核汇总：符合条件"}
    package = done(department.user.call("POST", "review", "/v1/packages", body))["package_id"]
    done(job.decide(town.bureau.user, ids[1], "return", "缺少业绩证明", after=department.user))
    return str(package)


def subscribed(world: World, office: Office) -> str:
    """A system that hears of one office's branch, at an address where nobody answers; with a replay of all the past."""
    hook = {"url": "https://archive.invalid/events"}
    wanted = {"programmes": [PROGRAMME], "bodies": [office.id], "years": [2026], "results": ["passed", "approved"]}
    body = {"name": "市档案馆", "channel": "webhook", "webhook": hook, "client_id": "archive", "filter": wanted}
    made = done(world.admin().call("POST", "subscriptions", "/v1/subscribers", body))
    done(world.admin().call("POST", "subscriptions", f"/v1/subscribers/{made['id']}/replays", {}))
    return str(made["id"])


def connected(world: World) -> dict[str, str]:
    """Another system that signs its users in here."""
    names = {"label_zh": "人才引进申办系统", "label_en": "Talent introduction"}
    system = {"client_id": "talent-introduction", "redirect_uris": ["https://talent.example/back"], **names}
    return {"client": done(world.admin().call("POST", "identity", "/v1/clients", system))["client_id"]}


def coded(town: Town, department: Office) -> dict[str, str]:
    """A specialty and a level with a version of the codes in force, and a unit in the directory."""
    bureau = town.bureau.user
    number = town.world.serial()
    for dictionary, zh, en in (("specialty", "植物保护", "Plant protection"), ("level", "正高级", "Full senior")):
        code = {"key": f"c{number}", "zh": zh, "en": en}
        done(bureau.call("POST", "applications", f"/v1/dictionaries/{dictionary}/codes", code))
    body = {"name": "2026", "effective_on": office_day(now()).isoformat()}
    version = done(bureau.call("POST", "applications", "/v1/code-versions", body))
    unit = {"code": town.world.new_code(), "name": "示例研究所", "department_id": department.id}
    done(department.user.call("POST", "units", "/v1/directory", unit))
    return {"code": f"c{number}", "code_version": str(version["number"])}


def staffed(department: Office, unit: Unit) -> dict[str, str]:
    """Somebody of the unit's professional staff, appointed above the quota."""
    path = f"/v1/units/{unit.id}"
    someone = {"name": "王五", "sex": "female", "id_number": "330000199001010014", "specialty": "建筑工程"}
    member = done(unit.user.call("POST", "applications", f"{path}/staff", someone))
    structure = {"posts": 100, "quotas": {"senior": 0, "intermediate": 40}, "reaction": "flag"}
    done(department.user.call("PUT", "applications", f"{path}/structure", structure))
    post = {"level": "senior", "title": "高级工程师", "starts_on": "2024-01-01"}
    done(unit.user.call("POST", "applications", f"{path}/staff/{member['id']}/appointments", post))
    return {"unit_id": unit.id, "member": member["id"]}


def photo() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (1200, 900), "white").save(target, "PNG")
    return target.getvalue()


def published(department: Office, project: Mapping[str, Any]) -> str:
    """A notice with a file and a project; a guide and a question beside it."""
    receipts = [done(job.upload(department.user, job.pdf(), "publication"))["receipt"] for _ in range(2)]
    body = {"title": "关于开展职称初定工作的通知", "body": "一、申报条件\n二、申报材料", "visible_from": "2020-01-01"}
    files = [{"attachments": [{"receipt": receipt}]} for receipt in receipts]
    for given in ({"kind": "guide", **files[0]}, {"kind": "question"}):
        done(department.user.call("POST", "applications", "/v1/publications", body | given))
    notice = body | files[1] | {"kind": "notice", "project_ids": [project["id"]]}
    return str(done(department.user.call("POST", "applications", "/v1/publications", notice))["id"])


def examined(titles: Any) -> dict[str, str]:
    """What a person of the unit archived and declared for a title."""
    person = titles.person("张三")
    record, application = titles.archived(person), titles.declared(person, titles.plans.review)
    titles.come_to_read((1, 0, 0, 0, 1))
    return {"titles": "title_review", "examined": application, "record": record}


@pytest.fixture(scope="session")
def cast(world: World, town: Town, titles_of: Callable[[Unit], Any]) -> Cast:
    """A unit with a sub-account, and with materials in every state under one project."""
    done(world.publish_programme(root() / "programmes" / "talent_recognition_filing"))
    department = town.department(name="市经信局")
    project = town.project(
        department,
        specialties=[f"专业{n:02}" for n in range(1, 13)],
        scope_text="本市企事业单位",
        notice_title="关于开展职称初定工作的通知",
        notice_body="一、申报条件\n二、申报材料",
    )
    unit = town.unit(department)
    names = {"draft": town.draft(unit.user, project), "ready": town.ready(unit.user, project)} | connected(world)
    names |= {state: town.reported(unit.user, project) for state in ("reported", "returned", "approved")}
    done(job.decide(department.user, names["returned"], "return", "学历证书不清晰", after=unit.user))
    done(job.decide(department.user, names["approved"], "pass", after=unit.user))
    names |= reviewed(town, department, unit, project) | coded(town, department) | staffed(department, unit)
    sub = world.new_sub_account(unit)
    asker, _ = world.ask_to_act(unit, f"asker{world.serial()}", job.pdf())
    for decider in (unit.user, department.user):
        decider.follow(asker)
    officers = done(world.admin().call("GET", "identity", "/v1/accounts", params={"kind": "office"}))["items"]
    names |= examined(titles_of(unit)) | {
        "programme": PROGRAMME,
        "variant": PRIMARY,
        "project": project["id"],
        "notice": published(department, project),
        "sub_account": sub.id,
        "officer": officers[0]["account_id"],
        "subscriber": subscribed(world, department),
        "wallet_file": done(job.upload(unit.user, photo(), "wallet", name="学历证书.png"))["id"],
    }
    people = {
        "unit": unit.user,
        "sub_account": sub.user,
        "office": department.user,
        "bureau": town.bureau.user,
        "admin": world.admin(),
    }
    return Cast(people, names)


def entered(desk: Desk, role: str, cast: Cast) -> Page:
    if role == "visitor":
        return desk()
    if role == "person":
        page = desk()
        enter_by_province(page)
        return page
    user = cast.people[role]
    return desk(user, password=user.password if role == "admin" else PASSWORD)


def prepared(page: Page, path: str) -> Response | None:
    """The page as its line in pages.txt asks: as it opens, with the errors of an empty form, or with its dialogs."""
    if path.lstrip("!") == "/register/unit":
        page.goto("/register")
        page.locator("#code").fill("000000027")
        page.locator("#legal_representative").fill("某某")
        page.locator("main form button.btn-primary").click()
    answer = page.goto(path.lstrip("!+"))
    if path.startswith("!"):
        page.locator("main form[method=post] button:is(.btn-primary, .btn-danger):visible:enabled").last.click()
        page.locator("[data-summary]").wait_for()
    if path.startswith("+"):
        page.locator("dialog").first.evaluate("dialog => dialog.showModal()")
    return answer


def named(pattern: str) -> str:
    """The name of a page's picture."""
    return re.sub(r"\{(programme|variant)\}", "", pattern).strip("/") or "front"


def listening(page: Page) -> list[str]:
    """What the console complains about, but for the answers that a walked error page is."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            said.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.mark.req("B-30")
@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_accessible_translated_and_fits(desk: Desk, stack: Stack, cast: Cast, role: str) -> None:
    page = entered(desk, role, cast)
    console = listening(page)
    wrong: dict[str, Any] = {}
    for pattern in listed()[role]:
        path = pattern.format_map(cast.names)
        for language in ("zh", "en"):
            page.context.add_cookies([{"name": "shenbao_language", "value": language, "url": stack.url()}])
            console.clear()
            answer = prepared(page, path)
            found = headers_missing(answer.headers) if answer and answer.status < 500 else ["does not answer"]
            for size in (DESKTOP, PHONE):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                found += [f"{size['width']}: {fault}" for fault in faults(page)]
                if language == "zh":
                    shot(page, f"{role}-{named(pattern)}-{size['width']}")
            if found + console:
                wrong[f"{pattern} {language}"] = found + console
    assert wrong == {}


@pytest.mark.parametrize("role", ["unit", "office"])
def test_every_link_leads_to_a_page(desk: Desk, cast: Cast, role: str) -> None:
    walked = walk(entered(desk, role, cast), "/home")
    assert walked.dead == []
    assert walked.kinds > 20


def test_the_language_is_switched_in_place(desk: Desk, cast: Cast) -> None:
    page = desk(cast.people["unit"])
    page.goto("/unit/accounts?state=enabled")

    page.get_by_role("link", name="English").click()

    assert page.url.endswith("/unit/accounts?state=enabled")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", level=1).inner_text() == "Sub-accounts"


def test_a_page_is_used_by_keyboard_alone(desk: Desk, cast: Cast) -> None:
    page = desk(cast.people["unit"])
    page.goto("/unit/profile")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到主要内容"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
