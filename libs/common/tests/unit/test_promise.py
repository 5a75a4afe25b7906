"""The rule behind `make promise`: what a change of a contract does to those who read it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

import pytest

from shenbao_common.contracts import catalogue
from shenbao_common.contracts.event import Event, OneOf
from shenbao_common.contracts.promise import broken

WAY_OUT = "leave it as it was and make a new version beside the old one: houses.moved.v2"


@dataclass(frozen=True, kw_only=True)
class _Moved(Event):
    type: ClassVar[str] = "houses.moved.v1"
    subject_field: ClassVar[str] = "house_id"

    house_id: UUID


@dataclass(frozen=True, kw_only=True)
class Before(_Moved):
    state: Annotated[str, OneOf(("open", "shut"))]
    on: date
    note: str = ""


def after(gone: str = "", defaults: dict[str, object] | None = None, **changed: Any) -> dict[str, dict[str, str]]:
    """The event as it was but for a field that is gone, and fields with other types and defaults."""
    kept = {"state": Annotated[str, OneOf(("open", "shut"))], "on": date, "note": str}
    hints = {name: hint for name, hint in (kept | changed).items() if name != gone}
    body = {"__annotations__": hints, "__doc__": ""} | ({"note": ""} if defaults is None else defaults)
    moved = dataclass(frozen=True, kw_only=True)(type("After", (_Moved,), body))
    return {moved.type: catalogue.shape(moved)}


PROMISED = {Before.type: catalogue.shape(Before)}


def test_a_new_event_and_a_new_optional_field_break_nothing() -> None:
    now = after(reason=str | None, defaults={"note": "", "reason": None}) | {"houses.sold.v1": {"id": "UUID required"}}
    assert broken(PROMISED, now) == []


def test_the_same_words_in_another_order_break_nothing() -> None:
    assert broken(PROMISED, after(state=Annotated[str, OneOf(("shut", "open"))])) == []


def test_an_event_that_is_gone_is_named() -> None:
    assert broken(PROMISED, {}) == [
        "houses.moved.v1 was removed: readers rely on it; tell it as long as anybody hears it"
    ]


_WORDS = "String of open|shut required"


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (after(gone="on"), "on was removed"),
        (after(on=str), "on was `Date required` and is `String required`"),
        (after(on=date | None), "on was `Date required` and is `Date or null required`"),
        (after(defaults={"note": "", "on": date(2026, 5, 6)}), "on was `Date required` and is `Date optional`"),
        (after(defaults={}), "note was `String optional` and is `String required`"),
        (after(reason=str), "reason is new and required (with a default it may come)"),
        (after(state=str), f"state was `{_WORDS}` and is `String required`"),
        (after(state=Annotated[str, OneOf(("open",))]), f"state was `{_WORDS}` and is `String of open required`"),
        (
            after(state=Annotated[str, OneOf(("ajar", "open", "shut"))]),
            f"state was `{_WORDS}` and is `String of ajar|open|shut required`",
        ),
    ],
    ids=[
        "a field removed",
        "another type",
        "now perhaps null",
        "no longer required",
        "now required",
        "a new required field",
        "no longer a choice of words",
        "a word fewer",
        "a word more",
    ],
)
def test_every_other_change_is_named_with_its_field_and_the_way_out(now: dict[str, dict[str, str]], says: str) -> None:
    assert broken(PROMISED, now) == [f"houses.moved.v1.{says}; {WAY_OUT}"]


def test_the_way_out_names_the_class_that_is_to_be_written() -> None:
    name = "units.unit_registered.v1"
    (problem,) = broken({name: {"shoe_size": "Integer required"}}, {name: {}})
    assert problem.endswith("make a new version beside the old one: units.unit_registered.v2 (UnitRegisteredV2)")
