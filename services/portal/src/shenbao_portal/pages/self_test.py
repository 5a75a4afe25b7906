"""The self-test of a programme for anybody: nothing of it is kept (B-01)."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shenbao_portal.client import service
from shenbao_portal.i18n import named_text
from shenbao_portal.material_forms import CONTROLS
from shenbao_portal.messages import words
from shenbao_portal.refusals import Refused

blp = Blueprint("self_test", __name__, url_prefix="/self-test")


@blp.route("/<programme>", methods=["GET", "POST"])
def show(programme: str) -> ResponseReturnValue:
    """The questions, and clause by clause what the answers mean."""
    path = f"/v1/programmes/{quote(programme, safe='')}/self-test"
    test = service("applications").get(path).body
    answers = {q["place"]: request.form.get(q["place"], "").strip() for q in test["questions"]}
    clauses, errors = None, {}
    if request.method == "POST":
        given = {place: _value(test, place, text) for place, text in answers.items() if text}
        try:
            clauses = service("applications").post(path, {"answers": given})["clauses"]
        except Refused as refused:
            if refused.status != 422:
                raise
            errors = {t.path.removeprefix("answers."): [words(t.code, t.params)] for t in refused}
    page = render_template(
        "self_test.html", test=test, controls=_controls(test, answers, errors), clauses=clauses, wrong=bool(errors)
    )
    return page, 422 if errors else 200


def _value(test: dict[str, Any], place: str, text: str) -> Any:
    kind = next(q["type"] for q in test["questions"] if q["place"] == place)
    return int(text) if kind == "integer" and text.lstrip("-").isdecimal() and len(text) < 10 else text


def _controls(test: dict[str, Any], answers: dict[str, str], errors: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [
        {
            "place": q["place"],
            "id": q["place"].replace(".", "-"),
            "label": named_text(q),
            "kind": CONTROLS.get(q["type"], "text"),
            "choices": [("", ""), *((o["key"], named_text(o)) for o in q["options"])] if q.get("options") else None,
            "value": answers[q["place"]],
            "hint": named_text(q["help"]) if q.get("help") else "",
            "errors": errors.get(q["place"], []),
        }
        for q in test["questions"]
    ]
