"""Who decides a case: the steps of a programme's route that apply to it, and the body of each.

Two services ask: review routes a case by it; applications shows the way before anything is reported, and refuses a
report that would lead nowhere. What they know of organisations is their own; the answer is found here for both.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shenbao_common.kernel.committees import Committee, NoCommittee, chosen

REPORT = "report"
"""The action of the unit itself; it is carried out when the case begins and never waits in a queue (C2.3)."""

COMMITTEE = "committee"
"""The resolver of a step that a committee's sitting decides."""


class Unresolved(Exception):
    """The route cannot be laid out: a body or a fact that it needs is not known. reason: a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long a step may take, in working days; when the decider is reminded; whether the superior office hears."""

    working_days: int
    remind_before: int | None = None
    escalate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule:
    """One step as the pack words it. when: a CEL condition, "" for always; opinion: actions that need one.

    publicity: the terms of a step that is not decided but posted for everybody to read; committee: those of one that a
    sitting decides; exam: of one that passes with a score of at least its `pass_mark`.
    """

    key: str
    decider: str
    actions: tuple[str, ...]
    opinion: tuple[str, ...] = ()
    when: str = ""
    zh: str = ""
    en: str = ""
    limit: Limit | None = None
    publicity: Mapping[str, Any] | None = None
    committee: Mapping[str, Any] | None = None
    exam: Mapping[str, Any] | None = None

    @property
    def carried_out(self) -> bool:
        """Is it done when the case begins?"""
        return REPORT in self.actions


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A node of the organisation tree. committee_id: where it stands for a committee, by the committee's name."""

    id: UUID
    name: str
    level: str
    committee_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Whom the resolvers may name.

    unit: None where a person declares without one; applicant: that person.
    line: the supervising department and its ancestors, nearest first; empty while the department is not known.
    bureau: the city HR bureau when there is exactly one; publisher: the body that opened the project.
    offices_below: those directly below the publisher, where a step names one (`office:<name>`).
    committees: of the programme; group: what is to be evaluated, "" where the programme knows no groups.
    """

    unit: Body | None
    line: Sequence[Body]
    applicant: Body | None = None
    bureau: Body | None = None
    publisher: Body | None = None
    committees: Sequence[Committee] = ()
    group: str = ""
    offices_below: Sequence[Body] = ()

    @property
    def offices(self) -> list[UUID]:
        """Whose committees may evaluate, nearest first."""
        near = [self.publisher, *self.line, self.bureau]
        return [body.id for body in near if body is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One step of one case: a rule that applies, its place in the order, and its decider."""

    stage: int
    rule: StepRule
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """The same before it is settled; missing: the reason for which nobody is found."""

    stage: int
    rule: StepRule
    body: Body | None
    missing: str | None = None


Applies = Callable[[StepRule, Mapping[str, Any]], bool]
"""Does a step's condition hold? Each service has its own reader of CEL; raises Unresolved when that cannot be said."""


def read(document: Sequence[Mapping[str, Any]]) -> list[list[StepRule]]:
    """The stages of a pack's route; an entry with `parallel` holds several steps that are open together."""
    return [[_rule(step) for step in entry.get("parallel", [entry])] for entry in document]


def _rule(step: Mapping[str, Any]) -> StepRule:
    limit = step.get("limit")
    return StepRule(
        key=step["key"],
        decider=step["decider"],
        actions=tuple(step["actions"]),
        opinion=tuple(step.get("opinion_required", ())),
        when=step.get("when") or "",
        zh=step.get("zh", step["key"]),
        en=step.get("en", step["key"]),
        limit=Limit(**limit) if limit else None,
        publicity=step.get("publicity"),
        committee=step.get("committee") or ({} if step["decider"] == COMMITTEE else None),
        exam=step.get("exam"),
    )


def group_place(stages: Sequence[Sequence[StepRule]]) -> str | None:
    """Where the form says which committee or group evaluates; None where the programme does not ask."""
    terms = [rule.committee for stage in stages for rule in stage if rule.committee]
    return next((term["group_by"] for term in terms if term.get("group_by")), None)


def without(stages: Sequence[Sequence[StepRule]], skips: Collection[str]) -> list[list[StepRule]]:
    """The route without the steps that do not concern this applicant; stages keep their numbers."""
    return [[rule for rule in stage if rule.key not in skips] for stage in stages]


def names_office(resolvers: Collection[str]) -> bool:
    """Does a step name an office of the publisher's?"""
    return any(resolver.startswith("office:") for resolver in resolvers)


def resolvers(stages: Sequence[Sequence[StepRule]], facts: Mapping[str, Any], applies: Applies) -> set[str]:
    """Which resolvers the steps that apply use: what has to be looked up for a case."""
    return {rule.decider for stage in stages for rule in stage if applies(rule, facts)}


def foresee(
    stages: Sequence[Sequence[StepRule]], facts: Mapping[str, Any], places: Places, applies: Applies
) -> list[Foreseen]:
    """The steps that apply to a case with these facts, in order, also where nobody is found for one."""
    return [
        _foreseen(number, rule, places) for number, rules in enumerate(stages) for rule in rules if applies(rule, facts)
    ]


def _foreseen(stage: int, rule: StepRule, places: Places) -> Foreseen:
    try:
        return Foreseen(stage=stage, rule=rule, body=decider(rule.decider, places))
    except Unresolved as missing:
        return Foreseen(stage=stage, rule=rule, body=None, missing=missing.reason)


def plan(
    stages: Sequence[Sequence[StepRule]], facts: Mapping[str, Any], places: Places, applies: Applies
) -> list[Planned]:
    """The same settled; `stage` is the index in the pack's route.

    Raises Unresolved when a condition or a decider cannot be settled, or when nobody would decide anything.
    """
    steps = []
    for step in foresee(stages, facts, places, applies):
        if step.body is None:
            raise Unresolved(step.missing or "")
        steps.append(Planned(stage=step.stage, rule=step.rule, body=step.body))
    if all(step.rule.carried_out for step in steps):
        raise Unresolved("nobody_decides")
    return steps


def decider(resolver: str, places: Places) -> Body:
    """Who decides, by a word of the pack's vocabulary; one that nobody answers to is missing like any other."""
    name, _, level = resolver.partition(":")
    if name == COMMITTEE:
        return _committee(places)
    answers: dict[str, Callable[[], Body | None]] = {
        "unit": lambda: places.unit,
        "applicant": lambda: places.applicant,
        "reporter": lambda: places.unit or places.applicant,
        "supervising_department": lambda: next(iter(places.line), None),
        "ancestor": lambda: _at(level, places.line[1:]),
        "city_hr_bureau": lambda: _at(name, places.line) or places.bureau,
        "accepting_department": lambda: places.publisher,
        "office": lambda: next((body for body in places.offices_below if body.name == level), None),
    }
    found = answers.get(name, lambda: None)()
    if found is None:
        raise Unresolved(f"no_{name}")
    return found


def _committee(places: Places) -> Body:
    try:
        found = chosen(places.committees, places.offices, places.group)
    except NoCommittee as missing:
        raise Unresolved(missing.reason) from missing
    return Body(id=found.office_id, name=found.name, level=COMMITTEE, committee_id=found.id)


def _at(level: str, line: Sequence[Body]) -> Body | None:
    return next((body for body in line if body.level == level), None)
