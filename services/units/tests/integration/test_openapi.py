"""Whatever is sent to any route of the OpenAPI document, the answer is one that it knows, and never a fault of ours."""

from pathlib import Path

import pytest

from shenbao_common.testing.actors import every_role
from shenbao_common.testing.documented import Walk, checked_in, walk
from shenbao_common.testing.service import UnderTest


@pytest.fixture(scope="module")
def walked(started: UnderTest) -> Walk:
    started.clear()
    return walk(started.app, every_role())


def test_no_made_up_request_is_answered_with_a_fault_or_with_what_is_not_documented(walked: Walk) -> None:
    assert walked.surprises == []


def test_checklist_4_each_route_lets_in_the_roles_of_the_matrix_and_no_other(walked: Walk) -> None:
    assert walked.matrix == checked_in(Path(__file__).parents[1] / "roles.txt")
