"""A unit's professional staff, their appointments, and structure ratios held against quotas."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shenbao_common.testing.actors import office_actor, person_actor, unit_actor

SENIOR = {"level": "senior", "title": "高级工程师", "starts_on": "2024-01-01"}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(serial: int) -> str:
    """A valid ID number for each serial."""
    digits = f"33000019800101{serial:03}"
    check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]
    return digits + check


def someone(serial: int = 1, **changes: str) -> dict[str, str]:
    return {"name": f"职员{serial}", "sex": "female", "id_number": number(serial), "specialty": "建筑工程"} | changes


class Keeping:
    """U1 under D1 keeps its staff."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.unit = house.unit()
        self.path = f"/v1/units/{self.unit.unit_id}"
        self.own = house.service.client(self.unit)
        self.department = house.service.client(house.d1)

    def structure(self, reaction: str = "refuse", **quotas: int) -> Any:
        body = {"posts": 100, "quotas": quotas or {"senior": 30}, "reaction": reaction}
        return self.department.put(f"{self.path}/structure", json=body)

    def member(self, serial: int) -> str:
        made = self.own.post(f"{self.path}/staff", json=someone(serial))
        assert made.status_code == 201, made.json
        return str(made.json["id"])

    def appoint(self, member: str, **changes: str) -> Any:
        return self.own.post(f"{self.path}/staff/{member}/appointments", json=SENIOR | changes)

    def senior(self) -> tuple[int, int]:
        found = self.own.get(f"{self.path}/structure").json["levels"]
        line = next(one for one in found if one["level"] == "senior")
        return line["appointed"], line["quota"]


@pytest.fixture
def keeping(house: Any) -> Keeping:
    return Keeping(house)


@pytest.mark.req("S4a-11")
def test_the_31st_senior_of_30_is_refused_or_flagged_as_configured_and_the_statistics_show_30_of_30(
    keeping: Keeping,
) -> None:
    assert keeping.structure("refuse", senior=30).status_code == 200
    for serial in range(30):
        assert keeping.appoint(keeping.member(serial)).json["over_quota"] is False
    one_more = keeping.member(30)
    refused = keeping.appoint(one_more)
    assert (refused.status_code, refused.json["code"]) == (409, "quota_exceeded")
    assert refused.json["params"] == {"level": "senior", "quota": 30, "appointed": 30}
    assert keeping.senior() == (30, 30)
    statistics = keeping.department.get(f"{keeping.path}/structure").json
    assert (statistics["posts"], statistics["members"]) == (100, 31)
    senior = statistics["levels"][0]
    assert (senior["share"], senior["exceeded"]) == (30.0, False)

    assert keeping.structure("flag", senior=30).status_code == 200
    flagged = keeping.appoint(one_more)
    assert (flagged.status_code, flagged.json["over_quota"]) == (201, True)
    assert keeping.senior() == (31, 30)
    assert keeping.own.get(f"{keeping.path}/structure").json["levels"][0]["exceeded"] is True


def test_two_at_once_do_not_both_take_the_last_place(keeping: Keeping) -> None:
    keeping.structure("refuse", senior=1)
    members = [keeping.member(serial) for serial in (1, 2)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda m: Keeping.appoint(keeping, m).status_code, members))
    assert sorted(answers) == [201, 409]
    assert keeping.senior() == (1, 1)


def test_who_changes_the_post_leaves_the_old_one_and_who_has_none_may_be_removed(keeping: Keeping) -> None:
    member = keeping.member(1)
    keeping.appoint(member, level="intermediate", title="工程师")
    assert keeping.appoint(member, starts_on="2023-12-31").status_code == 422
    assert keeping.appoint(member, starts_on="2025-01-01").status_code == 201
    path = f"{keeping.path}/staff/{member}"
    found = keeping.own.get(path)
    assert [(a["title"], a["ends_on"]) for a in found.json["appointments"]] == [
        ("工程师", "2025-01-01"),
        ("高级工程师", None),
    ]
    levels = {one["level"]: one["appointed"] for one in keeping.own.get(f"{keeping.path}/structure").json["levels"]}
    assert levels == {"senior": 1, "intermediate": 0, "primary": 0}
    tag = {"If-Match": found.headers["ETag"]}
    assert keeping.own.delete(path, headers=tag).json["code"] == "still_appointed"
    released = keeping.own.post(f"{path}/release", json={"ends_on": "2025-06-30"})
    assert (released.status_code, released.json["current"]) == (200, None)
    assert keeping.own.post(f"{path}/release", json={"ends_on": "2025-06-30"}).json["code"] == "not_appointed"
    assert keeping.own.delete(path, headers=tag).status_code == 204
    assert keeping.own.get(f"{keeping.path}/structure").json["members"] == 0


def test_basic_data_are_saved_with_the_present_etag_and_the_same_number_stands_once(keeping: Keeping) -> None:
    first, second = keeping.member(1), keeping.member(2)
    path = f"{keeping.path}/staff/{second}"
    tag = {"If-Match": keeping.own.get(path).headers["ETag"]}
    assert keeping.own.put(path, json=someone(1), headers=tag).json["code"] == "duplicate"
    assert keeping.own.put(path, json=someone(2, name="新名"), headers=tag).json["name"] == "新名"
    assert keeping.own.put(path, json=someone(2), headers=tag).status_code == 412
    found = keeping.own.get(f"{keeping.path}/staff", query_string={"q": number(1)}).json["items"]
    assert [one["id"] for one in found] == [first]
    assert "id_number" not in found[0]
    wrong = keeping.own.post(f"{keeping.path}/staff", json=someone(1, id_number="330000198001010019", name=""))
    assert [e["path"] for e in wrong.json["errors"]] == ["name"]
    wrong = keeping.own.post(f"{keeping.path}/staff", json=someone(1, id_number="330000198001010010"))
    assert [(e["code"], e["path"]) for e in wrong.json["errors"]] == [("identifier_checksum", "id_number")]


def test_strangers_find_nothing_and_a_unit_sets_no_quota(house: Any, keeping: Keeping) -> None:
    member = keeping.member(1)
    for stranger in (unit_actor(), house.d2, person_actor(), office_actor()):
        client = house.service.client(stranger)
        for path in ("staff", f"staff/{member}", "structure"):
            assert client.get(f"{keeping.path}/{path}").status_code == 404
        assert client.post(f"{keeping.path}/staff", json=someone(2)).status_code == 404
    body = {"posts": 100, "quotas": {}, "reaction": "flag"}
    assert keeping.own.put(f"{keeping.path}/structure", json=body).status_code == 403
    assert house.service.client(house.bureau).get(f"{keeping.path}/staff").json["items"][0]["id"] == member
    refused = keeping.structure("flag", senior=80, primary=30)
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [("too_large", "quotas")]
