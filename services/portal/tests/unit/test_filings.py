"""Filings: what a provider does not give is uploaded by hand, and a unit confirms what it reports."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from shenbao_portal import masking

HOME = "https://portal.example"
FILING = "00000000-0000-0000-0000-000000000001"
_TEXTS = {"zh": "参保证明", "en": "Certificate"}
PACK = {
    "save_mode": "information_first",
    "identity": {"name": "form.name", "number": "form.number"},
    "variants": [{"key": "only", "tier": "primary", "form": None}],
    "sections": [
        {"key": "form", "zh": "表", "en": "Form", "fields": [{"key": "name", "type": "text", **_TEXTS}]},
        {
            "key": "materials",
            "zh": "佐证材料",
            "en": "Materials",
            "fields": [{"key": "proof", "type": "file", "material": "proof", **_TEXTS}],
        },
    ],
    "materials": [{"key": "proof", "due": True, "formats": ["pdf"], "max_bytes": 100, "retrieval": "keeper"}],
    "documents": [{"kind": "notice", "zh": "公示信息", "en": "Notice"}],
}
APPLICATION = {
    "id": FILING,
    "programme": "filing",
    "programme_version": 1,
    "variant": "only",
    "project_name": "备案",
    "status": "materials_pending",
    "status_label": {"zh": "上传佐证材料", "en": "Upload"},
    "editable": True,
    "operations": ["edit", "delete", "print:notice", "progress"],
    "open_items": None,
    "sections": {"form": {"name": "张三"}},
}


def answered(request: httpx.Request) -> httpx.Response:
    """As the services do, with a keeper that does not answer."""
    path = request.url.path
    known: dict[str, Any] = {
        f"/v1/applications/{FILING}": APPLICATION,
        "/v1/programmes/filing/versions/1": {"pack": PACK},
        "/v1/programmes": {"items": []},
        "/v1/me/profile-slips": {"slip": "signed"},
    }
    if path == "/v1/retrievals":
        return httpx.Response(503, json={"code": "retrieval_failed", "params": {}, "errors": []})
    return httpx.Response(200, json=known[path], headers={"ETag": '"1"'})


def test_a_proof_that_cannot_be_fetched_stays_away_and_is_asked_for_by_hand(
    services: Any, signed_in: Callable[..., FlaskClient], token: Callable[..., str]
) -> None:
    services.answer = answered
    page = signed_in(token(kind="person")).post(f"/filings/{FILING}/materials/proof/retrieval", base_url=HOME)
    assert page.status_code == 422
    assert "自动获取失败请自行上传" in page.text
    assert "暂未上传" in page.text
    assert {request.method for request in services.asked if "sections" in request.url.path} == set()


REPORT = "/declare/filing/only/report"
LISTED = {
    "programme": "filing",
    "version": 1,
    "zh": "备案",
    "en": "Filing",
    "variants": [{"key": "only", "zh": "申请", "en": "Filing", "tier": "primary", "form": None}],
    "fill": ["person"],
    "report": ["unit"],
    "save_mode": "information_first",
    "self_test": [],
    "unit_step": None,
}
CONFIRMATIONS = [
    {"key": "is_employee", "zh": "申报人为本单位员工", "en": "Employee"},
    {"key": "materials_true", "zh": "申报材料真实、正确", "en": "True"},
]


def handled(request: httpx.Request) -> httpx.Response:
    """As the services answer a unit with one filing to report."""
    line = APPLICATION | {"reference": "2026-000001", "person_name": "张三", "status": "ready_to_report"}
    pack = PACK | {
        "documents": [],
        "submission": {"fill": ["person"], "report": ["unit"]},
        "report_fields": [],
        "report_confirmations": CONFIRMATIONS,
    }
    known: dict[str, Any] = {
        "/v1/programmes": {"items": [LISTED]},
        "/v1/programmes/filing/versions/1": {"pack": pack},
        "/v1/applications": {
            "items": [line | {"saved_at": "2026-01-01T00:00:00Z", "operations": ["view"]}],
            "next": None,
        },
        "/v1/applications/counts": {"to_report": 1, "returned": 0},
        "/v1/projects/work": {"items": []},
        "/v1/applications/reports": {"results": [{"id": FILING, "result": "reported"}]},
    }
    return httpx.Response(200, json=known[request.url.path])


def test_a_unit_confirms_what_the_programme_asks_when_it_reports(
    services: Any, signed_in: Callable[..., FlaskClient], token: Callable[..., str]
) -> None:
    services.answer = handled
    unit = signed_in(token(kind="unit", permissions=("application.fill", "application.report", "application.print")))
    page = unit.get(REPORT, base_url=HOME).text
    for asked in CONFIRMATIONS:
        assert f'name="confirmed" value="{asked["key"]}" required><span>{asked["zh"]}' in page
    assert 'name="operator_name"' not in page
    assert '/declare/filing/only/report"' in page
    assert '/declare/filing/only/fill"' not in page
    sent = unit.post(REPORT, data={"ids": [FILING], "confirmed": ["is_employee", "materials_true"]}, base_url=HOME)
    assert sent.status_code == 303
    (report,) = [request for request in services.asked if request.url.path.endswith("/reports")]
    assert json.loads(report.content)["confirmed"] == ["is_employee", "materials_true"]


@pytest.mark.parametrize(("text", "shown"), [("张三", "*三"), ("欧阳秀强", "*阳秀强"), ("", "")])
def test_a_name_is_shown_without_its_first_character(text: str, shown: str) -> None:
    assert masking.name(text) == shown


@pytest.mark.parametrize(("text", "shown"), [("330000199001010014", "3*****4"), ("12", "12"), ("", "")])
def test_a_number_is_shown_with_its_ends_only(text: str, shown: str) -> None:
    assert masking.number(text) == shown
