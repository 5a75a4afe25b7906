"""Every route that takes the id of what somebody has, asked with a true one by those whom it does not concern."""

from typing import Any

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor, sub_account_actor, unit_actor
from shenbao_common.testing.strangers import routes, try_all

EVERYBODYS = {"key", "number", "dictionary", "reference", "publication_id", "replay_id"}
"""Programmes, codes and notices are for all; what of them is an office's alone has tests of its own."""


def strangers(house: Any) -> dict[str, Actor]:
    other = unit_actor()
    return {
        "another unit": other,
        "a sub-account of another unit": sub_account_actor(other.unit_id),
        "another person": person_actor(),
        "a department beside it": house.d2,
        "an office of another branch": office_actor(),
    }


def profile(house: Any, actor: Actor) -> str:
    told = {"name": "李四", "id_number": "330000199001010014", "verified": True, "account_id": str(actor.account_id)}
    return str(house.service.slip("identity", "shenbao-profile+jwt", told))


def test_a_true_id_opens_nothing_to_those_whom_it_does_not_concern(house: Any, archive: Any) -> None:
    unit = house.unit()
    reported = house.reported(unit, house.project())
    client = house.service.client(unit)
    someone = {"name": "职员", "sex": "female", "id_number": "33000019800101001X", "specialty": "建筑工程"}
    member = client.post(f"/v1/units/{unit.unit_id}/staff", json=someone)
    assert member.status_code == 201, member.json
    ids = {
        "application_id": reported["id"],
        "project_id": reported["project_id"],
        "unit_id": str(unit.unit_id),
        "member_id": member.json["id"],
        "record_id": archive.pending(archive.a),
        "section": "basic",
        "kind": "determination_form",
    }
    own = ids.keys() | {"analysis_id"}
    assert [route for route, names in routes(house.service) if not names <= own | EVERYBODYS] == []
    bodies = {"POST /v1/projects/{project_id}/renewal-needs": lambda actor: {"profile": profile(house, actor)}}
    assert try_all(house.service, ids, strangers(house), bodies).opened == []


def test_an_analysis_is_read_by_whose_it_is_alone(house: Any, settling: Any) -> None:
    path, person = "/v1/programmes/talent_settle_in", settling.client()
    assert person.post(f"{path}/consents", json={"accepted": ["handling_notice"]}).status_code in {200, 201, 204}
    told = {"account_id": str(settling.a.account_id), "face_id": str(uuid7()), "purpose": "shared_data"}
    face = house.service.slip(
        "identity", "shenbao-face+jwt", told | {"name": "张三", "id_number": "330000199001010014"}
    )
    made = person.post(f"{path}/analyses", json={"face": face, "skip": True})
    assert made.status_code == 201, made.json
    assert person.get(f"{path}/analyses/{made.json['id']}").status_code == 200
    for name, actor in strangers(house).items():
        assert settling.client(actor).get(f"{path}/analyses/{made.json['id']}").status_code in {403, 404}, name
