"""An itemised return opens what it lists, and the next reviewer sees old and new side by side."""

from typing import Any

import pytest

from shenbao_common.testing.actors import office_actor

STEP = "supervising_department_review"
CERTIFICATE = """\
  - {key: education_certificate, zh: 学历证书, en: Education certificate, due: true, formats: [pdf], max_bytes: 4194304}
"""
CERTIFICATE_FIELD = """\
      - {key: certificate, zh: 学历证书, en: Education certificate, type: file, material: education_certificate}

  - key: attachments
"""


@pytest.fixture
def certified(house: Any, pack_text: str) -> Any:
    """The house with a programme that also demands the education certificate."""
    text = pack_text.replace("materials:\n", f"materials:\n{CERTIFICATE}", 1)
    text = text.replace("\n  - key: attachments\n", CERTIFICATE_FIELD, 1)
    answer = house.publish_pack(text)
    assert answer.status_code == 201, answer.json
    house.version = answer.json["version"]
    return house


def certificate(house: Any, unit: Any, name: str) -> dict[str, str]:
    purpose = f"material:title_initial_determination:{house.version}:education_certificate"
    receipt: dict[str, str] = house.receipt(unit, purpose=purpose, name=name)
    return receipt


def returned(house: Any, items: tuple[str, ...]) -> tuple[Any, dict[str, Any]]:
    """A reported application that D1 returned with these items."""
    unit = house.unit()
    sections = house.sections(unit)
    if "education_certificate" in items:
        sections["evaluation_form"]["certificate"] = certificate(house, unit, "模糊.pdf")
    made = house.create(unit, house.project(), sections)
    reported = house.report(unit, made["id"]).json
    house.opened(reported, house.d1, STEP)
    house.returned(reported, house.d1, STEP, items=items)
    return unit, house.get(unit, made["id"]).json


@pytest.mark.req("B-02")
def test_only_the_listed_items_are_open_and_the_comparison_shows_exactly_what_changed(certified: Any) -> None:
    unit, made = returned(certified, ("basic.mobile", "education_certificate"))
    shown = certified.get(unit, made["id"]).json
    assert shown["open_items"] == ["basic.mobile", "education_certificate"]

    saved = certified.save(unit, made["id"], {"basic": {"mobile": "13900000001"}}, part=True)
    assert (saved.status_code, saved.json["sections"]["basic"]["mobile"]) == (200, "13900000001")
    refused = certified.save(unit, made["id"], {"basic": {"email": "other@example.cn"}}, part=True)
    assert (refused.status_code, refused.json["code"]) == (409, "item_not_open")
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [("item_not_open", "sections.basic.email")]
    clearer = {"evaluation_form": {"certificate": certificate(certified, unit, "清晰.pdf")}}
    assert certified.save(unit, made["id"], clearer, part=True).status_code == 200

    again = certified.report(unit, made["id"]).json
    certified.opened(again, certified.d1, STEP)
    compared = certified.service.client(certified.d1).get(f"/v1/applications/{made['id']}/comparison").json
    assert compared["round"] == 2
    mobile, file = compared["items"]
    assert (mobile["path"], mobile["before"], mobile["after"]) == ("basic.mobile", "13800000000", "13900000001")
    assert (mobile["zh"], mobile["en"]) == ("手机号码", "Mobile number")
    assert (file["path"], file["before"]["name"], file["after"]["name"]) == (
        "evaluation_form.certificate",
        "模糊.pdf",
        "清晰.pdf",
    )


def test_every_item_that_is_not_open_is_named_at_once_and_nothing_is_stored(house: Any) -> None:
    unit, made = returned(house, ("basic.mobile",))
    changed = {"basic": {"mobile": "13900000001", "email": "other@example.cn", "birthplace": "宁波"}}
    refused = house.save(unit, made["id"], changed, part=True)
    assert [e["path"] for e in refused.json["errors"]] == ["sections.basic.birthplace", "sections.basic.email"]
    assert house.get(unit, made["id"]).json["sections"] == made["sections"]


def test_saving_all_tabs_with_only_the_listed_change_is_taken(house: Any) -> None:
    unit, made = returned(house, ("basic.mobile",))
    sections = made["sections"] | {"basic": made["sections"]["basic"] | {"mobile": "13900000001"}}
    assert house.save(unit, made["id"], sections).status_code == 200


def test_a_field_that_the_correction_newly_demands_is_open_too(house: Any) -> None:
    unit, made = returned(house, ("basic.political_status",))
    joined = {"basic": {"political_status": "cpc_member", "party_join_date": "2015-07-01"}}
    assert house.save(unit, made["id"], joined, part=True).json["problems"] == []
    left = {"basic": {"political_status": "masses", "party_join_date": None}}
    assert house.save(unit, made["id"], left, part=True).status_code == 200


def test_a_return_without_items_opens_everything(house: Any) -> None:
    unit, made = returned(house, ())
    assert house.get(unit, made["id"]).json["open_items"] is None
    assert house.save(unit, made["id"], {"basic": {"email": "other@example.cn"}}, part=True).status_code == 200


def test_there_is_no_comparison_for_a_first_report_nor_for_a_stranger(house: Any) -> None:
    unit, made = returned(house, ("basic.mobile",))
    path = f"/v1/applications/{made['id']}/comparison"
    assert house.service.client(unit).get(path).status_code == 404
    again = house.report(unit, made["id"]).json
    house.opened(again, house.d1, STEP)
    assert house.service.client(house.d1).get(path).json == {"round": 2, "items": []}
    assert house.service.client(office_actor()).get(path).status_code == 404


def test_what_a_recall_took_back_is_not_compared_for_the_next_department(house: Any) -> None:
    unit = house.unit()
    made = house.reported(unit, house.project(house.bureau, variant="determination_intermediate"))
    house.opened(made, house.d1, STEP)
    house.move(unit, house.d2)
    again = house.report(unit, made["id"]).json
    house.opened(again, house.d2, STEP, name="D2")
    assert house.service.client(house.d2).get(f"/v1/applications/{made['id']}/comparison").status_code == 404
