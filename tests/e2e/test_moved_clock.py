"""The acceptance of the moved clock: what takes a week in an office takes seconds in a test."""

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_stack import job
from shenbao_stack.client import User
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import PRIMARY, Town
from shenbao_stack.nursery import Nursery
from shenbao_stack.services import root
from shenbao_stack.stack import Stack
from shenbao_stack.testing import world_of
from shenbao_stack.waiting import until
from shenbao_stack.world import done, settled

KEY = "publicity_by_clock"
MONDAY = datetime(2026, 12, 7, 9, tzinfo=OFFICE_ZONE)


def publish_with_publicity(town: Town, folder: Path) -> None:
    """The first programme under another key, with publicity of five working days at the department."""
    shutil.copytree(root() / "programmes" / PROGRAMME, folder)
    pack = folder / "programme.yaml"
    text = pack.read_text(encoding="utf-8").replace(PROGRAMME, KEY).replace("初定", "试点").replace("认定", "核定")
    decided = "decider: supervising_department, actions: [pass, return]"
    terms = "publicity: {working_days: 5, count_first_day: true, fields: [basic.declared_title]}"
    pack.write_text(text.replace(decided, f"{decided}, {terms}"), encoding="utf-8")
    done(town.world.publish_programme(folder))
    settled(town.world.admin(), "documents", "review")


@pytest.fixture(scope="module")
def moved(stacks: Nursery) -> Iterator[tuple[Stack, Town]]:
    """A suite whose clock these tests move."""
    with stacks.stack() as stack, world_of(stack) as world:
        stack.clock.set(MONDAY)
        yield stack, Town(world)


@pytest.mark.req("B-25")
def test_an_open_publicity_closes_within_a_second_when_the_clock_moves_by_seven_days(
    moved: tuple[Stack, Town], tmp_path: Path
) -> None:
    stack, town = moved
    publish_with_publicity(town, tmp_path / KEY)
    department = town.department()
    project: dict[str, Any] = town.project(department, PRIMARY, programme=KEY)
    unit = town.unit(department)
    unit.user.follow(department.user)
    application = town.reported(unit.user, project)
    officer = department.user
    officer.follow(unit.user)
    done(officer.call("GET", "review", f"/v1/cases/{application}"))
    path, ids = "/v1/applications/publicity-sheet", {"ids": [application]}
    sheet = until(lambda: done(officer.call("POST", "applications", path, ids))["sheet"], what="at the department")
    posted = {"title": "关于职称评审结果的公示", "sheet": sheet}
    notice = done(officer.call("POST", "review", "/v1/publicities", posted))
    public = f"/v1/public/publicities/{notice['publicity_id']}"
    assert (notice["last_day"], notice["state"]) == ("2026-12-11", "running")
    visitor = town.world.visitor()
    assert visitor.call("GET", "review", public).status_code == 200

    stack.clock.move(days=7)

    until(lambda: visitor.call("GET", "review", public).status_code == 404, seconds=1, what="taken down")
    ended = done(officer.call("GET", "review", f"/v1/publicities/{notice['publicity_id']}"))
    assert [case["state"] for case in ended["cases"]] == ["passed"]


@pytest.mark.req("B-32")
def test_a_return_is_seen_at_once_and_its_sms_comes_once_after_the_provider_was_down_for_an_hour(
    moved: tuple[Stack, Town],
) -> None:
    stack, town = moved
    department = town.department()
    unit, project = town.unit(department), town.project(department)
    mobile = bind_mobile(unit.user)
    application = town.reported(unit.user, project)
    reference = job.shown(unit.user, application)["reference"]
    with httpx.Client(base_url=stack.url("portal")) as provider:

        def messages() -> int:
            page = provider.get("/demo/sms/").text
            return len(re.findall(rf"<dt>{mobile}</dt><dd>[^<]*{reference}[^<]*退回", page))

        provider.post("/demo/sms/outage", data={"away": "yes"})
        done(job.decide(department.user, application, "return", "学历证书不清晰", after=unit.user))
        (shown,) = until(lambda: inbox(unit.user), what="the message in the portal")
        assert (shown["application_id"], reference in shown["text"]["zh"]) == (application, True)
        assert "网关已停" in provider.get("/demo/sms/").text
        assert messages() == 0

        stack.clock.move(hours=1)

        until(messages, what="the short message")
        replay_to_identity(town, application)
        done(job.report(unit.user, [application]))
        done(job.decide(department.user, application, "return", "仍不清晰", after=unit.user))
        # The second return's message comes after whatever the first would have sent again.
        until(lambda: messages() == 2, what="the message of the second return")
        assert len(inbox(unit.user)) == 2


def bind_mobile(user: User) -> str:
    mobile = "13812345678"
    image = done(user.call("POST", "identity", "/v1/image-codes"))
    code = done(user.call("GET", "identity", f"/v1/test/image-codes/{image['id']}"))["code"]
    wanted = {"mobile": mobile, "image_code_id": image["id"], "image_code": code}
    sent = done(user.call("POST", "identity", "/v1/sms-codes", wanted))
    sms = done(user.call("GET", "identity", f"/v1/test/sms-codes/{sent['id']}"))["code"]
    proof = {"mobile": mobile, "sms_code_id": sent["id"], "sms_code": sms}
    done(user.call("PUT", "identity", "/v1/me/mobile", proof))
    return mobile


def inbox(user: User) -> list[dict[str, Any]]:
    return list(done(user.call("GET", "identity", "/v1/me/messages"))["items"])


def replay_to_identity(town: Town, application: str) -> None:
    """Everything that review told of it, once more."""
    admin = town.world.admin()
    asked = {"source": "review", "subject": application}
    replay = done(admin.call("POST", "identity", "/v1/bus/replays", asked))
    path = f"/v1/bus/replays/{replay['id']}"
    until(lambda: done(admin.call("GET", "identity", path))["finished_at"], what="read again")
