"""Where else the evidence of a case is used: by others, and by the applicant, are two lists (B-14)."""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

HOME = "https://portal.example"
CASE, OWN, THEIRS = (f"01920000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
FOUND = [
    {"file_name": "论文.png", "number": "1000-0001", "application_id": OWN, "reference": "2025-000007"},
    {"file_name": "论文.png", "number": "1000-0001", "application_id": THEIRS, "reference": "2026-000002"},
]
MATERIAL = {
    "id": CASE,
    "programme": "p",
    "programme_version": 1,
    "variant": "v",
    "codes_version": None,
    "sections": {},
    "forms": [],
    "hidden": [],
    "steps": [],
}
PACK = {"sections": [], "variants": [{"key": "v"}], "documents": [], "materials": []}


def _answer(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if path == f"/v1/cases/{CASE}/view":
        case = {"application_id": CASE, "reference": "2026-000001", "round": 1, "steps": [], "current": None}
        return httpx.Response(200, json=case, headers={"ETag": '"1"'})
    if path == f"/v1/applications/{CASE}":
        return httpx.Response(200, json=MATERIAL)
    if path == "/v1/findings":
        return httpx.Response(200, json={"items": FOUND})
    if path == f"/v1/applications/{CASE}/same-person":
        assert json.loads(request.content) == {"ids": [OWN, THEIRS]}
        return httpx.Response(200, json={"ids": [OWN]})
    if path == f"/v1/applications/{CASE}/check":
        return httpx.Response(200, json={"clauses": []})
    if path.startswith("/v1/programmes/p"):
        return httpx.Response(200, json={"pack": PACK, "programme": "p", "version": 1})
    return httpx.Response(200, json={"items": [], "next": None})


@pytest.mark.req("B-14")
def test_the_applicants_own_use_is_told_apart_from_that_of_others(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    services.answer = _answer
    browser = signed_in(token(kind="office", org="o"))
    answer = browser.get(f"/office/cases/{CASE}", base_url=HOME)
    assert answer.status_code == 200
    cards = re.findall(
        r'<h2 class="sheet-title">([^<]+)</h2>\s*<ul class="findings">(.*?)</ul>', answer.text, re.DOTALL
    )
    assert [(title, re.findall(r"20\d\d-\d{6}", lines)) for title, lines in cards] == [
        ("同一证据的其他申报", ["2026-000002"]),
        ("本人其他申报使用的同一证据", ["2025-000007"]),
    ]


@pytest.mark.parametrize(("number", "rest"), [(10, None), (12, "以及另外 2 项")])
def test_of_evidence_that_many_use_the_first_ten_are_listed(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any, number: int, rest: str | None
) -> None:
    many = [{**FOUND[1], "reference": f"2026-{n:06}"} for n in range(number)]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/findings":
            return httpx.Response(200, json={"items": many})
        if request.url.path.endswith("/same-person"):
            return httpx.Response(200, json={"ids": []})
        return _answer(request)

    services.answer = answer
    page = signed_in(token(kind="office", org="o")).get(f"/office/cases/{CASE}", base_url=HOME).text
    [listed] = re.findall(r'<ul class="findings">(.*?)</ul>', page, re.DOTALL)
    assert re.findall(r"2026-\d{6}", listed) == [f"2026-{n:06}" for n in range(10)]
    assert re.findall(r"以及另外 \d+ 项", listed) == ([rest] if rest else [])
