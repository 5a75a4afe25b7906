"""How much an answer holds: Prefer, RFC 7240."""


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
