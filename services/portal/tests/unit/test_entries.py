"""The entries of the sign-in page, and what somebody meets who has not told enough yet."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

HOME = "https://portal.example"
IMAGE = {"id": "00000000-0000-0000-0000-000000000001", "image": "data:image/png;base64,"}
METHODS = {"certificate": "法人数字证书登录", "national": "国家政务服务平台账号登录", "licence": "电子营业执照登录"}
RECOVERY = "https://province.example/forgotten"


def _provider(key: str, label: str, kind: str, recovery: str = "") -> dict[str, str]:
    labels = {"label_zh": label, "label_en": key}
    return {"key": key, "kind": kind, "register_url": "", "recovery_url": recovery, **labels}


def _identity(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if path == "/v1/providers":
        legal = [_provider(key, label, "legal") for key, label in METHODS.items()]
        legal[0]["recovery_url"] = RECOVERY
        return httpx.Response(200, json={"items": [*legal, _provider("person", "省个人账号", "person")]})
    if path == "/v1/image-codes":
        return httpx.Response(201, json=IMAGE)
    if request.method == "POST":
        body = {"code": "wrong_entry", "params": {"entry": "person"}, "errors": []}
        return httpx.Response(422, json=body)
    return httpx.Response(200, json={"client": "portal", "state": "credentials", "username": None})


@pytest.mark.req("S1-01")
def test_the_entry_of_legal_persons_has_four_methods_and_the_way_to_a_forgotten_password(
    visitor: FlaskClient, services: Any
) -> None:
    services.answer = _identity
    page = visitor.get("/sign-in?challenge=c&entry=unit", base_url=HOME).text
    assert len(re.findall(r'name="password"', page)) == 1
    offered = re.findall(r'href="/sign-in/providers/(\w+)\?challenge=c"', page)
    assert offered == list(METHODS)
    assert all(label in page for label in METHODS.values())
    assert page.count(RECOVERY) == 1
    tabs = re.findall(r"entry=(\w+)", page)
    assert {"person", "unit"} <= set(tabs)
    form = {"username": "13800000000", "password": "x", "image_code": "x", "image_code_id": IMAGE["id"]}
    refused = visitor.post("/sign-in?challenge=c&entry=unit", data=form, base_url=HOME).text
    assert "该账号不在此入口登录" in refused
    assert "data-right-entry>转到个人登录" in refused


@pytest.mark.req("S4d-01")
def test_each_entry_shows_the_registration_that_fits_it(visitor: FlaskClient, services: Any) -> None:
    services.answer = _identity
    shown = {
        e: visitor.get(f"/sign-in?challenge=c&entry={e}", base_url=HOME).text for e in ("person", "unit", "office")
    }
    assert {entry: ("个人注册" in page, "单位注册" in page) for entry, page in shown.items()} == {
        "person": (True, False),
        "unit": (False, True),
        "office": (False, False),
    }


def test_a_refused_provincial_sign_in_ends_here_in_words(visitor: FlaskClient, services: Any) -> None:
    services.answer = _identity
    for error, words in (("provider_denied", "未在统一身份认证完成登录"), ("assurance_too_low", "高级实名认证")):
        page = visitor.get(f"/sign-in?challenge=c&error={error}", base_url=HOME).text
        assert words in page
    assert "<script>" not in visitor.get("/sign-in?challenge=c&error=<script>", base_url=HOME).text


# WTForms 3.3 would rather have objects than pairs as choices; the portal's templates read pairs.
@pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples")
@pytest.mark.req("S3-03")
def test_whoever_has_not_told_enough_sees_the_page_that_asks_and_then_the_others(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    told = {"name": "张三", "verified": True, "missing": ["work_unit"], "fixed": ["name", "id_number"]}

    def identity(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/bindings/mine":
            return httpx.Response(200, json={"state": "none", "active": None, "pending": None})
        if request.url.path != "/v1/me/profile":
            return httpx.Response(200, json={"items": []})
        if request.method == "PATCH":
            return httpx.Response(200, json=told | {"missing": []})
        return httpx.Response(200, json=told, headers={"ETag": '"1"'})

    services.answer = identity
    browser = signed_in(token(kind="person"), missing=True)
    for path in ("/home", "/person", "/account/security"):
        assert browser.get(path, base_url=HOME).headers["Location"] == "/person/complete"
    assert "完善个人信息" in browser.get("/person/complete", base_url=HOME).text
    form = {"work_unit": "示例科技有限公司", "sex": "", "birth_date": "", "etag": '"1"', "register_unit": "no"}
    saved = browser.post("/person/complete", data=form, base_url=HOME)
    assert saved.headers["Location"] == "/home"
    assert browser.get("/person", base_url=HOME).status_code == 200


def test_the_second_step_without_a_sign_in_leads_to_a_new_one(visitor: FlaskClient, services: Any) -> None:
    # As identity answers a path with two slashes: by a redirect that is no JSON.
    services.answer = lambda _request: httpx.Response(308, text="<!doctype html>")
    for path in ("/sign-in/factor", "/sign-in/password"):
        for method in ("GET", "POST"):
            answer = visitor.open(path, method=method, base_url=HOME)
            assert answer.status_code == 303, (method, path)
            assert "why=challenge_over" in answer.headers["Location"]
    assert visitor.post("/sign-in/factor/key-options", base_url=HOME).status_code == 303
    assert services.asked == []


def test_whoever_changes_the_way_in_long_after_signing_in_signs_in_again_and_comes_back(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    services.answer = lambda _request: httpx.Response(403, json={"code": "sign_in_again", "params": {"max_age": 600}})
    browser = signed_in(token(kind="person"))
    over = browser.get("/person/mobile", base_url=HOME)
    assert over.headers["Location"] == "/sign-in?why=sign_in_again&back=/person/mobile"
    page = browser.get(over.headers["Location"], base_url=HOME).text
    assert "修改登录方式前请重新登录" in page
    away = browser.get("/sign-in?go=1&why=sign_in_again&back=/person/mobile", base_url=HOME).headers["Location"]
    assert away.startswith("https://portal.example/api/identity/authorize?")
    assert "prompt=login" in away


def test_the_mark_is_there_for_browsers_that_ask_by_themselves(visitor: FlaskClient) -> None:
    with visitor.get("/favicon.ico", base_url=HOME, follow_redirects=True) as mark:
        assert (mark.status_code, mark.mimetype) == (200, "image/svg+xml")
