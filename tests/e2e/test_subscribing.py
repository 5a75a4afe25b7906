"""Another system hears of a declaration from report to approval, through the running suite (B-21, B-22)."""

import httpx
import pytest

from shenbao_common.testing.receiver import Receiver
from shenbao_stack import job
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import Town
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import done

COURSE = ["submitted", "step_opened", "step_passed", "approved"]


def facts(receiver: Receiver, application: str) -> list[str]:
    return [e["type"].split(".")[-2] for e in receiver.events() if e["subject"] == application]


@pytest.mark.req("B-21", "B-22")
def test_a_system_hears_an_application_run_its_course_signed_and_in_order(stack: Stack, town: Town) -> None:
    department, other = town.department(), town.department()
    project, others_project = town.project(department), town.project(other)
    unit, others_unit = town.unit(department), town.unit(other)
    admin = town.world.admin()
    with Receiver() as receiver:
        wanted = {"programmes": [PROGRAMME], "bodies": [department.id], "types": types()}
        body = {"name": f"档案馆{town.world.serial()}", "channel": "webhook", "webhook": {"url": receiver.url}}
        made = done(admin.call("POST", "subscriptions", "/v1/subscribers", body | {"filter": wanted}))
        application = town.reported(unit.user, project)
        elsewhere = town.reported(others_unit.user, others_project)
        for officer, which, of in ((department, application, unit), (other, elsewhere, others_unit)):
            done(job.decide(officer.user, which, "pass", after=of.user))
        until(lambda: len(facts(receiver, application)) >= len(COURSE), seconds=30)
        assert sorted(facts(receiver, application)) == sorted(COURSE)
        assert facts(receiver, application)[:2] == COURSE[:2]
        assert facts(receiver, elsewhere) == [], "another branch"
        jwks = httpx.get(f"{stack.url('subscriptions')}/.well-known/jwks.json").json()
        assert all(post.is_signed_by(jwks) for post in receiver.taken)

        path = f"/v1/subscribers/{made['id']}"
        done(admin.call("POST", "subscriptions", f"{path}/replays", {"subject": application}))
        until(lambda: len(facts(receiver, application)) >= 2 * len(COURSE), seconds=30)
        assert [e.get("replayed", False) for e in receiver.events()] == [False] * 4 + [True] * 4
        done(admin.change("subscriptions", path, None, method="DELETE"))


def types() -> list[str]:
    return [
        "applications.submitted.v1",
        "review.step_opened.v1",
        "review.step_passed.v1",
        "applications.approved.v1",
    ]
