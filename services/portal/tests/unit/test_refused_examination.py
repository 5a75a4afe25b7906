"""A decision about what a person of the unit declared, refused because it says nothing."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

HOME = "https://portal.example"
ID = "01920000-0000-7000-8000-000000000001"
UNIT_STEP = {"zh": "资格审查", "en": "Examination"}
PROGRAMME = {"programme": "p", "zh": "职称评审", "en": "Evaluation", "unit_step": UNIT_STEP}
MATERIAL = {
    "id": ID,
    "programme": "p",
    "programme_version": 1,
    "codes_version": None,
    "variant": "v",
    "project_id": ID,
    "person_name": "张三",
    "form_kind": None,
    "unit_id": ID,
    "sections": {},
    "necessary": [],
    "steps": [],
}
CASE = {"current": {"step_id": ID, "actions": ["pass", "return", "fail"], "default_opinion": None}}
REFUSED = {"code": "invalid", "errors": [{"code": "opinion_required", "path": "opinion", "params": {}}]}


def _answer(request: httpx.Request) -> httpx.Response:
    told = {
        "/v1/programmes": {"items": [PROGRAMME], "next": None},
        f"/v1/applications/{ID}": MATERIAL,
        "/v1/programmes/p/versions/1": {"pack": {"sections": [], "variants": [{"key": "v"}], "documents": []}},
        f"/v1/cases/{ID}": CASE,
        f"/v1/projects/{ID}": {"publisher_name": "市人社局"},
    }
    if request.url.path.endswith("/decisions"):
        return httpx.Response(422, json=REFUSED, headers={"Content-Type": "application/problem+json"})
    return httpx.Response(200, json=told.get(request.url.path, {"items": [], "next": None}), headers={"ETag": '"1"'})


@pytest.mark.parametrize("action", ["return", "fail"])
def test_the_dialog_opens_again_and_asks_for_the_opinion_by_its_name(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any, action: str
) -> None:
    services.answer = _answer
    typed = {"step_id": ID, "etag": '"1"', "action": action, "opinion": " "}
    answer = signed_in(token()).post(f"/unit/examinations/p/{ID}/decision", data=typed, base_url=HOME)
    assert answer.status_code == 422
    dialogs = dict(re.findall(r'<dialog id="decide-(\w+)"(.*?)</dialog>', answer.text, re.DOTALL))
    # dialogs.js opens the one with a wrong field.
    assert [one for one, text in dialogs.items() if "field-wrong" in text] == [action]
    assert f'id="opinion-{action}-error"' in dialogs[action]
    assert "请填写意见" in dialogs[action]
    assert "请填写理由" not in answer.text
