"""The list of received applications says where a sort leaves some out."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

COLUMNS = {"items": [{"key": "unit", "zh": "单位名称", "en": "Unit"}], "sorts": ["unit"]}
SAYS = "最多对其中最新的10000件排序"


@pytest.mark.parametrize(
    ("query", "held", "says"),
    [
        ("?sort1=unit", 2_500, True),
        ("?sort1=unit", 2_499, False),
        ("?sort1=unit&tab=approved", 2_500, False),
        ("", 2_500, False),
    ],
)
def test_a_sorted_list_says_that_it_holds_the_newest_where_there_may_be_more(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any, query: str, held: int, says: bool
) -> None:
    told = {
        "/v1/applications/table-columns": COLUMNS,
        "/v1/applications/counts": {"all": held, "approved": 3, "bound": 2_500, "sorted": 10_000},
    }
    services.answer = lambda request: httpx.Response(200, json=told.get(request.url.path, {"items": [], "next": None}))
    browser = signed_in(token(kind="office", permissions=["application.export"]))
    page = browser.get(f"/office/received{query}", base_url="https://portal.example")
    assert page.status_code == 200
    assert (SAYS in page.text) is says
