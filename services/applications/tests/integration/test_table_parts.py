"""Tables of more rows than one sheet holds: every row once, in the order of the list, part by part."""

import base64
import json
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_applications.domain.tabs import SORT_BOUND
from shenbao_common.testing.actors import sub_account_actor
from shenbao_common.testing.service import count_queries

STEP = "department_review"
MANY = 2100
_COPIES = sa.text(
    "INSERT INTO application (id, reference, project_id, version_id, programme, variant, unit_id, filler_id, status,"
    " round, revision, version, sections, headline, print_hash, created_at, saved_at)"
    " SELECT gen_random_uuid(), 'copy-' || n, project_id, version_id, programme, variant, unit_id, filler_id, status,"
    " round, revision, version, sections, headline, print_hash, created_at, saved_at"
    " FROM application, generate_series(1, :number) AS n WHERE id = :id"
)
_RECEIVED = sa.text(
    "INSERT INTO step (id, application_id, step_key, round, organisation_id, organisation_name, state)"
    " SELECT gen_random_uuid(), a.id, s.step_key, 1, s.organisation_id, '', s.state"
    " FROM application AS a, step AS s WHERE a.reference LIKE 'copy-%'"
)


@pytest.fixture
def many(house: Any) -> Any:
    """A unit whose department has more of its applications than one sheet holds."""
    unit = house.unit()
    made = house.reported(unit, house.project())
    house.opened(made, house.d1, STEP)
    with house.service.service.engine.begin() as connection:
        connection.execute(_COPIES, {"id": made["id"], "number": MANY - 1})
        connection.execute(_RECEIVED)
    return unit


def opened(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.json
    body = answer.json["sheet"].split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def test_the_summary_of_a_long_list_comes_in_parts_with_every_row_once_in_its_order(house: Any, many: Any) -> None:
    client = house.service.client(many)
    query = {"programme": "title_initial_determination", "tab": "tracked"}
    whole = client.get("/v1/applications/summary-sheet", query_string=query)
    assert (whole.status_code, whole.json["errors"][0]["code"]) == (422, "too_many")
    with count_queries(house.service) as sent:
        first = client.get("/v1/applications/summary-parts", query_string=query)
    assert len(sent) <= 8, "the steps come for five hundred at a time"
    last = client.get("/v1/applications/summary-parts", query_string=query | {"after": first.json["next"]})
    assert last.json["next"] is None
    sheets = [opened(first), opened(last)]
    assert [len(sheet["rows"]) for sheet in sheets] == [2000, MANY - 2000]
    assert len({sheet["title"] for sheet in sheets}) == 1
    assert sheets[0]["columns"] == sheets[1]["columns"]
    with house.service.service.engine.connect() as connection:
        wanted = connection.execute(sa.text("SELECT reference FROM application ORDER BY id DESC")).scalars().all()
    assert [row[0] for sheet in sheets for row in sheet["rows"]] == list(wanted)


def test_an_office_takes_its_sorted_list_in_parts_and_nobody_anothers(house: Any, many: Any) -> None:
    asked = {"columns": ["reference"], "sort": ["unit", "reference"], "title": "材料清单"}
    client = house.service.client(house.d1)
    first = client.post("/v1/applications/table-parts", json=asked)
    last = client.post("/v1/applications/table-parts", json=asked | {"after": first.json["next"]})
    assert last.json["next"] is None
    seen = [row[0] for answer in (first, last) for row in opened(answer)["rows"]]
    assert len(seen) == MANY
    assert seen == sorted(seen)
    plain = client.post("/v1/applications/table-parts", json=asked | {"sort": []})
    assert (len(opened(plain)["rows"]), plain.json["next"] is None) == (2000, False)

    for stranger in (house.d2, house.unit()):
        answer = house.service.client(stranger).post("/v1/applications/table-parts", json=asked)
        assert (opened(answer)["rows"], answer.json["next"]) == ([], None)
    filler = house.service.client(sub_account_actor(many.unit_id, "application.fill"))
    assert filler.post("/v1/applications/table-parts", json=asked).status_code == 403
    assert filler.get("/v1/applications/summary-parts").status_code == 403
    wrong = client.post("/v1/applications/table-parts", json=asked | {"after": "x"})
    assert (wrong.status_code, wrong.json["errors"][0]["code"]) == (422, "invalid_cursor")


def test_a_sorted_list_of_more_than_are_counted_comes_whole_either_way_round(house: Any) -> None:
    made = house.reported(house.unit(), house.project())
    house.opened(made, house.d1, STEP)
    with house.service.service.engine.begin() as connection:
        connection.execute(_COPIES, {"id": made["id"], "number": SORT_BOUND + 50})
        connection.execute(_RECEIVED)
        connection.execute(sa.text("ANALYZE"))  # As the database does by itself in a minute.
        wanted = set(connection.execute(sa.text("SELECT reference FROM application")).scalars())
    client = house.service.client(house.d1)
    for descending in (False, True):
        asked = {"columns": ["reference"], "sort": ["unit", "reference"], "descending": descending}
        seen: list[str] = []
        after = None
        while after or not seen:
            answer = client.post("/v1/applications/table-parts", json=asked | {"after": after})
            seen += [row[0] for row in opened(answer)["rows"]]
            after = answer.json["next"]
        assert (len(seen), set(seen)) == (SORT_BOUND + 51, wanted)
        assert seen == sorted(seen, reverse=descending)
