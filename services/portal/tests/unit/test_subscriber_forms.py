"""What the form of a subscribing system sends, and what it leaves as it is."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from shenbao_portal.subscriber_forms import SubscriberForm, data_of, split, trouble

# As in every form of the portal; the library is pinned.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices:DeprecationWarning")

FILTER = {"programmes": [], "years": [2025, 2026], "bodies": ["b1"], "results": ["passed"], "steps": [], "types": []}
PRESENT = {
    "name": "档案馆",
    "client_id": "archive",
    "url": "https://archive.example/events",
    "auth": "oauth2",
    "filter": FILTER,
}


@pytest.fixture
def page(portal: Flask) -> Iterator[None]:
    portal.config["WTF_CSRF_ENABLED"] = False
    with portal.test_request_context(method="POST"):
        yield
    portal.config["WTF_CSRF_ENABLED"] = True


def filled(**values: Any) -> SubscriberForm:
    given = MultiDict[str, Any]({"name": "档案馆", "auth": "none"})
    for name, value in values.items():
        given.setlist(name, value if isinstance(value, list) else [value])
    return SubscriberForm(given)


@pytest.mark.usefixtures("page")
def test_what_was_not_touched_is_sent_as_it_was_and_no_secret_is_asked_for() -> None:
    shown = data_of(PRESENT)
    assert shown["years"] == "2025, 2026"
    form = filled(**{name: "" if value is None else value for name, value in shown.items()})
    assert form.body("webhook", PRESENT) == {"name": "档案馆", "client_id": "archive", "filter": FILTER}


@pytest.mark.usefixtures("page")
def test_a_new_address_is_sent_with_all_that_belongs_to_it() -> None:
    form = filled(url=" https://other.example/ ", auth="oauth2", oauth_client_id="us", client_secret="s")
    sent = form.body("webhook", PRESENT)["webhook"]
    assert sent == {"url": "https://other.example/", "auth": "oauth2", "client_id": "us", "client_secret": "s"}


@pytest.mark.usefixtures("page")
def test_years_are_numbers_however_they_are_separated() -> None:
    assert split("2025, 2026\uff0c2027\u30012028") == ["2025", "2026", "2027", "2028"]
    assert filled(years="2025 2026").body("feed")["filter"]["years"] == [2025, 2026]
    wrong = filled(years="next year")
    assert not wrong.validate()
    assert "years" in wrong.errors


@pytest.mark.usefixtures("page")
def test_a_queue_has_no_address_to_fill_in() -> None:
    form = filled()
    form.without("amqp")
    assert not {"url", "auth", "client_secret", "certificate"} & set(form._fields)
    assert "webhook" not in form.body("amqp")


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, ""),
        ("timeout", "对方未在规定时间内应答"),
        ("http_503", "对方应答 503"),
        ("token_http_401", "获取令牌：对方应答 401"),
        ("token_private_address", "获取令牌：该地址指向内部网络"),
        ("something_new", "something_new"),
    ],
)
def test_trouble_is_told_in_words(code: str | None, words: str) -> None:
    assert trouble(code) == words
