"""Whatever is sent to any route of the OpenAPI document, the answer is one that it knows, and never a fault of ours."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.testing.actors import every_role
from shenbao_common.testing.documented import Walk, checked_in, walk
from shenbao_common.testing.service import UnderTest
from shenbao_identity.domain.account import State
from shenbao_identity.models import Account, FailedTries


@pytest.fixture(scope="module")
def walked(started: UnderTest) -> Walk:
    started.clear()
    roles = every_role()

    def restore() -> None:
        with started.service.sessions.begin() as session:
            session.execute(sa.delete(Account))
            session.execute(sa.delete(FailedTries))
            for role, actor in roles.items():
                known = {"id": actor.account_id, "kind": role, "permissions": sorted(actor.permissions)}
                belongs = {"unit_id": actor.unit_id, "organisation_id": actor.organisation_id}
                state = State.RESERVED if actor.kind is Kind.REGISTRANT else State.ACTIVE
                session.add(Account(username=role, state=state, created_at=clock.now(), **known, **belongs))

    return walk(started.app, roles, restore=restore)


def test_no_made_up_request_is_answered_with_a_fault_or_with_what_is_not_documented(walked: Walk) -> None:
    assert walked.surprises == []


def test_checklist_4_each_route_lets_in_the_roles_of_the_matrix_and_no_other(walked: Walk) -> None:
    assert walked.matrix == checked_in(Path(__file__).parents[1] / "roles.txt")
