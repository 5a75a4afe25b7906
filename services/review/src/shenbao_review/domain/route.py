"""From a programme's route to the steps of one case: which apply, in which order, and who decides each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import cel

from shenbao_review.domain.states import Action

_CEL_FAULTS = (RuntimeError, ValueError, TypeError, ZeroDivisionError)


class Unresolved(Exception):
    """The route cannot be laid out yet: a body or a fact that it needs is not known here. reason: a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule:
    """One step as the pack words it. when: a CEL condition, "" for always; opinion: actions that need one."""

    key: str
    decider: str
    actions: tuple[str, ...]
    opinion: tuple[str, ...] = ()
    when: str = ""
    zh: str = ""
    en: str = ""

    @property
    def carried_out(self) -> bool:
        """Reporting is done when the case begins; it never waits in a queue (C2.3)."""
        return Action.REPORT in self.actions


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A node of the organisation tree."""

    id: UUID
    name: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Whom the resolvers may name.

    unit: None where a person declares without one; applicant: who filled in.
    line: the supervising department and its ancestors, nearest first; empty while the department is not known.
    bureau: the city HR bureau when there is exactly one; publisher: the body that opened the project.
    """

    unit: Body | None
    line: Sequence[Body]
    applicant: Body | None = None
    bureau: Body | None = None
    publisher: Body | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One step of one case: a rule that applies, its place in the order, and its decider."""

    stage: int
    rule: StepRule
    body: Body


def read(document: Sequence[Mapping[str, Any]]) -> list[list[StepRule]]:
    """The stages of a pack's route; an entry with `parallel` holds several steps that are open together."""
    return [[_rule(step) for step in entry.get("parallel", [entry])] for entry in document]


def _rule(step: Mapping[str, Any]) -> StepRule:
    return StepRule(
        key=step["key"],
        decider=step["decider"],
        actions=tuple(step["actions"]),
        opinion=tuple(step.get("opinion_required", ())),
        when=step.get("when") or "",
        zh=step.get("zh", step["key"]),
        en=step.get("en", step["key"]),
    )


def plan(stages: Sequence[Sequence[StepRule]], facts: Mapping[str, Any], places: Places) -> list[Planned]:
    """The steps that apply to a case with these facts, in order; `stage` is the index in the pack's route.

    Raises Unresolved when a condition or a decider cannot be settled, or when nobody would decide anything.
    """
    steps = [
        Planned(stage=number, rule=rule, body=decider(rule.decider, places))
        for number, rules in enumerate(stages)
        for rule in rules
        if applies(rule, facts)
    ]
    if all(step.rule.carried_out for step in steps):
        raise Unresolved("nobody_decides")
    return steps


def applies(rule: StepRule, facts: Mapping[str, Any]) -> bool:
    """Does the step's condition hold? Raises Unresolved when it cannot be answered from the facts."""
    if not rule.when:
        return True
    try:
        return bool(_compiled(rule.when).execute(dict(facts)))
    except _CEL_FAULTS as wrong:
        raise Unresolved("condition_unclear") from wrong


@lru_cache(maxsize=1000)
def _compiled(condition: str) -> cel.Program:
    return cel.compile(condition)


def decider(resolver: str, places: Places) -> Body:
    """Who decides: the pack's vocabulary of section 7 of the architecture, as far as cases need it today."""
    name, _, level = resolver.partition(":")
    found: Body | None = None
    if name == "unit":
        found = places.unit
    elif name == "applicant":
        found = places.applicant
    elif name == "supervising_department":
        found = next(iter(places.line), None)
    elif name == "ancestor":
        found = _at(level, places.line[1:])
    elif name == "city_hr_bureau":
        found = _at(name, places.line) or places.bureau
    elif name == "accepting_department":
        found = places.publisher
    if found is None:
        raise Unresolved(f"no_{name}")
    return found


def _at(level: str, line: Sequence[Body]) -> Body | None:
    return next((body for body in line if body.level == level), None)


def entered(steps: Sequence[Planned], re_entry_step: str, returned_stage: int, kept: frozenset[str]) -> list[Planned]:
    """The steps of a new round after a return: from the re-entry step on, but never past the stage that returned.

    kept: keys of steps that keep their result (`progress.kept`). The unit's report is carried out anew in any case.
    """
    entry = next((s.stage for s in steps if s.rule.key == re_entry_step), returned_stage)
    first = min(entry, returned_stage)
    return [step for step in steps if step.rule.carried_out or (step.stage >= first and step.rule.key not in kept)]
