"""Certificates of earlier systems are taken over once, and looked up by who reviews."""

from typing import Any

from shenbao_common.testing.actors import admin_actor, office_actor, person_actor, unit_actor
from shenbao_common.testing.service import UnderTest

PATH = "/v1/earlier-certificates"


def row(number: str, **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "name": "张三",
        "id_number": "330000199001010014",
        "title": "助理工程师",
        "organisation_name": "市人社局",
        "issued_on": "2012-06-01",
    } | changes


def test_an_import_adds_what_is_new_and_reports_the_duplicate(documents: UnderTest) -> None:
    admin = documents.client(admin_actor())
    rows = [row("Z-1"), row("Z-2", id_number="330000198506150026", name="李四"), row("Z-1", title="工程师")]
    assert admin.post(f"{PATH}/imports", json={"items": rows}).json == {"added": 2, "left_out": [3]}
    officer = documents.client(office_actor(None, "review.decide"))
    for q in ("Z-1", "330000199001010014"):
        (found,) = officer.get(PATH, query_string={"q": q}).json["items"]
        assert (found["number"], found["name"], found["title"]) == ("Z-1", "张三", "助理工程师")
        assert "id_number" not in found
    assert officer.get(PATH, query_string={"q": "Z"}).json == {"items": [], "next": None}
    assert officer.get(PATH).status_code == 422


def test_only_administrators_import_and_only_offices_look_up(documents: UnderTest) -> None:
    for nobody in (office_actor(), unit_actor(), person_actor()):
        assert documents.client(nobody).post(f"{PATH}/imports", json={"items": [row("Z-9")]}).status_code == 403
    for nobody in (unit_actor(), person_actor(), office_actor(None, "project.publish")):
        assert documents.client(nobody).get(PATH, query_string={"q": "Z-9"}).status_code == 403
    wrong = documents.client(admin_actor()).post(f"{PATH}/imports", json={"items": [row("", issued_on="gestern")]})
    assert {e["path"] for e in wrong.json["errors"]} == {"items.0.number", "items.0.issued_on"}
