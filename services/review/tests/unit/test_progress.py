"""What decisions do to the steps of a case; random walks show that none is lost."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shenbao_common.kernel import routing
from shenbao_common.kernel.routing import Body, Places, Planned, StepRule
from shenbao_review.domain import progress, route
from shenbao_review.domain.progress import Past, Place, Trace
from shenbao_review.domain.states import Action, CaseState, StepState

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)
WAITING, OPEN, PASSED, RETURNED = StepState.WAITING, StepState.OPEN, StepState.PASSED, StepState.RETURNED
FAILED, CANCELLED = StepState.FAILED, StepState.CANCELLED


def places(*steps: tuple[UUID, int, StepState]) -> list[Place]:
    return [Place(id=i, stage=stage, state=state) for i, stage, state in steps]


def test_the_first_waiting_stage_opens_whole() -> None:
    outcome = progress.begun(places((A, 1, WAITING), (B, 1, WAITING), (C, 2, WAITING)))
    assert (outcome.case, outcome.steps) == (CaseState.IN_REVIEW, {A: OPEN, B: OPEN})


@pytest.mark.parametrize(
    ("steps", "action", "case", "expected"),
    [
        ([(A, 1, OPEN), (B, 2, WAITING)], Action.PASS, CaseState.IN_REVIEW, {A: PASSED, B: OPEN}),
        ([(A, 1, OPEN), (B, 1, OPEN), (C, 2, WAITING)], Action.PASS, CaseState.IN_REVIEW, {A: PASSED}),
        ([(A, 1, OPEN), (B, 1, PASSED), (C, 2, WAITING)], Action.PASS, CaseState.IN_REVIEW, {A: PASSED, C: OPEN}),
        ([(B, 1, PASSED), (A, 2, OPEN)], Action.PASS, CaseState.PASSED, {A: PASSED}),
        (
            [(A, 1, OPEN), (B, 1, OPEN), (C, 2, WAITING)],
            Action.RETURN,
            CaseState.RETURNED,
            {A: RETURNED, B: CANCELLED, C: CANCELLED},
        ),
        ([(B, 1, PASSED), (A, 2, OPEN), (C, 3, WAITING)], Action.FAIL, CaseState.FAILED, {A: FAILED, C: CANCELLED}),
    ],
    ids=["next stage opens", "stage waits for its other step", "stage is through", "last step", "return", "failure"],
)
def test_what_follows_a_decision(
    steps: list[tuple[UUID, int, StepState]], action: Action, case: CaseState, expected: dict[UUID, StepState]
) -> None:
    outcome = progress.after(places(*steps), A, action)
    assert (outcome.case, outcome.steps) == (case, expected)


def test_a_recall_cancels_what_is_not_decided() -> None:
    outcome = progress.recalled(places((A, 1, PASSED), (B, 2, OPEN), (C, 3, WAITING)))
    assert (outcome.case, outcome.steps) == (CaseState.RECALLED, {B: CANCELLED, C: CANCELLED})


def past(*steps: tuple[int, int, str, StepState]) -> list[Past]:
    return [Past(round=r, stage=stage, key=key, state=state) for r, stage, key, state in steps]


def test_passed_steps_of_a_parallel_stage_keep_their_result_over_several_rounds() -> None:
    first = [(1, 1, "a", PASSED), (1, 1, "b", RETURNED), (1, 1, "c", PASSED)]
    assert progress.kept(past(*first)) == {"a", "c"}
    assert progress.kept(past(*first, (2, 1, "b", RETURNED))) == {"a", "c"}


def test_who_was_asked_again_and_did_not_pass_is_asked_once_more() -> None:
    # In the first round its stage was its own; the corrected material concerns another office there too.
    rounds = past((1, 1, "a", PASSED), (1, 2, "c", RETURNED), (2, 1, "a", CANCELLED), (2, 1, "b", RETURNED))
    assert progress.kept(rounds) == frozenset()


def test_a_single_step_is_decided_again_in_a_new_round() -> None:
    assert progress.kept(past((1, 1, "a", PASSED), (1, 2, "b", RETURNED))) == frozenset()


def test_the_latest_return_says_which_stage_returned() -> None:
    assert progress.returned_stage(past((1, 3, "c", RETURNED), (2, 1, "a", RETURNED))) == 1
    assert progress.returned_stage([]) == 0


MORNING, EVENING = datetime(2014, 5, 6, 1, tzinfo=UTC), datetime(2014, 5, 6, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("traces", "expected"),
    [
        ([(OPEN, None)], OPEN),
        ([(RETURNED, MORNING), (OPEN, None)], OPEN),
        ([(RETURNED, MORNING), (PASSED, EVENING)], PASSED),
        ([(PASSED, EVENING), (RETURNED, MORNING)], PASSED),
        ([(PASSED, MORNING), (CANCELLED, None)], PASSED),
        ([(RETURNED, MORNING), (WAITING, None)], RETURNED),
        ([(CANCELLED, None)], None),
        ([], None),
    ],
)
def test_a_body_finds_the_case_under_the_tab_of_its_own_steps(
    traces: list[tuple[StepState, datetime | None]], expected: StepState | None
) -> None:
    assert progress.tab([Trace(state=s, decided_at=at) for s, at in traces]) == expected


# --- Random walks: any route, any decisions ---

SOMEBODY = Body(id=UUID(int=9), name="somebody", level="department")
EVERYWHERE = Places(unit=SOMEBODY, line=[SOMEBODY], bureau=SOMEBODY, publisher=SOMEBODY)
DECIDERS = ["supervising_department", "city_hr_bureau", "accepting_department"]
CONDITIONS = ["", "tier == 'primary'", "tier != 'primary'"]
MOST_RETURNS = 4


@st.composite
def routes(draw: st.DrawFn) -> list[list[StepRule]]:
    report = StepRule(key="report", decider="unit", actions=("report",))
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    rules = [
        [
            StepRule(
                key=f"{stage}.{number}",
                decider=draw(st.sampled_from(DECIDERS)),
                actions=("pass", "return", "fail"),
                when=draw(st.sampled_from(CONDITIONS)),
            )
            for number in range(size)
        ]
        for stage, size in enumerate(sizes)
    ]
    return [[report], *rules, [StepRule(key="last", decider="unit", actions=("pass", "return"))]]


@dataclass
class Walk:
    """A case that is walked through its rounds by rules alone, beside what people expect to be asked next.

    passes: keys whose result counts; returned: the stage of the latest return; begins: where the round began.
    """

    planned: list[Planned]
    re_entry: str
    round: int = 0
    state: CaseState = CaseState.RETURNED
    rows: dict[UUID, tuple[int, Planned, StepState]] = field(default_factory=dict)
    decided: Counter[UUID] = field(default_factory=Counter)
    passes: set[str] = field(default_factory=set)
    returned: int = 0
    begins: int = 0

    def report(self) -> None:
        steps = self.planned
        if self.round:
            self._expect_anew()
            gone = [Past(round=r, stage=p.stage, key=p.rule.key, state=s) for r, p, s in self.rows.values()]
            steps = route.entered(steps, self.re_entry, progress.returned_stage(gone), progress.kept(gone))
        self.round += 1
        for planned in steps:
            state = PASSED if planned.rule.carried_out else WAITING
            self.rows[UUID(int=len(self.rows) + 1)] = (self.round, planned, state)
        self.take(progress.begun(self.places()))

    def places(self) -> list[Place]:
        return [Place(id=i, stage=p.stage, state=s) for i, (r, p, s) in self.rows.items() if r == self.round]

    def open(self) -> list[UUID]:
        return [i for i, (_, _, s) in self.rows.items() if s == OPEN]

    def _expect_anew(self) -> None:
        """From the re-entry step on, from the return at the latest; of several side by side, who passed has done."""
        stages = {p.rule.key: p.stage for p in self.planned}
        self.begins = min(stages.get(self.re_entry, self.returned), self.returned)
        sizes = Counter(stages.values())
        self.passes -= {key for key, stage in stages.items() if stage >= self.begins and sizes[stage] == 1}

    def expected(self) -> set[str]:
        """Who is to be asked now."""
        rest = [p for p in self.planned if not p.rule.carried_out and p.stage >= self.begins]
        rest = [p for p in rest if p.rule.key not in self.passes]
        first = min((p.stage for p in rest), default=0)
        return {p.rule.key for p in rest if p.stage == first}

    def decide(self, step: UUID, action: Action) -> None:
        self.decided[step] += 1
        planned = self.rows[step][1]
        if action == Action.PASS:
            self.passes.add(planned.rule.key)
        elif action == Action.RETURN:
            self.returned = planned.stage
        self.take(progress.after(self.places(), step, action))

    def take(self, outcome: progress.Outcome) -> None:
        self.state = outcome.case
        for step, state in outcome.steps.items():
            number, planned, _ = self.rows[step]
            self.rows[step] = (number, planned, state)

    def check(self) -> None:
        """Never lost: a case in review waits for somebody, in one stage of the present round; any other for nobody."""
        stages = {(self.rows[i][0], self.rows[i][1].stage) for i in self.open()}
        if self.state == CaseState.IN_REVIEW:
            assert len(stages) == 1
            assert stages.pop()[0] == self.round
            assert {self.rows[i][1].rule.key for i in self.open()} == self.expected()
        else:
            assert not stages
            assert WAITING not in {s for _, _, s in self.rows.values()}
        assert all(count == 1 for count in self.decided.values())


@settings(deadline=None)
@given(routes(), st.sampled_from(["primary", "senior"]), st.data())
def test_no_walk_loses_a_case_or_decides_a_step_twice_and_every_walk_ends(
    rules: list[list[StepRule]], tier: str, data: st.DataObject
) -> None:
    planned = routing.plan(rules, {"tier": tier}, EVERYWHERE, route.applies)
    keys = [p.rule.key for p in planned]
    walk = Walk(planned=planned, re_entry=data.draw(st.sampled_from([*keys, "unknown"])))
    for _ in range(MOST_RETURNS * (len(planned) + 1) * 2):
        if walk.state == CaseState.RETURNED:
            walk.report()
            walk.check()
            continue
        if walk.state != CaseState.IN_REVIEW:
            break
        # Mostly passes and returns, so that walks come far and to later rounds.
        actions = [Action.PASS] * 4 + [Action.RETURN] * 3 * (walk.round < MOST_RETURNS) + [Action.FAIL]
        action = data.draw(st.sampled_from(actions))
        walk.decide(data.draw(st.sampled_from(walk.open())), action)
        walk.check()
        ends = {Action.RETURN: {CaseState.RETURNED}, Action.FAIL: {CaseState.FAILED}}
        assert walk.state in ends.get(action, {CaseState.IN_REVIEW, CaseState.PASSED})
    assert walk.state in {CaseState.PASSED, CaseState.FAILED}
    if walk.state == CaseState.PASSED:
        assert walk.expected() == set()
        latest = {p.rule.key: s for _, p, s in sorted(walk.rows.values(), key=lambda row: row[0]) if s != CANCELLED}
        assert latest == dict.fromkeys(keys, PASSED), "every step that applies was passed"


@settings(deadline=None)
@given(routes(), st.integers(0, 6))
def test_a_recall_ends_any_walk_and_a_new_report_begins_as_the_first_did(
    rules: list[list[StepRule]], passes: int
) -> None:
    planned = routing.plan(rules, {"tier": "primary"}, EVERYWHERE, route.applies)
    walk, anew = Walk(planned=planned, re_entry="last"), Walk(planned=planned, re_entry="last")
    walk.report()
    begun = [walk.rows[step][1].rule.key for step in walk.open()]
    for _ in range(passes):
        if walk.open():
            walk.decide(walk.open()[0], Action.PASS)
    walk.take(progress.recalled(walk.places()))
    walk.check()
    anew.report()
    assert [anew.rows[step][1].rule.key for step in anew.open()] == begun
