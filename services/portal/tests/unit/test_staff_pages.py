"""The pages of a unit's staff, of recovery by them, and of the deletion of the own account."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

HOME = "https://portal.example"
NEW = "Xi-Hu-2026x"
LINK = "00000000-0000-0000-0000-000000000007"
STAFF = {"id": LINK, "name": "李四", "id_number": "3*****6", "state": "enabled", "version": 1}


def _answer(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if path == "/v1/staff":
        return httpx.Response(200, json={"items": [STAFF], "warning_code": None})
    if path == "/v1/staff-lookups":
        if b"330000198506150026" in request.content:
            return httpx.Response(200, json={"name": "李四", "slip": "signed-slip"})
        return httpx.Response(404, json={"code": "person_not_registered", "errors": []})
    if path == "/v1/image-codes":
        return httpx.Response(201, json={"id": "1", "image": "data:image/png;base64,"})
    if path == "/v1/unit-recoveries/staff":
        return httpx.Response(200, json={"items": [{"id": LINK, "name": "*四"}]})
    if path == "/v1/unit-recoveries":
        return httpx.Response(422, json={"code": "recovery_refused", "errors": []})
    if path == "/v1/me" and request.method == "DELETE":
        return httpx.Response(409, json={"code": "has_reported", "errors": []})
    return httpx.Response(200, json={"items": [], "next": None})


@pytest.fixture
def officer(signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any) -> FlaskClient:
    services.answer = _answer
    return signed_in(token(permissions=("unit.manage",)))


@pytest.mark.req("S4b-05")
def test_a_found_person_is_shown_and_only_then_can_be_added(officer: FlaskClient) -> None:
    unknown = officer.post("/unit/staff", data={"id_number": "330000199001010014"}, base_url=HOME).text
    assert "请本人先在个人入口注册" in unknown
    assert re.search(r'<button class="btn btn-primary" disabled>', unknown)
    found = officer.post("/unit/staff", data={"id_number": "330000198506150026"}, base_url=HOME).text
    assert 'name="person" value="signed-slip"' in found
    assert 'class="btn btn-primary" disabled' not in found


@pytest.mark.req("S4b-06")
def test_the_warning_stands_before_the_confirmation(officer: FlaskClient, services: Any) -> None:
    page = officer.get("/unit/staff", base_url=HOME).text
    dialog = page[page.index("<dialog") :]
    assert "忘记密码后无法在线找回" in dialog
    assert dialog.index("忘记密码后无法在线找回") < dialog.index("确认删除")
    officer.post(f"/unit/staff/{LINK}", data={"act": "remove", "version": "1"}, base_url=HOME)
    sent = services.asked[-1]
    assert (sent.method, str(sent.url.query, "ascii"), sent.headers["If-Match"]) == ("DELETE", "confirmed=true", '"1"')


def test_recovery_goes_from_the_unit_to_its_staff_and_says_one_thing_of_any_fault(
    visitor: FlaskClient, services: Any
) -> None:
    services.answer = _answer
    assert visitor.get("/recover/unit/staff", base_url=HOME).status_code == 303
    named = {"unit_name": "示例科技有限公司", "credit_code": "913300000000000191", "image_code": "ABCD"}
    assert visitor.post("/recover/unit", data=named, base_url=HOME).headers["Location"] == "/recover/unit/staff"
    chosen = {
        "staff_id": LINK,
        "id_number": "330000198506150026",
        "new_password": "Xi-Hu-2026x",
        "again": "Xi-Hu-2026x",
    }
    page = visitor.post("/recover/unit/staff", data=chosen, base_url=HOME).text
    assert "*四" in page
    assert "所填信息与登记的不一致" in page


def test_the_deletion_of_the_own_account_is_confirmed_and_says_why_not(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    services.answer = _answer
    person = signed_in(token(kind="person"))
    unsure = person.post("/person/deletion", data={}, base_url=HOME).text
    assert "我确认删除账号：此项必填" in unsure
    assert not [one for one in services.asked if one.method == "DELETE"]
    refused = person.post("/person/deletion", data={"sure": "1"}, base_url=HOME).text
    assert "已有上报的申报材料，账号不能删除" in refused
