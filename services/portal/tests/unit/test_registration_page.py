"""The registration page shows what the installation asks for, and names the licence of the chosen type of unit."""

import io
import json
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

HOME = "https://portal.example"
LICENCES = {
    "institution": ("事业单位", "事业单位法人证书"),
    "cooperative": ("合作社", "农民专业合作社法人营业执照"),
    "other": ("其他非法人单位", "单位证件"),
}
TYPES = [
    {"key": key, "zh": name, "en": key, "licence_zh": licence, "licence_en": key, "with_code": key != "other"}
    for key, (name, licence) in LICENCES.items()
]


def units(required: list[str]) -> Any:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/registry-lookups":
            return httpx.Response(200, json={"recognised": False, "unit_name": None})
        if request.url.path == "/v1/registration-profile":
            return httpx.Response(200, json={"types": TYPES, "required": required})
        if request.url.path == "/v1/image-codes":
            return httpx.Response(201, json={"id": "1", "image": "data:image/png;base64,"})
        return httpx.Response(200, json={"items": [], "next": None})

    return answer


def second_page(visitor: FlaskClient) -> str:
    code = {"code": "123300000000000271", "legal_representative": "王芳"}
    assert visitor.post("/register", data=code, base_url=HOME).status_code == 303
    return visitor.get("/register/unit", base_url=HOME).text


@pytest.mark.req("S4b-03")
def test_the_upload_is_labelled_by_the_type_of_unit_and_follows_its_change(visitor: FlaskClient, services: Any) -> None:
    services.answer = units(["licence"])
    second_page(visitor)
    for key, licence in (("institution", "事业单位法人证书"), ("cooperative", "农民专业合作社法人营业执照")):
        part = visitor.get(f"/register/licence?unit_type={key}", base_url=HOME).text
        assert f'<label class="field-label" for="certificate">{licence}' in part
        page = visitor.post("/register/unit", data={"unit_type": key}, base_url=HOME).text
        assert f'for="certificate">{licence}' in page


@pytest.mark.req("S4b-02")
def test_what_may_not_be_on_the_scan_is_said_at_the_upload(visitor: FlaskClient, services: Any) -> None:
    services.answer = units(["licence"])
    assert "最新证照的彩色扫描件，不得添加任何文字、图案、编号或水印" in second_page(visitor)
    assert "请上传事业单位法人证书" in visitor.post("/register/unit", data=FILLED, base_url=HOME).text


def test_only_what_the_installation_asks_for_is_shown(visitor: FlaskClient, services: Any) -> None:
    services.answer = units([])
    page = second_page(visitor)
    assert "单位行业" not in page
    services.answer = units(["industry", "location", "email"])
    page = second_page(visitor)
    for name in ("单位行业", "单位所在地", "电子邮箱"):
        assert name in page
    assert "电子邮箱：此项必填" in visitor.post("/register/unit", data=FILLED, base_url=HOME).text


def test_a_refused_registration_with_a_code_is_filled_in_again_with_what_it_held(
    visitor: FlaskClient, services: Any
) -> None:
    case = {"state": "rejected", "agreement": None, "reason": "证照有水印", "unit_name": "示例研究院"}
    case |= {
        "code": "000000027",
        "uscc": "123300000000000271",
        "legal_representative": "王芳",
        "address": "文一西路1号",
    }
    case |= {"department": "市科技局", "submitted_at": None}
    usual, sent = units([]), []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/registrant-tokens":
            return httpx.Response(201, json={"access_token": "t", "ticket": "kept"})
        if request.url.path == "/v1/registration-cases/mine":
            return httpx.Response(200, json=case)
        if request.url.path == "/v1/files":
            return httpx.Response(201, json={"receipt": "r", "name": "证照.pdf"})
        if request.url.path == "/v1/registrations":
            sent.append(json.loads(request.content))
            return httpx.Response(201, json={"state": "waiting"})
        found: httpx.Response = usual(request)
        return found

    services.answer = answer
    known = {"username": "unitA1", "password": "Hang-Zhou7x", "image_code": "ABCD"}
    assert 'href="/register"' in visitor.post("/register/status", data=known, base_url=HOME).text
    assert 'value="123300000000000271"' in visitor.get("/register", base_url=HOME).text
    page = second_page(visitor)
    assert 'value="文一西路1号"' in page
    assert 'name="password"' not in page  # The account is there already.
    filled = {"unit_name": "示例研究院", "unit_type": "institution", "department_id": "d1", "address": "文一西路1号"}
    scan = {"certificate": (io.BytesIO(b"%PDF-1.7"), "证照.pdf")}
    done = visitor.post("/register/unit", data=filled | scan, base_url=HOME)
    assert done.headers["Location"] == "/register/without-code/done"
    assert [(b["ticket"], b["code"], b["certificate_receipt"]) for b in sent] == [("kept", "123300000000000271", "r")]


FILLED = {
    "unit_name": "示例研究院",
    "unit_type": "institution",
    "department_id": "d1",
    "username": "unitA1",
    "password": "Hang-Zhou7x",
    "again": "Hang-Zhou7x",
    "image_code": "ABCD",
}
