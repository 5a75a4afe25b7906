"""The way of an application so far: what its applicant saved, who reported it, what bodies decided (S0-32)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

INFORMATION, MATERIALS = "information_saved", "materials_saved"

STAGES: Mapping[str, Mapping[str, str]] = {
    INFORMATION: {"zh": "保存信息", "en": "Information saved"},
    MATERIALS: {"zh": "保存材料", "en": "Materials saved"},
}
"""What an applicant passes before the report, in this order."""


class Decided(Protocol):
    """A step as review told of it."""

    step_key: str
    round: int
    organisation_name: str
    state: str
    decided_at: datetime | None


@dataclass(frozen=True)
class Passed:
    """A line of the progress. round: of the report that it led to or came after."""

    key: str
    zh: str
    en: str
    round: int
    organisation_name: str
    result: str
    at: datetime | None


@dataclass(frozen=True)
class Way:
    """Everything that is known of it. saved: (round, stage, when), reported: (round, when)."""

    saved: Sequence[tuple[int, str, datetime]]
    reported: Sequence[tuple[int, datetime]]
    steps: Sequence[Decided]
    unit_name: str


def lines(way: Way, document: Mapping[str, Any]) -> list[Passed]:
    """In order: of each round what was saved, the report, the steps; what is open has no time."""
    names = {s["key"]: s for stage in document["route"] for s in stage.get("parallel", [stage])}
    rounds = {number + 1 for number, _key, _at in way.saved} | {number for number, _at in way.reported}
    return [line for number in sorted(rounds) for line in _of_round(number, way, names, document["route"][0])]


def _of_round(number: int, way: Way, names: Mapping[str, Any], report: Mapping[str, Any]) -> Iterator[Passed]:
    saved = {key: at for after, key, at in way.saved if after + 1 == number}
    for key, words in STAGES.items():
        if key in saved:
            yield Passed(key, words["zh"], words["en"], number, "", "saved", saved[key])
    for reported, at in way.reported:
        if reported == number:
            yield Passed(report["key"], report["zh"], report["en"], number, way.unit_name, "reported", at)
    for step in way.steps:
        if step.round == number and step.step_key != report["key"] and step.state != "watched":
            words = names.get(step.step_key) or {"zh": step.step_key, "en": step.step_key}
            yield Passed(
                step.step_key, words["zh"], words["en"], number, step.organisation_name, step.state, step.decided_at
            )
