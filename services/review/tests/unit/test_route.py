"""From the pack's route to the steps of a case."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from shenbao_common.kernel import routing
from shenbao_common.kernel.routing import Body, Places, Unresolved
from shenbao_review.domain import route

UNIT = Body(id=UUID(int=1), name="示例科技有限公司", level="unit")
D1 = Body(id=UUID(int=2), name="市教育局", level="first_level_department")
BUREAU = Body(id=UUID(int=3), name="市人社局", level="city_hr_bureau")
PROVINCE = Body(id=UUID(int=4), name="省厅", level="province")
TOWN = Places(unit=UNIT, line=[D1, BUREAU, PROVINCE])

PROGRAMMES = Path(__file__).parents[4] / "programmes"


def step(key: str, decider: str = "supervising_department", **more: Any) -> dict[str, Any]:
    return {"key": key, "decider": decider, "actions": ["pass", "return"]} | more


def keys(*document: dict[str, Any], **facts: Any) -> list[tuple[int, str]]:
    return [(s.stage, s.rule.key) for s in routing.plan(routing.read(document), facts, TOWN, route.applies)]


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        ("primary", ["示例科技有限公司", "市教育局"]),
        ("intermediate", ["示例科技有限公司", "市教育局", "市人社局"]),
    ],
)
def test_the_first_programme_goes_to_the_bureau_for_the_intermediate_tier_only(tier: str, expected: list[str]) -> None:
    text = (PROGRAMMES / "title_initial_determination" / "programme.yaml").read_text(encoding="utf-8")
    pack = yaml.safe_load(text)
    facts = {"tier": tier, "variant": f"determination_{tier}"}
    steps = routing.plan(routing.read(pack["route"]), facts, TOWN, route.applies)
    assert [s.body.name for s in steps] == expected
    assert [s.rule.carried_out for s in steps] == [True] + [False] * (len(expected) - 1)
    assert all(s.rule.opinion == ("return",) for s in steps[1:])
    assert pack["submission"]["re_entry_step"] == steps[1].rule.key


def test_steps_keep_the_number_of_their_stage_when_another_does_not_apply() -> None:
    document = [step("a"), step("b", when="tier == 'senior'"), step("c", when="tier in ['primary']")]
    assert keys(*document, tier="primary") == [(0, "a"), (2, "c")]


def test_parallel_steps_share_a_stage() -> None:
    assert keys({"parallel": [step("a"), step("b", "city_hr_bureau")]}, step("c")) == [(0, "a"), (0, "b"), (1, "c")]


@pytest.mark.parametrize(
    ("resolver", "places", "expected"),
    [
        ("unit", TOWN, UNIT),
        ("supervising_department", TOWN, D1),
        ("ancestor:province", TOWN, PROVINCE),
        ("city_hr_bureau", TOWN, BUREAU),
        ("city_hr_bureau", Places(unit=UNIT, line=[D1], bureau=BUREAU), BUREAU),
        ("accepting_department", Places(unit=UNIT, line=[D1], publisher=PROVINCE), PROVINCE),
    ],
)
def test_a_resolver_finds_the_body(resolver: str, places: Places, expected: Body) -> None:
    assert routing.decider(resolver, places) == expected


@pytest.mark.parametrize(
    ("resolver", "places", "reason"),
    [
        ("supervising_department", Places(unit=UNIT, line=[]), "no_supervising_department"),
        ("ancestor:first_level_department", TOWN, "no_ancestor"),
        ("city_hr_bureau", Places(unit=UNIT, line=[D1]), "no_city_hr_bureau"),
        ("accepting_department", TOWN, "no_accepting_department"),
        ("committee", TOWN, "no_committee"),
    ],
)
def test_a_body_that_is_not_known_is_named(resolver: str, places: Places, reason: str) -> None:
    with pytest.raises(Unresolved) as missing:
        routing.decider(resolver, places)
    assert missing.value.reason == reason


@pytest.mark.parametrize("condition", ["unheard_of == 1", "tier ==", "1 / 0 == 1"])
def test_a_condition_that_cannot_be_answered_leaves_the_route_open(condition: str) -> None:
    with pytest.raises(Unresolved) as unclear:
        keys(step("a", when=condition), tier="primary")
    assert unclear.value.reason == "condition_unclear"


def test_a_route_in_which_nobody_decides_is_no_route() -> None:
    with pytest.raises(Unresolved) as nobody:
        keys(step("report", "unit", actions=["report"]), step("a", when="tier == 'senior'"), tier="primary")
    assert nobody.value.reason == "nobody_decides"


def entered(re_entry: str, returned: int, kept: frozenset[str] = frozenset()) -> list[str]:
    document = [
        step("report", "unit", actions=["report"]),
        step("a"),
        {"parallel": [step("b"), step("c")]},
        step("d"),
    ]
    steps = routing.plan(routing.read(document), {}, TOWN, route.applies)
    return [s.rule.key for s in route.entered(steps, re_entry, returned, kept)]


@pytest.mark.parametrize(
    ("re_entry", "returned", "kept", "expected"),
    [
        ("a", 3, frozenset(), ["report", "a", "b", "c", "d"]),
        ("d", 3, frozenset(), ["report", "d"]),
        ("b", 2, frozenset({"b"}), ["report", "c", "d"]),
        ("d", 1, frozenset(), ["report", "a", "b", "c", "d"]),
        ("unknown", 2, frozenset(), ["report", "b", "c", "d"]),
    ],
)
def test_a_new_round_begins_at_the_re_entry_step_and_never_past_the_return(
    re_entry: str, returned: int, kept: frozenset[str], expected: list[str]
) -> None:
    assert entered(re_entry, returned, kept) == expected
