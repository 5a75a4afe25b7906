"""Logs are JSON lines: an event name and fields, with trace id, never personal data."""

import logging
import time
from traceback import format_tb

import httpx
import structlog
from flask import Flask, Response, g, request
from prometheus_client import Histogram
from structlog.typing import EventDict, ExcInfo

from shenbao_common.kernel import spans, trace

_seconds = Histogram("shenbao_request_seconds", "Time to answer", ["service", "endpoint", "method", "status"])
_log = structlog.get_logger()


def configure() -> None:
    """One renderer for the process; called by the commands that start one."""
    logging.basicConfig(level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _with_trace,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.ExceptionRenderer(_kinds_and_places),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
    )


def _with_trace(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Joins the lines of all services that belong to one trace."""
    if digits := trace.digits():
        line.setdefault("trace_id", digits)
    return line


def _kinds_and_places(exc_info: ExcInfo) -> str:
    """Of an error and of what caused it. Never a message: a database, for one, quotes the row that it refused."""
    error: BaseException | None = exc_info[1]
    told = []
    while error is not None:
        told.append("".join([*format_tb(error.__traceback__), type(error).__qualname__]))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\ncaused by\n".join(told)


def install(app: Flask) -> None:
    """Binds the trace at the edge and logs each request by its route, never by its path with values."""
    if not structlog.is_configured():
        # An app that was started alone; structlog's own renderer would show the values of local variables.
        configure()
    service = app.import_name.removeprefix("shenbao_")

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        g.span = _span(service)
        trace.start(g.span.traceparent if g.span else request.headers.get("traceparent"))
        structlog.contextvars.bind_contextvars(service=service, trace=trace.current())

    @app.after_request
    def _end(response: Response) -> Response:
        took = time.perf_counter() - g.get("began", time.perf_counter())
        endpoint = request.endpoint or "none"
        _seconds.labels(service, endpoint, request.method, response.status_code).observe(took)
        _log.info("request", endpoint=endpoint, method=request.method, status=response.status_code, ms=int(took * 1000))
        if span := g.pop("span", None):
            failed = "server_error" if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR else ""
            span.end(failed=failed, attributes={"http.response.status_code": response.status_code})
        response.headers["traceparent"] = trace.current()
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _span(service: str) -> spans.Span | None:
    """Of the request, by its route; probes and scrapes would only hide the others."""
    if (request.endpoint or "").startswith("health."):
        return None
    name = f"{request.method} {request.endpoint or 'none'}"
    return spans.begin(service, name, kind="server", parent=request.headers.get("traceparent", ""))
