"""The publisher's half: what actions record has the shape that was promised."""

from collections.abc import Callable

import sqlalchemy as sa

from shenbao_common.bus.tables import outbox
from shenbao_common.contracts import catalogue
from shenbao_common.contracts.identity import AccountChangedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.contracts import objections
from shenbao_common.testing.service import UnderTest


def test_a_registered_units_account_is_told_as_promised(identity: UnderTest, unit: Callable[..., Actor]) -> None:
    account = unit()
    with identity.sessions() as session:
        row = session.execute(sa.select(outbox)).one()
    assert row.type == AccountChangedV1.type
    assert row.data.keys() == catalogue.example(AccountChangedV1).keys()
    assert objections(AccountChangedV1.json_schema(), row.data) == []
    assert row.subject == row.data["account_id"] == str(account.account_id)
    assert row.revision == row.data["revision"] == 1
    assert (row.data["kind"], row.data["state"], row.data["unit_id"]) == ("unit", "active", str(account.unit_id))


def test_nothing_of_a_person_is_told(identity: UnderTest, unit: Callable[..., Actor]) -> None:
    unit("unitA1")
    with identity.sessions() as session:
        told = str(session.scalars(sa.select(outbox.c.data)).all())
    assert "unitA1" not in told
    assert "示例" not in told
