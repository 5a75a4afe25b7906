"""Who read somebody's application (B-17)."""

from typing import Any
from uuid import UUID

import pytest

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.ids import uuid7


@pytest.mark.req("B-17")
def test_an_officer_who_opens_an_application_is_in_its_fillers_trail(house: Any) -> None:
    unit = house.unit(house.d1)
    reported = house.reported(unit, house.project())
    house.opened(reported, house.d1, "department")
    filler = UUID(reported["filler_id"]) if "filler_id" in reported else unit.account_id
    assert house.get(house.d1, reported["id"]).status_code == 200
    assert house.get(house.d2, reported["id"]).status_code == 404
    assert house.get(unit, reported["id"]).status_code == 200

    auditor = Actor(account_id=uuid7(), kind=Kind.ADMIN, permissions=frozenset({"audit.read"}))
    query = {"person": str(filler), "act": "read"}
    (entry,) = house.service.client(auditor).get("/v1/audit", query_string=query).json["items"]
    assert (entry["actor_id"], entry["actor_kind"]) == (str(house.d1.account_id), "office")
    assert (entry["subject"], entry["purpose"]) == (reported["id"], "review")
    assert entry["at"].endswith("+00:00")
    sheet = f"/v1/applications/{reported['id']}/sheets/determination_form"
    read_again = house.service.client(house.d1).get(sheet).status_code == 200
    entries = house.service.client(auditor).get("/v1/audit", query_string=query).json["items"]
    assert (read_again, len(entries)) == (True, 2)
    own = house.service.client(unit).get("/v1/audit/mine").json["items"]
    assert entry["id"] in [e["id"] for e in own]
