"""In which order a unit finds its programmes."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

HOME = "https://portal.example"


def _programme(key: str, name: str, fill: list[str]) -> dict[str, Any]:
    variant = {"key": "only", "zh": f"{name}申请", "en": name, "fill": None, "report": None}
    return {"programme": key, "zh": name, "en": name, "fill": fill, "report": ["unit"], "variants": [variant]}


def _answer(request: httpx.Request) -> httpx.Response:
    listed = [_programme("a_filing", "备案", ["person"]), _programme("b_titles", "初定", ["unit", "sub_account"])]
    return httpx.Response(200, json={"items": listed if request.url.path == "/v1/programmes" else [], "number": 0})


@pytest.fixture
def unit(services: Any, signed_in: Callable[..., FlaskClient], token: Callable[..., str]) -> FlaskClient:
    services.answer = _answer
    return signed_in(token(permissions=("application.fill", "application.report")), kind="unit")


def test_what_a_unit_fills_in_itself_comes_before_what_it_only_reports(unit: FlaskClient) -> None:
    page = unit.get("/home", base_url=HOME).text
    menu, main = page.split("</nav>")[0], page.split("<main")[1]
    for part, names in ((menu, ("初定申请", "备案申请")), (main, (">初定<", ">备案<"))):
        assert 0 < part.index(names[0]) < part.index(names[1])
