"""The kit that others test with, on the suite itself: clock, events, several suites at once."""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shenbao_common.kernel.clock import office_day
from shenbao_stack import job
from shenbao_stack.capture import Capture
from shenbao_stack.demo.town import INTERMEDIATE, Town
from shenbao_stack.nursery import Nursery
from shenbao_stack.shapes import run_once
from shenbao_stack.stack import Stack
from shenbao_stack.testing import world_of
from shenbao_stack.typed import Refused
from shenbao_stack.waiting import TooLate
from shenbao_stack.world import done

_ADMIN = "IDENTITY_ADMIN_PASSWORD"
_FAILS = """
from shenbao_stack.browsing import browser

def test_of_somebody_who_is_wrong(world, stack, events, browser):
    office = world.new_office("province")
    events.wait_for("units.organisation_created.v1", subject=office.id)
    browser.new_page().goto(stack.url())
    assert office.name == "wrong"
"""


def test_a_project_that_closes_in_three_days_is_closed_when_the_clock_moves_by_seven(stacks: Nursery) -> None:
    """On a suite of its own: whoever shares one would lose their sessions."""
    with stacks.stack() as stack, world_of(stack) as world:
        town = Town(world)
        unit = town.unit(town.department())
        unit.user.follow(town.bureau.user)
        soon = office_day(stack.clock.now()) + timedelta(days=3)
        project = town.project(town.bureau, INTERMEDIATE, closes_on=soon.isoformat())
        application = town.ready(unit.user, project)
        before = unit.user.tokens.access

        stack.clock.move(days=7)

        path = f"/v1/projects/{project['id']}"
        assert done(unit.user.call("GET", "applications", path))["open"] is False
        assert unit.user.tokens.access != before, "the session of last week is over, the user signed in again"
        assert "project_not_open" in job.report(unit.user, [application]).text
        stack.clock.reset()
        assert done(unit.user.call("GET", "applications", path))["open"] is True


@pytest.fixture
def moved(split_stack: Stack) -> Iterator[datetime]:
    """The suite that others use too, a week ahead, and back again."""
    yield split_stack.clock.move(days=7)
    split_stack.clock.reset()


def test_every_process_follows_the_clock_within_a_second(split_stack: Stack, moved: datetime) -> None:
    """The worker of units dates what it tells by its own clock, that of identity what it makes of it."""
    with world_of(split_stack) as world:
        capture = Capture(split_stack.url, split_stack.secrets["identity_client_secret"])
        bureau = world.new_office("city_hr_bureau", world.new_office("province"))
        world.register_unit(world.new_office("first_level_department", bureau))
        told = capture.told()
        split_stack.kill("identity.web")
        split_stack.wait_until_ready()
        assert abs(split_stack.clock.now() - moved) < timedelta(minutes=5)
        capture.close()
    assert {event["type"].removeprefix("cn.shenbao.").split(".")[0] for event in told} >= {"units", "identity"}
    assert [e["type"] for e in told if not moved.isoformat() <= e["time"].replace("Z", "+00:00")] == []


def test_a_test_waits_for_the_event_that_it_means(town: Town, events: Capture) -> None:
    department = town.department()
    heard = events.wait_for("units.organisation_created.v1", subject=department.id, level=department.level)
    assert heard["data"]["name"] == department.name
    with pytest.raises(TooLate, match="organisation_created"):
        events.wait_for("applications.submitted.v1", seconds=0)


def test_typed_clients_do_the_work_of_their_people(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_once("shenbao_stack.command", ["clients", str(tmp_path / "typed_api")], {})
    monkeypatch.syspath_prepend(tmp_path)
    units, review = (importlib.import_module(f"typed_api.{name}") for name in ("units", "review"))
    department = town.department()
    unit = town.unit(department)
    found = units.UnitsApi(unit.user).get_units_mine()
    assert (found["code"], found["department"]["id"]) == (unit.code, department.id)
    cases = review.ReviewApi(department.user)
    assert cases.get_cases(tab="open", limit=5)["items"] == []
    with pytest.raises(Refused, match="404"):
        cases.get_cases_by_application_id("00000000-0000-0000-0000-000000000000")
    assert cases.answer.json()["code"] == "not_found"


def test_two_suites_of_one_session_know_nothing_of_each_other(stacks: Nursery) -> None:
    with stacks.stack() as one, stacks.stack() as other, world_of(one) as here, world_of(other) as there:
        office = here.new_office("province", name="省人社厅")
        one.clock.move(days=1)
        path = "/v1/organisations"
        assert office.id in here.admin().call("GET", "units", path).text
        assert office.id not in there.admin().call("GET", "units", path).text
        assert abs((other.clock.now() - one.clock.now()) + timedelta(days=1)) < timedelta(seconds=5)


def test_names_are_the_same_in_every_run(town: Town) -> None:
    assert town.world.serial() == 29_034_201


def test_a_failed_test_leaves_logs_events_and_pages(stack: Stack, tmp_path: Path) -> None:
    """In a run of its own, against this suite as one that somebody else started."""
    (tmp_path / "test_wrong.py").write_text(_FAILS, encoding="utf-8")
    given = {"PORTAL_CLIENT_SECRET": "portal_client_secret", "IDENTITY_CLIENT_SECRET": "identity_client_secret"}
    lines = [f"{name}={stack.secrets[key]}" for name, key in (given | {_ADMIN: "demo_password"}).items()]
    (stack.folder / "given.env").write_text("\n".join(lines), encoding="utf-8")
    told = {"SHENBAO_TEST_URL": stack.url(), "SHENBAO_TEST_SECRETS": str(stack.folder / "given.env")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    run = subprocess.run(command, cwd=tmp_path, env=os.environ | told, capture_output=True, text=True, check=False)
    assert "1 failed" in run.stdout, run.stdout + run.stderr
    (kept,) = (tmp_path / "build" / "artefacts").iterdir()
    assert str(kept) in run.stdout
    assert "organisation_created" in (kept / "events.json").read_text(encoding="utf-8")
    assert (kept / "page-1.png").read_bytes().startswith(b"\x89PNG")
    assert [log for log in (kept / "stack").glob("*.log") if log.stat().st_size]
