"""Random routes and decisions: a case is never lost, never decided twice, and always ends."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from shenbao_common.contracts.review import StepFailedV1, StepOpenedV1, StepPassedV1, StepReturnedV1
from shenbao_common.testing.service import UnderTest

FIRST = "s0_0"
DECIDERS = ("supervising_department", "city_hr_bureau")
STEPS = st.builds(
    lambda decider, when: {"decider": decider, "actions": ["pass", "return", "fail"], "when": when},
    st.sampled_from(DECIDERS),
    st.sampled_from(["", "", "tier == 'intermediate'", "tier == 'primary'"]),
)
STAGES = st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=1, max_size=4)
# Mostly passes, so that walks come far; a recall and another report are among what may happen.
ACTS = st.lists(st.sampled_from(["pass"] * 6 + ["return", "fail", "recall", "again"]), max_size=16)

_SIDE_BY_SIDE = [{"decider": decider, "actions": ["pass", "return", "fail"], "when": ""} for decider in DECIDERS]
ONE_OF_TWO_RETURNS = ([_SIDE_BY_SIDE, _SIDE_BY_SIDE[:1]], ["pass", "return", "again", "return", "again", "pass"])
"""Of two side by side one passes and the other returns, twice; chance comes there too seldom."""


def named(stages: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """With a last step that always applies, so that somebody decides."""
    last = {"key": "last", "decider": DECIDERS[1], "actions": ["pass", "return", "fail"], "when": ""}
    steps = [[step | {"key": f"s{n}_{m}"} for m, step in enumerate(stage)] for n, stage in enumerate(stages)]
    return [*steps, [last]]


def route(stages: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [{"parallel": stage} if len(stage) > 1 else stage[0] for stage in stages]


class Expected:
    """Whom people expect to be asked: stage by stage, after a return again from the first stage on.

    Of several side by side who passed has done; a single one is asked in each round.
    """

    def __init__(self, stages: list[list[dict[str, Any]]], tier: str) -> None:
        concerned = ("", f"tier == '{tier}'")
        self.stages = [[step["key"] for step in stage if step["when"] in concerned] for stage in stages]
        self.passes: set[str] = set()
        self.begins = 0

    def decide(self, key: str, action: str) -> None:
        if action == "pass":
            self.passes.add(key)
        if action == "return":
            stage = next(n for n, keys in enumerate(self.stages) if key in keys)
            # The pack's re-entry step; where it does not concern this case, the stage that returned it.
            self.begins = 0 if FIRST in self.stages[0] else stage
            self.passes -= {keys[0] for keys in self.stages[self.begins :] if len(keys) == 1}

    def anew(self) -> None:
        self.passes, self.begins = set(), 0

    def asked(self) -> set[str]:
        left = [set(keys) - self.passes for keys in self.stages[self.begins :]]
        return next(filter(None, left), set())


class Walk:
    """One case on its way, with what must hold after every step of it."""

    def __init__(self, town: Any, review: UnderTest, report: Any, expected: Expected) -> None:
        self.town, self.review = town, review
        self.report, self.expected = report, expected
        self.offices = [town.office(body) for body in (town.d1, town.bureau)]
        self.decisions = 0

    def status(self) -> str:
        found: str = self.town.case(self.town.unit(), self.report)["status"]
        return found

    def act(self, what: str) -> None:
        if what == "recall":
            self.report = self._anew(self.town.recall(self.report).revision)
            self.expected.anew()
        elif self.status() == "returned":
            self.report = self.town.report_again(self.report)
        elif self.status() == "in_review" and what != "again":
            self._decide(what)

    def _anew(self, revision: int) -> Any:
        """Taken back by the unit and reported again from the beginning."""
        assert self.status() == "recalled"
        assert not any(self.report.reference in self.town.listed(office) for office in self.offices)
        facts = {name: getattr(self.report, name) for name in ("application_id", "reference", "version")}
        return self.town.report(self.report.tier, **facts, round=self.report.round + 1, revision=revision + 1)

    def _decide(self, action: str) -> None:
        office = next(o for o in self.offices if self.report.reference in self.town.listed(o))
        seen = self.town.case(office, self.report)
        path = f"/v1/cases/{self.report.application_id}/decisions"
        body = {"step_id": seen["current"]["step_id"], "action": action, "opinion": "意见"}
        headers = {"If-Match": f'"{seen["version"]}"'}
        assert office.post(path, json=body, headers=headers).status_code == 200
        assert office.post(path, json=body, headers=headers).status_code in {404, 409, 412}
        self.decisions += 1
        self.expected.decide(seen["current"]["step_key"], action)

    def look(self) -> None:
        """In review it waits for somebody who sees it; ended it waits for nobody; every step is decided once."""
        steps = self.town.case(self.town.unit(), self.report)["steps"]
        waits = any(self.report.reference in self.town.listed(office) for office in self.offices)
        asked = [s["step_key"] for s in steps if s["state"] == "open"]
        assert waits == (self.status() == "in_review") == bool(asked)
        assert sorted(asked) == (sorted(self.expected.asked()) if waits else [])
        assert waits or "waiting" not in {s["state"] for s in steps}
        own = self.report.application_id
        told = [e for kind in (StepPassedV1, StepReturnedV1, StepFailedV1) for e in self.review.told(kind)]
        decided = Counter((e.round, e.step_key) for e in told if e.application_id == own)
        assert set(decided.values()) <= {1}
        assert decided.total() == self.decisions
        opened = Counter((e.round, e.step_key) for e in self.review.told(StepOpenedV1) if e.application_id == own)
        assert set(opened.values()) <= {1}
        assert set(decided) <= set(opened)
        # The unit may take back what has just passed; its next round is another one.
        passed = [e for e in self.review.told(StepPassedV1) if e.application_id == own and e.final]
        finals = [e for e in passed if e.round == self.report.round]
        assert len(finals) == (self.status() == "passed")


@pytest.mark.parametrize("tier", ["primary", "intermediate"])
def test_a_case_is_never_lost_never_decided_twice_and_always_ends(town: Any, review: UnderTest, tier: str) -> None:
    published = town.publish()
    versions = iter(range(2, 1000))

    @settings(
        max_examples=8,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @example(*ONE_OF_TWO_RETURNS)
    @given(STAGES, ACTS)
    def walk(stages: list[list[dict[str, Any]]], acts: list[str]) -> None:
        version, steps = next(versions), named(stages)
        pack = published.pack | {"route": route(steps), "submission": {"re_entry_step": FIRST}}
        review.hear(type(published)(programme=published.programme, version=version, pack=pack))
        case = Walk(town, review, town.report(tier, version=version), Expected(steps, tier))
        for what in acts:
            case.act(what)
            case.look()
        # Whoever goes on passing comes to an end: no route is endless.
        for _ in range(len(stages) * 3 + 2):
            case.act("pass")
        assert case.status() in {"passed", "failed"}
        case.look()

    walk()
