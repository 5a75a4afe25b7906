"""The rule behind `make promise`."""

import pytest

from shenbao_common.contracts.promise import broken

BEFORE = {"units.moved.v1": {"unit_id": "UUID required", "note": "String optional"}}


def test_a_new_event_and_a_new_optional_field_break_nothing() -> None:
    now = {
        "units.moved.v1": BEFORE["units.moved.v1"] | {"reason": "String optional"},
        "units.closed.v1": {"unit_id": "UUID required"},
    }
    assert broken(BEFORE, now) == []


def test_an_event_that_is_gone_is_named() -> None:
    assert broken(BEFORE, {}) == ["units.moved.v1 was removed"]


@pytest.mark.parametrize(
    "fields",
    [
        {"unit_id": "UUID required"},
        {"unit_id": "String required", "note": "String optional"},
        {"unit_id": "UUID optional", "note": "String optional"},
        {"unit_id": "UUID required", "note": "String required"},
        {"unit_id": "UUID required", "note": "String optional", "reason": "String required"},
    ],
    ids=["a field removed", "another type", "no longer required", "now required", "a new required field"],
)
def test_every_other_change_needs_a_new_version(fields: dict[str, str]) -> None:
    assert len(broken(BEFORE, {"units.moved.v1": fields})) == 1
