"""A sitting about all that wait for a committee, of which a page shows a hundred (B-04)."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from flask.testing import FlaskClient

HOME = "https://portal.example"
COMMITTEE, SITTING = UUID(int=1), UUID(int=2)
NAMED = {"committee_id": str(COMMITTEE), "name": "示例市评委会", "programmes": [], "groups": [], "version": 1}


class Review:
    """So many cases wait for the committee; what is planned is kept."""

    def __init__(self, waiting: int) -> None:
        self.ids = [str(UUID(int=1000 + number)) for number in range(waiting)]
        self.planned: list[Any] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, asked = request.url.path, request.url.params
        if path == f"/v1/committees/{COMMITTEE}/sittings":
            self.planned.append(json.loads(request.content))
            return httpx.Response(201, json={"sitting_id": str(SITTING)})
        if path == f"/v1/committees/{COMMITTEE}":
            return httpx.Response(200, json=NAMED | {"active": True, "outside": False})
        if path == "/v1/cases" and asked.get("committee_id") == str(COMMITTEE):
            return httpx.Response(200, json=self._page(int(asked.get("after") or 0), int(asked["limit"])))
        return httpx.Response(200, json={"items": [], "next": None, "number": 0, "more": False})

    def _page(self, after: int, limit: int) -> dict[str, Any]:
        end = after + limit
        shown = [{"application_id": one, "reference": one[-4:], "unit_name": "单位"} for one in self.ids[after:end]]
        return {"items": shown, "next": str(end) if end < len(self.ids) else None}


@pytest.fixture
def chief(signed_in: Callable[..., FlaskClient], token: Callable[..., str]) -> FlaskClient:
    return signed_in(token(kind="office", permissions=("review.assign",)))


def plan(chief: FlaskClient, **chosen: Any) -> str:
    form = {"title": "第一次评审会议", "held_on": "2026-05-06", **chosen}
    return chief.post(f"/office/committees/{COMMITTEE}/sittings", data=form, base_url=HOME).headers["Location"]


@pytest.mark.req("B-04")
@pytest.mark.parametrize(("waiting", "planned"), [(250, 250), (1100, 1000)])
def test_all_that_wait_are_planned_whatever_page_is_shown_and_whatever_is_ticked(
    chief: FlaskClient, services: Any, waiting: int, planned: int
) -> None:
    """A sitting has a thousand candidates at most: the first ones, and the others wait for the next."""
    services.answer = review = Review(waiting)
    assert plan(chief, all="yes", ids=review.ids[100:103]) == f"/office/sittings/{SITTING}"
    assert [sitting["ids"] for sitting in review.planned] == [review.ids[:planned]]


def test_without_that_word_only_what_is_ticked_is_planned(chief: FlaskClient, services: Any) -> None:
    services.answer = review = Review(250)
    plan(chief, ids=review.ids[100:103])
    assert [sitting["ids"] for sitting in review.planned] == [review.ids[100:103]]


def test_nothing_is_planned_where_nothing_waits_any_more(chief: FlaskClient, services: Any) -> None:
    services.answer = review = Review(0)
    assert plan(chief, all="yes") == f"/office/committees/{COMMITTEE}"
    assert review.planned == []


def test_all_are_offered_on_each_page_of_several_and_not_on_the_only_one(chief: FlaskClient, services: Any) -> None:
    address, word = f"/office/committees/{COMMITTEE}", "安排全部等待评审的材料"
    services.answer = Review(101)
    assert all(word in chief.get(address + page, base_url=HOME).text for page in ("", "?after=100"))
    services.answer = Review(100)
    assert word not in chief.get(address, base_url=HOME).text
