"""One trace from a request through its event to the handler, as a collector gets it; nothing where there is none."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from shenbao_common.bus.envelope import Envelope
from shenbao_common.contracts.applications import ApplicationDeletedV1
from shenbao_common.contracts.units import OrganisationCreatedV1
from shenbao_common.kernel import spans, trace
from shenbao_common.kernel.errors import RuleBroken
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.collector import Collector, collecting
from shenbao_common.testing.service import UnderTest, eventually

_SERVER, _CONSUMER = 2, 5


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as running:
        spans.configure("units", running.endpoint)
        yield running
        spans._tracers.clear()


def test_a_request_continues_the_callers_trace_and_its_event_carries_it_to_the_handler(
    notes: UnderTest, collector: Collector
) -> None:
    caller = trace.fresh()
    answer = notes.client(unit_actor()).post("/v1/notes", json={"text": "张三"}, headers={"traceparent": caller})
    began = answer.headers["traceparent"]
    digits = caller.split("-")[1]
    assert began.split("-")[1] == digits

    (told,) = notes.told(OrganisationCreatedV1)
    event = Envelope.of(ApplicationDeletedV1(application_id=told.organisation_id, unit_id=uuid7(), filler_id=uuid7()))
    heard = Envelope.from_structured(event.to_structured() | {"traceparent": began})
    with notes.service.sessions.begin() as session:
        notes.service.subscriptions.deliver(session, heard)

    eventually(lambda: len(collector.of_trace(digits)) == 2)
    by_kind = {span.kind: span for span in collector.of_trace(digits)}
    request, handler = by_kind[_SERVER], by_kind[_CONSUMER]
    assert (request.service, request.name) == ("shenbao-units", "POST notes.create")
    assert request.parent == caller.split("-")[2]
    assert request.attributes == {"http.response.status_code": "201"}
    assert (handler.name, handler.parent) == ("handle applications.deleted.v1", request.span_id)
    assert handler.attributes == {"messaging.message.id": str(heard.id)}


def test_a_fault_is_told_by_its_kind_and_never_by_its_text(notes: UnderTest, collector: Collector) -> None:
    notes.client(unit_actor()).post("/v1/notes", json={"text": "bug"})
    with pytest.raises(RuleBroken), spans.around("units", "handle", kind="consumer"):
        raise RuleBroken("330000199001010014")
    eventually(lambda: len(collector.spans) == 2)
    assert {span.failed for span in collector.spans} == {"server_error", "RuleBroken"}
    assert "330000" not in repr(collector.spans)


def test_probes_and_scrapes_leave_no_spans(notes: UnderTest, collector: Collector) -> None:
    for path in ("/health/live", "/health/ready", "/metrics"):
        notes.client().get(path)
    notes.client().get("/v1/notes/open")
    eventually(lambda: collector.spans)
    assert [span.name for span in collector.spans] == ["GET notes.open_to_all"]


def test_without_a_collector_the_sdk_is_not_even_loaded() -> None:
    code = (
        "import sys\n"
        "from shenbao_common.kernel import spans\n"
        "from shenbao_common.web import service, worker\n"
        "assert spans.begin('units', 'x', kind='server') is None\n"
        "with spans.around('units', 'x', kind='client', parent='p') as own: assert own == 'p'\n"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_lines_of_logs_are_joined_by_the_trace(notes: UnderTest, capsys: pytest.CaptureFixture[str]) -> None:
    caller = trace.fresh()
    notes.client(unit_actor()).post("/v1/notes", json={"text": "bug"}, headers={"traceparent": caller})
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if f'"trace_id": "{caller[3:35]}"' in line] == lines != []
