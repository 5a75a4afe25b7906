"""What a service answers can always be written."""

from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.service import UnderTest


def test_a_field_whose_name_no_text_can_hold_is_named_and_no_fault_of_ours(notes: UnderTest) -> None:
    client = notes.client(unit_actor())
    answer = client.post("/v1/notes", data='{"text": "a", "\\ud800": 1}', content_type="application/json")
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.json["errors"] == [{"code": "unknown_field", "path": "\ud800", "params": {}}]


def test_chinese_text_is_answered_as_it_is(notes: UnderTest) -> None:
    client = notes.client(unit_actor())
    assert client.post("/v1/notes", json={"text": "职称"}).status_code == 201
    assert "职称".encode() in client.get("/v1/notes").data
