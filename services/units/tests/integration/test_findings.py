"""What an attack on this service once found, each as a test."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, unit_actor
from shenbao_common.testing.service import UnderTest, eventually
from shenbao_units import queries
from shenbao_units.actions import organisations

_WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def while_cancelling(units: UnderTest, department: UUID, act: Callable[[], Any]) -> Any:
    """Acts after the department's cancelling has looked that nothing stands under it, and before it is committed."""
    with ThreadPoolExecutor(1) as pool, units.sessions() as cancelling:
        row = queries.organisation_to_change(cancelling, department)
        organisations.cancel(cancelling, row, actor=admin_actor(), now=clock.now())
        acting = pool.submit(act)
        with units.sessions() as watching:
            eventually(lambda: watching.scalar(_WAITING) or (watching.rollback(), 0)[1])
        cancelling.commit()
        return acting.result(timeout=20)


def test_a_unit_moves_under_no_department_that_is_being_cancelled(
    units: UnderTest, registered: Callable[..., Actor], department: Callable[..., UUID]
) -> None:
    unit, target = registered(), department("市教育局")
    client = units.client(unit)
    path = "/v1/units/mine/supervising-department"
    tag = {"If-Match": client.get(path).headers["ETag"]}
    body = {"department_id": str(target), "confirmed_count": 0}
    moved = while_cancelling(units, target, lambda: client.put(path, json=body, headers=tag))
    assert (moved.status_code, [e["path"] for e in moved.json["errors"]]) == (422, ["department_id"])
    assert client.get(path).json["department"]["id"] != str(target)


def test_no_unit_registers_under_a_department_that_is_being_cancelled(
    units: UnderTest, ticket: Callable[..., str], department: Callable[..., UUID]
) -> None:
    target = department("市教育局")
    body = {
        "code": "000000019",
        "legal_representative": "王建国",
        "department_id": str(target),
        "contact_name": "李想",
        "contact_phone": "13800000000",
        "ticket": ticket(account_id=uuid7()),
    }
    made = while_cancelling(units, target, lambda: units.client().post("/v1/registrations", json=body))
    assert (made.status_code, [e["path"] for e in made.json["errors"]]) == (422, ["department_id"])


def test_an_account_without_a_unit_sees_nobodys_requests(
    units: UnderTest, ticket: Callable[..., str], department: Callable[..., UUID]
) -> None:
    # A request that found no unit stands under none; no account without a unit may take it for its own.
    lost = {"name": "李四", "mobile": "13800000000", "code": "000000019", "department_id": str(department("某局"))}
    asked = units.client().post("/v1/officer-requests", json=lost | {"ticket": ticket(account_id=uuid7())})
    assert asked.status_code == 201, asked.json
    nobody = replace(unit_actor(), unit_id=None)
    answer = units.client(nobody).get("/v1/officer-requests")
    assert answer.status_code in {403, 404} or answer.json["items"] == []
