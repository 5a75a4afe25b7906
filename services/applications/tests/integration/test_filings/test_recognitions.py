"""What is on record of a person, and whether a filing is due."""

from typing import Any

import pytest

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor

OTHER = "330000198506150026"


@pytest.fixture(autouse=True)
def today(day: Any) -> Any:
    return day


@pytest.mark.req("S0-03")
def test_an_earlier_recognition_is_found_by_the_number_of_the_account_that_signs_in(filing: Any) -> None:
    assert filing.recognise(recognised_on="2018-05-01").json == {"imported": 1}
    assert filing.recognise(recognised_on="2018-05-01").json == {"imported": 0}
    assert filing.client().get("/v1/recognitions").json["items"] == []
    stranger = person_actor()
    for who, number in ((filing.a, filing.number), (stranger, OTHER)):
        claimed = filing.client(who).post(
            "/v1/recognitions/claims", json={"profile": filing.profile(who, id_number=number)}
        )
        assert claimed.status_code == 204
    (found,) = filing.client().get("/v1/recognitions").json["items"]
    assert (found["recognised_on"], found["category"], found["status"]) == ("2018-05-01", "d", "valid")
    assert filing.client(stranger).get("/v1/recognitions").json["items"] == []
    alien = filing.client(stranger).post("/v1/recognitions/claims", json={"profile": filing.profile(filing.a)})
    assert [e["code"] for e in alien.json["errors"]] == ["person_invalid"]


def _nested(levels: int) -> Any:
    return {"a": _nested(levels - 1)} if levels else {}


@pytest.mark.parametrize(
    "value", ["\ud800", {"\ud800": 1}, "a\x00", float("nan"), 1e400, 2**64, [1, [10**29]], _nested(300)], ids=repr
)
def test_a_form_on_record_is_kept_as_it_was_given_or_refused(filing: Any, value: Any) -> None:
    refused = filing.recognise(sections={"filing_form": {"person_name": value}})
    assert refused.status_code in {400, 422}
    kept = {"text": "张三 é\n", "number": -0.5, "whole": 2**53 - 1, "list": [None, True, {"a": ""}]}
    assert filing.recognise(sections={"filing_form": kept}).json == {"imported": 1}


def test_a_number_that_nobody_vouched_for_opens_nothing_that_is_on_record(filing: Any) -> None:
    filing.recognise(recognised_on="2018-05-01")
    unproved = filing.profile(verified=False)
    asked = {"profile": unproved}
    refused = [
        filing.client().post("/v1/recognitions/claims", json=asked),
        filing.client().post(f"/v1/projects/{filing.project}/renewal-needs", json=asked | {"category": "d"}),
        filing.begin(verified=False),
    ]
    for answer in refused:
        assert [(e["path"], e["code"]) for e in answer.json["errors"]] == [("profile", "profile_unverified")]
    assert filing.client().get("/v1/recognitions").json["items"] == []
    assert filing.client().get("/v1/applications").json["items"] == []


def test_only_the_bureau_hands_over_what_a_register_holds(filing: Any) -> None:
    body = {"register": "talent_recognition", "items": [{"name": "张三"}]}
    house = filing.house
    for other in (filing.a, filing.u1, house.d1):
        assert filing.client(other).post("/v1/recognitions", json=body).status_code in {403, 422}
        assert filing.client(other).get("/v1/recognitions").status_code in {200, 403}
    assert filing.recognise(name="").status_code == 422
    wrong = filing.client(house.bureau).post("/v1/recognitions", json=body).json
    assert {e["path"] for e in wrong["errors"]} == {
        f"items.0.{name}" for name in ("id_type", "id_number", "category", "recognised_on")
    }
    assert house.service.client().get("/v1/recognitions").status_code == 401


@pytest.mark.req("S0-13")
def test_without_a_recognition_on_record_no_draft_is_made(filing: Any) -> None:
    refused = filing.begin()
    assert (refused.status_code, refused.json["code"]) == (409, "no_recognition_on_record")
    assert refused.json["params"]["apply_at"] == "https://rc.hzrs.hangzhou.gov.cn"
    assert filing.client().get("/v1/applications").json["items"] == []
    assert need(filing)["answer"] == "no_recognition_on_record"


@pytest.mark.req("S0-13")
def test_whether_a_filing_is_needed_has_four_answers(filing: Any, today: Any) -> None:
    filing.recognise()
    assert need(filing)["answer"] == "needed"
    assert need(filing, category="c")["answer"] == "category_changed"
    today.be("2024-02-14")
    told = need(filing)
    assert (told["answer"], told["earliest_on"], told["valid_until"]) == ("not_yet_due", "2024-02-15", "2024-03-14")
    today.be("2024-03-15")
    assert need(filing)["answer"] == "recognition_over"
    begun = filing.begin()
    assert (begun.status_code, begun.json["code"]) == (409, "recognition_over")
    path = f"/v1/projects/{uuid7()}/renewal-needs"
    assert filing.client().post(path, json={"profile": filing.profile()}).status_code == 404


def need(filing: Any, **more: Any) -> dict[str, Any]:
    path = f"/v1/projects/{filing.project}/renewal-needs"
    answer = filing.client().post(path, json={"profile": filing.profile(), **more})
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


@pytest.mark.req("S0-14")
def test_a_filing_is_accepted_from_23_months_after_the_recognition(filing: Any, today: Any) -> None:
    filing.recognise()
    today.be("2024-02-14", at="23:59")
    early = filing.begin()
    assert (early.status_code, early.json["code"]) == (409, "not_yet_due")
    assert early.json["params"]["earliest_on"] == "2024-02-15"
    today.be("2024-02-15", at="00:01")
    begun = filing.begin()
    assert (begun.status_code, begun.json["status"]) == (201, "draft")


@pytest.mark.req("S0-15")
def test_a_filing_of_somebody_else_than_the_recognised_person_names_the_field(filing: Any) -> None:
    filing.recognise()
    refused = filing.begin(name="张叁")
    assert (refused.status_code, refused.json["code"]) == (422, "identity_mismatch")
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [
        ("identity_mismatch", "sections.filing_form.person_name")
    ]
    made = filing.begin().json
    saved = filing.save(made["id"], person_name="张叁")
    assert [(e["code"], e["path"]) for e in saved.json["errors"]] == [
        ("identity_mismatch", "sections.filing_form.person_name")
    ]
    other_kind = filing.begin(id_type="227")
    assert [e["path"] for e in other_kind.json["errors"]] == ["sections.filing_form.id_type"]


@pytest.mark.req("S0-16")
def test_the_history_is_told_in_full_only_through_the_unit_of_then(filing: Any) -> None:
    filing.recognise()
    made = filing.saved()
    path = f"/v1/applications/{made['id']}/history"
    full = filing.client().get(path).json
    assert (full["full"], full["materials"]) == (True, ["身份证.pdf"])
    assert full["sections"]["filing_form"]["mobile"] == "13800000000"
    filing.save(made["id"], unit_id={"unit_id": str(filing.u2.unit_id)})
    partial = filing.client().get(path).json
    assert partial == {"full": False, "category": "d", "recognised_on": "2022-03-15", "status": "valid"}
    assert filing.client(filing.u2).get(path).json == partial
    assert filing.client(filing.u1).get(path).status_code == 404
    assert filing.client(person_actor()).get(path).status_code == 404


@pytest.mark.req("S0-17")
def test_another_category_is_applied_for_anew(filing: Any) -> None:
    filing.recognise()
    made = filing.begin().json
    refused = filing.save(made["id"], recognition_category="c")
    assert refused.status_code == 422
    (said,) = refused.json["errors"]
    assert (said["code"], said["path"]) == ("category_changed", "sections.filing_form.recognition_category")
    assert said["params"] == {"apply_at": "https://rc.hzrs.hangzhou.gov.cn"}
    assert filing.house.get(filing.a, made["id"]).json["sections"]["filing_form"]["recognition_category"] == "d"
