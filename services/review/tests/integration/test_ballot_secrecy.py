"""Nobody learns who voted what, no applicant who sits, and conflicts are kept out (B-04, B-05)."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor


def test_a_member_of_the_applicants_unit_is_not_assigned_and_one_who_sits_has_no_vote_about_them(
    house: Any,
) -> None:
    town = house.town
    m, others = house.expert("王五", unit_id=town.unit_id), house.pool(16)
    a = house.candidates(1)[0]
    other = house.candidates(1, unit_id=town.other_unit_id)[0]
    path = "/v1/sittings/{}/members"
    refused = house.chief.post(path.format(house.planned([a])), json={"expert_ids": [m]})
    assert (refused.status_code, refused.json["code"]) == (422, "conflict_same_unit")
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [("conflict_same_unit", "expert_ids.0")]

    sitting = house.planned([other])
    house.seated(sitting, [m, *others])
    late = house.candidates(1)[0]
    house.chief.post(f"/v1/sittings/{sitting}/cases", json={"ids": [str(late.application_id)]})
    house.opened(sitting)
    assert [c["reference"] for c in house.ballot(sitting, m)["candidates"]] == [other.reference]
    choices = {str(other.application_id): "yes", str(late.application_id): "yes"}
    body = {"round": 1, "choices": choices}
    voted = house.review.client(house.experts[m]).put(f"/v1/ballots/{sitting}", json=body)
    assert (voted.status_code, voted.json["code"]) == (422, "recused")
    assert [(e["code"], e["path"]) for e in voted.json["errors"]] == [("recused", f"choices.{late.application_id}")]


def test_an_applicant_learns_nowhere_who_sits_or_voted(house: Any) -> None:
    applicant = person_actor()
    experts = house.pool(13)
    report = house.candidates(1, unit_id=NOBODY, filler_id=applicant.account_id)[0]
    sitting = house.planned([report])
    house.seated(sitting, experts)
    house.opened(sitting)
    for expert in experts:
        house.vote(sitting, expert, "yes")
    house.close(sitting)
    assert house.sign(sitting, experts[0]).status_code == 200

    secrets = [f"专家{n}" for n in range(13)] + experts + [str(a.account_id) for a in house.experts.values()]
    known = {"application_id": report.application_id, "sitting_id": sitting, "committee_id": house.committee}
    client = house.review.client(applicant)
    paths = house.review.client().get("/openapi.json").json["paths"]
    asked = [
        path.format_map({**{name: uuid7() for name in _names(path)}, **known}) for path in paths if "get" in paths[path]
    ]
    answers = [client.get(path) for path in asked]
    assert {a.status_code for a in answers} >= {200, 403, 404}
    text = "".join(a.get_data(as_text=True) for a in answers)
    assert report.reference in text
    assert [secret for secret in secrets if secret in text] == []


def _names(path: str) -> set[str]:
    return {part.strip("{}") for part in path.split("/") if part.startswith("{")}


def test_nothing_that_is_kept_or_told_joins_a_member_and_a_choice(
    house: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    experts = house.pool(13)
    reports = house.candidates(2)
    sitting = house.planned(reports)
    house.seated(sitting, experts)
    house.opened(sitting)
    only_yes = {str(reports[0].application_id): "yes", str(reports[1].application_id): "no"}
    house.vote(sitting, experts[3], only_yes)
    with_key = {"Idempotency-Key": "a-key-of-the-client"}
    body = {"round": 1, "choices": only_yes}
    again = house.review.client(house.experts[experts[4]]).put(f"/v1/ballots/{sitting}", json=body, headers=with_key)
    assert again.json == {"voted": True}
    logged = capsys.readouterr().out
    assert "ballots.vote" in logged
    assert '"yes"' not in logged
    assert experts[3] not in logged

    with house.review.service.engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        tables = {name: connection.execute(sa.text(f'select * from "{name}"')).mappings().all() for name in names}  # noqa: S608
    # Whatever holds a choice in the open is the count of all; the slips are sealed and bear no member.
    assert {name for name, rows in tables.items() if "'yes'" in str([[*row.values()] for row in rows])} == set()
    assert [row["voted_round"] for row in tables["sitting_member"] if str(row["expert_id"]) == experts[3]] == [1]
    assert {"account_id", "expert_id"}.isdisjoint(tables["urn"][0])
    assert not [row for row in tables["request_key"] if row["account_id"] == house.experts[experts[4]].account_id]
    with house.review.sessions() as session:
        slips = session.scalar(sa.text("select slips from urn"))
        opened = json.loads(house.review.service.engine.dialect.shenbao_sealer.open(slips))
    assert {one: [choice for _, choice in own] for one, own in opened.items()} == {
        one: [choice, choice] for one, choice in only_yes.items()
    }
    assert experts[3] not in str(opened)
    # As plain JSON, and each slip as long as any other: the urn grows by as much whatever is chosen.
    assert {len(mark) + len(choice) for own in opened.values() for mark, choice in own} == {24}
