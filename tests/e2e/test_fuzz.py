"""Every operation of every service's OpenAPI document with made-up arguments, right and wrong: never a fault."""

import warnings
from collections.abc import Sequence
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from shenbao_stack.client import User
from shenbao_stack.demo.town import Town
from shenbao_stack.services import SERVICES
from shenbao_stack.world import Office, Unit

_EXAMPLES = 6


@pytest.fixture(scope="module")
def office(town: Town) -> Office:
    return town.department()


@pytest.fixture(scope="module")
def unit(town: Town, office: Office) -> Unit:
    return town.unit(office)


@pytest.mark.parametrize("service", SERVICES)
def test_no_made_up_request_is_answered_with_a_fault(town: Town, unit: Unit, office: Office, service: str) -> None:
    """Each request by a unit, an office and the administrator: making it up takes longer than answering it."""
    users = [unit.user, office.user, town.world.admin()]
    faults = [fault for operation in _operations(town, service) for fault in _faults(operation, users, service)]
    assert faults == []


def _operations(town: Town, service: str) -> list[Any]:
    schema = schemathesis.openapi.from_url(f"{town.world.target.url(service)}/openapi.json")
    operations: Any = schema.get_all_operations()
    return [found.ok() for found in operations]


def _faults(operation: Any, users: Sequence[User], service: str) -> list[str]:
    """Method, path, status and body of each answer from 500 up."""
    found: list[str] = []
    made_up = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @settings(
        max_examples=_EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(made_up)
    def send(case: Any) -> None:
        for user in users:
            headers = {"Authorization": f"Bearer {user.tokens.access}", "If-Match": '"1"'}
            base_url = user.target.url(service)
            answer = case.call(base_url=base_url, headers=headers, allow_redirects=False, timeout=60)
            if answer.status_code >= 500:
                found.append(f"{answer.status_code} {answer.request.method} {answer.request.url}: {answer.text[:300]}")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the generator's own, of schemas that it finds hard
        send()
    return found
