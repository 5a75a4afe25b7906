"""How far a filing has come, for its applicant at every status."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shenbao_common.testing.actors import person_actor


@pytest.fixture(autouse=True)
def on_record(filing: Any, day: Any) -> Any:
    filing.recognise()
    return day


def lines(filing: Any, application: str) -> list[tuple[str, str, str, str]]:
    """(step, body, result, office time)."""
    answer = filing.client().get(f"/v1/applications/{application}/progress")
    assert answer.status_code == 200, answer.json
    return [(i["zh"], i["organisation_name"], i["result"], moment(i["at"])) for i in answer.json["items"]]


def moment(at: str | None) -> str:
    return datetime.fromisoformat(at).astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M") if at else ""


@pytest.mark.req("S0-32")
def test_every_stage_that_was_passed_is_told_in_order_and_the_open_step_last(filing: Any, on_record: Any) -> None:
    on_record.be("2024-02-19", at="10:00")
    made = filing.begin().json
    assert lines(filing, made["id"]) == []
    filing.save(made["id"], contract_changed="no", vocational_changed="no")
    assert lines(filing, made["id"]) == [("保存信息", "", "saved", "2024-02-19 10:00")]
    on_record.be("2024-02-19", at="11:00")
    filing.upload(made["id"], "filing_form_signed", "social_insurance_certificate")
    filing.save_materials(made["id"])
    on_record.be("2024-02-20", at="09:00")
    sent = filing.report(made["id"], filing.u1, **filing.confirmed).json
    filing.house.opened(sent, filing.house.bureau, "hr_pre_review", "市人社局")
    passed = [
        ("保存信息", "", "saved", "2024-02-19 10:00"),
        ("保存材料", "", "saved", "2024-02-19 11:00"),
        ("单位上报", "示例科技有限公司", "reported", "2024-02-20 09:00"),
    ]
    assert lines(filing, made["id"]) == [*passed, ("待预审", "市人社局", "open", "")]
    stranger = filing.client(person_actor()).get(f"/v1/applications/{made['id']}/progress")
    assert stranger.status_code == 404


def test_a_return_and_what_came_after_it_follow_the_first_round(filing: Any, on_record: Any) -> None:
    sent = filing.reported()
    filing.house.returned(sent, filing.house.bureau, "hr_pre_review")
    on_record.be("2024-02-21")
    filing.save(sent["id"], mobile="13900000000")
    filing.upload(sent["id"], "filing_form_signed")
    filing.save_materials(sent["id"])
    assert filing.report(sent["id"], filing.u1, **filing.confirmed).status_code == 200
    told = filing.client().get(f"/v1/applications/{sent['id']}/progress").json["items"]
    assert [(i["round"], i["key"], i["result"]) for i in told] == [
        (1, "information_saved", "saved"),
        (1, "materials_saved", "saved"),
        (1, "unit_report", "reported"),
        (1, "hr_pre_review", "returned"),
        (2, "information_saved", "saved"),
        (2, "materials_saved", "saved"),
        (2, "unit_report", "reported"),
    ]
