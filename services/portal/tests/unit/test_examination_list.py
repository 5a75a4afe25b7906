"""The list of what a unit examines, with the values of the manual's picture."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

HOME = "https://portal.example"
COUNTS = {"open": 1, "passed": 0, "failed": 0, "returned": 0, "all": 1}
PROGRAMME = {
    "programme": "evaluation",
    "zh": "职称评审",
    "en": "Evaluation",
    "unit_step": {"zh": "资格审查", "en": "Examination"},
    "variants": [{"key": "plan", "zh": "职称评审", "en": "Evaluation", "publisher": "city_hr_bureau"}],
}
LINE = {
    "id": "01920000-0000-7000-8000-000000000001",
    "person_name": "张三",
    "year": 2020,
    "project_name": "关于2020年度高级建筑工程申报通知",
    "title": {"zh": "高级工程师(副高级)", "en": "Senior engineer (associate)"},
    "state": "open",
    "reported_at": "2020-04-09T12:14:34+00:00",
}


def _answer(request: httpx.Request) -> httpx.Response:
    told = {
        "/v1/programmes": {"items": [PROGRAMME], "next": None},
        "/v1/examinations": {"items": [LINE], "next": None},
        "/v1/examinations/counts": COUNTS,
    }
    return httpx.Response(200, json=told.get(request.url.path, {"items": [], "next": None}))


@pytest.mark.req("S1-30")
def test_a_line_has_title_and_moment_in_exactly_their_format(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    services.answer = _answer
    browser = signed_in(token())
    page = browser.get("/unit/examinations/evaluation", base_url=HOME).text
    heads = re.findall(r'<th scope="col">([^<]+)</th>', page)
    assert heads == ["序号", "姓名", "年度", "计划名称", "专业技术资格", "审查状态", "申报时间", "审查日志"]
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert body is not None
    cells = [
        " ".join(unescape(re.sub(r"<span class=\"visually-hidden\">.*?</span>|<[^>]+>", "", cell)).split())
        for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", body.group(1), re.DOTALL)
    ]
    assert cells == [
        "1",
        "张三",
        "2020",
        "关于2020年度高级建筑工程申报通知",
        "高级工程师(副高级)",
        "待审查",
        "2020-04-09 20:14:34",
        "查看",
    ]


def test_only_the_papers_that_the_programme_knows_are_offered(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    known = {"items": [PROGRAMME | {"documents": ["declaration_form", "roster"]}], "next": None}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=known) if request.url.path == "/v1/programmes" else _answer(request)

    services.answer = answer
    page = signed_in(token(perms=["application.export"])).get("/unit/examinations/evaluation", base_url=HOME).text
    assert re.findall(r"/unit/examinations/evaluation/sheet/(\w+)", page) == ["roster"]
