"""Keyset pages and their cursors."""

import base64
import json
from typing import Any

import pytest

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.service import UnderTest


@pytest.fixture
def anna() -> Actor:
    return unit_actor()


def test_pages_follow_each_other_without_gap_or_repeat(notes: UnderTest, anna: Actor) -> None:
    client = notes.client(anna)
    for n in range(7):
        client.post("/v1/notes", json={"text": f"note {n}"})
    seen, after = [], ""
    while after is not None:
        answer = client.get("/v1/notes", query_string={"limit": 3} | ({"after": after} if after else {}))
        seen += [item["text"] for item in answer.json["items"]]
        after = answer.json["next"]
    assert seen == [f"note {n}" for n in reversed(range(7))]
    assert client.get("/v1/notes?after=nonsense").json["errors"][0]["code"] == "invalid_cursor"
    for made_up in (b'[["s", "a note"]]', b'[["i", 1e400]]'):
        foreign = base64.urlsafe_b64encode(made_up).decode()
        assert client.get("/v1/notes", query_string={"after": foreign}).json["errors"][0]["code"] == "invalid_cursor"
    assert client.get("/v1/notes?limit=101").json["errors"] == [
        {"code": "out_of_range", "path": "limit", "params": {"limit": "1-100"}}
    ]


def test_a_cursor_of_another_order_is_refused_and_one_of_the_version_before_is_read(
    notes: UnderTest, anna: Actor
) -> None:
    client = notes.client(anna)
    for n in range(3):
        client.post("/v1/notes", json={"text": f"note {n}"})

    def rows(after: str, **order: str) -> Any:
        return client.get("/v1/notes", query_string={"limit": 2, "after": after} | order)

    cursor, rising = (
        client.get("/v1/notes", query_string={"limit": 2} | order).json["next"] for order in ({}, {"order": "rising"})
    )
    assert [note["text"] for note in rows(cursor).json["items"]] == ["note 0"]
    assert [note["text"] for note in rows(rising, order="rising").json["items"]] == ["note 2"]
    for answer in (rows(rising), rows(cursor, order="rising")):
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "invalid_cursor")
    before = cursor.partition("=")[0]
    assert rows(before).json == rows(cursor).json
    # How the version before reads one of this version.
    assert json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
