"""A collector sees one trace from a page of the portal to a service, and from a report to every handler it caused."""

from collections.abc import Iterator

import httpx
import pytest

from shenbao_common.testing.collector import Collector, Received, collecting
from shenbao_stack import job
from shenbao_stack.demo.town import Town
from shenbao_stack.stack import Plan, Stack
from shenbao_stack.testing import temporary_folder, world_of
from shenbao_stack.waiting import until

_CALLER = f"00-{'5e' * 16}-{'a1' * 8}-01"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as running:
        yield running


@pytest.fixture
def watched(collector: Collector) -> Iterator[Stack]:
    """A suite that sends its spans to the collector."""
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint}
    with temporary_folder() as folder, Stack(Plan(folder=folder, profile="test", extra=settings)) as running:
        yield running


def test_the_way_of_a_page_and_of_a_report_is_one_trace_each(watched: Stack, collector: Collector) -> None:
    httpx.get(f"{watched.url()}/register/departments", headers={"traceparent": _CALLER}, timeout=30)
    until(lambda: path(collector, _CALLER) >= {("portal", "units")}, what="the page and what it asked")

    with world_of(watched) as world:
        town = Town(world)
        department = town.department()
        unit, project = town.unit(department), town.project(department)
        application = town.ready(unit.user, project)
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
    assert not any("张三" in repr(span) or application in span.name for span in collector.spans)


def path(collector: Collector, traceparent: str) -> set[tuple[str, str]]:
    """(span, span that came of it): servers by their service, handlers by service and name, calls left out."""
    found = {span.span_id: span for span in collector.of_trace(traceparent.split("-")[1])}

    def shown(span: Received) -> str:
        service = span.service.removeprefix("shenbao-")
        return f"{service}: {span.name}" if span.name.startswith("handle ") else service

    pairs = ((found[s.parent], s) for s in found.values() if s.parent in found)
    return {(shown(before), shown(after)) for before, after in pairs}
