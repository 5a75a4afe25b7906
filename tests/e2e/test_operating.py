"""The person on call finds an event by the `shenbao` command, sees why it is parked, mends the fault, sends it back."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from shenbao_stack import job
from shenbao_stack.browsing import Desk
from shenbao_stack.command import main
from shenbao_stack.demo.town import Town
from shenbao_stack.operators import Bus, Refused
from shenbao_stack.services import SERVICES, variable
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import Office, Unit, World, done

Command = Callable[..., list[str]]

SKIP_THE_DAY = "UPDATE inbox SET attempts = 90, next_attempt_at = now() WHERE subject = :subject AND state = 'deferred'"
"""A handler's chances last a day; this is the end of it."""


@pytest.fixture
def command(stack: Stack, world: World) -> Command:
    """`shenbao events …` as an administrator; answers the lines it prints."""

    def run(*words: str) -> list[str]:
        # Asking for anything renews a token that is over.
        done(world.admin().call("GET", "identity", "/v1/me"))
        options = ["--url", stack.url(), "--token", world.admin().tokens.access]
        result = CliRunner().invoke(main, ["events", *words, *options], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output.splitlines()

    return run


@pytest.fixture
def review(stack: Stack) -> Iterator[sa.Engine]:
    """Review's database, for breaking it and mending it."""
    engine = sa.create_engine(stack.environment[variable("review", "DATABASE_URL")], isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@contextmanager
def broken_for(unit: Unit, review: sa.Engine) -> Iterator[None]:
    """Review cannot open a case of this unit: every try of its handler fails."""
    with review.connect() as connection:
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE EXCEPTION 'a bug' USING ERRCODE = '57014'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON review_case FOR EACH ROW"
            f" WHEN (new.unit_id = '{unit.id}') EXECUTE FUNCTION broken()"
        )
        try:
            yield
        finally:
            connection.exec_driver_sql("DROP TRIGGER broken ON review_case")


def of_review(lines: list[str]) -> list[str]:
    return [line for line in lines if line.split()[1] == "review" and "applications.submitted" in line]


def state(command: Command, reference: str) -> str:
    """Of the submission at review; "" before it arrives."""
    return "".join(line.split()[2] for line in of_review(command("timeline", reference)))


@contextmanager
def parked_at_review(town: Town, command: Command, review: sa.Engine) -> Iterator[tuple[Office, Unit, str]]:
    """An application whose report review could not take in for a day; its bug is mended after the block."""
    department = town.department()
    unit, project = town.unit(department), town.project(department)
    with broken_for(unit, review):
        application = town.reported(unit.user, project)
        until(lambda: state(command, application) == "deferred", what="review put it off")
        with review.connect() as connection:
            connection.execute(sa.text(SKIP_THE_DAY), {"subject": application})
        until(lambda: state(command, application) == "parked", what="review parked it")
        yield department, unit, application


@pytest.mark.req("B-23")
def test_an_operator_sees_why_an_application_is_stuck_and_sends_its_event_back_after_the_fix(
    town: Town, command: Command, review: sa.Engine
) -> None:
    with parked_at_review(town, command, review) as (department, unit, application):
        reference = job.shown(unit.user, application)["reference"]
        (line,) = of_review(command("timeline", reference))
        assert "after 93 tries: no more tries: OperationalError in" in line
        event = line.split()[4]
        assert [event in parked for parked in command("parked")].count(True) == 1
        (depths,) = [line for line in command("depths") if line.startswith("review")]
        assert re.findall(r"(\d+) \(", depths)[2] == "1"

    assert command("send-back", event) == ["review: 1 sent back"]
    until(lambda: state(command, reference) == "handled", what="review handled it")
    assert command("parked") == ["0 parked"]
    done(job.decide(department.user, application, "pass", after=unit.user))


@pytest.mark.req("B-23")
def test_the_pages_show_an_operator_what_is_parked_and_send_it_back(
    town: Town, world: World, desk: Desk, command: Command, review: sa.Engine
) -> None:
    page = desk(world.admin(), password=world.admin().password)
    with parked_at_review(town, command, review) as (_, unit, application):
        reference = job.shown(unit.user, application)["reference"]
        page.goto("/admin/events")
        row = page.get_by_role("row").filter(has_text="审核服务").first
        assert "1 最久" in row.inner_text()
        row.get_by_role("link").click()
        assert "OperationalError in" in page.get_by_role("row").filter(has_text=application).inner_text()
    page.get_by_role("checkbox", name="选择").check()
    page.get_by_role("button", name="交回处理").click()
    page.get_by_text("已交回处理").wait_for()
    until(lambda: state(command, application) == "handled", what="review handled it")

    page.goto(f"/admin/events/timeline?q={reference}")
    row = page.get_by_role("row").filter(has_text="审核服务").filter(has_text="applications.submitted.v1")
    assert "已处理" in row.inner_text()
    page.goto("/admin/events/parked?service=review")
    page.get_by_text("没有搁置的事件").wait_for()


@pytest.mark.req("B-23")
def test_a_timeline_leads_from_the_request_through_outbox_and_broker_to_every_listener(
    town: Town, command: Command
) -> None:
    department = town.department()
    unit, project = town.unit(department), town.project(department)
    application = town.ready(unit.user, project)
    answer = job.report(unit.user, [application])
    trace = answer.headers["traceparent"].split("-")[1]
    heard_by = {"review", "documents", "units", "identity", "subscriptions"}
    handled = [["handled", "applications.submitted.v1"]]
    until(lambda: {r[1] for r in rows(command("timeline", trace)) if [r[2:4]] == handled} == heard_by, what="all heard")

    found = rows(command("timeline", trace))
    assert [r[0] for r in found] == sorted(r[0] for r in found), "in order of time"
    submitted = [r for r in found if r[3] == "applications.submitted.v1"]
    assert [r[1:3] for r in submitted[:2]] == [["applications", "told"], ["applications", "confirmed"]]
    assert {r[1] for r in submitted[2:]} == heard_by
    assert rows(command("timeline", application)) != found, "an application has more than one trace"
    assert {tuple(r) for r in submitted} <= {tuple(r) for r in rows(command("timeline", application))}


def test_a_replay_asked_for_by_the_command_is_done_by_the_worker(
    town: Town, command: Command, review: sa.Engine
) -> None:
    department = town.department()
    unit, project = town.unit(department), town.project(department)
    application = town.reported(unit.user, project)
    until(lambda: of_review(command("timeline", application)), what="review heard it")
    with review.connect() as connection:
        connection.execute(sa.text("DELETE FROM inbox WHERE subject = :subject"), {"subject": application})
    assert of_review(command("timeline", application)) == []

    (line,) = command("replay", "review", "--source", "applications", "--subject", application)
    assert line.startswith("1 read, up to position ")
    (line,) = of_review(command("timeline", application))
    assert line.split()[2] == "handled"
    assert line.endswith("replayed")


def test_the_command_says_what_is_wrong_with_a_question(stack: Stack, world: World, town: Town) -> None:
    unit = town.unit(town.department())
    ask = partial(CliRunner().invoke, main)
    asked = ["events", "depths", "--url", stack.url(), "--token"]
    done(world.admin().call("GET", "identity", "/v1/me"))
    assert "permission_missing" in ask([*asked, unit.user.tokens.access]).output
    unknown = ["events", "timeline", "2026-999999", "--url", stack.url(), "--token", world.admin().tokens.access]
    assert "applications: not_found" in ask(unknown).output
    client = f"review:{stack.secrets['review_client_secret']}"  # of a service, which reads feeds and may not operate
    assert "permission_missing" in ask(["events", "depths", "--url", stack.url(), "--client", client]).output
    away = ["events", "depths", "--url", "http://127.0.0.1:1", "--token", "x"]
    assert "nothing answers at http://127.0.0.1:1, see --url" in ask(away).output


def test_a_token_that_is_over_is_renewed_where_nobody_has_to_be_asked(stack: Stack, world: World) -> None:
    done(world.admin().call("GET", "identity", "/v1/me"))
    with Bus(stack.url(), "over", renewed=lambda: world.admin().tokens.access) as bus:
        assert set(bus.depths()) == set(SERVICES)
    with Bus(stack.url(), "over") as bus, pytest.raises(Refused, match="token_invalid"):
        bus.depths()


def rows(lines: list[str]) -> list[list[str]]:
    return [line.split()[:5] for line in lines]
