"""Schemas, heads, checkpoints: what needs no server."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shenbao_subscriber import Event, FileCheckpoint
from shenbao_subscriber.event import Unreadable, last_heard
from shenbao_subscriber.schemas import check

SCHEMA = {
    "type": "object",
    "required": ["number"],
    "properties": {
        "number": {"type": "integer"},
        "name": {"type": ["string", "null"]},
        "ids": {"type": "array", "items": {"type": "string"}},
    },
}


@pytest.mark.parametrize("data", [{"number": 1}, {"number": 1, "name": None, "ids": ["a"], "added": {"later": 1}}])
def test_data_that_keeps_its_schema_is_taken(data: dict[str, Any]) -> None:
    check(data, SCHEMA)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ([], "data is not of type object"),
        ({}, "data.number is missing"),
        ({"number": True}, "data.number is not of type integer"),
        ({"number": 1, "name": 3}, "data.name is not of type string or null"),
        ({"number": 1, "ids": ["a", 2]}, "data.ids[] is not of type string"),
    ],
)
def test_data_that_breaks_its_schema_is_refused_by_its_path(data: object, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        check(data, SCHEMA)
    assert str(refused.value) == why


def event(heads: str) -> Event:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    said: dict[str, Any] = {"id": "1", "type": "a.x.v1", "source": "a", "subject": "s", "sequence": 9, "revision": 0}
    return Event(**said, time=at, traceparent="", data={}, heads=heads)


@pytest.mark.parametrize(
    ("heads", "needed"),
    [("", 0), ("3", 3), ("3;x.v1=5;y.v1=8", 5), ("3;y.v1=8", 3)],
)
def test_only_heads_of_types_that_are_heard_count(heads: str, needed: int) -> None:
    assert last_heard(event(heads), ["a.x.v1"]) == needed


@pytest.mark.parametrize("heads", ["x", "3;x.v1", "3;x.v1=y"])
def test_wrong_heads_are_unreadable(heads: str) -> None:
    with pytest.raises(Unreadable):
        last_heard(event(heads), ["a.x.v1"])


def test_a_checkpoint_is_found_again(tmp_path: Path) -> None:
    checkpoint = FileCheckpoint(tmp_path / "come-to.json")
    assert checkpoint.load() == {}
    checkpoint.save({"a": 3})
    checkpoint.save({"a": 4, "b": 1})
    assert FileCheckpoint(tmp_path / "come-to.json").load() == {"a": 4, "b": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["come-to.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"a": "3"}'])
def test_a_file_that_is_no_checkpoint_is_not_taken_for_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "come-to.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"checkpoint|Expecting"):
        FileCheckpoint(tmp_path / "come-to.json").load()
