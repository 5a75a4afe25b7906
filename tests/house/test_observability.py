"""Alerts speak of metrics that are exposed, with labels that they have, and lead to what is to be done."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from shenbao_common.bus.depths import Depth, Depths
from shenbao_common.web import gauges, logs

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "observability"
RULES = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
FOREIGN = {"up"}
"""Prometheus' own."""


@pytest.fixture(scope="module")
def exposed() -> Mapping[str, set[str]]:
    """Each metric that a service exposes, with the labels that it has."""
    logs._seconds.labels("shenbao_units", "health.live", "GET", 200).observe(0.01)
    waiting = Depth(1, 2.0)
    bus = gauges.of_bus("units", Depths(3, waiting, waiting, waiting, 1, {"applications": 2}))
    families = [*REGISTRY.collect(), *text_string_to_metric_families(bus.decode())]
    samples = [sample for family in families for sample in family.samples]
    return {name: set().union(*(s.labels for s in samples if s.name == name)) for name in {s.name for s in samples}}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r["alert"])
def test_an_alert_asks_for_metrics_that_are_exposed(rule: Mapping[str, Any], exposed: Mapping[str, set[str]]) -> None:
    asked = list(selectors(rule["expr"]))
    assert asked
    for name, labels in asked:
        assert name in FOREIGN or labels <= exposed[name], name


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r["alert"])
def test_an_alert_leads_to_a_chapter_of_the_operators_manual(root: Path, rule: Mapping[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (root / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert anchor in {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in headings}
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert rule["for"]


def test_a_selector_is_recognised_with_its_labels() -> None:
    found = dict(selectors('sum by (service) (rate(shenbao_a_count{status=~"5.."}[5m])) > up{job="x"} / shenbao_b'))
    assert found == {"shenbao_a_count": {"status"}, "up": {"job"}, "shenbao_b": set()}


def selectors(expression: str) -> Iterator[tuple[str, set[str]]]:
    """(metric, labels that are matched) of a PromQL expression."""
    for name, matchers in re.findall(r"\b(shenbao_\w+|up)\b(?:\{([^}]*)\})?", expression):
        yield name, set(re.findall(r"(\w+)\s*[=!]~?", matchers))
