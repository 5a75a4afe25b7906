"""A report across services finds what was lost on the way, and has it sent again (B-24)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import kombu
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from shenbao_common.bus.envelope import HEADER
from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_stack import job, reconciliation
from shenbao_stack.command import main
from shenbao_stack.demo.town import Town
from shenbao_stack.services import variable
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import Office, Unit, World, done

QUEUE = "review.inbox"
Reconcile = Callable[..., Result]


def reconciling(stack: Stack, world: World) -> Reconcile:
    """`shenbao reconcile` as an administrator."""

    def run(*words: str) -> Result:
        done(world.admin().call("GET", "identity", "/v1/me"))
        options = ["--url", stack.url(), "--token", world.admin().tokens.access]
        return CliRunner().invoke(main, ["reconcile", "--grace", "1", *words, *options])

    return run


def take_out_of_the_queue(url: str, application: str) -> None:
    """By hand: the message of that application's report is acknowledged, and so gone; the others go back."""
    gone: list[str] = []

    def look(message: Any) -> None:
        if message.headers.get(f"{HEADER}subject") == application:
            message.channel.basic_ack(message.delivery_tag)
            gone.append(application)

    with kombu.Connection(url) as connection:
        channel = connection.channel()
        channel.basic_consume(QUEUE, callback=look)

        def found() -> bool:
            with suppress(TimeoutError):
                connection.drain_events(timeout=0.2)
            return bool(gone)

        until(found, what="the report is in review's queue")


@contextmanager
def database(stack: Stack, service: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(stack.environment[variable(service, "DATABASE_URL")], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def position(connection: sa.Connection, source: str) -> int:
    return connection.scalar(sa.text("SELECT position FROM followed WHERE source = :s"), {"s": source}) or 0


def blind_healing(stack: Stack) -> None:
    """As if review had followed applications to the end: what lies before that it will not read by itself."""
    with database(stack, "applications") as theirs, database(stack, "review") as own:
        to = {"to": position(theirs, "outbox")}
        own.execute(sa.text("UPDATE followed SET position = :to WHERE source = 'applications'"), to)


def said(result: Result) -> str:
    """What the command printed; an AssertionError with it when something is missing."""
    assert result.exit_code == 0, result.output
    return result.output


def in_queue(office: Office, application: str) -> Any:
    return application in {c["application_id"] for c in done(office.user.call("GET", "review", "/v1/cases"))["items"]}


@pytest.mark.req("B-24")
def test_an_event_deleted_from_a_queue_by_hand_is_listed_and_repaired(
    split_stack: Stack, split_world: World, mortal_rabbit: PrivateRabbit
) -> None:
    town, reconcile = Town(split_world), reconciling(split_stack, split_world)
    department = town.department()
    unit, project = town.unit(department), town.project(department)
    before = town.reported(unit.user, project)
    until(lambda: in_queue(department, before), what="all is well")
    until(lambda: said(reconcile()) == "0 missing\n", what="nothing is missing")

    split_stack.hold("review.worker")
    lost = town.reported(unit.user, project)
    take_out_of_the_queue(mortal_rabbit.url, lost)
    blind_healing(split_stack)
    split_stack.release("review.worker")
    after = town.reported(unit.user, project)
    until(lambda: in_queue(department, after), seconds=30, what="review goes on")
    assert not in_queue(department, lost), "review has not noticed"

    reference = job.shown(unit.user, lost)["reference"]
    listed = reconcile()
    assert listed.exit_code == 1
    assert listed.output.splitlines() == [
        f"{reference}  {lost}  review lacks: routed  (told by applications)",
        "1 missing",
    ]
    repaired = reconcile("--repair")
    assert (repaired.exit_code, repaired.output.splitlines()[-2:]) == (0, ["After the repair:", "0 missing"])
    assert reconcile().output == "0 missing\n"
    done(job.decide(department.user, lost, "pass", after=unit.user))


@pytest.mark.req("B-24")
def test_a_decision_that_was_parked_is_listed_and_repaired(stack: Stack, world: World, town: Town) -> None:
    reconcile = reconciling(stack, world)
    department = town.department()
    unit, project = town.unit(department), town.project(department)
    application = town.reported(unit.user, project)
    until(lambda: in_queue(department, application), what="review has it")
    with database(stack, "applications") as connection, broken_for(unit, connection):
        done(job.decide(department.user, application, "return", "学历证书不清晰", after=unit.user))
        skip = "UPDATE inbox SET attempts = 90, next_attempt_at = now() WHERE subject = :id AND state = 'deferred'"
        until(lambda: connection.execute(sa.text(skip), {"id": application}).rowcount, what="put off")
        parked = sa.text("SELECT count(*) FROM inbox WHERE subject = :id AND state = 'parked'")
        until(lambda: connection.scalar(parked, {"id": application}), what="parked")

    assert f"{application}  applications lacks: decided  (told by review)" in reconcile().output
    repaired = reconcile("--repair")
    assert application not in repaired.output.partition("After the repair:")[2]
    assert job.shown(unit.user, application)["status"] == "returned"


def test_what_services_know_of_applications_is_for_operators(town: Town) -> None:
    department = town.department()
    for stranger in (department.user, town.unit(department).user):
        for service in reconciliation.ASKED:
            answer = stranger.call("GET", service, "/v1/reconciliation")
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


@contextmanager
def broken_for(unit: Unit, connection: sa.Connection) -> Iterator[None]:
    """Applications cannot change an application of this unit."""
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RAISE EXCEPTION 'a bug' USING ERRCODE = '57014'; END $$"
    )
    connection.exec_driver_sql(
        "CREATE TRIGGER broken BEFORE UPDATE ON application FOR EACH ROW"
        f" WHEN (new.unit_id = '{unit.id}' AND new.status = 'returned') EXECUTE FUNCTION broken()"
    )
    try:
        yield
    finally:
        connection.exec_driver_sql("DROP TRIGGER broken ON application")
