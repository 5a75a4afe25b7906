"""The materials of a filing: what a provider does not give is uploaded by hand."""

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


@pytest.mark.parametrize(("text", "shown"), [("张三", "*三"), ("欧阳秀强", "*阳秀强"), ("", "")])
def test_a_name_is_shown_without_its_first_character(text: str, shown: str) -> None:
    assert masking.name(text) == shown


@pytest.mark.parametrize(("text", "shown"), [("330000199001010014", "3*****4"), ("12", "12"), ("", "")])
def test_a_number_is_shown_with_its_ends_only(text: str, shown: str) -> None:
    assert masking.number(text) == shown
