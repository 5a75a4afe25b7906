"""An application as a member of a committee reads it: by review's slip alone, and masked as the pack says."""

from typing import Any
from uuid import uuid4

import pytest

from shenbao_common.contracts.review import CommitteeFormedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor

STEP = "supervising_department_review"
BEFORE = "decider: supervising_department, actions: [pass, return]"
PLACES = "basic.person_name, basic.mobile, basic.email, experience.education.school"
AFTER = (
    f"decider: committee, actions: [pass, fail], committee: {{masks: [{PLACES}, evaluation_form.evaluation_form_file]}}"
)


@pytest.fixture
def reported(house: Any, pack_text: str) -> dict[str, Any]:
    """Z is reported, with a file that bears the name, and waits for the committee."""
    published = house.publish_pack(pack_text.replace(BEFORE, AFTER, 1))
    if published.status_code != 201:
        pytest.fail(published.text)
    committee = {"committee_id": uuid7(), "organisation_id": house.d1.organisation_id, "name": "评委会"}
    house.service.hear(CommitteeFormedV1(**committee, programmes=(), groups=(), active=True, revision=1), revision=1)
    house.version = published.json["version"]
    unit = house.unit()
    sections = house.sections(unit)
    sections["experience"] = sections["experience"] | {"achievements": "张三完成新品种选育两项。"}
    sections["attachments"] = {"attachment_files": [house.receipt(unit, **_attachment(house.version))]}
    application = house.create(unit, house.project(), sections)["id"]
    sent: dict[str, Any] = house.report(unit, application).json
    return sent | {"unit": unit}


def _attachment(version: int) -> dict[str, str]:
    return {"purpose": f"attachment:title_initial_determination:{version}:attachment_files", "name": "张三论文.pdf"}


def slip(house: Any, member: Actor, application: str, step: str = STEP, **how: Any) -> str:
    said = {"account_id": str(member.account_id), "application_id": application, "sitting_id": str(uuid4())}
    return str(house.service.slip("review", "shenbao-evaluation+jwt", said | {"step_key": step}, **how))


def read(house: Any, who: Actor, text: str) -> Any:
    return house.service.client(who).post("/v1/evaluations", json={"slip": text})


def test_a_member_reads_what_is_evaluated_with_masks_where_the_pack_says(house: Any, reported: dict[str, Any]) -> None:
    member = person_actor()
    answer = read(house, member, slip(house, member, reported["id"]))
    assert answer.status_code == 200, answer.json
    basic, experience = answer.json["sections"]["basic"], answer.json["sections"]["experience"]
    masked = {"person_name": "*三", "id_number": "3*****4", "mobile": "138****0000", "email": "*****"}
    assert {key: basic[key] for key in masked} == masked
    assert basic["declared_title"] == "工程技术-助理工程师"
    assert experience["education"][0]["school"] == "*****"
    assert experience["education"][0]["major"] == "植物学"
    assert experience["achievements"] == "*三完成新品种选育两项。"
    assert answer.json["sections"]["evaluation_form"] == {"evaluation_form_file": None}
    (file,) = answer.json["sections"]["attachments"]["attachment_files"]
    assert file["name"] == "*三论文.pdf"
    assert list(answer.json["files"]) == [file["document_id"]]
    assert "张三" not in answer.text
    assert "330000199001010014" not in answer.text
    trail = house.service.client(reported["unit"]).get("/v1/audit/mine")
    assert [entry["actor_kind"] for entry in trail.json["items"] if entry["act"] == "read"] == [member.kind.value]
    assert str(member.account_id) not in trail.text


def test_only_the_sections_that_the_step_sees_are_shown(house: Any, pack_text: str, reported: dict[str, Any]) -> None:
    part = f"{AFTER}, sees: [basic]"
    house.version = house.publish_pack(pack_text.replace(BEFORE, part, 1)).json["version"]
    sent = house.reported(house.unit(), house.project(), "330000198506150026")
    member = person_actor()
    assert list(read(house, member, slip(house, member, sent["id"])).json["sections"]) == ["basic"]


def test_without_the_members_own_slip_nobody_reads_it(house: Any, reported: dict[str, Any]) -> None:
    member = person_actor()
    text = slip(house, member, reported["id"])
    assert house.service.client(member).get(f"/v1/applications/{reported['id']}").status_code == 404
    forged = house.service.slip("documents", "shenbao-evaluation+jwt", {"account_id": str(member.account_id)})
    over = slip(house, member, reported["id"], seconds=-1)
    for who, given, code in (
        (person_actor(), text, "evaluation_slip_invalid"),
        (office_actor(), text, "evaluation_slip_invalid"),
        (member, forged, "evaluation_slip_invalid"),
        (member, "nothing", "evaluation_slip_invalid"),
        (member, over, "evaluation_slip_expired"),
    ):
        refused = read(house, who, given)
        assert (refused.status_code, [e["code"] for e in refused.json["errors"]]) == (422, [code])
    assert house.service.client().post("/v1/evaluations", json={"slip": text}).status_code == 401


def test_what_has_left_the_review_is_read_no_more(house: Any, reported: dict[str, Any]) -> None:
    member = person_actor()
    text = slip(house, member, reported["id"])
    house.opened(reported, house.d1, STEP)
    house.failed(reported, house.d1, STEP)
    assert read(house, member, text).status_code == 404


def test_a_pack_that_masks_what_is_not_there_is_refused_by_name(house: Any, pack_text: str) -> None:
    wrong = AFTER.replace(PLACES, "basic.person_name, basic.colour")
    answer = house.publish_pack(pack_text.replace(BEFORE, wrong, 1))
    found = [(e["code"], e["path"]) for e in answer.json["errors"]]
    assert found == [("unknown_field", "route.1.committee.masks.1")]
