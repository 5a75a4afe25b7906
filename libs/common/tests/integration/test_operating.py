"""What operators ask of a service's bus, over HTTP; and that nobody else may."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from prometheus_client.parser import text_string_to_metric_families

from shenbao_common.bus import outbox, replay, tables, timeline
from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.feed import FeedPage
from shenbao_common.bus.intake import Intake
from shenbao_common.bus.migration import add_operating, create_bus_tables
from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.contracts.applications import ApplicationDeletedV1
from shenbao_common.contracts.units import OrganisationCreatedV1
from shenbao_common.kernel import trace
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, service_actor, unit_actor
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.service import UnderTest, eventually

PASSING = sa.exc.OperationalError("select 1", {}, Exception("away"))
STRANGERS = (unit_actor(), office_actor(), service_actor(), Actor(account_id=uuid7(), kind=admin_actor().kind))
ROUTES = (
    ("GET", "/v1/bus/timeline?subject=x", None),
    ("GET", "/v1/bus/parked", None),
    ("POST", "/v1/bus/send-backs", {"all": True}),
    ("POST", "/v1/bus/replays", {"source": "applications"}),
    ("GET", f"/v1/bus/replays/{UUID(int=34)}", None),
    ("GET", "/v1/bus/depths", None),
)


class Failing:
    """A handler that raises what it is given, in turn, before it succeeds."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.subscriptions = Subscriptions("units")
        self.subscriptions.add(ApplicationDeletedV1, self)

    def __call__(self, _session: object, _event: ApplicationDeletedV1) -> None:
        if self.faults:
            raise self.faults.pop(0)


def deleted(position: int = 1) -> Envelope:
    event = ApplicationDeletedV1(application_id=uuid7(), unit_id=uuid7(), filler_id=uuid7())
    return Envelope.of(event, position=position)


def organisation(code: str) -> OrganisationCreatedV1:
    return OrganisationCreatedV1(organisation_id=uuid7(), code=code, name="n", level="department")


def take(notes: UnderTest, *envelopes: Envelope, faults: tuple[Exception, ...] = ()) -> Intake:
    """Hears events by a handler that fails so often."""
    handler = Failing(*faults)
    intake = Intake(notes.service.sessions, handler.subscriptions, schedule=(timedelta(milliseconds=20),))
    intake.take(envelopes, {"applications": max(e.position for e in envelopes)})
    return intake


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda a: a.kind.value)
@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_who_may_not_operate_the_bus_is_refused(
    notes: UnderTest, method: str, path: str, body: object, stranger: Actor
) -> None:
    answer = notes.client(stranger).open(path, method=method, json=body)
    assert (answer.status_code, answer.json["code"]) == (403, "permission_missing")


@pytest.mark.req("B-23")
def test_an_event_whose_handler_failed_five_times_is_shown_parked_and_sent_back_is_shown_handled(
    notes: UnderTest,
) -> None:
    event = deleted()
    refusal = RuleBroken("closed", Problem("too_late", "submitted_at"))
    intake = take(notes, event, faults=(PASSING, PASSING, PASSING, PASSING, refusal))
    eventually(intake.take_due)
    operator = notes.client(admin_actor())

    (step,) = operator.get(f"/v1/bus/timeline?subject={event.subject}").json["items"]
    assert (step["way"], step["state"], step["attempts"]) == ("heard", "parked", 5)
    assert step["error"] == "RuleBroken: closed (too_late at submitted_at)"
    (shown,) = operator.get("/v1/bus/parked").json["items"]
    assert (shown["event_id"], shown["error"]) == (str(event.id), step["error"])
    assert "envelope" not in shown

    answer = operator.post("/v1/bus/send-backs", json={"event_ids": [str(event.id), str(uuid7())]})
    assert answer.json == {"sent_back": 1}
    assert intake.take_due() == 1
    (step,) = operator.get(f"/v1/bus/timeline?subject={event.subject}").json["items"]
    assert (step["state"], step["error"]) == ("handled", None)
    assert operator.get("/v1/bus/parked").json == {"items": [], "next": None}


def test_parked_events_come_by_pages_and_are_sent_back_all_at_once(notes: UnderTest) -> None:
    events = [deleted(n) for n in (1, 2, 3)]
    for event in events:
        take(notes, event, faults=(RuleBroken("closed"),))
    operator = notes.client(admin_actor())
    first = operator.get("/v1/bus/parked?limit=2").json
    second = operator.get("/v1/bus/parked", query_string={"limit": 2, "after": first["next"]}).json
    assert [e["event_id"] for e in first["items"] + second["items"]] == [str(e.id) for e in events]
    assert second["next"] is None
    assert operator.post("/v1/bus/send-backs", json={"all": True}).json == {"sent_back": 3}


def test_a_timeline_of_a_trace_holds_what_was_told_and_heard_and_comes_by_pages(notes: UnderTest) -> None:
    begun = trace.start()
    with notes.service.sessions.begin() as session:
        for number in range(3):
            outbox.record(session, organisation(str(number)))
    with notes.service.sessions.begin() as session:
        session.execute(sa.update(tables.outbox).values(position=1).where(tables.outbox.c.data["code"].astext == "0"))
    event = deleted()
    heard = Envelope.from_structured(event.to_structured() | {"traceparent": begun})
    take(notes, heard)
    operator = notes.client(admin_actor())
    found, after = [], None
    while True:
        query = {"trace": begun.split("-")[1], "limit": 2, "after": after}
        page = operator.get("/v1/bus/timeline", query_string={k: v for k, v in query.items() if v}).json
        found += page["items"]
        if (after := page["next"]) is None:
            break
    assert [(s["way"], s["state"]) for s in found] == [
        ("told", "stamped"),
        ("told", "waiting"),
        ("told", "waiting"),
        ("heard", "handled"),
    ]
    assert operator.get(f"/v1/bus/timeline?trace={begun}").json["items"] == found
    assert operator.get(f"/v1/bus/timeline?trace={'0' * 32}").json["items"] == []


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("timeline", ("subject", "choose_one")),
        ("timeline?subject=a&trace=" + "0" * 32, ("subject", "choose_one")),
        ("timeline?trace=nothing", ("trace", "wrong_format")),
        ("timeline?subject=a&after=nothing", ("after", "invalid_cursor")),
        ("parked?limit=101", ("limit", "out_of_range")),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_wrong(notes: UnderTest, path: str, problem: tuple[str, str]) -> None:
    answer = notes.client(admin_actor()).get(f"/v1/bus/{path}")
    assert answer.status_code == 422
    assert problem in {(e["path"], e["code"]) for e in answer.json["errors"]}


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        ("send-backs", {}, ("event_ids", "choose_one")),
        ("send-backs", {"all": True, "event_ids": [str(uuid7())]}, ("event_ids", "choose_one")),
        ("send-backs", {"event_ids": ["x"]}, ("event_ids.0", "wrong_type")),
        ("replays", {"source": "review"}, ("source", "not_heard")),
        ("replays", {"source": "applications", "after": 2**63}, ("after", "out_of_range")),
    ],
)
def test_a_wrong_wish_is_refused(
    notes: UnderTest, path: str, body: dict[str, object], problem: tuple[str, str]
) -> None:
    answer = notes.client(admin_actor()).post(f"/v1/bus/{path}", json=body)
    assert answer.status_code == 422
    assert problem in {(e["path"], e["code"]) for e in answer.json["errors"]}


def test_a_replay_that_was_asked_for_waits_until_its_publisher_answers_and_then_takes_in_one_subject(
    notes: UnderTest,
) -> None:
    operator = notes.client(admin_actor())
    mine, other = deleted(1), deleted(2)
    asked = operator.post("/v1/bus/replays", json={"source": "applications", "subject": mine.subject}).json
    feed = Feed([mine, other])
    handler = Failing()
    intake = Intake(notes.service.sessions, handler.subscriptions)
    replayer = replay.Replayer(notes.service.sessions, handler.subscriptions, intake, {"applications": feed})

    feed.away = True
    assert replayer.step()
    shown = operator.get(f"/v1/bus/replays/{asked['id']}").json
    assert (shown["finished_at"], shown["error"][:15]) == (None, "ConnectionError")
    assert not replayer.step(), "it is not asked again at once"

    feed.away = False
    with notes.service.engine.begin() as connection:
        connection.execute(sa.update(tables.replay).values(next_attempt_at=sa.func.now()))
    assert replayer.step()
    shown = operator.get(f"/v1/bus/replays/{asked['id']}").json
    assert (shown["read"], shown["reached"], shown["error"]) == (1, 2, None)
    (step,) = operator.get(f"/v1/bus/timeline?subject={mine.subject}").json["items"]
    assert (step["state"], step["replayed"]) == ("handled", True)
    assert operator.get(f"/v1/bus/timeline?subject={other.subject}").json["items"] == []
    assert operator.get(f"/v1/bus/replays/{uuid7()}").status_code == 404


def test_depths_and_gauges_say_how_much_waits_and_since_when(notes: UnderTest) -> None:
    with notes.service.sessions.begin() as session:
        outbox.record(session, organisation("1"))
    take(notes, deleted(7), faults=(RuleBroken("closed"),))
    take(notes, deleted(8), faults=(PASSING,) * 3)
    depths = notes.client(admin_actor()).get("/v1/bus/depths").json
    assert {name: depths[name]["number"] for name in ("unpublished", "deferred", "parked")} == {
        "unpublished": 1,
        "deferred": 1,
        "parked": 1,
    }
    assert depths["followed"] == {"applications": 8}

    families = text_string_to_metric_families(notes.client().get("/metrics").text)
    measured = {(s.name, *s.labels.values()): s.value for f in families for s in f.samples}
    for name in ("unpublished", "deferred", "parked"):
        assert measured[f"shenbao_events_{name}", "units"] == 1
        assert measured[f"shenbao_events_{name}_age_seconds", "units"] > 0
    assert measured["shenbao_events_followed", "units", "applications"] == 8


def test_a_database_made_before_gets_by_migration_what_operators_ask_for(postgres: Cluster) -> None:
    engine = sa.create_engine(postgres.create_database("before"))
    with engine.begin() as connection:
        op = Operations(MigrationContext.configure(connection))
        create_bus_tables(op)
        connection.execute(sa.text("DROP TABLE replay; DROP INDEX outbox_trace, inbox_trace"))
        add_operating(op)
        add_operating(op)
        seen = sa.inspect(connection)
        assert seen.has_table("replay")
        for table in ("outbox", "inbox"):
            assert f"{table}_trace" in {index["name"] for index in seen.get_indexes(table)}
    engine.dispose()


def test_what_belongs_to_a_trace_or_a_subject_is_found_by_indexes(notes: UnderTest) -> None:
    trace_is = sa.literal_column(tables.TRACE_DIGITS.text) == "0" * 32
    of_trace = timeline.steps(trace_is, trace_is)
    heard = (tables.inbox.c.subject == "a") & tables.inbox.c.source.in_(["applications", "review"])
    of_subject = timeline.steps(tables.outbox.c.subject == "a", heard)
    conditions = (
        (of_trace, ("outbox_default_substr_idx", "inbox_trace")),
        (of_subject, ("outbox_default_subject_position_idx", "inbox_subject")),
    )
    with notes.service.engine.connect() as connection:
        connection.execute(sa.text("SET enable_seqscan = off"))
        for lines, indexes in conditions:
            asked = str(sa.select(lines).compile(connection, compile_kwargs={"literal_binds": True}))
            plan = "\n".join(connection.execute(sa.text(f"EXPLAIN {asked}")).scalars())
            assert "Seq Scan" not in plan
            assert [name for name in indexes if name not in plan] == [], plan


class Feed:
    """A publisher's feed at hand, which can be away (a FeedSource)."""

    def __init__(self, events: list[Envelope]) -> None:
        self._events = events
        self.away = False

    def read(self, after: int, limit: int, types: object = None, *, subject: str | None = None) -> FeedPage:
        if self.away:
            raise ConnectionError
        found = [e for e in self._events if e.position > after and e.subject == (subject or e.subject)]
        return FeedPage(found[:limit], 2, 2)
