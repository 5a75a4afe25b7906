"""How much an answer holds: Prefer, RFC 7240."""

import pytest


def test_who_asks_for_little_hears_what_became_of_it_without_the_form(house) -> None:
    unit = house.unit()
    client, project = house.service.client(unit), house.project()
    little = {"Prefer": "respond-async, return=minimal"}
    values = house.sections(unit)
    begun = client.post(
        "/v1/applications", json={"project_id": project, "sections": {"basic": values["basic"]}}, headers=little
    )
    assert begun.status_code == 201, begun.json
    path = f"/v1/applications/{begun.json['id']}/sections"
    saved = client.put(path, json={"sections": values}, headers=little | {"If-Match": begun.headers["ETag"]})
    assert saved.json["status"] == "ready_to_report"
    for answer in (begun, saved):
        assert answer.headers["Preference-Applied"] == "return=minimal"
        assert {"sections", "problems"}.isdisjoint(answer.json)
    assert house.get(unit, begun.json["id"]).json["sections"]["basic"] == values["basic"]

    again = client.put(path, json={"sections": values}, headers={"If-Match": saved.headers["ETag"]})
    assert again.json["problems"] == []
    assert "Preference-Applied" not in again.headers


def test_an_answer_that_is_given_again_says_what_was_heard_as_the_first_did(house) -> None:
    client, body = house.service.client(house.unit()), {"project_id": house.project(), "sections": {}}
    headers = {"Prefer": "return=minimal", "Idempotency-Key": "once-and-no-more"}
    first, again = (client.post("/v1/applications", json=body, headers=headers) for _ in range(2))
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["Preference-Applied"] == again.headers["Preference-Applied"] == "return=minimal"


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (['return="minimal"'], True),
        (["Return = minimal; why=slow"], True),
        (['return="minimal"; why="a, b"', "wait=5"], True),
        (["wait=5", "respond-async, return=minimal"], True),
        (["return=minimal, return=representation"], True),
        (["return=representation", "return=minimal"], False),
        (["wait=5; return=minimal"], False),
        (["returns=minimal"], False),
    ],
)
def test_a_preference_is_read_as_the_rfc_says(house, said: list[str], heard: bool) -> None:
    headers = [("Prefer", line) for line in said]
    begun = house.service.client(house.unit()).post(
        "/v1/applications", json={"project_id": house.project(), "sections": {}}, headers=headers
    )
    assert begun.status_code == 201, begun.json
    assert ("sections" not in begun.json, "Preference-Applied" in begun.headers) == (heard, heard)
