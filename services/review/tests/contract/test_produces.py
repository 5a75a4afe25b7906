"""The publisher's half: what review tells keeps its promise."""

from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.bus.tables import outbox
from shenbao_common.contracts import catalogue
from shenbao_common.contracts.promise import promised
from shenbao_common.testing.contracts import objections
from shenbao_common.testing.service import UnderTest

TOLD = ("review.step_opened.v1", "review.step_passed.v1", "review.step_returned.v1", "review.step_failed.v1")


@pytest.fixture
def told(town: Any, review: UnderTest) -> dict[str, dict[str, Any]]:
    """One event of each type, as it stands in the outbox."""
    route = [{"key": "check", "decider": "supervising_department", "actions": ["pass", "return", "fail"]}]
    published = town.publish()
    review.hear(type(published)(programme=published.programme, version=2, pack=published.pack | {"route": route}))
    for action in ("pass", "return", "fail"):
        town.decide(town.office(town.d1), town.report(version=2), action, "学历证书不清晰")
    with review.sessions() as session:
        return {row.type: row.data for row in session.execute(sa.select(outbox.c.type, outbox.c.data))}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_has_the_promised_shape(told: dict[str, dict[str, Any]], name: str) -> None:
    assert told[name].keys() == promised()[name].keys()
    event_type = catalogue.BY_TYPE[name]
    assert event_type.from_wire(told[name]).to_wire() == told[name]
    assert objections(event_type.json_schema(), told[name]) == []


def test_no_opinion_and_no_account_travels(told: dict[str, dict[str, Any]]) -> None:
    assert set(told) == set(TOLD)
    assert "学历证书不清晰" not in str(told)
    assert not any("account" in field or "decided_by" in field for data in told.values() for field in data)
