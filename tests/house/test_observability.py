"""Alerts and dashboard ask for metrics that are exposed, by labels that they have; an alert says what is to be done."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from shenbao_common.bus import measuring
from shenbao_common.bus.depths import Depth, Depths
from shenbao_common.web import gauges, logs
from shenbao_subscriptions.api import gauges as of_subscribers

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "observability"
RULES = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
QUERIES = {rule["alert"]: rule["expr"] for rule in RULES} | {
    f"{panel['title']} {target['refId']}": target["expr"]
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
}
FOREIGN = {"up": {"job", "instance"}}
"""Prometheus' own."""


@pytest.fixture(scope="module")
def exposed() -> Mapping[str, set[str]]:
    """Each metric that a service exposes, with the labels that it has."""
    logs._seconds.labels("shenbao_units", "health.live", "GET", 200).observe(0.01)
    for part in (measuring.WORKER, measuring.RELAY):
        measuring.at_work.labels("units", part).set(1)
    measuring.interruptions.labels("units", measuring.RELAY, "OSError").inc()
    measuring.taken_in.labels("units", "identity", "handled").inc()
    measuring.confirmed.labels("units").inc()
    waiting = Depth(1, 2.0)
    bus = gauges.of_bus("units", Depths(3, waiting, waiting, waiting, 1, {"applications": 2}))
    bus += gauges.text(of_subscribers.families({}, 0))
    families = [*REGISTRY.collect(), *text_string_to_metric_families(bus.decode())]
    samples = [sample for family in families for sample in family.samples]
    names = {sample.name for sample in samples}
    return FOREIGN | {name: set().union(*(s.labels for s in samples if s.name == name)) for name in names}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_asks_for_metrics_that_are_exposed_by_labels_that_they_have(
    query: str, exposed: Mapping[str, set[str]]
) -> None:
    asked = list(selectors(promql_parser.parse(query)))
    assert asked
    for name, matched in asked:
        assert matched <= exposed[name], name
    grouped = {label.strip() for by in re.findall(r"\bby \(([^)]*)\)", query) for label in by.split(",")}
    assert grouped <= set().union(*(exposed[name] for name, _ in asked))


def test_a_metric_that_nobody_exposes_is_noticed(exposed: Mapping[str, set[str]]) -> None:
    query = 'sum by (le) (rate(shenbao_nothing{status=~"5.."}[5m])) > 0.5 * -max(up offset 1h)'
    assert list(selectors(promql_parser.parse(query))) == [("shenbao_nothing", {"status"}), ("up", set())]
    assert "shenbao_nothing" not in exposed


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r["alert"])
def test_an_alert_leads_to_a_chapter_of_the_operators_manual(root: Path, rule: Mapping[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (root / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert anchor in {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in headings}
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert rule["for"]


def test_panels_do_not_lie_on_each_other() -> None:
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def selectors(expression: Any) -> Iterator[tuple[str, set[str]]]:
    """(metric, labels that are matched) of a parsed query."""
    if isinstance(expression, promql_parser.VectorSelector):
        yield str(expression.name), {matcher.name for matcher in expression.matchers.matchers}
        return
    for name in ("expr", "lhs", "rhs", "vector_selector", "param"):
        if (inner := getattr(expression, name, None)) is not None:
            yield from selectors(inner)
    for argument in getattr(expression, "args", ()):
        yield from selectors(argument)
