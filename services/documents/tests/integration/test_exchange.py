"""Declarations as files: equal after the journey, refused when damaged or of another form version."""

import io
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, unit_actor
from shenbao_common.testing.service import UnderTest

SECTIONS = {
    "basic": {"person_name": "测试𬱖𠮷", "mobile": "13800000000"},
    "experience": {"education": [{"school": "虚构大学"}]},
}


def exported(documents: UnderTest, actor: Actor, unit: Actor) -> Any:
    claims = {
        "kind": "determination_form",
        "application_id": str(uuid7()),
        "revision": 4,
        "reported": False,
        "print_hash": "content-1",
        "programme": "title_initial_determination",
        "version": 3,
        "unit_id": str(unit.unit_id),
        "filler_id": str(unit.account_id),
        "reference": "2014-000123",
        "sections": SECTIONS,
    }
    slip = documents.slip("applications", "shenbao-sheet+jwt", claims)
    return documents.client(actor).post("/v1/exchange-files", json={"sheet": slip})


def read(documents: UnderTest, actor: Actor, body: bytes, version: int = 3) -> Any:
    form = {
        "file": FileStorage(io.BytesIO(body), "2014-000123.sbd"),
        "programme": "title_initial_determination",
        "version": str(version),
    }
    return documents.client(actor).post("/v1/exchange-files/readings", data=form, content_type="multipart/form-data")


@pytest.mark.req("S4k-06")
def test_an_exported_declaration_is_read_as_it_was(documents: UnderTest) -> None:
    unit = unit_actor()
    file = exported(documents, unit, unit)
    assert file.status_code == 200, file.json
    assert file.headers["Content-Disposition"].endswith("2014-000123.sbd")
    assert read(documents, office_actor(), file.data).json == {
        "programme": "title_initial_determination",
        "version": 3,
        "kind": "determination_form",
        "reference": "2014-000123",
        "revision": 4,
        "sections": SECTIONS,
    }


@pytest.mark.req("S4k-06")
def test_a_changed_byte_anywhere_is_refused_as_damaged(documents: UnderTest) -> None:
    unit, office = unit_actor(), office_actor()
    body = exported(documents, unit, unit).data
    places = (*range(0, len(body), 97), len(body) - 1)
    damaged = [body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :] for place in places]
    for changed in (*damaged, body[:-5], body + b"x", b"", b"\xff"):
        refused = read(documents, office, changed)
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "file_damaged")


@pytest.mark.req("S4k-06")
def test_another_form_version_is_refused_naming_both(documents: UnderTest) -> None:
    unit = unit_actor()
    refused = read(documents, office_actor(), exported(documents, unit, unit).data, version=4)
    params = {"found": "title_initial_determination 3", "wanted": "title_initial_determination 4"}
    assert refused.json["errors"] == [{"code": "form_version_differs", "path": "file", "params": params}]


def test_who_may_export_and_read(documents: UnderTest) -> None:
    unit = unit_actor()
    assert exported(documents, unit_actor(), unit).status_code == 404
    assert exported(documents, admin_actor(), unit).status_code == 403
    body = exported(documents, unit, unit).data
    assert read(documents, unit, body).status_code == 403
