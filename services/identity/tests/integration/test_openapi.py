"""Whatever is sent to any route of the OpenAPI document, the answer is one that it knows, and never a fault of ours."""

from collections.abc import Callable

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.documented import surprises
from shenbao_common.testing.service import UnderTest


def test_no_made_up_request_is_answered_with_a_fault_or_with_what_is_not_documented(
    identity: UnderTest, unit: Callable[..., Actor], admin: Actor
) -> None:
    assert surprises(identity.app, unit(), admin) == []
