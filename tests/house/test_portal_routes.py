"""The portal asks for a sign-in on every page that is not meant for everybody."""

from uuid import UUID

from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule, UUIDConverter
from werkzeug.test import TestResponse

from shenbao_stack.headers import headers_missing

# Pages and files for everybody; whoever adds a line answers for it.
_OPEN = {
    "/",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/language/<chosen>",
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
    "/favicon.ico",
    "/static/<path:filename>",
    "/verify",
    "/verify/<code>",
    "/verify/file",
    "/verify/form/<code>",
}
_METHODS = ("GET", "POST")


def test_a_page_sends_somebody_unknown_to_the_sign_in_unless_it_is_listed(portal: Flask) -> None:
    routes = [r for r in portal.url_map.iter_rules() if r.rule not in _OPEN]
    asked = {f"{m} {r.rule}": _lets_in(portal, r, m) for r in routes for m in _METHODS if m in (r.methods or ())}
    assert [name for name, lets_in in asked.items() if lets_in] == []


def test_the_list_of_open_pages_has_no_line_too_many(portal: Flask) -> None:
    assert {r.rule for r in portal.url_map.iter_rules()} >= _OPEN


def test_checklist_24_every_answer_forbids_foreign_scripts_frames_guesses_of_its_type_and_copies(portal: Flask) -> None:
    asked = {f"{m} {r.rule}": (r, m) for r in portal.url_map.iter_rules() for m in _METHODS if m in (r.methods or ())}
    kept = {"GET /static/<path:filename>", "GET /favicon.ico"}  # the same for everybody, and kept by browsers
    answers = {name: _answer(portal, *asked[name]) for name in asked.keys() - kept}
    missing = {name: headers_missing(dict(answer.headers)) for name, answer in answers.items()}
    assert {name: words for name, words in missing.items() if words} == {}


def _lets_in(portal: Flask, rule: Rule, method: str) -> bool:
    answer = _answer(portal, rule, method)
    sent_away = answer.status_code in {302, 303} and "sign-in" in answer.headers["Location"]
    return not sent_away and answer.status_code not in {400, 401, 403, 404}


def _answer(portal: Flask, rule: Rule, method: str) -> TestResponse:
    with portal.test_request_context():
        values = {name: _sample(rule._converters[name]) for name in rule.arguments}
        path = portal.url_map.bind("shenbao.test").build(rule.endpoint, values, method=method)
    return portal.test_client().open(path, method=method)


def _sample(converter: BaseConverter) -> str:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    if isinstance(converter, IntegerConverter):
        return "0"
    return str(UUID(int=1)) if isinstance(converter, UUIDConverter) else "x"
