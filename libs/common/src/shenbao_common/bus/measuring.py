"""What a worker and a relay measure of themselves, for Prometheus; as processes they serve it on a port of their own.

What waits in the database is measured by the web processes (`web/gauges.py`): here is what only the one at work knows.
"""

from prometheus_client import Counter, Gauge, start_http_server

WORKER, RELAY = "worker", "relay"

at_work = Gauge("shenbao_at_work", "1: this process has its turn; 0: it stands by", ["service", "part"])
taken_in = Counter("shenbao_events_taken_in", "Events heard, by what became of them", ["service", "source", "outcome"])
confirmed = Counter("shenbao_events_confirmed", "Events that the broker has confirmed", ["service"])
interruptions = Counter("shenbao_interruptions", "Loss of broker, database or queue", ["service", "part", "reason"])


def serve(port: str) -> None:
    """Answers `/metrics` from a thread of its own; "" (SHENBAO_METRICS_PORT is not set): nowhere."""
    if port:
        start_http_server(int(port))
