"""A unit manages of itself what four tabs show."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

HOME = "https://portal.example"
UNIT = {"name": "示例科技集团有限公司", "code": "000000019", "uscc": "", "contact_name": "李想"}
UNIT |= {"contact_phone": "13800000000", "address": "文一西路1号", "registered_at": "2026-01-05T01:00:00+00:00"}
RENAMED = {"at": "2026-03-02T01:30:00+00:00", "details": {"from": "示例科技有限公司", "to": "示例科技集团有限公司"}}


def _answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/v1/units/mine":
        department = {"id": "d1", "name": "市科技局", "level": "department"}
        return httpx.Response(200, json=UNIT | {"department": department}, headers={"ETag": '"1"'})
    if request.url.path == "/v1/units/mine/history":
        return httpx.Response(200, json={"items": [RENAMED], "next": None})
    return httpx.Response(200, json={"username": "unitA1", "items": [], "next": None})


@pytest.mark.req("S4b-09")
def test_exactly_four_tabs_are_shown_and_the_rename_history_has_both_names_and_the_date(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    services.answer = _answer
    browser = signed_in(token(permissions=("unit.manage",)))
    page = browser.get("/unit/organisation", base_url=HOME).text
    tabs = page[page.index('<nav class="tabs"') :]
    tabs = tabs[: tabs.index("</nav>")]
    assert re.findall(r">([^<>]+)</a>", tabs) == ["账户信息", "单位信息", "更名记录", "联系人信息"]
    for tab, shown in (
        ("account", ["unitA1"]),
        ("unit", ["示例科技集团有限公司", "修改单位名称"]),
        ("renames", ["示例科技有限公司", "示例科技集团有限公司", "2026-03-02 09:30"]),
        ("contacts", ["李想", "13800000000", "文一西路1号"]),
    ):
        page = browser.get(f"/unit/organisation?tab={tab}", base_url=HOME).text
        assert [text for text in shown if text not in page] == []
