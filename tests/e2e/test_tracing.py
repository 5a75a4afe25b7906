"""A collector sees one trace from a page of the portal to a service, and from a report to every handler it caused; an
operator sees it go out to another system."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from shenbao_common.testing.collector import Collector, Received, collecting
from shenbao_stack import job
from shenbao_stack.command import main
from shenbao_stack.demo.town import Town
from shenbao_stack.stack import Plan, Stack
from shenbao_stack.testing import temporary_folder, world_of
from shenbao_stack.waiting import until
from shenbao_stack.world import World, done

_CALLER = f"00-{'5e' * 16}-{'a1' * 8}-01"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as running:
        yield running


@pytest.fixture
def watched(collector: Collector) -> Iterator[Stack]:
    """A suite that sends its spans to the collector."""
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "SUBSCRIPTIONS_PRIVATE_TARGETS": "127.0.0.0/8"}
    with temporary_folder() as folder, Stack(Plan(folder=folder, profile="test", extra=settings)) as running:
        yield running


@pytest.mark.req("B-23")
def test_the_way_of_a_page_and_of_a_report_is_one_trace_each(watched: Stack, collector: Collector) -> None:
    httpx.get(f"{watched.url()}/register/departments", headers={"traceparent": _CALLER}, timeout=30)
    until(lambda: path(collector, _CALLER) >= {("portal", "units")}, what="the page and what it asked")

    with world_of(watched) as world:
        town = Town(world)
        department = town.department()
        unit, project = town.unit(department), town.project(department)
        application = town.ready(unit.user, project)
        subscriber = done(world.admin().call("POST", "subscriptions", "/v1/subscribers", webhook(collector)))
        answer = job.report(unit.user, [application])
        reported = answer.headers["traceparent"]
        until(
            lambda: (
                path(collector, reported)
                >= {
                    ("applications", "review: handle applications.submitted.v1"),
                    ("applications", "documents: handle applications.submitted.v1"),
                    ("review: handle applications.submitted.v1", "applications: handle review.step_opened.v1"),
                }
            ),
            what="the report and every handler",
        )
        until(
            lambda: delivery_shown(watched, world, application, subscriber["id"]), what="its delivery in the timeline"
        )
    assert not any("张三" in repr(span) or application in span.name for span in collector.spans)


def webhook(collector: Collector) -> dict[str, Any]:
    """Another system that hears of reports."""
    return {
        "name": "archive",
        "channel": "webhook",
        "filter": {"types": ["applications.submitted.v1"]},
        "webhook": {"url": f"{collector.endpoint}/hook"},
    }


def delivery_shown(stack: Stack, world: World, application: str, subscriber: str) -> bool:
    options = ["--url", stack.url(), "--token", world.admin().tokens.access]
    shown = CliRunner().invoke(main, ["events", "timeline", application, *options], catch_exceptions=False)
    (delivery, *_) = [line.split() for line in shown.output.splitlines() if f"to {subscriber}" in line] or [[]]
    return delivery[1:4] == ["subscriptions", "delivered", "applications.submitted.v1"]


def path(collector: Collector, traceparent: str) -> set[tuple[str, str]]:
    """(span, span that came of it): servers by their service, handlers by service and name, calls left out."""
    found = {span.span_id: span for span in collector.of_trace(traceparent.split("-")[1])}

    def shown(span: Received) -> str:
        service = span.service.removeprefix("shenbao-")
        return f"{service}: {span.name}" if span.name.startswith("handle ") else service

    pairs = ((found[s.parent], s) for s in found.values() if s.parent in found)
    return {(shown(before), shown(after)) for before, after in pairs}
