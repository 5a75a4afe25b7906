"""Whatever is sent to any route of the OpenAPI document, the answer is one that it knows, and never a fault of ours."""

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import admin_actor, office_actor
from shenbao_common.testing.documented import surprises
from shenbao_common.testing.service import UnderTest


def test_no_made_up_request_is_answered_with_a_fault_or_with_what_is_not_documented(
    units: UnderTest, unit: Actor
) -> None:
    assert surprises(units.app, unit, office_actor(), admin_actor()) == []
