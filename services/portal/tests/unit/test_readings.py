"""What was read of a page in a form: a choice by its name, little confidence told, and nothing found told too."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

HOME = "https://portal.example"
READING = "00000000-0000-0000-0000-000000000002"
PLACE = f"/readings/settling/1/personal/own_page/{READING}"
SEX = [{"key": "male", "zh": "男", "en": "Male"}, {"key": "female", "zh": "女", "en": "Female"}]
FIELDS = [
    {
        "key": "own_page",
        "zh": "本人页",
        "en": "Own page",
        "type": "file",
        "reads": {"kind": "household_page", "fills": {"name": "person_name", "sex": "sex"}},
    },
    {"key": "person_name", "zh": "本人姓名", "en": "Name", "type": "text"},
    {"key": "sex", "zh": "性别", "en": "Sex", "type": "choice", "options": SEX},
]
PACK = {
    "sections": [{"key": "personal", "zh": "个人信息", "en": "Person", "fields": FIELDS}],
    "texts": {"recognise_only_assist": {"zh": "识别结果仅用于辅助自动填写", "en": "Only helps"}},
}
READ = {"name": {"value": "张三", "confidence": 0.98}, "sex": {"value": "男", "confidence": 0.4}}


def answering(state: str, fields: dict[str, Any] | None) -> Callable[[httpx.Request], httpx.Response]:
    result = None if fields is None else {"turned": 0, "fields": fields, "lines": []}
    known: dict[str, Any] = {
        "/v1/programmes/settling/versions/1": {"pack": PACK},
        f"/v1/recognitions/{READING}": {"id": READING, "state": state, "result": result},
    }
    return lambda request: httpx.Response(200, json=known[request.url.path])


def part(services: Any, person: FlaskClient, state: str, fields: dict[str, Any] | None) -> str:
    services.answer = answering(state, fields)
    answer = person.get(PLACE, base_url=HOME, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture
def person(signed_in: Callable[..., FlaskClient], token: Callable[..., str]) -> FlaskClient:
    return signed_in(token(kind="person", permissions=("application.fill",)))


def test_what_was_read_names_the_control_that_takes_it_and_how_sure_it_is(services: Any, person: FlaskClient) -> None:
    text = part(services, person, "done", READ)
    for line in (
        'data-reads="personal-person_name" data-value="张三"',
        'data-reads="personal-sex" data-value="male"',
        "把握 98%",
        "识别把握不大，请仔细核对",
        "未识别到",
    ):
        assert line in text
    assert text.count("识别把握不大") == 1


def test_while_it_is_read_the_part_asks_again_and_may_be_cancelled(services: Any, person: FlaskClient) -> None:
    text = part(services, person, "running", None)
    assert f'hx-get="{PLACE}"' in text
    assert f'hx-post="{PLACE}/cancellation"' in text


@pytest.mark.parametrize(("state", "fields"), [("failed", None), ("cancelled", None), ("done", {})])
def test_of_what_could_not_be_read_nothing_is_proposed(
    services: Any, person: FlaskClient, state: str, fields: dict[str, Any] | None
) -> None:
    text = part(services, person, state, fields)
    assert "请手工填写" in text
    assert "data-reads" not in text
