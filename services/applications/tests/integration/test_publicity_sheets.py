"""What leaves for official publicity: a masked name and allow-listed values, signed."""

import base64
import json
from typing import Any

import pytest

from shenbao_applications.domain.publicity import masked
from shenbao_common.testing.actors import office_actor

STEP = "supervising_department_review"


def _claims(slip: str) -> dict[str, Any]:
    body = slip.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


_MASKED = [("张三", "张*"), ("王小明", "王*明"), ("欧阳娜娜", "欧**娜"), ("李", "李*"), ("𬱖𠮷", "𬱖*")]


@pytest.mark.parametrize(("name", "shown"), _MASKED)
def test_a_name_is_masked(name: str, shown: str) -> None:
    assert masked(name) == shown


def publicised(pack_text: str, fields: str = "[basic.declared_title, basic.sex]") -> str:
    before = "decider: supervising_department, actions: [pass, return]"
    terms = f"publicity: {{working_days: 5, fields: {fields}}}"
    return pack_text.replace(before, f"{before}, {terms}", 1)


@pytest.mark.req("B-06")
def test_only_the_masked_name_and_the_allowed_values_leave(house: Any, pack_text: str) -> None:
    house.publish_pack(publicised(pack_text))
    unit = house.unit()
    house.version = 2
    made = house.reported(unit, house.project())
    house.opened(made, house.d1, STEP)
    answer = house.service.client(house.d1).post("/v1/applications/publicity-sheet", json={"ids": [made["id"]]})
    assert answer.status_code == 200, answer.json
    assert _claims(answer.json["sheet"])["rows"] == [
        {
            "application_id": made["id"],
            "unit_name": "示例科技有限公司",
            "name": "张*",
            "values": [
                {
                    "name": {"zh": "申报职称名称", "en": "Title declared"},
                    "text": dict.fromkeys(("zh", "en"), "工程技术-助理工程师"),
                },
                {"name": {"zh": "性别", "en": "Sex"}, "text": {"zh": "男", "en": "Male"}},
            ],
        }
    ]


def test_a_pack_may_not_make_a_personal_number_public(house: Any, pack_text: str) -> None:
    text = publicised(pack_text, "[basic.id_number, basic.mobile, basic.nothing]")
    answer = house.publish_pack(text)
    assert [(e["code"], e["path"]) for e in answer.json["errors"]] == [
        ("not_for_publicity", "route.1.publicity.fields.0"),
        ("not_for_publicity", "route.1.publicity.fields.1"),
        ("unknown_field", "route.1.publicity.fields.2"),
    ]


def test_no_stranger_gets_a_sheet(house: Any) -> None:
    made = house.reported(house.unit(), house.project())
    body = {"ids": [made["id"]]}
    assert house.service.client(office_actor()).post("/v1/applications/publicity-sheet", json=body).status_code == 404
    assert house.service.client(house.unit()).post("/v1/applications/publicity-sheet", json=body).status_code == 403
