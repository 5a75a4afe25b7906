"""An archive hears of applications: it asks the suite for nothing but what any system may ask."""

from datetime import timedelta
from pathlib import Path

import pytest
from shenbao_stack.capture import Capture
from shenbao_stack.demo.town import INTERMEDIATE, Town
from shenbao_stack.stack import Stack
from shenbao_stack.world import World, done
from shenbao_subscriber import Event, Feeds, FileCheckpoint, Subscriber


@pytest.fixture(scope="module")
def town(world: World) -> Town:
    return Town(world)


def test_the_archive_hears_of_a_report(town: Town, stack: Stack, events: Capture, tmp_path: Path) -> None:
    unit = town.unit(town.department())
    project = town.project(town.bureau, INTERMEDIATE)
    unit.user.follow(town.bureau.user)
    application = town.reported(unit.user, project)
    told = events.wait_for("applications.submitted.v1", subject=application)

    heard: list[Event] = []

    def archive(event: Event) -> None:
        heard.append(event)
        if event.subject == application:
            subscriber.stop()

    api = f"{stack.url()}/api"
    secret = stack.secrets["identity_client_secret"]
    subscriber = Subscriber(
        handler=archive,
        types=["applications.submitted.v1"],
        feeds=Feeds(api, token_url=f"{api}/identity/token", client_id="identity", client_secret=secret),
        checkpoint=FileCheckpoint(tmp_path / "come-to.json"),
    )
    subscriber.run()
    assert [event.id for event in heard if event.subject == application] == [told["id"]]


def test_a_project_is_closed_when_its_time_is_over(town: Town, stack: Stack) -> None:
    soon = (stack.clock.now() + timedelta(days=3)).date().isoformat()
    project = town.project(town.bureau, INTERMEDIATE, closes_on=soon)
    stack.clock.move(days=7)
    shown = done(town.bureau.user.call("GET", "applications", f"/v1/projects/{project['id']}"))
    assert shown["open"] is False
