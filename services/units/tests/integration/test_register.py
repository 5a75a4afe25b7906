"""The register is another authority's: whatever it does, registration goes on and nobody waits long."""

import time
from collections.abc import Callable, Iterator

import pytest

from shenbao_common.kernel.circuit import Circuit
from shenbao_common.testing.service import UnderTest
from shenbao_units.domain.recognition import RegisterEntry
from shenbao_units.providers.registry import BUDGET, Registry, RegistryAway

KNOWN = {"code": "000000019", "legal_representative": "王建国"}


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(register_url: str, clock: Clock) -> Iterator[Registry]:
    registry = Registry(register_url, circuit=Circuit(failures=3, seconds=30, clock=clock))
    yield registry
    registry.close()


def test_an_entry_is_read_as_recorded(registry: Registry) -> None:
    assert registry.find("000000019") == RegisterEntry(
        code="000000019", name="示例科技有限公司", legal_representative="王建国", province_level=False
    )


def test_an_unknown_code_is_an_answer_and_not_a_failure(registry: Registry, asked: list[str]) -> None:
    assert [registry.find("00000000X") for _ in range(5)] == [None] * 5
    assert len(asked) == 5


@pytest.mark.parametrize("way", ["broken", "garbage", "half", "list", "huge", "elsewhere"])
def test_a_broken_answer_is_asked_for_once_more_and_then_the_register_is_away(
    registry: Registry, asked: list[str], register_is: Callable[[str], None], way: str
) -> None:
    register_is(way)
    with pytest.raises(RegistryAway):
        registry.find("000000019")
    assert len(asked) == 2


def test_after_three_failures_nobody_asks_for_a_while(
    registry: Registry, asked: list[str], register_is: Callable[[str], None], clock: Clock
) -> None:
    register_is("broken")
    for _ in range(5):
        with pytest.raises(RegistryAway):
            registry.find("000000019")
    assert len(asked) == 6
    register_is("recorded")
    clock.seconds = 29
    with pytest.raises(RegistryAway):
        registry.find("000000019")
    clock.seconds = 31
    assert registry.find("000000019")
    assert registry.find("000000019")


def test_a_silent_register_is_not_waited_for_longer_than_promised(
    registry: Registry, register_is: Callable[[str], None]
) -> None:
    register_is("silent")
    began = time.monotonic()
    with pytest.raises(RegistryAway):
        registry.find("000000019")
    assert time.monotonic() - began < BUDGET + 0.2


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:1", "not an address"])
def test_a_register_that_cannot_be_reached_is_away(url: str) -> None:
    registry = Registry(url)
    with pytest.raises(RegistryAway):
        registry.find("000000019")
    registry.close()


@pytest.mark.req("S4g-02")
def test_while_the_register_is_away_nobody_is_recognised_and_nothing_fails(
    units: UnderTest, register_is: Callable[[str], None]
) -> None:
    register_is("broken")
    answer = units.client().post("/v1/registry-lookups", json=KNOWN)
    assert answer.status_code == 200
    assert (answer.json["recognised"], answer.json["registry_available"]) == (False, False)


def test_an_entry_found_on_the_first_page_serves_the_second_when_the_register_goes_away_between(
    units: UnderTest, register_is: Callable[[str], None], asked: list[str]
) -> None:
    assert units.client().post("/v1/registry-lookups", json=KNOWN).json["recognised"]
    register_is("broken")
    again = units.client().post("/v1/registry-lookups", json=KNOWN).json
    assert (again["recognised"], again["unit_name"]) == (True, "示例科技有限公司")
    assert len(asked) == 1


def test_a_repeated_question_with_a_wrong_representative_finds_nothing_out(units: UnderTest) -> None:
    units.client().post("/v1/registry-lookups", json=KNOWN)
    answer = units.client().post("/v1/registry-lookups", json=KNOWN | {"legal_representative": "王"}).json
    assert (answer["recognised"], answer["unit_name"]) == (False, None)
