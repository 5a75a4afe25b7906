"""A service's worker process: what every services/<service>/worker.py is made of."""

import signal
import threading
from collections.abc import Callable

from shenbao_common.bus import measuring
from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.bus.worker import run_worker
from shenbao_common.kernel import spans
from shenbao_common.web import logs
from shenbao_common.web.feed_client import feeds
from shenbao_common.web.service import database
from shenbao_common.web.settings import ServiceSettings, metrics_port


def listen(settings: ServiceSettings, subscriptions: Subscriptions, stop: threading.Event) -> None:
    """Hears what others tell until `stop`: by the broker, healed by the feeds; without one by the feeds alone."""
    if settings.otlp_endpoint:
        spans.configure(settings.service, settings.otlp_endpoint)
    engine, sessions = database(settings)
    sources = feeds(settings, subscriptions.sources)
    try:
        run_worker(sessions, subscriptions, broker_url=settings.broker_url, feeds=sources, stop=stop)
    finally:
        engine.dispose()


def until_signalled(run: Callable[[threading.Event], None]) -> None:
    """Runs a process until SIGTERM or SIGINT asks it to stop; measured by Prometheus where a port is set."""
    logs.configure()
    measuring.serve(metrics_port())
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(stop)
