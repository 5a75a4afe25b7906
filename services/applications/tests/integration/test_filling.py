"""Filling in: all tabs with one save, parts, files, what is missing, and who may touch what."""

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.applications import ApplicationCreatedV1, ApplicationSavedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor, sub_account_actor, unit_actor
from shenbao_common.testing.service import count_queries


@pytest.mark.req("S4g-13")
def test_one_save_stores_all_four_tabs_and_an_empty_required_item_loses_nothing(house) -> None:
    unit = house.unit()
    made = house.create(unit, house.project())
    values = house.sections(unit)
    values["attachments"] = {"attachment_files": [house.attachment(unit)]}
    saved = house.save(unit, made["id"], values)
    assert saved.status_code == 200, saved.json
    found = house.get(unit, made["id"]).json
    assert found["status"] == "ready_to_report"
    assert found["problems"] == []
    assert found["sections"]["basic"] == values["basic"]
    assert found["sections"]["experience"] == values["experience"]
    assert found["sections"]["evaluation_form"]["evaluation_form_file"]["name"] == "评审表.pdf"
    assert [f["name"] for f in found["sections"]["attachments"]["attachment_files"]] == ["学历证书.pdf"]

    emptied = {**found["sections"], "basic": found["sections"]["basic"] | {"birthplace": " "}}
    emptied["experience"] = {"education": [{"school": "浙江大学"}], "achievements": "完成新品种选育两项。"}
    kept = house.save(unit, made["id"], emptied)
    assert kept.status_code == 200
    assert kept.json["status"] == "draft"
    assert [p["path"] for p in kept.json["problems"]] == [
        "sections.basic.birthplace",
        "sections.experience.education.0.ended_on",
        "sections.experience.education.0.completion",
        "sections.experience.education.0.major",
        "sections.experience.education.0.degree",
    ]
    assert kept.json["sections"]["basic"]["person_name"] == "张三"
    assert kept.json["sections"]["attachments"] == found["sections"]["attachments"]
    told = house.service.told(ApplicationSavedV1)
    assert [e.revision for e in told] == [2, 3]
    paper = found["sections"]["evaluation_form"]["evaluation_form_file"]
    [certificate] = found["sections"]["attachments"]["attachment_files"]
    standing_on = [paper["document_id"], certificate["document_id"]]
    assert [sorted(e.document_ids) for e in told] == [sorted(standing_on)] * 2


def test_wrong_values_are_all_named_and_nothing_is_stored(house) -> None:
    unit = house.unit()
    made = house.ready(unit, house.project())
    wrong = {
        "basic": {
            "id_number": "330000199001010015",
            "birth_date": "1990-02-30",
            "sex": "unknown",
            "mobile": "123",
            "email": "nobody",
            "specialty_years": "many",
            "person_name": "张" * 61,
            "birthplace": "无",
            "colour": "red",
        },
        "experience": {"education": [{}, {"ended_on": "2012-13"}]},
        "evaluation_form": {"evaluation_form_file": {"receipt": "forged"}},
        "review_record": {},
        "nowhere": {},
    }
    refused = house.save(unit, made["id"], wrong, part=True)
    assert refused.status_code == 422
    assert {(e["path"].removeprefix("sections."), e["code"]) for e in refused.json["errors"]} == {
        ("basic.id_number", "identifier_checksum"),
        ("basic.birth_date", "wrong_format"),
        ("basic.sex", "unknown_choice"),
        ("basic.mobile", "wrong_format"),
        ("basic.email", "wrong_format"),
        ("basic.specialty_years", "wrong_type"),
        ("basic.person_name", "too_long"),
        ("basic.birthplace", "none_not_allowed"),
        ("basic.colour", "unknown_field"),
        ("experience.education.1.ended_on", "wrong_format"),
        ("evaluation_form.evaluation_form_file", "receipt_invalid"),
        ("review_record", "unknown_section"),
        ("nowhere", "unknown_section"),
    }
    assert house.get(unit, made["id"]).json["revision"] == made["revision"]


@pytest.mark.parametrize("sections", [[], "basic", 3, {"basic": []}, {"basic": {"education": {}}}, {"basic": None}])
def test_a_body_of_the_wrong_shape_is_refused_and_never_a_crash(house, sections) -> None:
    body = {"project_id": house.project(), "sections": sections}
    answer = house.service.client(house.unit()).post("/v1/applications", json=body)
    assert answer.status_code in {201, 422}


@pytest.mark.req("S4g-15")
def test_a_form_without_attachments_is_accepted_and_they_are_added_after_the_first_save(house) -> None:
    unit = house.unit()
    made = house.ready(unit, house.project())
    assert made["status"] == "ready_to_report"
    files: list[dict] = []
    for _ in range(4):
        files.append(house.attachment(unit))
        answer = house.save(unit, made["id"], {"attachments": {"attachment_files": files}}, part=True)
        files = answer.json["sections"]["attachments"]["attachment_files"]
    broken = house.save(
        unit, made["id"], {"attachments": {"attachment_files": [*files, {"receipt": "upload failed"}]}}, part=True
    )
    assert broken.status_code == 422
    found = house.get(unit, made["id"]).json
    assert len(found["sections"]["attachments"]["attachment_files"]) == 4
    assert found["sections"]["basic"] == made["sections"]["basic"]
    assert found["print_hash"] == made["print_hash"]


def test_a_receipt_counts_only_for_its_slot_its_version_and_its_unit(house) -> None:
    unit = house.unit()
    made = house.create(unit, house.project())
    for changes, code in (
        ({"purpose": "material:title_initial_determination:99:evaluation_form_file"}, "receipt_of_other_purpose"),
        ({"purpose": "code_certificate"}, "receipt_of_other_purpose"),
        ({"unit_id": str(uuid7())}, "receipt_of_other_unit"),
    ):
        form = {"evaluation_form": {"evaluation_form_file": house.receipt(unit, **changes)}}
        refused = house.save(unit, made["id"], form, part=True)
        assert [e["code"] for e in refused.json["errors"]] == [code]
    foreign = {"evaluation_form": {"evaluation_form_file": {"document_id": str(uuid7())}}}
    assert house.save(unit, made["id"], foreign, part=True).json["errors"][0]["code"] == "unknown_document"


def test_a_condition_shows_and_demands_a_field_only_where_it_holds(house) -> None:
    unit = house.unit()
    made = house.ready(unit, house.project())
    assert made["hidden"] == ["basic.party_join_date", "basic.party_post"]
    member = house.save(unit, made["id"], {"basic": {"political_status": "cpc_member"}}, part=True).json
    assert member["hidden"] == []
    assert [p["path"] for p in member["problems"]] == ["sections.basic.party_join_date"]
    league = house.save(unit, made["id"], {"basic": {"political_status": "league_member"}}, part=True).json
    assert league["status"] == "ready_to_report"


def test_other_documents_than_identity_cards_are_taken_by_their_own_form(house) -> None:
    unit = house.unit()
    made = house.ready(unit, house.project())
    passport = {"id_type": "passport", "id_number": "e12345678"}
    answer = house.save(unit, made["id"], {"basic": passport}, part=True)
    assert answer.json["sections"]["basic"]["id_number"] == "E12345678"
    bad = house.save(unit, made["id"], {"basic": {"id_number": "*"}}, part=True)
    assert bad.json["errors"][0]["path"] == "sections.basic.id_number"


def test_a_person_has_one_open_application_in_a_project(house) -> None:
    unit = house.unit()
    project = house.project()
    first = house.ready(unit, project)
    body = {"project_id": project, "sections": house.sections(unit)}
    refused = house.service.client(unit).post("/v1/applications", json=body)
    assert (refused.status_code, refused.json["code"]) == (409, "duplicate")
    assert refused.json["errors"][0]["path"] == "sections.basic.id_number"
    other = house.ready(unit, project, house.numbers[1])
    taken = house.save(unit, other["id"], {"basic": {"id_number": house.numbers[0]}}, part=True)
    assert taken.status_code == 409
    house.ready(unit, house.project())
    headers = {"If-Match": house.get(unit, first["id"]).headers["ETag"]}
    assert house.service.client(unit).delete(f"/v1/applications/{first['id']}", headers=headers).status_code == 204
    house.ready(unit, project)


@pytest.mark.req("S4g-33")
def test_a_sub_account_sees_and_touches_only_its_own(house) -> None:
    unit = house.unit()
    project = house.project()
    s1 = sub_account_actor(unit.unit_id, "application.fill")
    s2 = sub_account_actor(unit.unit_id)
    own = house.ready(s1, project)
    other = house.ready(s2, project, house.numbers[1])
    assert [a["id"] for a in house.service.client(s1).get("/v1/applications").json["items"]] == [own["id"]]
    assert house.get(s1, other["id"]).status_code == 404
    assert house.save(s1, other["id"], {}, part=True, etag='"1"').status_code == 404
    assert house.report(s1, own["id"]).status_code == 403
    batch = {"ids": [own["id"]], "operator_name": "钱经办", "operator_phone": "0571-12345678"}
    assert house.service.client(s1).post("/v1/applications/reports", json=batch).status_code == 403
    assert house.get(unit, own["id"]).json["status"] == "ready_to_report"
    assert len(house.service.client(unit).get("/v1/applications").json["items"]) == 2
    assert house.report(s2, other["id"]).status_code == 200
    reader = sub_account_actor(unit.unit_id, "application.print", account_id=s1.account_id)
    assert house.get(reader, own["id"]).json["editable"] is False
    assert house.save(reader, own["id"], {}, part=True).status_code == 403


def test_strangers_find_nothing(house) -> None:
    made = house.ready(house.unit(), house.project())
    for stranger in (house.unit(), unit_actor(), house.d1, office_actor(), person_actor()):
        client = house.service.client(stranger)
        assert client.get(f"/v1/applications/{made['id']}").status_code == 404
        path = f"/v1/applications/{made['id']}"
        assert client.put(f"{path}/sections", json={"sections": {}}, headers={"If-Match": '"1"'}).status_code == 404
        assert client.patch(f"{path}/sections", json={"sections": {}}, headers={"If-Match": '"1"'}).status_code == 404
        assert client.delete(path, headers={"If-Match": '"1"'}).status_code == 404
        assert client.post(f"{path}/report", json={}).status_code == 404
        assert client.get(f"{path}/sheets/determination_form").status_code == 404
        assert client.get("/v1/applications").json["items"] == []
    assert house.get(house.admin, made["id"]).status_code == 200
    assert house.save(house.admin, made["id"], {}, part=True).status_code == 403


def test_nobody_declares_in_a_closed_project_or_outside_its_scope(house) -> None:
    closed = house.project(closes_on="2020-12-31", year=2020)
    elsewhere = house.project(scope_department_ids=[str(house.d2.organisation_id)])
    inside = house.project(scope_department_ids=[str(house.bureau.organisation_id)])
    client = house.service.client(house.unit())
    late = client.post("/v1/applications", json={"project_id": closed})
    assert (late.status_code, late.json["code"]) == (409, "project_not_open")
    outside = client.post("/v1/applications", json={"project_id": elsewhere})
    assert (outside.status_code, outside.json["errors"][0]["code"]) == (422, "unit_in_scope")
    assert client.post("/v1/applications", json={"project_id": inside}).status_code == 201
    assert client.post("/v1/applications", json={"project_id": str(uuid7())}).status_code == 404


def test_a_person_is_found_by_exact_name_or_number_and_an_application_by_its_reference(house) -> None:
    unit = house.unit()
    project = house.project()
    zhang = house.ready(unit, project)
    house.create(unit, project, house.sections(unit, person_name="张三丰", id_number=house.numbers[1]))
    client = house.service.client(unit)
    for q in ("张三", house.numbers[0], zhang["reference"], zhang["reference"][:11]):
        found = client.get("/v1/applications", query_string={"q": q}).json["items"]
        assert [a["id"] for a in found] == [zhang["id"]], q
    assert client.get("/v1/applications", query_string={"q": "张"}).json["items"] == []
    assert len(client.get("/v1/applications", query_string={"q": zhang["reference"][:8]}).json["items"]) == 2


def test_nothing_personal_is_readable_in_the_rows_or_the_events(house) -> None:
    unit = house.unit()
    house.reported(unit, house.project())
    for rows in _contents(house):
        for word in ("张三", house.numbers[0], "zhang@example.cn", "钱经办", "13800000000"):
            assert word not in rows


def test_a_list_costs_the_same_for_ten_rows_as_for_one(house) -> None:
    unit = house.unit()
    project = house.project()
    client = house.service.client(unit)

    def statements() -> int:
        with count_queries(house.service) as sent:
            assert client.get("/v1/applications").status_code == 200
        return len(sent)

    application = house.ready(unit, project)
    house.report(unit, application["id"])
    one = statements()
    for _ in range(9):
        house.create(unit, project)
    assert statements() == one
    assert house.service.told(ApplicationCreatedV1)[0].filler_id == unit.account_id


def test_a_save_is_written_at_its_commit_with_what_it_tells(house) -> None:
    unit, project = house.unit(), house.project()
    house.ready(unit, project, house.numbers[1])
    made = house.ready(unit, project)
    with count_queries(house.service) as sent:
        saved = house.save(unit, made["id"], {"basic": {"person_name": "王五"}}, part=True).json
    writing = [text for text in sent if "UPDATE application SET" in text]
    assert len(writing) == 1
    assert "INSERT INTO outbox" in writing[0]
    assert saved["version"] == made["version"] + 1
    client = house.service.client(unit)
    assert client.get(f"/v1/applications/{made['id']}").json == saved
    for q, ids in (("王五", [made["id"]]), (house.numbers[0], [made["id"]])):
        assert [a["id"] for a in client.get("/v1/applications", query_string={"q": q}).json["items"]] == ids
    # The number may be somebody's: that is asked at once, and refused where it stands.
    taken = house.save(unit, made["id"], {"basic": {"id_number": house.numbers[1]}}, part=True)
    assert (taken.status_code, taken.json["errors"][0]["path"]) == (409, "sections.basic.id_number")
    assert client.get(f"/v1/applications/{made['id']}").json == saved


def _contents(house) -> list[str]:
    """Every table as text, as somebody would read it who got hold of the database's file."""
    with house.service.service.engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        return [str(connection.execute(sa.text(f'select "{n}"::text from "{n}"')).all()) for n in names]  # noqa: S608
