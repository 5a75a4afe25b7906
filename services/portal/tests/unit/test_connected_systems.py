"""Other systems are registered with their secret shown once, and changed only as they were read."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

HOME = "https://portal.example"
SYSTEM = {
    "client_id": "talent-introduction",
    "label_zh": "人才引进申办系统",
    "label_en": "Talent introduction",
    "redirect_uris": ["https://talent.example/back"],
    "post_logout_redirect_uris": [],
    "start_url": "",
    "active": True,
}
FORM = {
    "label_zh": "人才引进",
    "label_en": "Talent",
    "redirect_uris": "https://a.example/1\r\n\r\nhttps://a.example/2 ",
}


def _answer(request: httpx.Request) -> httpx.Response:
    if request.method == "POST":
        return httpx.Response(201, json={"client_id": "talent", "client_secret": "told-once"})
    if request.url.path.endswith("/talent-introduction"):
        return httpx.Response(200, json=SYSTEM, headers={"ETag": '"4"'})
    return httpx.Response(200, json={"items": [SYSTEM], "next": None})


@pytest.fixture
def admin(signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any) -> FlaskClient:
    services.answer = _answer
    return signed_in(token(kind="admin", permissions=("account.manage",)))


def test_a_system_is_registered_line_by_line_and_its_secret_is_shown_once(admin: FlaskClient, services: Any) -> None:
    assert "人才引进申办系统" in admin.get("/admin/clients", base_url=HOME).text
    made = admin.post("/admin/clients/new", data=FORM | {"client_id": "talent"}, base_url=HOME)
    assert "told-once" in made.text
    sent = json.loads(next(asked for asked in services.asked if asked.method == "POST").content)
    assert sent["redirect_uris"] == ["https://a.example/1", "https://a.example/2"]
    assert "told-once" not in admin.get("/admin/clients", base_url=HOME).text


def test_a_system_is_taken_out_of_use_as_it_was_read(admin: FlaskClient, services: Any) -> None:
    shown = admin.get("/admin/clients/talent-introduction", base_url=HOME).text
    assert "https://talent.example/back</textarea>" in shown
    assert 'name="etag" type="hidden" value="&#34;4&#34;"' in shown
    answer = admin.post(
        "/admin/clients/talent-introduction", data=FORM | {"active": "no", "etag": '"4"'}, base_url=HOME
    )
    assert answer.status_code == 303
    sent = next(asked for asked in services.asked if asked.method == "PATCH")
    assert (sent.headers["If-Match"], json.loads(sent.content)["active"]) == ('"4"', False)
