"""Spans of OpenTelemetry around requests, calls and handlers, where a collector is configured; elsewhere nothing.

The SDK is imported by `configure` only, and without it a span costs the look-up of a name. Attributes are names and
codes: neither paths with values nor texts of errors, because those may hold personal data.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from shenbao_common.kernel import trace

_tracers: dict[str, Any] = {}
"""By service: in embedded mode several share a process."""


def configure(service: str, endpoint: str) -> None:
    """From now on this process sends the service's spans to an OTLP collector (`http://collector:4318`)."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  (see above)
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource({"service.name": f"shenbao-{service}"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    _tracers[service] = provider.get_tracer("shenbao")


class Span:
    """One that is under way; the trace's current position is this span until `end`."""

    def __init__(self, service: str, name: str, kind: str, parent: str, attributes: Mapping[str, Any]) -> None:
        from opentelemetry.trace import SpanKind  # noqa: PLC0415

        context = _context(parent)
        self._span = _tracers[service].start_span(name, context, SpanKind[kind.upper()], attributes)

    @property
    def traceparent(self) -> str:
        context = self._span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    def end(self, *, failed: str = "", attributes: Mapping[str, Any] | None = None) -> None:
        """failed: the kind of what went wrong."""
        from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415

        self._span.set_attributes(attributes or {})
        if failed:
            self._span.set_status(Status(StatusCode.ERROR, failed))
        self._span.end()


def begin(service: str, name: str, *, kind: str, parent: str = "", **attributes: Any) -> Span | None:
    """kind: server, client or consumer; parent: a traceparent. None where no collector is configured."""
    if service not in _tracers:
        return None
    return Span(service, name, kind, parent, attributes)


@contextmanager
def around(service: str, name: str, *, kind: str, parent: str = "", **attributes: Any) -> Iterator[str]:
    """Gives the traceparent of what is inside the block: that of a span of its own, else the parent's."""
    span = begin(service, name, kind=kind, parent=parent, **attributes)
    if span is None:
        yield parent
        return
    try:
        yield span.traceparent
    except BaseException as fault:
        span.end(failed=type(fault).__name__)
        raise
    span.end()


def _context(parent: str) -> Any:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    return TraceContextTextMapPropagator().extract({"traceparent": parent} if trace.is_whole(parent) else {})
