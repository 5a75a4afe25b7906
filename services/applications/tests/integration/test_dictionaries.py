"""Code dictionaries: kept by the central office, published by the year, and kept as they were by old applications."""

import base64
import json
import re
from pathlib import Path

import pytest

from shenbao_common.testing.actors import office_actor, person_actor

PACK = Path(__file__).parents[4] / "programmes/title_initial_determination/programme.yaml"
SPECIALTIES = "/v1/dictionaries/specialty/codes"
X, Y = {"zh": "专业X", "en": "Specialty X"}, {"zh": "专业Y", "en": "Specialty Y"}


def coded_pack() -> str:
    """The programme, asking for the specialty of the dictionary instead of a text."""
    field = r"(- key: current_specialty\n[^-]*?)type: text\n([^-]*?)        max_length: 100\n"
    text, changed = re.subn(
        field, r"\1type: choice\n        options: specialties\n\2", PACK.read_text(encoding="utf-8")
    )
    assert changed == 1
    return text.replace("\noptions:\n", "\ndictionaries: {specialties: specialty}\noptions:\n")


@pytest.fixture
def central(house, at):
    """The bureau with version 2024, in which code 0101 is called X, in force since the first of January."""
    at("2023-12-20T10:00:00")

    def client():  # A token lasts minutes, and the clock is moved by months.
        return house.service.client(house.bureau)

    assert client().post(SPECIALTIES, json={"key": "0101", **X}).status_code == 201
    answer = client().post("/v1/code-versions", json={"name": "2024", "effective_on": "2024-01-01"})
    assert (answer.status_code, answer.json["number"]) == (201, 1)
    at("2024-06-01T10:00:00")
    assert house.publish_pack(coded_pack()).status_code == 201
    return client


def begin(house, unit, project, number, specialty="0101"):
    sections = house.sections(unit, id_number=number, current_specialty=specialty)
    sections.pop("evaluation_form")
    body = {"project_id": project, "sections": sections}
    return house.service.client(unit).post("/v1/applications", json=body)


def offered(house, application) -> list[str]:
    """The names among which the form of an application lets choose."""
    path = f"/v1/programmes/{application['programme']}/versions/{application['programme_version']}"
    pack = (
        house.service.client(house.admin).get(path, query_string={"codes": application["codes_version"]}).json["pack"]
    )
    basic = next(s for s in pack["sections"] if s["key"] == "basic")
    return [o["zh"] for f in basic["fields"] if f["key"] == "current_specialty" for o in f["options"]]


def opened_slip(slip: str) -> dict:
    body = slip.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


@pytest.mark.req("S4a-03")
def test_an_application_of_2024_shows_x_in_2025_and_a_new_one_offers_y(house, central, at) -> None:
    unit = house.unit()
    project = house.project()
    old = begin(house, unit, project, house.numbers[0]).json
    assert (old["codes_version"], offered(house, old)) == (1, ["专业X"])

    at("2024-11-01T10:00:00")
    assert central().put(f"{SPECIALTIES}/0101", json=Y).status_code == 200
    assert central().post("/v1/code-versions", json={"name": "2025", "effective_on": "2025-01-01"}).json["number"] == 2
    before = begin(house, unit, project, house.numbers[1])
    assert before.json["codes_version"] == 1, "2025 is published, and not in force yet"
    before_id = before.json["id"]
    etag = house.get(unit, before_id).headers["ETag"]
    house.service.client(unit).delete(f"/v1/applications/{before_id}", headers={"If-Match": etag})

    at("2025-02-01T10:00:00")
    new = begin(house, unit, project, house.numbers[1]).json
    assert (new["codes_version"], offered(house, new)) == (2, ["专业Y"])
    opened = house.get(unit, old["id"]).json
    assert (opened["codes_version"], offered(house, opened)) == (1, ["专业X"])
    saved = house.save(unit, old["id"], {"basic": {"specialty_years": 6}}, part=True)
    assert (saved.status_code, saved.json["codes_version"]) == (200, 1)
    sheet = house.service.client(unit).get(f"/v1/applications/{old['id']}/sheets/determination_form").json["sheet"]
    assert opened_slip(sheet)["sections"]["basic"]["current_specialty"] == "专业X"
    assert [v["name"] for v in central().get("/v1/code-versions").json["items"]] == ["2025", "2024"]


def test_a_code_that_was_dropped_stays_with_old_applications_and_is_refused_to_new_ones(house, central, at) -> None:
    unit, project = house.unit(), house.project()
    old = begin(house, unit, project, house.numbers[0]).json
    assert central().post(SPECIALTIES, json={"key": "0102", **Y}).status_code == 201
    assert central().delete(f"{SPECIALTIES}/0101").status_code == 204
    assert central().post("/v1/code-versions", json={"name": "2024-2", "effective_on": "2024-07-01"}).status_code == 201
    at("2024-07-01T00:00:00")
    refused = begin(house, unit, project, house.numbers[1])
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [
        ("unknown_choice", "sections.basic.current_specialty")
    ]
    kept = house.save(unit, old["id"], {"basic": {"current_specialty": "0101"}}, part=True)
    assert kept.status_code == 200


def test_before_the_first_version_nothing_can_be_begun_that_asks_for_codes(house) -> None:
    assert house.publish_pack(coded_pack()).status_code == 201
    refused = begin(house, house.unit(), house.project(), house.numbers[0])
    assert (refused.status_code, refused.json["code"]) == (409, "no_codes_in_force")


def test_a_version_does_not_reach_back(house, central) -> None:
    for day in ("2024-05-31", "2023-12-31"):
        refused = central().post("/v1/code-versions", json={"name": "late", "effective_on": day})
        assert (refused.status_code, refused.json["code"]) == (409, "effective_too_early")
    assert central().post("/v1/code-versions", json={"name": "2026", "effective_on": "2026-01-01"}).status_code == 201
    refused = central().post("/v1/code-versions", json={"name": "2025", "effective_on": "2025-01-01"})
    assert refused.json["params"] == {"least": "2026-01-01"}


def test_departments_and_units_read_the_dictionaries_and_change_nothing(house, central) -> None:
    version = {"name": "own", "effective_on": "2030-01-01"}
    for reader in (house.d1, house.unit(), person_actor(), office_actor()):
        client = house.service.client(reader)
        assert [c["key"] for c in client.get(SPECIALTIES).json["items"]] == ["0101"]
        assert client.get("/v1/dictionaries").json["in_force"]["name"] == "2024"
        assert client.get("/v1/code-versions/1").json["codes"]["specialty"] == [{"key": "0101", **X}]
        answers = [
            client.post(SPECIALTIES, json={"key": "0103", **Y}),
            client.put(f"{SPECIALTIES}/0101", json=Y),
            client.delete(f"{SPECIALTIES}/0101"),
            client.post("/v1/code-versions", json=version),
        ]
        assert [a.status_code for a in answers] == [403] * 4
    assert [c["zh"] for c in central().get(SPECIALTIES).json["items"]] == ["专业X"]


def test_wrong_codes_are_refused_with_everything_that_is_wrong(house, central) -> None:
    refused = central().post(SPECIALTIES, json={"key": "No 1", "zh": ""})
    assert {(e["code"], e["path"]) for e in refused.json["errors"]} == {
        ("wrong_format", "key"),
        ("required", "zh"),
        ("required", "en"),
    }
    assert central().post(SPECIALTIES, json={"key": "0101", **Y}).json["code"] == "duplicate"
    assert central().post("/v1/dictionaries/colours/codes", json={"key": "1", **Y}).status_code == 404
    assert central().put(f"{SPECIALTIES}/0999", json=Y).status_code == 404
    assert central().get("/v1/code-versions/7").status_code == 404
    assert central().get(SPECIALTIES, query_string={"q": "业X"}).json["items"][0]["key"] == "0101"
    assert central().get(SPECIALTIES, query_string={"q": "02"}).json["items"] == []
