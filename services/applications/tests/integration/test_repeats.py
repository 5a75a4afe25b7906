"""The same request twice, and two editors at once (B-20)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from shenbao_common.contracts.applications import ApplicationCreatedV1, ApplicationSubmittedV1


@pytest.mark.req("B-20")
def test_two_simultaneous_creates_with_one_key_make_one_application_and_get_equal_answers(house) -> None:
    unit = house.unit()
    body = {"project_id": house.project(), "sections": house.sections(unit)}
    headers = {"Idempotency-Key": "create-once-0001"}

    def create(client: FlaskClient) -> tuple[int, object]:
        answer = client.post("/v1/applications", json=body, headers=headers)
        return answer.status_code, answer.json

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(create, [house.service.client(unit) for _ in range(2)])
    assert first == second
    assert first[0] == 201
    assert len(house.service.told(ApplicationCreatedV1)) == 1
    assert len(house.service.client(unit).get("/v1/applications").json["items"]) == 1


@pytest.mark.req("B-20")
def test_the_second_of_two_editors_with_the_same_etag_gets_412_and_the_first_edit_stands(house) -> None:
    unit = house.unit()
    made = house.ready(unit, house.project())
    etag = house.get(unit, made["id"]).headers["ETag"]
    assert house.save(unit, made["id"], {"basic": {"birthplace": "宁波"}}, part=True, etag=etag).status_code == 200
    stale = house.save(unit, made["id"], {"basic": {"birthplace": "温州"}}, part=True, etag=etag)
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    assert house.get(unit, made["id"]).json["sections"]["basic"]["birthplace"] == "宁波"


def test_an_edit_without_if_match_is_refused(house) -> None:
    unit = house.unit()
    made = house.ready(unit, house.project())
    path = f"/v1/applications/{made['id']}"
    client = house.service.client(unit)
    assert client.put(f"{path}/sections", json={"sections": {}}).status_code == 428
    assert client.patch(f"{path}/sections", json={"sections": {}}).status_code == 428
    assert client.delete(path).status_code == 428


def test_a_report_pressed_twice_is_one_report(house) -> None:
    unit = house.unit()
    made = house.ready(unit, house.project())

    def report(client: FlaskClient) -> int:
        return client.post(f"/v1/applications/{made['id']}/report", json=house.operator).status_code

    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(report, [house.service.client(unit) for _ in range(2)]))
    assert sorted(codes) == [200, 409]
    assert len(house.service.told(ApplicationSubmittedV1)) == 1


def test_one_person_is_declared_once_by_two_simultaneous_creates(house) -> None:
    unit = house.unit()
    project = house.project()
    body = {"project_id": project, "sections": house.sections(unit)}

    def create(client: FlaskClient) -> int:
        return client.post("/v1/applications", json=body).status_code

    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(create, [house.service.client(unit) for _ in range(2)]))
    assert sorted(codes) == [201, 409]
