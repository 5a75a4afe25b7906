"""Who may open what, and where links may lead."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from shenbao_portal.guards import local_path

HOME = "https://portal.example"

# Whoever adds a line here answers for it.
PUBLIC = {
    "/",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/language/<chosen>",
    "/register/person",
    "/recover",
    "/sms-code",
    "/agreements/<any(user_agreement, privacy_policy):agreement>",
    "/sign-in",
    "/sign-in/password",
    "/sign-in/factor",
    "/sign-in/factor/key",
    "/sign-in/factor/key-options",
    "/sign-in/providers/<key>",
    "/signed-in",
    "/sign-out",
    "/image-code",
    # What authorities publish for everybody, and where one may declare.
    "/notices",
    "/notices/<uuid:publication_id>",
    "/notices/<uuid:publication_id>/projects/<uuid:project_id>",
    "/publications/<uuid:publication_id>/attachments/<document_id>",
    "/help",
    "/questions",
    "/evaluation/<tier>",
    "/evaluation/<tier>/<uuid:committee_id>",
    "/evaluation/projects/<uuid:project_id>",
    "/publicity",
    "/publicity/<uuid:publicity_id>",
    "/register",
    "/register/unit",
    "/register/departments",
    "/register/done",
    "/register/licence",
    "/recover/unit",
    "/recover/unit/mail",
    "/recover/unit/mail/code",
    "/recover/unit/staff",
    "/register/status",
    "/register/without-code",
    "/register/without-code/unit",
    "/register/without-code/departments",
    "/register/without-code/user",
    "/register/without-code/done",
    "/agreements/registration_agreement",
    "/self-test/<programme>",
    "/guides/unit-registration",
    # What everybody may read before they declare, and questions that need no personal data.
    "/pretest/<programme>",
    "/pretest/<programme>/articles/<article>",
    "/pretest/<programme>/conditions",
    "/pretest/<programme>/questions",
    "/pretest/<programme>/questions/<question>/catalogue",
    "/officer",
    "/officer/departments",
    "/officer/done",
    "/favicon.ico",
    "/static/<path:filename>",
    "/verify",
    "/verify/<code>",
    "/verify/file",
    "/verify/form/<code>",
}


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "", "//[", "http://[", "/a\r\nb: c"],
)
def test_only_own_paths_are_led_on_to(path: str) -> None:
    assert local_path(path) == "/"


def test_own_paths_stay() -> None:
    assert local_path("/unit/accounts?q=a") == "/unit/accounts?q=a"


def test_every_page_asks_who_is_there_unless_it_is_listed(portal: Flask, visitor: FlaskClient) -> None:
    open_ones = []
    for rule in portal.url_map.iter_rules():
        if rule.rule in PUBLIC:
            continue
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = visitor.open(_address(rule), method=method, base_url=HOME)
        if answer.status_code != 303 or "/sign-in?why=token_missing" not in answer.headers["Location"]:
            open_ones.append((rule.rule, answer.status_code))
    assert open_ones == []


def test_no_form_is_taken_without_its_token(
    portal: Flask, signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    portal.config["WTF_CSRF_ENABLED"] = True
    browser = signed_in(token(kind="office", permissions=("review.decide", "review.return", "project.publish")))
    forms = [_address(rule) for rule in portal.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert len(forms) > 150
    for given in ({}, {"csrf_token": "forged"}):
        answers = {path: browser.post(path, data=given, base_url=HOME).status_code for path in forms}
        assert {path: status for path, status in answers.items() if status != 400} == {}
    assert [asked.method for asked in services.asked if asked.method != "GET"] == []  # the menu reads


def test_a_page_without_the_permission_says_so(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str]
) -> None:
    answer = signed_in(token(kind="sub_account")).get("/password", base_url=HOME)

    assert answer.status_code == 403
    assert "您没有此项操作权限" in answer.text


def test_a_page_of_another_kind_of_account_says_so(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str]
) -> None:
    answer = signed_in(token(kind="unit", permissions=("account.manage",))).get("/admin/accounts", base_url=HOME)

    assert answer.status_code == 403


def test_a_unit_that_is_not_registered_sees_the_registration_only(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str]
) -> None:
    answer = signed_in(token(kind="unit", unit=None)).get("/unit/profile", base_url=HOME)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/register/own")


def _address(rule: Rule) -> str:
    """A path that the rule matches: the first of a choice, a number, else an id."""
    path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
    path = re.sub(r"<int:[^>]*>", "0", path)
    return re.sub(r"<[^>]*>", "00000000-0000-0000-0000-000000000001", path)
